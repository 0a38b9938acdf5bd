"""A copy of a store: as it is at one moment, for its owner alone, verified, and never over something else."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.books import LEE, NOON, SUE, address, book_in

from rupture_protocol import Casebook
from rupture_protocol.store import tables
from rupture_protocol.store.backup import BackupExists, NotAFile, back_up
from rupture_protocol.store.errors import StoreBusy, StoreCorrupt, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        book.record("c", {"risk": "low"}, by=SUE, at=NOON)
    return tmp_path / "cases.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def test_a_copy_is_a_store_of_its_own(store: Path, folder: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    made = back_up(store, folder / "copy.db")
    assert (made.cases, made.findings) == (1, ())
    assert made.size == (folder / "copy.db").stat().st_size
    assert store.read_bytes() == before
    assert [each.name for each in folder.iterdir()] == ["copy.db"]
    with book_in(tmp_path) as book, Casebook(folder / "copy.db") as copy:
        assert copy.get("c") == book.get("c")
        copy.record("c", {"risk": "none"}, by=LEE, at=NOON)
        assert (copy.get("c").version, book.get("c").version) == (3, 2)


@pytest.mark.skipif(os.name != "posix", reason="only there has a file such permissions")
def test_a_copy_is_for_its_owner_alone(store: Path, folder: Path) -> None:
    usual = os.umask(0)
    try:
        back_up(address(store.parent), folder / "copy.db")
    finally:
        os.umask(usual)
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600


def test_a_copy_is_made_while_others_write(store: Path, folder: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with book_in(tmp_path) as book:
            while not stop.is_set():
                book.record("c", {"count": 1}, by=SUE, at=NOON)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(store, folder / f"{number}.db") for number in range(5)]
    finally:
        stop.set()
        writer.join(60)
    assert [copy.findings for copy in copies] == [()] * 5


@pytest.mark.parametrize(
    "make", [lambda path: path.write_bytes(b"x"), lambda path: path.symlink_to("nothing")]
)
@pytest.mark.parametrize("name", ["copy.db", "copy.db.part"])
def test_what_is_there_is_left_as_it_is(
    store: Path, folder: Path, name: str, make: Callable[[Path], None]
) -> None:
    make(folder / name)
    with pytest.raises(BackupExists):
        back_up(store, folder / "copy.db")
    assert [each.name for each in folder.iterdir()] == [name]
    assert not (folder / name).is_file() or (folder / name).read_bytes() == b"x"


def test_a_damaged_store_leaves_no_copy(store: Path, folder: Path) -> None:
    whole = store.read_bytes()
    for bytes_ in (whole[:4096] + bytes(len(whole) - 4096), whole[:5000], b"hello" * 1000):
        store.write_bytes(bytes_)
        with pytest.raises(StoreCorrupt):
            back_up(store, folder / "copy.db")
    assert list(folder.iterdir()) == []


def test_a_copy_tells_what_in_it_is_not_as_it_was_written(store: Path, folder: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE event SET actor = 'somebody' WHERE seq = 2")
        connection.commit()
    made = back_up(store, folder / "copy.db")
    assert [(each.case, each.seq) for each in made.findings] == [("c", 2)]
    assert (folder / "copy.db").exists()


def test_a_store_of_another_layout_is_copied_too(
    store: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 2)
    assert back_up(store, folder / "copy.db").cases is None


def test_a_store_that_somebody_holds_is_busy(store: Path, folder: Path) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            back_up(store, folder / "copy.db", timeout=0.1)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["none/copy.db", "", "a\0b", "x" * 300])
def test_a_copy_that_cannot_be_made_is_told_so(store: Path, folder: Path, name: str) -> None:
    with pytest.raises(StoreError):
        back_up(store, folder / name)
    assert list(folder.iterdir()) == []


def test_a_store_in_no_file_is_copied_by_other_means(folder: Path) -> None:
    for store in ("postgresql://host/cases", "sqlite://"):
        with pytest.raises(NotAFile):
            back_up(store, folder / "copy.db")
