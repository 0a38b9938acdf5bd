"""`rupture migrate`: what would become of kept cases, in text and JSON, and written where it is asked for."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.running import Ran, Rupture

from rupture_protocol import Actor, Engine, loads

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEE = Actor("lee", "therapist")
OLD = """\
format: 1
protocol: small
version: 1.0.0
title: Small
roles: {therapist: T, supervisor: S}
facts:
  severity: {type: choice, values: [mild, canary_severe], by: [therapist, supervisor], sensitive: true}
states:
  aware: {initial: true, transitions: {go: {to: talking}}}
  talking: {transitions: {finish: {to: ended}}}
  ended: {final: true}
"""
NEW = OLD.replace("1.0.0", "2.0.0").replace("severity", "harm") + (
    'migrates: [{from: ">=1,<2", facts: {severity: harm}}]\n'
)
NARROW = NEW.replace("[mild, canary_severe]", "[mild, other]")
ASKED = ("--by", "sue:supervisor", "--at", "2026-12-01T12:00:00+00:00")
DRY = ("--to", "new.yaml", "--from", "old.yaml", *ASKED, "--dry-run")


@pytest.fixture
def folder(rupture: Rupture, tmp_path: Path) -> Path:
    for name, text in {"old": OLD, "new": NEW, "narrow": NARROW}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def kept(case_id: str = "case-1", severity: str = "mild", *, ended: bool = False) -> str:
    engine = Engine(loads(OLD))
    case = engine.record(engine.open(case_id, by=LEE, at=NOON), {"severity": severity}, by=LEE, at=NOON)
    case = engine.take(case, "go", by=LEE, at=NOON)
    return engine.dump_case(engine.take(case, "finish", by=LEE, at=NOON) if ended else case)


def test_it_says_where_a_case_would_stand(rupture: Rupture, folder: Path) -> None:
    (folder / "case.json").write_text(kept())
    ran = rupture("migrate", "case.json", *DRY)

    assert ran.code == 0
    assert "✓ case-1: `talking` under 1.0.0 → `talking` under 2.0.0" in ran.out
    assert "after: open: finish" in ran.out
    assert "· `severity` is `harm` in 2.0.0" in ran.out
    assert ran.err == "ok: 1 case, none refused\n"


def test_a_case_with_no_safe_place_is_refused_with_the_reason(rupture: Rupture, folder: Path) -> None:
    (folder / "cases.jsonl").write_text(f"{kept()}\n\n{kept('case-2', 'canary_severe')}\n")
    ran = rupture("migrate", "cases.jsonl", "--to", "narrow.yaml", "--from", "old.yaml", *ASKED, "--dry-run")

    assert ran.code == 1
    assert "✓ case-1" in ran.out
    assert "✗ case-2: refused, and stays in `talking` under 1.0.0" in ran.out
    assert "why: what is on record of `severity` is nothing that `harm` can be in 2.0.0" in ran.out
    assert ran.err.startswith("error: of 2 cases, 1 refused")
    assert "canary" not in ran.out + ran.err


def test_json_is_a_line_for_each_case(rupture: Rupture, folder: Path) -> None:
    ended = kept("case-3", ended=True)
    (folder / "cases.jsonl").write_text(f"{kept()}\n{kept('case-2', 'canary_severe')}\n{ended}\n{{}}\n")
    ran = rupture(
        "migrate", "cases.jsonl", "--to", "narrow.yaml", "--from", "old.yaml", *ASKED, "--dry-run", "--json"
    )

    assert ran.code == 3
    assert {each["schema"] for each in ran.lines} == {"rupture-migration/1"}
    assert [each["outcome"] for each in ran.lines] == ["migrates", "refused", "ended", "unreadable"]
    assert [each["file"] for each in ran.lines] == [f"cases.jsonl:{line}" for line in (1, 2, 3, 4)]
    assert ran.lines[1]["reasons"][0]["code"] == "value-lost"
    assert "canary" not in ran.out


def test_a_case_over_several_lines_is_one_and_stdin_is_a_file(rupture: Rupture, folder: Path) -> None:
    pretty = json.dumps(json.loads(kept()), indent=2)

    assert [each["outcome"] for each in rupture("migrate", "-", *DRY, "--json", stdin=pretty).lines] == [
        "migrates"
    ]


def test_the_protocol_of_a_case_is_found_on_the_search_path(rupture: Rupture, folder: Path) -> None:
    for place, text in {"newest": NEW, "archive": OLD}.items():
        (folder / place).mkdir()
        (folder / place / "small.yaml").write_text(text)
    (folder / "case.json").write_text(kept())
    to = ("migrate", "case.json", "--to", "new.yaml", *ASKED, "--dry-run")
    lost = rupture(*to)

    assert rupture(*to, "--path", "newest", "--path", "archive").code == 0
    assert lost.code == 3
    assert "`small` 1.0.0" in lost.out
    assert "--from" in lost.out


def test_a_case_that_was_migrated_before_needs_both_versions(rupture: Rupture, folder: Path) -> None:
    old, new = Engine(loads(OLD)), Engine(loads(NEW))
    third = NEW.replace("2.0.0", "3.0.0").replace('">=1,<2", facts: {severity: harm}', '"2"')
    (folder / "third.yaml").write_text(third)
    case = old.migrate(old.load_case(kept()), to=new, by=LEE, at=NOON + timedelta(hours=1))
    (folder / "case.json").write_text(new.dump_case(case))
    to = ("migrate", "case.json", "--to", "third.yaml", "--from", "new.yaml", *ASKED, "--dry-run")

    assert rupture(*to, "--from", "old.yaml").code == 0
    assert rupture(*to).code == 3


def test_a_case_that_is_there_already_is_nothing_to_do(rupture: Rupture, folder: Path) -> None:
    new = Engine(loads(NEW))
    (folder / "case.json").write_text(new.dump_case(new.open("case-1", by=LEE, at=NOON)))
    ran = rupture("migrate", "case.json", *DRY)

    assert ran.code == 0
    assert "is under 2.0.0 already" in ran.out


# Writing ---------------------------------------------------------------------------------------------

WRITE = (*DRY[:-1], "--output", "out")


def test_what_may_be_migrated_is_written_and_goes_on(rupture: Rupture, folder: Path) -> None:
    (folder / "case.json").write_text(kept())
    before = (folder / "case.json").read_bytes()
    ran = rupture("migrate", "case.json", *WRITE)
    written = folder / "out" / "case-1.json"
    old, new = Engine(loads(OLD)), Engine(loads(NEW))
    case = new.load_case(written.read_text(), before=[old])

    assert ran.code == 0
    assert (case.state, case.history[-1].by) == ("talking", Actor("sue", "supervisor"))
    assert case == old.migrate(
        old.load_case(before), to=new, by=Actor("sue", "supervisor"), at=datetime(2026, 12, 1, 12, tzinfo=UTC)
    )
    assert (folder / "case.json").read_bytes() == before
    if os.name == "posix":
        assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_nothing_is_written_over_and_nothing_unsafe_is_written(rupture: Rupture, folder: Path) -> None:
    (folder / "cases.jsonl").write_text(f"{kept()}\n{kept('case-2', 'canary_severe')}\n")
    (folder / "out").mkdir()
    (folder / "out" / "case-1.json").write_text("mine")
    ran = rupture("migrate", "cases.jsonl", "--to", "narrow.yaml", *WRITE[2:], "--json")

    assert ran.code == 3
    assert [each["outcome"] for each in ran.lines] == ["unwritten", "refused"]
    assert [path.name for path in (folder / "out").iterdir()] == ["case-1.json"]
    assert (folder / "out" / "case-1.json").read_text() == "mine"


@pytest.mark.parametrize("case_id", ["../out", "..", "a/b", ".hidden", "name\n", "Ä " * 20])
def test_no_id_leads_out_of_the_folder(rupture: Rupture, folder: Path, case_id: str) -> None:
    (folder / "case.json").write_text(kept(case_id))
    ran = rupture("migrate", "case.json", *WRITE)
    (written,) = (folder / "out").iterdir()

    assert ran.code == 0
    assert not written.name.startswith(".")
    assert json.loads(written.read_text())["case"] == case_id


# What does not fit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("case.json", *DRY[:-1]), "`--dry-run` only says"),
        (("case.json", *WRITE, "--dry-run"), "writes nothing"),
        (("-", *DRY, "--from", "-"), "read only once"),
        (("case.json", "--to", "new.yaml", "--dry-run", "--by", "sue"), "ID:ROLE"),
        (("case.json", "--to", "new.yaml", "--dry-run"), "--by"),
    ],
)
def test_what_does_not_fit_is_a_mistake_in_usage(
    rupture: Rupture, folder: Path, args: tuple[str, ...], said: str
) -> None:
    (folder / "case.json").write_text(kept())
    ran = rupture("migrate", *args)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_role_that_the_new_version_does_not_have_is_said_once(rupture: Rupture, folder: Path) -> None:
    (folder / "case.json").write_text(kept())
    ran = rupture("migrate", "case.json", *DRY, "--by", "sue:supervizor")

    assert (ran.code, ran.out) == (1, "")
    assert "did you mean `supervisor`?" in ran.err


@pytest.mark.parametrize("text", ["", "\n", "{", "[]", '{"schema": "rupture-case/1"}', "null", "\xff"])
def test_whatever_a_file_holds_it_is_told_and_the_others_go_on(
    rupture: Rupture, folder: Path, text: str
) -> None:
    (folder / "bad.json").write_text(text, "latin-1")
    (folder / "case.json").write_text(kept())

    def ran(*cases: str) -> Ran:
        return rupture("migrate", *cases, *DRY, "--json")

    assert ran("bad.json", "case.json", "nowhere.json").code == 3
    outcomes = [each["outcome"] for each in ran("bad.json", "nowhere.json", "case.json").lines]
    assert outcomes == ["unreadable", "unreadable", "migrates"]


def test_history_of_any_shape_is_unreadable_not_a_crash(rupture: Rupture, folder: Path) -> None:
    good = json.loads(kept())
    for history in (None, 3, [3], [{"under": 3}], [{"kind": "migrated", "under": {"id": 3}}]):
        (folder / "case.json").write_text(json.dumps({**good, "history": history}))
        assert rupture("migrate", "case.json", *DRY).code == 3
