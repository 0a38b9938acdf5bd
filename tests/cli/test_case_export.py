"""`rupture case export`: for whom, in which form, and where to."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.running import NOON, Ran, Rupture

from rupture_protocol.cli.case.export import PROFILES
from rupture_protocol.exports.profiles import Profile

ANN, SUE = "ann:therapist", "sue:supervisor"
Case = Callable[..., Ran]


@pytest.fixture
def case(rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """`rupture case`, with two cases in a store in the folder of the test."""
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "kept" / "cases.db"))

    def case(*args: str) -> Ran:
        return rupture("case", *args)

    for name in ("c", "d"):
        ran = case("open", "mini.yaml", "--id", name, "--by", ANN, "--at", NOON, "--note", "=1+1, sehr schön")
        assert ran.code == 0, ran.err
        case("record", name, "suicide_level=none", "--by", ANN, "--at", NOON)
    return case


def test_the_profiles_of_the_command_line_are_those_of_the_library() -> None:
    assert tuple(Profile) == PROFILES


@pytest.mark.parametrize("profile", PROFILES[1:])
def test_a_profile_is_named_in_what_is_exported(case: Case, profile: str) -> None:
    ran = case("export", "c", "--profile", profile)
    assert ran.code == 0, ran.err
    assert (ran.json["schema"], ran.json["profile"]) == ("rupture-export/1", profile)
    assert ran.json["left_out"]


def test_full_is_the_default(case: Case) -> None:
    assert case("export", "c").out == case("export", "c", "--profile", "full").out
    assert case("export", "c").json["schema"] == "rupture-case/1"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_a_table_too(case: Case, profile: str) -> None:
    ran = case("export", "c", "--profile", profile, "--format", "csv")
    assert ran.code == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["case"] for row in rows[:2]} == ({rows[0]["case"]} if profile == "research" else {"c"})
    assert rows[-1]["left_out"]
    if profile in ("full", "supervision"):
        assert rows[0]["note"] == "'=1+1, sehr schön"


def test_all_cases_are_lines_or_one_table(case: Case, tmp_path: Path) -> None:
    ran = case("export", "--all", "--profile", "audit")
    assert [each["case"] for each in ran.lines] == ["c", "d"]
    ran = case("export", "--all", "--profile", "research", "--format", "csv", "--output", "study.csv")
    assert (ran.code, ran.out, ran.err) == (0, "", "written: study.csv\n")
    written = (tmp_path / "study.csv").read_bytes()
    assert written.count(b"case,seq,") == 1
    assert written.count(b"\r\n") == written.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8"), newline="")))
    assert len({row["case"] for row in rows if row["case"]}) == 2
    assert b"sch" not in written


def test_a_file_is_its_owners_and_is_not_written_over(case: Case, tmp_path: Path) -> None:
    assert case("export", "c", "--output", "c.json").code == 0
    file = tmp_path / "c.json"
    assert json.loads(file.read_text("utf-8"))["case"] == "c"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    ran = case("export", "d", "--output", "c.json")
    assert (ran.code, file.read_bytes()) == (3, before)
    assert "error: `c.json` is there already, and is not written over\n" in ran.err
    ran = case("export", "d", "--output", "nowhere/c.json")
    assert ran.code == 3
    assert (
        ran.err
        == "error: cannot write `nowhere/c.json`: no such file or directory\nnext: give another file\n"
    )


def test_a_failed_export_leaves_no_file(case: Case, tmp_path: Path) -> None:
    assert case("export", "nobody", "--profile", "client", "--output", "c.json").code == 1
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a case, or `--all`"),
        (("c", "--all"), "give a case or `--all`, not both"),
        (("c", "--profile", "audit", "--sensitive"), "`audit` never has sensitive values"),
    ],
)
def test_what_makes_no_sense_is_told(case: Case, arguments: tuple[str, ...], said: str) -> None:
    ran = case("export", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: {said}\nnext: rupture case export --help\n"


@pytest.mark.parametrize("profile", PROFILES)
def test_an_erased_case_is_told_as_such(case: Case, profile: str) -> None:
    case("erase", "c", "--by", "mo:manager", "--basis", "asked for")
    ran = case("export", "c", "--profile", profile)
    assert (ran.code, ran.out) == (case("show", "c").code, "")
    assert "`c` was erased" in ran.err


def test_a_table_ends_its_lines_as_it_should_and_is_utf_8_anywhere(case: Case, shell: Rupture) -> None:
    ran = shell(
        "rupture case export c --format csv | od -An -c | tr -d ' \\n' | tail -c 20",
        PYTHONUTF8="0",
        LC_ALL="C",
    )
    assert ran.out.endswith("\\r\\n")
    ran = shell("rupture case export c --format csv", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert "sehr schön" in ran.out
    ran = shell("set -o pipefail; rupture case export --all --format csv | true")
    assert (ran.code, ran.err) == (0, "")
