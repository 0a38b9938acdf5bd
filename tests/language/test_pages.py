"""Every issue code has a page, and every example on it does what the page says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.docs.blocks import Block, beside, blocks, completed
from tests.shelf import Shelf

import rupture_protocol
from rupture_protocol import UnknownName
from rupture_protocol.errors import Issue, Severity
from rupture_protocol.language.bases import assemble
from rupture_protocol.language.codes import ALL, page
from rupture_protocol.language.translations import check_translation
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


TOO_MANY_TO_SHOW = {"extends-too-deep": 5, "extends-too-large": 16}
"""Extensions of too many files: so many of them, one on the other or beside one another."""


def said_of(block: Block, text: str) -> tuple[Issue, ...]:
    """All that is said of an example: a protocol, its other files beside it, or scenarios of one."""
    if "scenarios" in block.words:
        reading = Reading(block.text.encode(), file="example.scenarios.yaml")
        return reading.against(loads(completed("")))[1]
    german = "translation" in block.words
    name = "example.de.yaml" if german else "example.yaml"
    shelf = Shelf({"example.yaml": completed(""), **beside(text), name: block.protocol})
    checked = (
        check_translation(shelf.text(name), shelf)
        if german
        else assemble(shelf.text(name), shelf, today=TODAY)
    )
    return checked.issues


def _too_big(code: str) -> tuple[Issue, ...]:
    if code not in TOO_MANY_TO_SHOW:
        return checks(TOO_BIG_TO_SHOW[code], today=TODAY).issues
    count, deep = TOO_MANY_TO_SHOW[code], code == "extends-too-deep"
    head = "format: 1\nprotocol: {}\nversion: 1.0.0\ntitle: A\nextends: {}\n"
    files = {"f0.yaml": completed("protocol: f0\n")}
    for at in range(1, count + 1):
        files[f"f{at}.yaml"] = head.format(f"f{at}", f"{{file: f{at - 1 if deep else 0}.yaml}}")
    files["all.yaml"] = head.format("all", str([f"{{file: {name}}}" for name in files]).replace("'", ""))
    shelf = Shelf(files)
    return assemble(shelf.text("all.yaml"), shelf).issues


def test_there_is_one_page_for_every_code_and_no_other() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(ALL)


@pytest.mark.parametrize("code", ALL)
def test_a_page_begins_with_its_code_its_severity_and_its_summary(code: str) -> None:
    title, _, summary, *_ = page(code).splitlines()

    assert title == f"# {code}"
    assert summary == f"**{ALL[code].severity.capitalize()}:** {ALL[code].summary}."


@pytest.mark.parametrize("code", ALL)
def test_what_a_page_calls_wrong_is_wrong_in_that_way(code: str) -> None:
    wrong = [said_of(block, page(code)) for block in blocks(page(code)) if "wrong" in block.words]
    assert wrong or code in TOO_BIG_TO_SHOW or code in TOO_MANY_TO_SHOW

    for issues in wrong or [_too_big(code)]:
        assert code in {issue.code for issue in issues}


@pytest.mark.parametrize("code", ALL)
def test_what_a_page_calls_right_is_right(code: str) -> None:
    right = [said_of(block, page(code)) for block in blocks(page(code)) if "right" in block.words]
    assert right or code in TOO_BIG_TO_SHOW or code in TOO_MANY_TO_SHOW

    for issues in right:
        assert code not in {issue.code for issue in issues}
        assert not [issue.render() for issue in issues if issue.severity is Severity.ERROR]


@pytest.mark.parametrize("code", ALL)
def test_a_page_shows_one_mistake_at_a_time(code: str) -> None:
    for block in blocks(page(code)):
        if "wrong" in block.words:
            issues = said_of(block, page(code))
            here = [
                issue
                for issue in issues
                if issue.span.file
                in ("example.yaml", "example.de.yaml", "two.yaml", "example.scenarios.yaml")
            ]
            assert {issue.code for issue in here if issue.severity is Severity.ERROR} <= {code}


def test_the_page_of_an_unknown_code_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="unknown issue code `unknown-stat`") as refused:
        page("unknown-stat")

    assert refused.value.help == "did you mean `unknown-state`?"
