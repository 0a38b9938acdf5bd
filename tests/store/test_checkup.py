"""What a database is like: whatever is not as it should be is said, with what to do; nothing is changed."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.store.books import LEE, NOON, SUE, book_at, book_in
from tests.store.postgres import QUICK, Postgres, running

from rupture_protocol import Casebook
from rupture_protocol.store import tables
from rupture_protocol.store.checkup import Checkup, check_up
from rupture_protocol.store.checkup.disks import kind_of_disk
from rupture_protocol.store.checkup.postgresql import NEEDED, on_encryption, on_skew
from rupture_protocol.store.sql import SqlStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with a case in it, in a folder for its owner alone."""
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    with book_in(folder) as book:
        book.open("c", by=LEE, at=NOON)
    return folder / "cases.db"


def to_do(found: Checkup) -> dict[str, str]:
    return {remark.about: remark.do for remark in found.remarks if not remark.fine}


def id_of(book: Casebook) -> str:
    assert isinstance(book.store, SqlStore)
    return book.store.id


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


# SQLite ------------------------------------------------------------------------------------------------


def test_a_good_store_leaves_nothing_to_do_and_is_as_it_was(file: Path) -> None:
    before = file.read_bytes()
    found = check_up(file)
    assert to_do(found) == {}
    assert found.fine
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
    with book_at(f"sqlite:///{file}") as book:
        assert found["id"].found == id_of(book)
    assert check_up(f"sqlite:///{file}").remarks == found.remarks


def test_keys_that_are_gone_or_open_to_others_are_said(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book_at(f"sqlite:///{file}") as book:
        store_id = id_of(book)
    keys = Path(os.environ["RUPTURE_KEYS"]) / store_id
    keys.chmod(0o755)
    assert to_do(check_up(file)) == {"keys": "`chmod 700` on their folder: others may come to it"}
    keys.chmod(0o700)
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "none"))
    assert "backup" in to_do(check_up(file))["keys"]


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert set(to_do(check_up(tmp_path / "none.db"))) == {"file"}
    assert list(tmp_path.iterdir()) == []
    assert set(to_do(check_up(tmp_path))) == {"file"}


@pytest.mark.skipif(os.name != "posix", reason="only there has a file such permissions")
def test_a_file_and_a_folder_that_others_may_come_to_are_said(file: Path) -> None:
    file.chmod(0o640)
    file.parent.chmod(0o755)
    todo = to_do(check_up(file))
    assert set(todo) == {"permissions", "folder"}
    assert "chmod 600" in todo["permissions"]
    assert "chmod 700" in todo["folder"]


def test_a_damaged_database_is_said_to_be_damaged(file: Path) -> None:
    whole = file.read_bytes()
    for size in (0, 10, 5000, len(whole) // 2):
        file.write_bytes(whole[:size])
        assert size == 0 or not check_up(file).fine
    file.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    assert "integrity" in to_do(check_up(file))


def test_whatever_bytes_a_file_holds_the_answer_is_a_remark(file: Path) -> None:
    whole, chance = file.read_bytes(), random.Random(4)
    for _ in range(60):
        bytes_ = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            start = chance.choice((chance.randrange(200), chance.randrange(len(whole))))
            bytes_[start : start + chance.randint(1, 60)] = chance.randbytes(chance.randint(1, 60))
        file.write_bytes(bytes_)
        assert check_up(file).remarks


@pytest.mark.parametrize("value", ["'9'", "'0'", "'x'", "x'ff'", "NULL || 'y'"])
def test_another_layout_is_said(file: Path, value: str) -> None:
    change(file, "CREATE TABLE other (name TEXT, value)")
    change(
        file, f"INSERT INTO other SELECT name, coalesce({value}, '') FROM store_meta WHERE name <> 'store_id'"
    )
    change(file, "INSERT INTO other SELECT name, value FROM store_meta WHERE name = 'store_id'")
    change(file, "DROP TABLE store_meta")
    change(file, "ALTER TABLE other RENAME TO store_meta")
    assert "layout" in to_do(check_up(file))


def test_an_older_layout_is_to_be_upgraded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 2)
    assert "rupture db upgrade" in to_do(check_up(file))["layout"]


def test_a_file_of_somebody_else_is_said_to_be_one(tmp_path: Path) -> None:
    change(tmp_path / "other.db", "CREATE TABLE t (x)")
    assert "something else" in check_up(tmp_path / "other.db")["layout"].found


def test_a_trigger_is_nothing_of_ours(file: Path) -> None:
    change(file, "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM outbox; END")
    assert set(to_do(check_up(file))) == {"strangers"}


def test_too_little_room_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(file)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000_000))
    assert set(to_do(check_up(file))) == {"room"}


