"""What `rupture check` says of a file that is well written: every promise, for every combination of facts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import MINI, Rupture

from rupture_protocol import check, load

RIGHT = "this proves the YAML, not that it is clinically right"
HEAD = "format: 1\nprotocol: small\nversion: 1.0.0\ntitle: Small\n"
BROKEN_PROMISE = f"""{HEAD}facts:
  agrees: {{type: boolean, ask: "Does the client agree?"}}
states:
  start:
    initial: true
    transitions:
      go: {{to: done}}
      stop: {{to: stopped}}
  done: {{final: true}}
  stopped: {{final: true}}
promises:
  only_by_agreement: {{enter: done, only_if: {{agrees: true}}}}
"""
DEAD_END = MINI.replace("    wait: {reason: it is for the client to choose}\n", "")
RIVERSIDE = """
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
states:
  modified:
    transitions:
      continue: {when: {harm_severity: {below: severe}}}
"""
SHORTCUT = f"{RIVERSIDE}  consulted: {{transitions: {{go_on: {{to: continued}}}}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a protocol that breaks its promise, one with a dead end, and two extensions."""
    (tmp_path / "small.yaml").write_text(BROKEN_PROMISE, "utf-8")
    (tmp_path / "dead.yaml").write_text(DEAD_END, "utf-8")
    (tmp_path / "riverside.yaml").write_text(RIVERSIDE, "utf-8")
    (tmp_path / "shortcut.yaml").write_text(SHORTCUT, "utf-8")
    return tmp_path


def report_of(rupture: Rupture, *args: str) -> Any:
    (file,) = rupture("check", *args, "--json").json["files"]
    return file


def test_the_promises_of_a_shipped_protocol_are_proved(rupture: Rupture) -> None:
    ran = rupture("check", "standard")
    assert ran.code == 0, ran.err
    assert f"16 promises proved for all combinations of facts; {RIGHT}\n" in ran.out
    assert f"standard 1.0.0, digest {load('standard').digest[:12]}, proved by rupture_protocol " in ran.out


def test_a_broken_promise_is_an_error_with_its_story_below(rupture: Rupture, folder: Path) -> None:
    ran = rupture("check", "small.yaml")
    assert ran.code == 1
    assert (
        """
small.yaml:11:16: error[broken-promise]: the promise `only_by_agreement` can be broken: `go` leads from \
`start` to `done`, though `agrees` is not on record
   11 │       go: {to: done}
      │                ^^^^
      note: promised here: small.yaml:16:3
   16 │   only_by_agreement: {enter: done, only_if: {agrees: true}}
      │   ^^^^^^^^^^^^^^^^^
      help: let `go` ask for it, with `when: {agrees: true}`; or lead it elsewhere
      story:
        1. A case begins at `start`.
        2. Nothing that `go` asks for is missing. Only the promise itself would still stop \
it, as a last safeguard.
        → `go` leads from `start` to `done`, though `agrees` is not on record
""".replace("\\\n", "")
        in ran.out
    )
    assert f"no promises proved for all combinations of facts, 1 broken; {RIGHT}" in ran.out
    assert ran.err.splitlines()[-1] == "next: rupture explain broken-promise"
    assert "**Error:**" in rupture("explain", "broken-promise").out


