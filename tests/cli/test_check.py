"""`rupture check`: four ways to print issues, and exit codes that a pipeline can rely on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.running import Rupture

BROKEN = """format: 1
protocol: broken
version: 1.0.0
title: Broken
states:
  aware:
    initial: true
    transitions:
      go: {to: don, gard: 1}
  done: {final: true}
"""


@pytest.fixture
def broken(tmp_path: Path) -> str:
    (tmp_path / "broken.yaml").write_text(BROKEN, "utf-8")
    return "broken.yaml"


def test_the_json_holds_every_file_and_issue(rupture: Rupture, broken: str) -> None:
    ran = rupture("check", broken, "mini.yaml", "--format", "json")
    assert ran.code == 1
    assert ran.json["schema"] == "rupture-check/1"
    assert ran.json["errors"] == 2
    assert ran.json["warnings"] > 0
    bad, good = ran.json["files"]
    assert "protocol" not in bad
    assert set(good["protocol"]) == {"id", "version", "digest"}
    issue = bad["issues"][0]
    assert issue == {
        "code": "unknown-state",
        "severity": "error",
        "message": "unknown state `don`",
        "file": "broken.yaml",
        "line": 9,
        "column": 16,
        "end_column": 19,
        "help": "did you mean `done`?",
    }
    assert rupture("check", broken, "mini.yaml", "--json").json == ran.json


def test_text_shows_the_line_and_a_caret(rupture: Rupture, broken: str) -> None:
    ran = rupture("check", broken)
    assert ran.code == 1
    assert "    9 │       go: {to: don, gard: 1}\n      │                ^^^\n" in ran.out
    assert "2 errors, 0 warnings in 1 file" in ran.err
    assert ran.err.splitlines()[-1] == "next: rupture explain unknown-state"


def test_concise_is_a_line_for_each_issue(rupture: Rupture, broken: str) -> None:
    lines = rupture("check", broken, "--format", "concise").out.splitlines()
    assert lines == [
        "broken.yaml:9:16: error[unknown-state]: unknown state `don`",
        "broken.yaml:9:21: error[unknown-key]: unknown key `gard`",
    ]


def test_github_gets_annotations_that_it_reads(rupture: Rupture, tmp_path: Path) -> None:
    (tmp_path / "a,b:100%.yaml").write_text(BROKEN, "utf-8")
    first, _ = rupture("check", "a,b:100%.yaml", "--format", "github").out.splitlines()
    assert re.fullmatch(
        r"::error file=a%2Cb%3A100%25\.yaml,line=9,col=16,.*title=unknown-state::unknown state `don`%0A.*",
        first,
    )


def test_warnings_count_only_when_strict(rupture: Rupture) -> None:
    ran = rupture("check", "mini.yaml")
    assert ran.code == 0
    assert "ok: 0 errors" in ran.err
    assert "1 promise proved for all combinations of facts" in ran.out
    assert rupture("check", "mini.yaml", "--strict").code == 1


def test_a_file_that_cannot_be_read_exits_3_and_the_others_are_checked(rupture: Rupture, broken: str) -> None:
    ran = rupture("check", "nowhere.yaml", broken, "--json")
    assert ran.code == 3
    assert [each["file"] for each in ran.json["files"]] == ["nowhere.yaml", "broken.yaml"]
    assert ran.json["errors"] == 2
    assert "cannot read `nowhere.yaml`: no such file or directory" in ran.err


def test_stdin_is_a_file(rupture: Rupture) -> None:
    ran = rupture("check", "-", "--format", "concise", stdin=BROKEN)
    assert ran.code == 1
    assert ran.out.startswith("<stdin>:9:16: error")


def test_a_shipped_protocol_is_checked_by_its_name(rupture: Rupture) -> None:
    assert rupture("check", "standard").code == 0
    assert rupture("check", "standart").code == 3
    assert "did you mean `standard`?" in rupture("check", "standart").err


def test_at_sets_the_day_of_the_review(rupture: Rupture) -> None:
    ran = rupture("check", "standard", "--at", "2040-01-01T00:00:00Z", "--json")
    assert "review-overdue" in [issue["code"] for issue in ran.json["files"][0]["issues"]]


def test_no_absolute_path_is_printed(rupture: Rupture, broken: str, tmp_path: Path) -> None:
    ran = rupture("check", str(tmp_path / broken), "/etc/hosts", "/nowhere/at/all.yaml")
    assert str(tmp_path) not in ran.out + ran.err
    assert "broken.yaml:9:16" in ran.out
    assert "/nowhere" not in ran.err


@pytest.mark.parametrize(
    "arguments", [(), ("--format", "xml", "a"), ("--json", "--format", "text", "a"), ("-", "-")]
)
def test_a_check_of_nothing_is_a_usage_error(rupture: Rupture, arguments: tuple[str, ...]) -> None:
    ran = rupture("check", *arguments)
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == "next: rupture check --help"
