"""A writer's turn on SQLite: whoever waits gets it soon, and gives up in time."""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import pytest
from tests.fault.apsw_driver import ApswDriver
from tests.store.books import LEE, NOON, SUE, address, book_in

from rupture_protocol import StoreBusy, StoreUnavailable
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.turn import pauses


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The file, held by somebody who writes."""
    holder = sqlite3.connect(folder / "cases.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.close()


@contextmanager
def hardly_let_go_of(folder: Path) -> Iterator[list[int]]:
    """Somebody holds the file again and again, with a moment in between; yields how often so far."""
    turns, stop = [0], threading.Event()

    def hold() -> None:
        holder = sqlite3.connect(folder / "cases.db", timeout=0, isolation_level=None)
        while not stop.wait(0.001):
            with suppress(sqlite3.OperationalError):  # somebody else writes
                holder.execute("BEGIN IMMEDIATE")
                time.sleep(0.02)
                holder.execute("ROLLBACK")
                turns[0] += 1
        holder.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield turns
    finally:
        stop.set()
        thread.join()


def test_whoever_waits_is_not_overtaken_again_and_again(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        with hardly_let_go_of(tmp_path) as turns:
            for number in range(5):
                time.sleep(0.03)
                book.record("c", {"count": number}, by=SUE, at=NOON)
        assert turns[0] < 100


def test_who_has_waited_longer_sleeps_shorter() -> None:
    began = time.monotonic()
    slept = []
    for pause in pauses(0.4):
        slept.append(pause)
        time.sleep(pause)
    assert 0.4 <= time.monotonic() - began < 2
    assert all(0 <= pause <= 0.01 for pause in slept)
    assert all(pause <= 0.003 for pause in slept[-10:])
    assert len(set(slept)) > len(slept) / 2  # at random
    assert list(pauses(0)) == []


def test_what_follows_still_waits_for_others(tmp_path: Path) -> None:
    def patience(store: SqlStore, *, write: bool) -> int:
        with store.session(write=write) as session:
            return int(session.connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())

    store = SqlStore(address(tmp_path), timeout=0.3)
    assert patience(store, write=True) == 300
    with held(tmp_path), pytest.raises(StoreBusy), store.session(write=True):
        pass
    assert patience(store, write=False) == 300
    assert patience(store, write=True) == 300
    store.close()


def test_what_goes_wrong_while_it_waits_is_said_at_once(tmp_path: Path) -> None:
    number = itertools.count(1)

    def breaks(statement: str) -> str:
        return "BEGIN NOTHING" if statement == "BEGIN IMMEDIATE" and next(number) > 3 else statement

    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
    store = SqlStore(address(tmp_path), timeout=60, module=ApswDriver(rewrite=breaks))
    holder = apsw.Connection(str(tmp_path / "cases.db"))  # two SQLites in one process do not see each other
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable), store.session(write=True):
        pass
    holder.close()
    store.close()
