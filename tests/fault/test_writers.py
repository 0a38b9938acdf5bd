"""Two writers on one case, a lock that is held too long, a store that may only be read."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest
from tests.fault.nursery import in_nursery
from tests.fault.requests import inconsistencies, requests
from tests.fault.writers import races
from tests.store.books import LEE, NOON, address, book_in, small_engine

from rupture_protocol import Casebook, Conflict, StoreBusy
from rupture_protocol.store.sql import SqlStore


@pytest.mark.parametrize("module", ["sqlite3", "apsw"])
def test_of_two_who_expect_the_same_version_one_wins(module: str) -> None:
    tally = races(module, 60)
    assert (tally.trials, tally.acknowledged) == (60, 60)
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_store_where_both_win_is_caught() -> None:
    assert races("weaker", 10).lost > 0


def test_a_lock_held_past_the_timeout_is_busy_and_nothing_is_written(tmp_path: Path) -> None:
    first, second = requests(2)
    with book_in(tmp_path) as book:
        first.send(book)
    holder = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
    with Casebook(SqlStore(address(tmp_path), timeout=0.2), [small_engine()]) as book:
        for lock in ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"):
            holder.execute(lock)
            begun = time.monotonic()
            with pytest.raises(StoreBusy):
                second.send(book)
            assert time.monotonic() - begun < 5
            holder.execute("ROLLBACK")
            assert [each.case for each in book.find()] == [first.case]
        second.send(book)
        assert inconsistencies(book) == []
    holder.close()


def test_a_reader_that_goes_on_reading_makes_a_commit_busy_and_nothing_is_written(tmp_path: Path) -> None:
    first, second = requests(2)
    with book_in(tmp_path) as book:
        first.send(book)
        journal = sqlite3.connect(tmp_path / "cases.db").execute("PRAGMA journal_mode").fetchone()[0]
    reader = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
    with Casebook(SqlStore(address(tmp_path), timeout=0.2), [small_engine()]) as book:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM event").fetchall()
        if journal == "delete":  # with a write-ahead log readers hold back nobody
            with pytest.raises(StoreBusy):
                second.send(book)
            assert [each.case for each in book.find()] == [first.case]
        reader.execute("ROLLBACK")
        second.send(book)
        assert len(book.find()) == 2
        assert inconsistencies(book) == []
    reader.close()


def test_what_is_written_while_the_clock_is_behind_is_not_before_what_was_written(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("a", by=LEE, at=NOON)
        for year in (2025, 2027, 2024):
            book.record("a", {"count": year - 2000}, by=LEE, at=NOON.replace(year=year))
        times = [event.at.year for event in book.history("a")]
        assert times == [2026, 2026, 2027, 2027]
        assert book.verify() == ()
        with pytest.raises(Conflict):
            book.open("a", by=LEE, at=NOON.replace(year=2020))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes to fork here")
def test_a_store_that_may_only_be_read_is_read_and_says_so_when_written_to() -> None:
    tally = in_nursery("read_only")
    assert tally.trials == 2
    assert tally.broken == []
