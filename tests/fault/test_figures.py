"""The page on reliability: every part of the harness has its line, nothing lost, every control caught."""

from __future__ import annotations

import re

import pytest
from tests.fault import figures_postgres
from tests.fault.figures import MARK, PAGE, table
from tests.fault.requests import Tally
from tests.fault.rows import Row

PARTS = (
    "power cut",
    "bit flips",
    "kill -9",
    "exception",
    "disk full",
    "disk error",
    "two writers",
    "fork",
    "three workers",
)
POSTGRES = (
    "cut before the commit",
    "cut before its answer",
    "cut in the middle",
    "killed under load",
    "three workers",
)
MEASURED = pytest.mark.parametrize(("mark", "parts"), [(MARK, PARTS), (figures_postgres.MARK, POSTGRES)])


def lines(mark: str) -> list[list[str]]:
    measured = re.search(mark.format("(?s:(.*?))"), PAGE.read_text(encoding="utf-8"))
    assert measured
    rows = [line.strip("| ").split(" | ") for line in measured[1].splitlines() if line.startswith("| ")]
    return [row for row in rows if row[-1] not in ("broken", "|") and any(map(str.isdigit, row[-2]))]


@MEASURED
def test_every_fault_has_its_line_and_lost_nothing(mark: str, parts: tuple[str, ...]) -> None:
    found = [row for row in lines(mark) if row[-1] != "caught"]
    for part in parts:
        assert [row for row in found if part in row[0]], part
    for row in found:
        assert row[3:] == ["0", "0", "0"], row


@MEASURED
def test_every_fault_has_a_control_that_was_caught(mark: str, parts: tuple[str, ...]) -> None:
    caught = [row for row in lines(mark) if row[-1] == "caught"]
    for part in parts:
        assert [row for row in caught if part in row[1]], part
    assert "missed" not in PAGE.read_text(encoding="utf-8")


def test_a_control_that_finds_nothing_and_a_loss_are_shown() -> None:
    shown = table([Row("cut", Tally(5, 9), "weaker"), Row("cut", Tally(5, 9, lost=1))])
    assert "| weaker | cut | 5 | 9 | 0 | 0 | 0 | **missed** |" in shown
    assert "| cut | 5 | 9 | 1 | 0 | 0 |" in shown