def test_what_lies_beside_is_said(file: Path) -> None:
    Path(f"{file}-journal").write_bytes(b"x" * 1000)
    assert "journal" in check_up(file)["beside"].found


def test_a_network_file_system_is_told_by_the_table_of_mounts(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        "/dev/sda1 / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0\n//s/a /srv/a\\040b cifs rw 0 0\n"
        "/dev/sdb1 /srv/data xfs rw 0 0\nbroken\n"
    )
    for name, expected in {
        "/home/cases.db": ("ext4", False),
        "/srv/cases.db": ("nfs4", True),
        "/srv/a b/cases.db": ("cifs", True),
        "/srv/data/deep/cases.db": ("xfs", False),
        "/srvx/cases.db": ("ext4", False),
    }.items():
        assert kind_of_disk(Path(name), table) == expected
    assert kind_of_disk(Path("/home/cases.db"), tmp_path / "none") == ("", False)


# Addresses ---------------------------------------------------------------------------------------------

SECRET = "hush-hush"


@pytest.mark.parametrize(
    "store",
    [
        f"postgresql://lee:{SECRET}@127.0.0.1:1/cases",
        f"postgresql://lee@/cases?host=/nowhere&password={SECRET}",
        f"postgresql://lee:{SECRET}@[",
        f"mysql://lee:{SECRET}@host/cases",
        f"://{SECRET}",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_that_leads_nowhere_is_said_without_its_password(store: str) -> None:
    found = check_up(store)
    assert not found.fine
    assert SECRET not in json.dumps(dataclasses.asdict(found))


# PostgreSQL --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def careful() -> Iterator[Postgres]:
    """A server that is set as it should be."""
    with running() as server:
        yield server


def test_a_good_server_leaves_nothing_to_do(careful: Postgres) -> None:
    where = careful.address(schema=careful.new_schema())
    assert to_do(check_up(where)) == {}
    with book_at(where) as book:
        book.open("c", by=LEE, at=NOON)
        assert check_up(where)["id"].found == id_of(book)
    assert to_do(check_up(where)) == {}


def test_settings_that_lose_events_are_said() -> None:
    with running(**QUICK, full_page_writes="off", synchronous_commit="off") as server:
        found = check_up(server.address())
    assert set(to_do(found)) == {"fsync", "full_page_writes"}
    assert found["synchronous_commit"].found.startswith("on for what this library writes; off")


def test_a_role_needs_the_rights_that_are_named_and_no_others(careful: Postgres) -> None:
    schema = careful.new_schema()
    with book_at(careful.address(schema=schema)) as book:
        book.open("c", by=LEE, at=NOON)
    careful.execute("CREATE ROLE clinic LOGIN")
    careful.execute(f"GRANT USAGE ON SCHEMA {schema} TO clinic")
    where = careful.address(schema=schema, user="clinic")
    assert "INSERT on event" in check_up(where)["writable"].found

    for name, more in NEEDED.items():
        careful.execute(f"GRANT {', '.join(('SELECT', *more))} ON {schema}.{name} TO clinic")
    assert "sequence" in check_up(where)["writable"].found
    careful.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO clinic")
    assert to_do(check_up(where)) == {}
    with book_at(where) as book:
        book.open("d", by=LEE, at=NOON)
        book.record("d", {"risk": "low"}, by=SUE, at=NOON, idempotency_key="k")
        book.deliver("ehr", lambda _: None)
        assert book.verify() == ()


def test_a_server_that_lets_nobody_in_says_why(careful: Postgres) -> None:
    for where in (careful.address(database="none"), careful.address(user="none")):
        assert "no such database or role" in check_up(where)["connection"].found
    assert "no schema" in check_up(careful.address(schema="none"))["layout"].found


@pytest.mark.parametrize(
    ("version", "server", "mode", "fine"),
    [
        (None, None, "", True),
        (None, "127.0.0.1", "", True),
        (None, "::1", "", True),
        (None, "10.1.2.3", "", False),
        (None, "2001:db8::1", "disable", False),
        ("TLSv1.3", "10.1.2.3", "", False),
        ("TLSv1.3", "10.1.2.3", "require", False),
        ("TLSv1.3", "10.1.2.3", "verify-full", True),
    ],
)
def test_the_way_to_another_machine_is_encrypted_and_leads_to_the_right_one(
    version: str | None, server: str | None, mode: str, fine: bool
) -> None:
    assert on_encryption(version, server, mode).fine is fine


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (4, True), (-4, True), (60, False), (-60, False)])
def test_a_clock_that_goes_wrong_is_said(seconds: int, fine: bool) -> None:
    after = NOON + timedelta(seconds=1)
    there: datetime = NOON + timedelta(seconds=seconds)
    assert on_skew(NOON, there, after).fine is fine
