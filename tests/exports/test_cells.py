"""No cell of a table runs in a spreadsheet, however it is split; and what was written can be had back."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rupture_protocol.exports import table
from rupture_protocol.exports.cells import as_cell, defused, restored
from rupture_protocol.exports.profiles import Profile

SPLITS = (",", ";", "\t")
"""What a spreadsheet may split a line at, by where it is set up."""
RUNS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\rx",
    "\n=1",
    " =1",
    '"=1',
    "'=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1-1",
    "\uff20SUM(1)",
    "\ufe62 1",
    "\u22121",
    "\ufeff=1",
    "\u200b=1",
    "\u00a0=1",
    "\u201c=1",
    "|cmd",
    "%0A=1",
    "said; =1",
    "said\n- first\n- second",
    "said\t'=1",
    ";;=1",
]
NASTY = st.text(
    st.one_of(
        st.sampled_from("=+-@|%;,\t\r\n \"'\uff1d\uff0b\uff0d\uff20\u2212\ufeff\u200b\u201c1ax"),
        st.characters(codec="utf-8"),
    )
)


def would_run(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula: told in other words than ours."""
    if re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return False
    if cell[:1] in ("\t", "\r", "\n"):
        return True
    seen = cell
    while seen and (seen[0].isspace() or seen[0] == '"' or unicodedata.category(seen[0]) in ("Cc", "Cf")):
        seen = seen[1:]
    return unicodedata.normalize("NFKC", seen[:1])[:1] in tuple("=+-@|%\u2212")


def cells_of(text: str, split: str) -> list[str]:
    """The cells of a file, as a spreadsheet that splits there reads them."""
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=split) for cell in row]


def table_of(*notes: str, case: str = "c") -> str:
    events = [
        {"case": case, "kind": "opened", "by": {"id": note, "role": note}, "note": note} for note in notes
    ]
    return "".join(table.as_csv([{"case": case, "events": events}], Profile.FULL))


@pytest.mark.parametrize("text", RUNS)
def test_what_would_run_does_not(text: str) -> None:
    written = table_of(text, case=text)
    for split in SPLITS:
        assert not [cell for cell in cells_of(written, split) if would_run(cell)]


@given(NASTY, NASTY)
@example("a", '";=1')
@example("-5", "-5")
@example("\r\t", "")
def test_no_cell_of_a_file_runs_however_it_is_split(text: str, case: str) -> None:
    written = table_of(text, case=case)
    for split in SPLITS:
        assert not [cell for cell in cells_of(written, split) if would_run(cell)]


@given(NASTY)
def test_a_text_can_be_had_back(text: str) -> None:
    assert restored(defused(text)) == text


@given(NASTY)
def test_a_cell_is_read_back_as_it_was_written(text: str) -> None:
    [_, row, *_] = csv.DictReader(io.StringIO(table_of("", text), newline=""))
    assert row["note"] == as_cell(text)


def test_what_is_harmless_stays_as_it_is() -> None:
    for text in ("She said: no", "a - b", "1 + 1 = 2", "c'est la vie", "mail@example.org", "50%", ""):
        assert defused(text) == text


@pytest.mark.parametrize("value", [-5, "-5", "-0.25", 12])
def test_a_plain_number_stays_a_number(value: Any) -> None:
    assert as_cell(value) == str(value)


def test_lines_end_as_the_standard_says_and_quotes_are_doubled() -> None:
    assert table_of('say "x", y').splitlines(keepends=True)[1].endswith("\r\n")
    assert '"say ""x"", y"' in table_of('say "x", y')


@pytest.mark.parametrize("text", RUNS)
def test_the_search_would_find_a_cell_that_runs(text: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["c", text])
    found = [cell for split in SPLITS for cell in cells_of(written.getvalue(), split) if would_run(cell)]
    assert found or "'=" in text or text.startswith("\u201c")  # that is text already


def test_a_long_run_of_separators_takes_no_time() -> None:
    assert defused("\n" * 100_000 + "x").count("'") == 1
