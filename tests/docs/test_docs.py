"""What is there is documented, and what is documented is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.blocks import blocks

import rupture_protocol
from rupture_protocol.language import codes
from rupture_protocol.language.shapes import Shape
from rupture_protocol.loading import checks

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
ALL_PAGES = "\n".join(PAGES.values())
RUPTURE = str(Path(sys.executable).parent / "rupture")


def rupture(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RUPTURE, *words], input=given or "", capture_output=True, text=True, timeout=60)


def commands(*group: str) -> list[str]:
    listed = rupture(*group, "--help").stdout.split("Commands:")[1].split("\n\n")[0]
    return re.findall(r"^  (\w+)  ", listed, re.MULTILINE)


def test_every_command_and_each_of_its_options_is_on_the_page_of_the_command_line() -> None:
    page = PAGES["command-line.md"]
    found = commands()
    assert len(found) >= 9
    for command in found:
        assert f"`rupture {command}" in page, command


@pytest.mark.parametrize(("group", "least"), [("case", 18), ("db", 3), ("key", 3)])
def test_every_command_of_a_group_is_on_the_page_too(group: str, least: int) -> None:
    found = commands(group)
    assert len(found) >= least
    for command in found:
        assert f"`rupture {group} {command}" in PAGES["command-line.md"], command


def test_the_keys_of_a_case_are_those_on_the_page(tmp_path: Path) -> None:
    page = PAGES["command-line.md"]
    store = ("--store", str(tmp_path / "cases.db"))
    by = ("--by", "lee:therapist")
    written = [
        json.loads(rupture("case", *words, *store, "--json").stdout.splitlines()[-1])
        for words in (
            ("open", "standard", "--id", "c", *by),
            ("record", "c", "event_aware_date=2020-01-01T00:00:00+00:00", *by),
            ("show", "c"),
            ("list",),
            ("due",),
            ("verify",),
        )
    ]
    assert len({each["schema"] for each in written}) == 4
    for each in written:
        for key in each:
            assert key == "schema" or f"`{key}`" in page, key


@pytest.mark.parametrize(
    "option",
    [
        "--store",
        "--key",
        "--expect",
        "--occurred",
        "--keep",
        "--overdue",
        "--json",
        "--at",
        "--show-sensitive",
        "--strict",
        "--format",
        "--visited",
        "--language",
        "--dry-run",
        "--by",
    ],
)
def test_the_options_that_scripts_rely_on_are_documented(option: str) -> None:
    assert option in PAGES["command-line.md"]


def test_every_public_name_is_documented() -> None:
    for name in rupture_protocol.__all__:
        assert re.search(rf"\b{name}s?\b", ALL_PAGES), name


def test_every_issue_code_has_its_page_and_is_listed() -> None:
    for code in (*codes.ALL, *codes.FINDINGS):
        assert codes.page(code)
        assert f"`{code}`" in PAGES["codes.md"], code


def test_every_key_of_the_format_is_in_its_reference() -> None:
    for shape in Shape.__subclasses__():
        for name, field in shape.model_fields.items():
            assert f"`{field.alias or name}`" in PAGES["format.md"], (shape, name)


def test_the_keys_of_a_decision_are_those_on_the_page() -> None:
    done = rupture("decide", "standard", "--role", "therapist", "--json")
    decision = json.loads(done.stdout)
    page = PAGES["command-line.md"]
    for key in [*decision, *decision["options"][0], *decision["deadlines"][0], *decision["ask"][0]]:
        assert f"`{key}`" in page, key


def test_the_script_on_the_page_plays() -> None:
    script = re.findall(r"```yaml\n(protocol:.*?)```", PAGES["command-line.md"], re.DOTALL)[0]
    done = rupture("play", "-", "--json", given=script)
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == 4


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", PAGES[page]):
        if "protocols/" in link or "src/" in link:
            continue  # inside the package; the wheel is tested without the checkout
        assert (DOCS / link).exists(), link


# What an author is told to write is proved -----------------------------------------------------------


def author_blocks() -> list[str]:
    page = PAGES["write-a-protocol.md"]
    return [block.protocol for block in blocks(page) if block.language == "yaml" and "right" in block.words]


@pytest.mark.parametrize("text", author_blocks())
def test_what_an_author_is_told_to_write_can_be_proved(text: str) -> None:
    assert checks(text, prove=True).errors == ()


def test_a_guard_that_an_author_leaves_out_breaks_the_promise_as_the_page_says() -> None:
    (text,) = [each for each in author_blocks() if "only_by_agreement" in each]
    (broken,) = checks(text.replace(", when: {client_agrees: true}", ""), prove=True).errors
    assert "the promise `only_by_agreement` can be broken" in broken.message
    assert "*the promise `only_by_agreement` can be broken*" in PAGES["write-a-protocol.md"]
