"""`rupture db`: what the database is like, a copy of it, and its layout."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.running import NOON, Rupture

from rupture_protocol.cli.db import LISTED
from rupture_protocol.store import tables, upgrading

SECRET = "hush-hush"


@pytest.fixture
def store(rupture: Rupture, tmp_path: Path) -> Path:
    """A store with a case in it, in a folder for its owner alone."""
    file = tmp_path / "kept" / "cases.db"
    by = ("--by", "lee:therapist", "--at", NOON, "--store", str(file))
    assert rupture("case", "open", "standard", "--id", "c", *by).code == 0
    return file


@pytest.mark.parametrize("name", LISTED)
def test_the_help_of_every_command_has_an_example(rupture: Rupture, name: str) -> None:
    ran = rupture("db", name, "--help")
    assert ran.code == 0
    assert f"rupture db {name}" in ran.out.partition("Example")[2]


# doctor ------------------------------------------------------------------------------------------------


def test_a_good_store_leaves_nothing_to_do(rupture: Rupture, store: Path) -> None:
    ran = rupture("db", "doctor", "--store", str(store))
    assert (ran.code, ran.err) == (0, "ok: nothing to do\n")
    assert "✓ integrity: the database is whole" in ran.out
    data = rupture("db", "doctor", "--store", f"sqlite:///{store}", "--json").json
    assert (data["schema"], data["kind"], data["fine"]) == ("rupture-doctor/1", "sqlite", True)
    assert {tuple(each) for each in data["remarks"]} == {("about", "found", "fine", "do")}
    assert {each["do"] for each in data["remarks"]} == {None}


@pytest.mark.skipif(os.name != "posix", reason="only there has a file such permissions")
def test_what_is_to_do_is_said_and_is_the_exit_code(rupture: Rupture, store: Path) -> None:
    store.chmod(0o644)
    ran = rupture("db", "doctor", "--store", str(store))
    assert (ran.code, ran.err) == (1, "1 thing to do\n")
    assert "✗ permissions: 0644\n  do: `chmod 600`" in ran.out


def test_a_store_that_cannot_be_opened_is_seen_to(rupture: Rupture, store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE store_meta SET value = '9' WHERE name = 'schema_revision'")
        connection.commit()
    assert "✗ layout: layout 9" in rupture("db", "doctor", "--store", str(store)).out
    store.write_bytes(b"hello" * 1000)
    ran = rupture("db", "doctor", "--store", str(store), "--json")
    assert ran.code == 1
    assert ran.json["fine"] is False


def test_a_store_that_is_not_there_is_not_made(
    rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "none.db"))
    assert rupture("db", "doctor").code == 1
    assert rupture("db", "backup", str(tmp_path / "copy.db")).code == 3
    assert rupture("db", "upgrade").code == 3
    assert list(tmp_path.glob("*.db")) == []


def test_no_password_is_printed(rupture: Rupture) -> None:
    store = f"postgresql://lee:{SECRET}@127.0.0.1:1/cases?password={SECRET}"
    for command in (("doctor",), ("doctor", "--json"), ("backup", "copy.db"), ("upgrade",)):
        ran = rupture("db", *command, "--store", store)
        assert ran.code > 0
        assert SECRET not in ran.out + ran.err


# backup ------------------------------------------------------------------------------------------------


def test_a_backup_is_a_store_to_go_on_with(rupture: Rupture, store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    ran = rupture("db", "backup", str(copy), "--store", str(store))
    assert ran.code == 0
    assert ran.out.startswith("copied: 1 case, ")
    assert rupture("case", "verify", "--store", str(copy)).code == 0
    again = rupture("db", "backup", str(copy), "--store", str(store))
    assert again.code == 2
    assert "is not written over" in again.err


def test_a_backup_says_as_json_what_it_holds(rupture: Rupture, store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    ran = rupture("db", "backup", str(copy), "--store", str(store), "--json")
    size = copy.stat().st_size
    assert ran.json == {"schema": "rupture-backup/1", "bytes": size, "cases": 1, "findings": 0}


def test_a_backup_of_what_is_not_as_it_was_written_exits_1(
    rupture: Rupture, store: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE event SET actor = 'somebody'")
        connection.commit()
    ran = rupture("db", "backup", str(tmp_path / "copy.db"), "--store", str(store))
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "next: rupture case verify"


def test_postgresql_is_copied_by_a_command_that_is_told(rupture: Rupture, tmp_path: Path) -> None:
    store = f"postgresql+psycopg://lee:{SECRET}@host/cases?options=-csearch_path%3Dx"
    ran = rupture("db", "backup", "my copy", "--store", store)
    assert ran.code == 2
    address = "'postgresql://lee@host/cases?options=-csearch_path%3Dx'"
    assert ran.err.splitlines()[-1] == f"next: pg_dump --format=custom --file='my copy' {address}"


# upgrade -----------------------------------------------------------------------------------------------


def test_there_is_nothing_to_upgrade_yet(rupture: Rupture, store: Path) -> None:
    ran = rupture("db", "upgrade", "--store", str(store))
    assert (ran.code, ran.out) == (0, "nothing to do: the layout is 1\n")
    data = rupture("db", "upgrade", "--store", str(store), "--json").json
    assert data == {"schema": "rupture-upgrade/1", "before": 1, "after": 1}


def test_an_older_store_is_upgraded_by_the_command_that_its_refusal_names(
    rupture: Rupture, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 2)
    monkeypatch.setattr(upgrading, "STEPS", {1: lambda connection: None})
    given = ("c", "safety_suicide_level=none", "--by", "lee:therapist", "--at", NOON, "--store", str(store))
    refused = rupture("case", "record", *given)
    assert refused.code == 3
    assert "`rupture db upgrade`" in refused.err
    ran = rupture("db", "upgrade", "--store", str(store))
    assert (ran.code, ran.out) == (0, "upgraded: the layout was 1, and is 2\n")
    assert rupture("case", "record", *given).code == 0


# lists -------------------------------------------------------------------------------------------------


def test_lists_are_made_anew_after_an_older_backup_was_put_back(
    rupture: Rupture, store: Path, tmp_path: Path
) -> None:
    where = ("--store", str(store))
    for name in ("d", "e"):
        rupture("case", "open", "mini.yaml", "--id", name, "--by", "ann:therapist", "--at", NOON, *where)
    copy = tmp_path / "copy.db"
    assert rupture("db", "backup", str(copy), *where).code == 0
    ran = rupture("case", "erase", "d", "--by", "max:records", "--basis", "over", "--at", NOON, *where)
    assert ran.code == 0
    copy.replace(store)
    ran = rupture("case", "list", *where)
    assert ran.code == 3
    assert "`rupture db lists` makes them anew" in ran.err
    ran = rupture("db", "lists", *where, "--json")
    assert ran.json == {"schema": "rupture-lists/1", "listed": 2, "unreadable": ["d"]}
    assert "d: its key is gone, as it was erased since" in rupture("db", "lists", *where).out
    assert [line.split()[1] for line in rupture("case", "list", *where).out.splitlines()] == ["c", "e"]
