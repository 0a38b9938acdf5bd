"""The docs say what is so: tables are those of the code, examples do what the page says of them."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from tests.docs.blocks import Block, blocks
from tests.docs.generate import DOCS, PIECES, generated, pages

from rupture_protocol.errors import Severity
from rupture_protocol.language.codes import ALL
from rupture_protocol.language.schema import json_schema
from rupture_protocol.loading import checks

TODAY = date(2026, 11, 24)
MADE = "make it anew with `python -m tests.docs.generate`"


def examples(words: str) -> list[object]:
    """The YAML blocks of all pages that say so of themselves."""
    return [
        pytest.param(block, id=f"{path.stem}-{at}")
        for path in pages()
        for at, block in enumerate(blocks(path.read_text("utf-8")))
        if block.language == "yaml" and words in block.words
    ]


def errors(block: Block) -> list[str]:
    issues = checks(block.protocol, file="my-practice.yaml", today=TODAY).issues
    return [issue.render() for issue in issues if issue.severity is Severity.ERROR]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.stem))
def test_what_is_generated_in_a_page_is_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")

    assert generated(text) == text, MADE


def test_all_that_is_generated_stands_in_some_page() -> None:
    written = "".join(path.read_text("utf-8") for path in pages())

    assert {name for name in PIECES if f"<!-- generated: {name} -->" not in written} == set()


def test_a_page_that_is_out_of_date_would_be_seen() -> None:
    assert generated("<!-- generated: limits -->\n| old |\n<!-- end -->") != (
        "<!-- generated: limits -->\n| old |\n<!-- end -->"
    )


def test_every_key_of_the_format_stands_in_the_reference() -> None:
    text = (DOCS / "format.md").read_text("utf-8")
    keys = set(json_schema()["properties"])
    for each in json_schema()["$defs"].values():
        keys |= set(each.get("properties", ()))

    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_every_code_stands_in_the_index() -> None:
    text = (DOCS / "codes.md").read_text("utf-8")

    assert {code for code in ALL if f"[`{code}`]" not in text} == set()


@pytest.mark.parametrize("block", examples("right"))
def test_what_a_page_calls_right_is_right(block: Block) -> None:
    assert errors(block) == []


@pytest.mark.parametrize("block", examples("wrong"))
def test_what_a_page_calls_wrong_is_wrong(block: Block) -> None:
    assert errors(block) != []


def test_every_example_of_a_page_says_whether_it_is_right() -> None:
    silent = [
        block.text
        for path in (DOCS / "format.md", DOCS / "write-a-protocol.md")
        for block in blocks(path.read_text("utf-8"))
        if block.language == "yaml" and not {"right", "wrong"} & set(block.words)
    ]
    assert silent == []


def test_the_tutorial_shows_what_check_says() -> None:
    found = blocks((DOCS / "write-a-protocol.md").read_text("utf-8"))
    shown = [
        (block, answer.text)
        for block, answer in pairwise(found)
        if "wrong" in block.words and answer.language == "text"
    ]
    assert len(shown) == 2

    for block, answer in shown:
        assert answer == "\n\n".join(errors(block)) + "\n"


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.stem))
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    ours = ("format.md", "logic.md", "codes.md", "write-a-protocol.md")

    assert [target for target in targets if target in ours and not (DOCS / target).is_file()] == []
    assert [target for target in targets if target.startswith("../") and not (DOCS / target).exists()] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.stem))
def test_links_within_a_page_lead_to_a_heading(path: Path) -> None:
    text = path.read_text("utf-8")
    headings = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
