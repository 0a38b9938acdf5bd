"""`rupture case`: cases that are kept, from one command to the next."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import NOON, Ran, Rupture

from rupture_protocol import Actor, Casebook, Engine, load
from rupture_protocol.cli.case import LISTED

LATER = "2026-11-25T12:00:00+00:00"
ANN, SUE, CLI = "ann:therapist", "sue:supervisor", "kim:client"
Case = Callable[..., Ran]


@pytest.fixture
def case(rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """`rupture case`, with a store in the folder of the test."""
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "kept" / "cases.db"))

    def case(*args: str, stdin: str | None = None) -> Ran:
        return rupture("case", *args, stdin=stdin)

    return case


def opened(case: Case, name: str = "c", *more: str) -> Ran:
    ran = case("open", "mini.yaml", "--id", name, "--by", ANN, "--at", NOON, "--json", *more)
    assert ran.code == 0, ran.err
    return ran


def test_the_help_lists_every_command(rupture: Rupture) -> None:
    ran = rupture("case", "--help")
    assert ran.code == 0
    for name in LISTED:
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize("name", LISTED)
def test_the_help_of_every_command_has_an_example(rupture: Rupture, name: str) -> None:
    ran = rupture("case", name, "--help")
    assert ran.code == 0
    assert f"rupture case {name}" in ran.out.partition("Example")[2]


def test_a_mistyped_command_is_told_apart(rupture: Rupture) -> None:
    ran = rupture("case", "opne")
    assert (ran.code, ran.out) == (2, "")
    assert "help: did you mean `open`?" in ran.err
    assert ran.err.endswith("next: rupture case --help\n")
    assert rupture("case").code == 2


def test_a_case_from_its_opening_to_its_end(case: Case) -> None:
    ran = opened(case)
    assert ran.json["schema"] == "rupture-case/1"
    assert (ran.json["case"], ran.json["version"], ran.json["state"]) == ("c", 1, "aware")
    assert set(ran.json["protocol"]) == {"id", "version", "digest"}
    assert ran.json["event"]["kind"] == "opened"
    facts = ("suicide_level=none", "reachable=true")
    ran = case("record", "c", *facts, "--by", ANN, "--at", NOON, "--note", "at intake", "--json")
    assert (ran.code, ran.json["version"], ran.json["event"]["note"]) == (0, 2, "at intake")
    assert "history" not in ran.json
    ran = case("record", "c", "severity=mild", "--by", SUE, "--at", NOON, "--occurred", NOON, "--json")
    assert ran.json["version"] == 3
    ran = case("take", "c", "acknowledge", "--by", ANN, "--at", NOON, "--expect", "3", "--json")
    assert (ran.code, ran.json["version"], ran.json["state"]) == (0, 4, "acknowledged")
    ran = case("record", "c", "choice=go_on", "--by", CLI, "--at", NOON)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "c: version 5, acknowledged")
    assert "recorded: choice" in ran.out
    assert "go_on=" not in ran.out
    case("record", "c", "tags=a,b", "--by", SUE, "--at", NOON)
    ran = case("take", "c", "go_on", "--by", SUE, "--at", NOON)
    assert "The case has ended: continued." in ran.out
    assert ran.err == "next: rupture case show c\n"


def test_show_says_where_it_stands_and_why(case: Case) -> None:
    opened(case)
    case("record", "c", "suicide_level=none", "warning=unknown", "--by", ANN, "--at", NOON)
    shown = case("show", "c", "--at", NOON, "--json").json
    assert shown["schema"] == "rupture-case/1"
    assert (shown["case"], shown["version"], shown["state"]) == ("c", 2, "aware")
    assert shown["facts"] == {"suicide_level": "none", "warning": None}
    assert shown["decision"]["schema"] == "rupture-decision/1"
    assert [each["seq"] for each in shown["history"]] == [1, 2]
    assert "may" not in shown["decision"]["options"][0]
    asked = case("show", "c", "--at", NOON, "--by", SUE, "--json").json
    assert {each["trigger"]: each["may"] for each in asked["decision"]["options"]}["acknowledge"] is False
    assert case("show", "c", "--at", LATER, "--json").json["facts"] == {"warning": None}  # it has expired
    text = case("show", "c", "--at", NOON).out
    assert text.startswith("c: version 2\naware\n")
    assert "Options" in text
    assert "acknowledge → acknowledged" in text


def test_overrides_and_precautions_stand_out_wherever_cases_are_listed(case: Case) -> None:
    opened(case, "o")
    case("record", "o", "suicide_level=none", "--by", ANN, "--at", NOON)
    ran = case("override", "o", "acknowledge", "--reason", "other", "--by", SUE, "--at", NOON)
    assert "! taken by override: acknowledge" in ran.out
    opened(case, "p")
    ran = case("take", "p", "hold", "--by", ANN, "--at", NOON)
    assert "! taken as a precaution: hold" in ran.out
    opened(case, "q")

    lines = case("list").out.splitlines()
    assert [line[0] for line in lines] == ["!", "!", "·"]
    assert "1 override" in lines[0]
    assert "1 precaution" in lines[1]
    counted = [(each["overrides"], each["precautions"]) for each in case("list", "--json").lines]
    assert counted == [(1, 0), (0, 1), (0, 0)]
    assert "! takes acknowledge, by override" in case("history", "o").out
    assert "! takes hold, as a precaution" in case("history", "p").out
    assert (
        case("show", "o").out.splitlines()[1].startswith("! event 3 taken by override: acknowledge (other)")
    )
    assert [each["kind"] for each in case("history", "p", "--json").lines] == ["opened", "precaution"]


def test_a_correction_mends_or_withdraws(case: Case) -> None:
    opened(case)
    case("record", "c", "severity=mild", "--by", SUE, "--at", NOON)
    ran = case("correct", "c", "severity", "--to", "severe", "--reason", "wrong form", "--by", SUE, "--json")
    assert (ran.code, ran.json["event"]["corrects"], ran.json["event"]["facts"]) == (
        0,
        2,
        {"severity": "severe"},
    )
    ran = case("correct", "c", "severity", "--reason", "another client", "--by", SUE)
    assert "withdrawn: severity" in ran.out
    assert case("show", "c", "--json").json["facts"] == {}


def test_lists_are_json_lines_and_say_what_is_asked(case: Case) -> None:
    opened(case, "a")
    opened(case, "b")
    case("record", "a", "aware_on=2026-11-01", "--by", SUE, "--at", NOON)
    every = case("list", "--json").lines
    assert [(each["schema"], each["case"]) for each in every] == [
        ("rupture-summary/1", name) for name in "ab"
    ]
    assert [each["case"] for each in case("list", "--actor", "sue", "--json").lines] == ["a"]
    assert [each["case"] for each in case("list", "--overdue", LATER, "--json").lines] == ["a"]
    assert [each["case"] for each in case("list", "--overdue", "--json").lines] == ["a"]
    assert case("list", "--overdue", "2026-11-01T00:00:00+00:00").out == ""
    assert case("list", "--state", "held", "--json").out == ""
    assert "no case is kept that fits" in case("list", "--protocol", "other").err
    (due,) = case("due", "--at", LATER, "--json").lines
    assert (due["schema"], due["case"], due["deadline"], due["overdue"]) == (
        "rupture-due/1", "a", "notice_due", True,
    )  # fmt: skip
    assert case("due", "--at", LATER).out.startswith("! overdue  a  notice_due, due 2026-")
    assert case("due", "--at", "2026-11-01T00:00:00+00:00").err == "nothing is due\n"


def test_a_sensitive_value_is_not_in_text_unless_it_is_asked_for(case: Case) -> None:
    opened(case)
    answer = case("record", "c", "secret=canary_value", "--by", ANN, "--at", NOON)
    for command in (("show", "c"), ("history", "c")):
        assert "canary" not in case(*command).out + answer.out + answer.err
        assert "canary_value" in case(*command, "--show-sensitive").out
    assert case("show", "c", "--json").json["facts"] == {"secret": "canary_value"}


def test_facts_come_from_a_file_too(case: Case) -> None:
    opened(case)
    ran = case(
        "record", "c", "--facts", "-", "--by", ANN, "--json", stdin='{"reachable": true, "tags": ["a"]}'
    )
    assert (ran.code, ran.json["event"]["facts"]) == (0, {"reachable": True, "tags": ["a"]})


def test_without_an_id_one_is_made_and_printed(case: Case) -> None:
    first, second = (case("open", "mini.yaml", "--by", ANN, "--json").json["case"] for _ in range(2))
    assert first != second
    keyed = {case("open", "mini.yaml", "--by", ANN, "--key", "k", "--json").json["case"] for _ in range(2)}
    assert len(keyed) == 1
    assert len(case("list", "--json").lines) == 3


def test_the_same_command_under_the_same_key_adds_nothing(case: Case) -> None:
    opened(case)
    asked = ("record", "c", "reachable=true", "--by", ANN, "--key", "form-1", "--json")
    first = case(*asked, "--at", NOON)
    case("record", "c", "reachable=false", "--by", ANN, "--at", NOON)
    assert case(*asked, "--at", LATER).json == first.json
    other = case("record", "c", "reachable=false", "--by", ANN, "--key", "form-1")
    assert (other.code, other.out) == (1, "")
    assert other.err == (
        "error: the idempotency key was used before, for another request\nhelp: a new request has a new key\n"
        "next: run it again with a new `--key`\n"
    )
    assert case("show", "c", "--json").json["version"] == 3


def test_a_case_needs_no_file_once_it_is_open(case: Case, tmp_path: Path) -> None:
    opened(case)
    (tmp_path / "mini.yaml").unlink()
    assert case("record", "c", "reachable=true", "--by", ANN).code == 0
    assert case("show", "c").code == 0
    assert case("history", "c").code == 0


def test_a_case_is_carried_over_to_another_version(case: Case, tmp_path: Path) -> None:
    opened(case)
    case("record", "c", "reachable=true", "secret=canary_value", "--by", ANN, "--at", NOON)
    text = (tmp_path / "mini.yaml").read_text("utf-8")
    text = text.replace(
        "version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2", facts: {secret: hidden}}]'
    )
    (tmp_path / "new.yaml").write_text(text.replace("  secret: {", "  hidden: {"), "utf-8")
    ran = case("migrate", "c", "--to", "./new.yaml", "--by", SUE, "--json")
    assert (ran.code, ran.json["protocol"]["version"], ran.json["event"]["kind"]) == (
        0,
        "2.0.0",
        "migrated",
    ), ran.err
    told = case("history", "c").out
    assert "carries the case over to mini 2.0.0" in told
    assert "canary" not in told
    assert case("show", "c", "--json").json["facts"]["hidden"] == "canary_value"
    again = case("migrate", "c", "--to", "./new.yaml", "--by", SUE)
    assert again.code == 1


def test_a_case_is_exported_and_imported_as_it_is(case: Case, tmp_path: Path) -> None:
    opened(case)
    case("record", "c", "suicide_level=none", "--by", ANN, "--at", NOON)
    exported = case("export", "c")
    assert exported.json["schema"] == "rupture-case/1"
    assert case("import", "-", stdin=exported.out).code == 1  # it is kept already
    (tmp_path / "c.json").write_text(exported.out, "utf-8")
    other = str(tmp_path / "other.db")
    ran = case("import", "c.json", "--protocol", "mini.yaml", "--store", other, "--json")
    assert (ran.code, ran.json["version"]) == (0, 2), ran.err
    again = case("export", "c", "--store", other).json
    assert again["proof"].pop("store") != exported.json["proof"].pop("store")
    assert without(again, "proof") == without(exported.json, "proof")
    assert case("verify", "--store", other).code == 0


def without(data: dict[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in data.items() if each != name}


def test_an_import_says_which_protocol_it_needs(case: Case, tmp_path: Path) -> None:
    opened(case)
    text = case("export", "c").out
    ran = case("import", "-", "--store", str(tmp_path / "other.db"), stdin=text)
    assert (ran.code, ran.out) == (3, "")
    assert "no engine is of `mini` 1.0.0" in ran.err
    assert "help: give that version with `--protocol`" in ran.err
    ran = case("import", "-", "--path", ".", "--store", str(tmp_path / "other.db"), stdin=text)
    assert ran.code == 0, ran.err


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '{"schema": "rupture-case/1"}', "\x00", "[" * 99999])
def test_what_is_no_case_is_not_imported(case: Case, text: str) -> None:
    ran = case("import", "-", stdin=text)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: the case is not")


def test_verify_finds_nothing_or_says_what(case: Case, tmp_path: Path) -> None:
    import sqlite3

    assert case("verify", "--json", "--store", str(tmp_path / "kept" / "cases.db")).code == 3
    opened(case)
    assert case("verify", "--json").json == {"schema": "rupture-verify/1", "findings": []}
    assert "everything kept is as it was written" in case("verify", "c").out
    file = tmp_path / "kept" / "cases.db"
    database = sqlite3.connect(file)
    database.execute("UPDATE event SET actor = 'sue'")
    database.commit()
    database.close()
    for arguments in ((), ("c",)):
        ran = case("verify", *arguments, "--json")
        assert ran.code == 1
        assert ran.json["findings"] == [
            {"case": "c", "seq": 1, "what": "its columns are not what its header says"}
        ]
    ran = case("verify")
    assert ran.code == 1
    assert "✗ c, event 1: its columns are not what its header says" in ran.out
    assert ran.err.startswith("error: what is kept is not what was written: 1 finding\n")
    assert case("show", "c").code == 3
    file.write_bytes(b"no database at all, whatever it may be; and long enough for one" * 20)
    ran = case("verify", "--json")
    assert (ran.code, len(ran.json["findings"])) == (1, 1)


# From one process to another -----------------------------------------------------------------------


def test_a_case_opened_on_the_command_line_is_continued_from_python_and_from_another_process(
    shell: Rupture, tmp_path: Path
) -> None:
    store = str(tmp_path / "cases.db")
    ran = shell(f"rupture case open mini.yaml --id c --by {ANN} --at {NOON} --json", RUPTURE_STORE=store)
    assert ran.json["version"] == 1, ran.err

    at = datetime(2026, 11, 24, 13, tzinfo=UTC)
    with Casebook(f"sqlite:///{store}", [Engine(load(tmp_path / "mini.yaml"))]) as book:
        kept = book.record("c", {"suicide_level": "none"}, by=Actor("ann", "therapist"), at=at)
        assert kept.version == 2

    code = (
        "import sys; from datetime import UTC, datetime; from rupture_protocol import Actor, Casebook\n"
        "book = Casebook(f'sqlite:///{sys.argv[1]}')\n"
        "at = datetime(2026, 11, 24, 14, tzinfo=UTC)\n"
        "case = book.take('c', 'consult', by=Actor('ann', 'therapist'), at=at, expected_version=2)\n"
        "print(case.version, case.state)"
    )
    (tmp_path / "mini.yaml").unlink()
    done = subprocess.run(
        [sys.executable, "-c", code, store], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout == "3 aware2\n"

    ran = shell(f"rupture case take c back --by {ANN} --expect 3 --json", RUPTURE_STORE=store)
    assert (ran.code, ran.json["version"], ran.json["state"]) == (0, 4, "aware"), ran.err
    with Casebook(f"sqlite:///{store}") as book:
        assert [event.kind for event in book.history("c")] == ["opened", "recorded", "taken", "taken"]
        assert book.verify() == ()


def test_the_default_store_is_a_file_in_the_users_data_folder_for_its_owner_alone(
    shell: Rupture, tmp_path: Path
) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path), "RUPTURE_STORE": ""}
    for command in ("list", "list --json", "due", "verify"):
        assert shell(f"rupture case {command}", **env).code == 0
    ran = shell("rupture case show c", **env)
    assert (ran.code, ran.err) == (1, "error: no case is called `c`\nnext: rupture case list\n")
    assert shell(f"rupture case record c reachable=true --by {ANN}", **env).code == 1
    assert not (tmp_path / "data").exists()

    assert shell(f"rupture case open mini.yaml --id c --by {ANN}", **env).code == 0
    (file,) = (each for each in tmp_path.rglob("cases.db"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert shell("rupture case show c", **env).code == 0


def test_a_reader_who_leaves_ends_nothing(shell: Rupture, tmp_path: Path) -> None:
    store = {"RUPTURE_STORE": str(tmp_path / "cases.db")}
    shell(f"rupture case open standard --id c --by {ANN}", **store)
    ran = shell("set -o pipefail; rupture case show c | head -1; rupture case export c | true", **store)
    assert (ran.code, ran.out, ran.err) == (0, "c: version 1\n", "")


def test_text_fits_a_narrow_terminal(shell: Rupture, tmp_path: Path) -> None:
    store = {"RUPTURE_STORE": str(tmp_path / "cases.db"), "COLUMNS": "60"}
    shell(f"rupture case open standard --id c --by {ANN}", **store)
    shell(f"rupture case take c hold_for_safety --by {ANN}", **store)
    ran = shell(
        "rupture case list; rupture case show c; rupture case history c; rupture case verify", **store
    )
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 60


def test_help_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from rupture_protocol.cli.app import run\n"
        "run(['case', '--help']); run(['case', 'take', '--help'])\n"
        "late = {'pydantic', 'yaml', 'transitions', 'rich', 'sqlalchemy', 'rupture_protocol.engine'}\n"
        "sys.stderr.write(repr(sorted(late & set(sys.modules))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stderr == "[]"


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['sqlalchemy'] = None\nfrom rupture_protocol.cli import main\n"
        "sys.argv[1:] = sys.argv[1:]\nmain()"
    )

    def rupture(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            capture_output=True, text=True, cwd=tmp_path, check=False,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
        )  # fmt: skip

    assert rupture("case", "--help").returncode == 0
    for words in (("list",), ("show", "c"), ("open", "standard", "--by", ANN), ("verify",)):
        ran = rupture("case", *words)
        assert (ran.returncode, ran.stdout) == (3, "")
        assert ran.stderr == (
            'error: keeping cases needs sqlalchemy\nnext: pip install "rupture-protocol[cli,store]"\n'
        )
