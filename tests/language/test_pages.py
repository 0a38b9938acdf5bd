"""Every issue code has a page, and every example on it does what the page says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.docs.blocks import Block, blocks, completed

import rupture_protocol
from rupture_protocol import UnknownName
from rupture_protocol.errors import Issue, Severity
from rupture_protocol.language.codes import ALL, page
from rupture_protocol.loading import checks, loads
from rupture_protocol.scenarios.reading import Reading

TODAY = date(2026, 11, 24)
FOLDER = Path(rupture_protocol.__file__).parent / "pages" / "codes"
HEAD = b"format: 1\nprotocol: a\nversion: 1.0.0\ntitle: A\n"

TOO_BIG_TO_SHOW = {
    "not-utf8": b"title: caf\xe9\n",
    "file-too-large": b"# " + b"x" * 2**18,
    "too-many-nodes": b"- a\n" * 20_001,
    "scalar-too-long": b"title: " + b"x" * 8_193,
    "too-many-states": HEAD + b"states:\n" + b"".join(b"  s%d: {final: true}\n" % at for at in range(501)),
    "conditions-too-deep": HEAD
    + b"facts: {c0: boolean}\nconditions:\n"
    + b"".join(b"  c%d: {c%d: true}\n" % (at + 1, at) for at in range(70))
    + b"states: {a: {initial: true}, b: {final: true}}\n",
}
"""Files that no page can hold."""


def issues_of(block: Block) -> tuple[Issue, ...]:
    """What is said of an example: a protocol, or scenarios of one."""
    if "scenarios" not in block.words:
        return checks(block.protocol, today=TODAY).issues
    return Reading(block.text.encode(), file="example.scenarios.yaml").against(loads(completed("")))[1]


def test_there_is_one_page_for_every_code_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(ALL)


@pytest.mark.parametrize("code", ALL)
def test_a_page_begins_with_its_code_its_severity_and_its_summary(code: str) -> None:
    title, _, summary, *_ = page(code).splitlines()

    assert title == f"# {code}"
    assert summary == f"**{ALL[code].severity.capitalize()}:** {ALL[code].summary}."


@pytest.mark.parametrize("code", ALL)
def test_what_a_page_calls_wrong_is_wrong_in_that_way(code: str) -> None:
    wrong = [issues_of(block) for block in blocks(page(code)) if "wrong" in block.words]
    assert wrong or code in TOO_BIG_TO_SHOW

    for issues in wrong or [checks(TOO_BIG_TO_SHOW[code], today=TODAY).issues]:
        assert code in {issue.code for issue in issues}


@pytest.mark.parametrize("code", ALL)
def test_what_a_page_calls_right_is_right(code: str) -> None:
    right = [issues_of(block) for block in blocks(page(code)) if "right" in block.words]
    assert right or code in TOO_BIG_TO_SHOW

    for issues in right:
        assert code not in {issue.code for issue in issues}
        assert not [issue.render() for issue in issues if issue.severity is Severity.ERROR]


@pytest.mark.parametrize("code", ALL)
def test_a_page_shows_one_mistake_at_a_time(code: str) -> None:
    for block in blocks(page(code)):
        if "wrong" in block.words:
            issues = issues_of(block)
            assert {issue.code for issue in issues if issue.severity is Severity.ERROR} <= {code}


def test_the_page_of_an_unknown_code_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="unknown issue code `unknown-stat`") as refused:
        page("unknown-stat")

    assert refused.value.help == "did you mean `unknown-state`?"
