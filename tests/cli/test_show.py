"""`rupture show`: to stdout or a file, of a protocol alone or with where a case stands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.running import Rupture

from rupture_protocol import Actor, Engine, load

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_page_goes_to_stdout_or_to_a_file(rupture: Rupture, tmp_path: Path) -> None:
    ran = rupture("show", "standard", "--html")
    assert ran.code == 0
    assert ran.out.startswith("<!DOCTYPE html>\n<html lang=")
    assert "proved, for every combination of facts" in ran.out
    assert "Proved by rupture_protocol " in ran.out
    assert "It does not prove that the protocol is clinically right." in ran.out
    told = rupture("show", "standard", "--html", "--output", "page.html")
    assert (told.code, told.out, told.err) == (0, "", "written: page.html\n")
    assert (tmp_path / "page.html").read_text("utf-8") == ran.out


def test_no_case_is_on_a_page_that_was_not_asked_for_one(rupture: Rupture) -> None:
    assert 'id="case"' not in rupture("show", "standard", "--html").out


def test_a_state_is_marked_with_what_each_way_comes_to(rupture: Rupture) -> None:
    ran = rupture("show", "standard", "--html", "--state", "consulted", "--fact", "safety_suicide_level=high")
    assert ran.code == 0
    case = ran.out.split('<section id="case"')[1].split("</section>")[0]
    assert "blocked" in case
    assert "<code>hold_for_safety</code> holds it back" in case
    assert 'class="state plain here"' in ran.out
    assert "the case is here" in ran.out


@pytest.mark.parametrize("form", ["--html", "--table", "--mermaid", "--dot"])
def test_a_case_is_marked_and_no_value_of_it_is_told(rupture: Rupture, tmp_path: Path, form: str) -> None:
    engine = Engine(load("standard"))
    case = engine.open("case-17", by=Actor("dr-lee", role="therapist"), at=NOON)
    facts = {"modify_plan": "a-secret-plan", "safety_suicide_level": "high"}
    case = engine.record(case, facts, by=Actor("dr-lee", role="therapist"), at=NOON)
    (tmp_path / "case.json").write_text(engine.dump_case(case), "utf-8")
    ran = rupture("show", "standard", form, "--case", "case.json", "--at", "2026-11-24T12:30:00Z")
    assert ran.code == 0
    assert "the case is here" in ran.out
    assert "blocked" in ran.out
    for value in ("a-secret-plan", "dr-lee", "case-17"):
        assert value not in ran.out


def test_signs_are_there_in_a_stream_that_has_only_ascii(shell: Rupture) -> None:
    ran = shell("rupture show mini.yaml --state aware", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert "> the case is here: aware" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "--state", "aware"),
        ("--origin", "--state", "aware"),
        ("--html", "--state", "aware", "--case", "case.json"),
        ("--html", "--output", "mini.yaml"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(rupture: Rupture, arguments: tuple[str, ...]) -> None:
    ran = rupture("show", "mini.yaml", *arguments)
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == "next: rupture show --help"


def test_a_file_that_cannot_be_written_exits_3(rupture: Rupture) -> None:
    ran = rupture("show", "mini.yaml", "--html", "--output", "nowhere/page.html")
    assert ran.code == 3
    assert "cannot write `nowhere/page.html`: no such file or directory" in ran.err
