"""`rupture test`, and keeping a walk as a scenario."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cli.running import Rupture
from tests.scenarios.small import HEAD, SMALL

GOOD = """  one:
    title: Danger comes first
    steps:
      - {by: lee, record: {danger: true}}
      - expect: {open: [hold], blocked: [go]}
"""
BAD = """  two: {steps: [{expect: {open: ["go"]}}]}
  three: {follows: two, steps: [{expect: {state: start}}]}
"""


@pytest.fixture
def folder(tmp_path: Path, rupture: Rupture) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "small.scenarios.yaml").write_text(HEAD + GOOD)
    return tmp_path


@pytest.mark.parametrize("source", [(), ("small.yaml",), ("small.scenarios.yaml",), (".",)])
def test_scenarios_are_found_by_file_by_protocol_and_from_here_down(
    rupture: Rupture, folder: Path, source: tuple[str, ...]
) -> None:
    ran = rupture("test", *source)
    assert (ran.code, ran.out, ran.err) == (0, "", "ok: 1 scenario passed\n")


def test_those_of_the_shipped_protocol_pass(rupture: Rupture) -> None:
    ran = rupture("test", "standard")
    assert ran.code == 0, ran.out


def test_a_difference_is_at_its_line_with_its_reason(rupture: Rupture, folder: Path) -> None:
    (folder / "small.scenarios.yaml").write_text(HEAD + GOOD + BAD)
    ran = rupture("test", "small.yaml")

    assert ran.code == 1
    assert ran.out.splitlines() == [
        "small.scenarios.yaml:10:34: two: `go` is undecided, not open: "
        "`hold` cannot be ruled out yet (`danger`); `a` is not recorded; `b` is not recorded",
        "small.scenarios.yaml:11:20: three: it begins where `two` ends, and that did not pass",
    ]
    assert "error: 2 of 3 scenarios did not pass" in ran.err


def test_a_broken_file_is_told_with_all_its_issues(rupture: Rupture, folder: Path) -> None:
    (folder / "small.scenarios.yaml").write_text(
        HEAD + "  one: {steps: [{expect: {state: strt, opn: []}}]}\n"
    )
    ran = rupture("test")

    assert ran.code == 3
    assert "error[unknown-state]: unknown state `strt`" in ran.err
    assert "error[unknown-key]: unknown key `opn`" in ran.err
    assert "next: rupture explain unknown-" in ran.err


def test_a_file_of_scenarios_can_be_checked_beside_its_protocol(rupture: Rupture, folder: Path) -> None:
    assert rupture("check", "small.scenarios.yaml").code == 0
    (folder / "small.scenarios.yaml").write_text(HEAD + "  one: {steps: [{expect: {state: strt}}]}\n")
    ran = rupture("check", "small.scenarios.yaml", "--format", "concise")
    assert ran.code == 1
    assert ran.out == "small.scenarios.yaml:5:34: error[unknown-state]: unknown state `strt`\n"


def test_where_there_are_none_it_says_where_they_belong(rupture: Rupture) -> None:
    ran = rupture("test", "mini.yaml")
    assert ran.code == 3
    assert "they are in NAME.scenarios.yaml" in ran.err


def test_coverage_says_what_is_not_shown_at_the_protocols_line(rupture: Rupture, folder: Path) -> None:
    ran = rupture("test", "--coverage")

    assert ran.code == 0
    assert ": `go from start` is never taken" in ran.out
    assert "1 of 4    states entered" in ran.out
    assert ran.out.splitlines()[-1].endswith("of 17 goals")


def test_too_little_shown_is_refused(rupture: Rupture, folder: Path) -> None:
    ran = rupture("test", "--fail-under", "90")
    assert ran.code == 1
    assert "% is shown, less than 90 %" in ran.err
    assert rupture("test", "--fail-under", "1").code == 0


def test_what_is_missing_is_written_and_makes_coverage_full(rupture: Rupture, folder: Path) -> None:
    assert rupture("test", "small.yaml", "--write-missing", "more.scenarios.yaml").code == 0
    assert rupture("test", "--fail-under", "100").code == 0
    assert rupture("test", "--write-missing", "-").err.startswith("ok: no scenario is missing")

    ran = rupture("test", "small.yaml", "--write-missing", "more.scenarios.yaml")
    assert ran.code == 2
    assert "is there already, and is not written over" in ran.err


def test_mutants_that_nobody_notices_are_listed(rupture: Rupture, folder: Path) -> None:
    ran = rupture("test", "--mutate")
    assert "nobody notices: `finish` no longer needs `b` (requirement)" in ran.out
    assert ran.out.splitlines()[-1].endswith("%")
    assert rupture("test", "--mutate", "--fail-under", "99").code == 1


def test_junit_and_html_are_whole_documents(rupture: Rupture, folder: Path) -> None:
    (folder / "small.scenarios.yaml").write_text(HEAD + GOOD.replace("Danger", "<b>&Danger") + BAD)
    assert rupture("test", "--junit", "out.xml", "--html", "out.html").code == 1

    suite = ElementTree.parse(folder / "out.xml").getroot()[0]  # our own
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "3", "failures": "1", "skipped": "1",
    }  # fmt: skip
    assert [case.get("line") for case in suite] == ["5", "10", "11"]
    page = (folder / "out.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "&lt;b&gt;&amp;Danger comes first" in page
    assert not [each for each in ("<b>", "<script", "http") if each in page]
    assert "1 of 3 scenarios passed" in page


def test_json_holds_results_and_coverage(rupture: Rupture, folder: Path) -> None:
    (folder / "small.scenarios.yaml").write_text(HEAD + GOOD + BAD)
    written = rupture("test", "--json").json

    assert written["schema"] == "rupture-test/1"
    assert [each["status"] for each in written["files"][0]["scenarios"]] == ["passed", "failed", "not run"]
    assert written["files"][0]["scenarios"][1]["differences"][0]["line"] == 10
    assert written["coverage"][0]["counts"]["state"] == {"met": 1, "of": 4}


def test_the_demo_is_kept_as_a_scenario_that_passes(rupture: Rupture, tmp_path: Path) -> None:
    for ending in ("continued", "referred"):
        file = f"{ending}.scenarios.yaml"
        assert rupture("demo", "--ending", ending, "--save", file).code == 0
        assert rupture("test", file).err == "ok: 1 scenario passed\n"
    assert rupture("demo", "--save", "continued.scenarios.yaml").code == 2
    assert rupture("demo", "--save", "elsewhere.yaml").code == 2


def test_a_walk_is_kept_as_a_scenario_that_passes(
    rupture: Rupture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "go|go|later 1 hour|r danger=false|r a=true|go|go|r nothing=1|r b=true|as supervisor|r b=true"
    typed = iter([*lines.split("|"), "later 2 days", "q"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda *_: next(typed))

    ran = rupture(
        "walk", "small.yaml", "--at", "2026-11-24T12:00:00+00:00", "--save", "walked.scenarios.yaml"
    )
    assert ran.code == 0, ran.err
    kept = (folder / "walked.scenarios.yaml").read_text()
    assert "scenarios: small.yaml" in kept
    assert [line.strip() for line in kept.splitlines() if "go" in line] == [
        "- {by: therapist, take: go, refused: true}",
        "- {by: therapist, take: go}",
    ]
    assert "- {by: therapist, record: {b: true}, refused: true}" in kept
    assert "nothing" not in kept
    assert "state: middle" in kept
    assert rupture("test", "walked.scenarios.yaml").err == "ok: 1 scenario passed\n"