def test_the_page_of_the_command_line_shows_just_that(rupture: Rupture, folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
    sample = page.split("```text\n")[1].split("\n```")[0]
    called = re.compile("digest [0-9a-f]{12}, proved by rupture_protocol .*")
    out = called.sub("digest …", rupture("check", "small.yaml").out)
    for part in called.sub("digest …", sample).split("\n\n"):
        assert part in out


def test_the_library_says_the_same(folder: Path) -> None:
    assert [issue.code for issue in check(folder / "small.yaml") if issue.severity == "error"] == [
        "broken-promise"
    ]
    assert not [issue for issue in check(folder / "small.yaml", prove=False) if issue.severity == "error"]


def test_what_is_found_stands_in_file_order_among_the_other_issues(rupture: Rupture, folder: Path) -> None:
    issues = report_of(rupture, "dead.yaml")["issues"]
    places = [(issue["line"], issue["column"]) for issue in issues]
    assert places == sorted(places)
    assert 0 < [issue["code"] for issue in issues].index("dead-end") < len(issues) - 1


def test_the_story_in_the_json_is_played_by_play(rupture: Rupture, folder: Path) -> None:
    (issue,) = [each for each in report_of(rupture, "dead.yaml")["issues"] if each["code"] == "dead-end"]
    story = issue["story"]
    assert story["sentences"][0] == "A case begins at `aware`."
    assert story["ends"].startswith("in `acknowledged` nothing is open")
    ran = rupture("play", "-", "--json", stdin=json.dumps(story["scenario"]))
    assert ran.code == 0, ran.err
    assert ran.lines[-1]["state"] == "acknowledged"


def test_the_json_holds_the_whole_proof(rupture: Rupture, folder: Path) -> None:
    file = report_of(rupture, "small.yaml")
    proof = file["proof"]
    assert proof["schema"] == "rupture-proof/1"
    assert file["protocol"] == proof["protocol"]
    assert {each["name"]: each["answer"] for each in proof["results"]}["only_by_agreement"] == "fails"
    assert set(proof) >= {"library", "semantics", "note", "counts", "findings", "assumes"}
    assert "does not prove that the protocol is clinically right" in proof["note"]


def test_an_annotation_has_the_story_in_it(rupture: Rupture, folder: Path) -> None:
    ran = rupture("check", "small.yaml", "--format", "github")
    (error,) = [line for line in ran.out.splitlines() if line.startswith("::error")]
    assert "%0Astory:%0A1. A case begins at `start`.%0A" in error
    assert RIGHT in ran.err


def test_proof_shows_what_each_promise_and_check_came_to(rupture: Rupture) -> None:
    ran = rupture("check", "standard", "--proof")
    assert "✓ proved       only_by_agreement" in ran.out
    assert "✓ proved       no_dead_ends" in ran.out
    assert "semantics: Kleene" in ran.out
    assert "does not prove that the protocol is clinically right" in ran.out


def test_no_prove_looks_only_at_what_is_written(rupture: Rupture, folder: Path) -> None:
    ran = rupture("check", "small.yaml", "--no-prove")
    assert ran.code == 0
    assert "note: 1 promise stated, not proved" in ran.err
    assert "proof" not in report_of(rupture, "small.yaml", "--no-prove")


def test_an_extension_is_proved_whatever_is_asked_for(rupture: Rupture, folder: Path) -> None:
    ran = rupture("check", "shortcut.yaml", "--no-prove", "--format", "concise")
    assert ran.code == 1
    assert "error[broken-promise]: the promise `only_by_agreement` can be broken" in ran.out


@pytest.mark.parametrize("other", [("--no-prove",), ("--json",), ("--format", "concise")])
def test_proof_goes_with_text_only(rupture: Rupture, other: tuple[str, ...]) -> None:
    ran = rupture("check", "mini.yaml", "--proof", *other)
    assert ran.code == 2
    assert ran.err.startswith("error: `--proof` ")


def test_a_broken_file_is_not_proved(rupture: Rupture, folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN_PROMISE.replace("to: done", "to: don"), "utf-8")
    file = report_of(rupture, "broken.yaml")
    assert [issue["code"] for issue in file["issues"] if issue["severity"] == "error"] == ["unknown-state"]
    assert not {"proof", "protocol"} & set(file)


# Extensions -------------------------------------------------------------------------------------------


def test_the_warnings_of_a_base_are_not_those_of_its_extension(rupture: Rupture, folder: Path) -> None:
    ran = rupture("check", "riverside.yaml", "--strict")
    assert ran.code == 0, ran.out
    assert "proved: it opens nothing that `standard` does not" in ran.out
    assert report_of(rupture, "standard")["issues"]


def test_what_an_extension_adds_is_warned_of_beside_what_it_inherits(rupture: Rupture, folder: Path) -> None:
    (folder / "riverside.yaml").write_text(
        f"{RIVERSIDE}  aware: {{transitions: {{talk: {{to: consulted}}}}}}\n", "utf-8"
    )
    issues = report_of(rupture, "riverside.yaml")["issues"]
    assert "trigger-shadowed" in {issue["code"] for issue in issues}


def test_a_broken_promise_of_a_base_has_both_places(rupture: Rupture, folder: Path) -> None:
    file = report_of(rupture, "shortcut.yaml")
    broken = next(issue for issue in file["issues"] if issue["code"] == "broken-promise")
    assert (broken["file"], broken["line"], broken["column"]) == ("shortcut.yaml", 10, 41)
    assert [(each["text"], each["file"]) for each in broken["also"]] == [("promised here", "standard.yaml")]
    assert file["protocol"]["id"] == "riverside"


def test_what_is_assumed_is_printed(rupture: Rupture, folder: Path) -> None:
    (folder / "small.yaml").write_text(f"{BROKEN_PROMISE}assume: [{{agrees: true}}]\n", "utf-8")
    ran = rupture("check", "small.yaml")
    assert "assumed: assumption 1 (small.yaml:17:10) leaves out " in ran.out
    assert rupture("check", "small.yaml", "--json").json["files"][0]["proof"]["assumes"]
