"""Workers of every kind on one store: nothing lost, nothing doubled, nothing out of order."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.store.histories import CASES, ENGINE, Call, Checker, Worker, run_all_async

from rupture_protocol import Casebook
from rupture_protocol.store import delivering, sql
from rupture_protocol.store.connecting import BEGIN
from rupture_protocol.store.delivering import Delivery
from rupture_protocol.store.sql import SqlSession
from rupture_protocol.store.writing import Write

WORKERS, ROUNDS = 3, 36
SPAWN = multiprocessing.get_context("spawn")


def book_at(where: str) -> Casebook:
    return Casebook(where, [ENGINE], timeout=60)


# How they work ---------------------------------------------------------------------------------------


def in_threads(where: str, seed: int, _: Path) -> list[Call]:
    """Threads that share a casebook."""
    with book_at(where) as book, ThreadPoolExecutor(WORKERS) as threads:
        done = threads.map(lambda number: Worker(number, seed, ROUNDS).run(book), range(WORKERS))
        return [call for calls in done for call in calls]


def in_threads_with_a_book_each(where: str, seed: int, _: Path) -> list[Call]:
    """Threads, each with its own connection."""

    def work(number: int) -> list[Call]:
        with book_at(where) as book:
            return Worker(number, seed, ROUNDS).run(book)

    with ThreadPoolExecutor(WORKERS) as threads:
        return [call for calls in threads.map(work, range(WORKERS)) for call in calls]


def with_asyncio(where: str, seed: int, _: Path) -> list[Call]:
    """Tasks that share a casebook for asyncio."""
    return asyncio.run(run_all_async(where, [Worker(number, seed, ROUNDS) for number in range(WORKERS)]))


def in_processes(where: str, seed: int, gate: Path) -> list[Call]:
    """Processes that know the address alone."""
    with ProcessPoolExecutor(WORKERS, SPAWN) as processes:
        done = [
            processes.submit(work_in_process, where, seed, number, str(gate)) for number in range(WORKERS)
        ]
        return [call for each in done for call in each.result()]


def work_in_process(where: str, seed: int, number: int, gate: str) -> list[Call]:
    with book_at(where) as book:
        wait_for_all(Path(gate), number)
        return Worker(number, seed, ROUNDS).run(book)


def in_forks(where: str, seed: int, gate: Path) -> list[Call]:
    """Processes that were forked from one that had used its casebook, and goes on with it."""
    with ProcessPoolExecutor(1, SPAWN) as processes:
        return processes.submit(fork_and_work, where, seed, str(gate)).result()


def fork_and_work(where: str, seed: int, gate: str) -> list[Call]:
    with book_at(where) as book:
        calls = Worker(99, seed, 3).run(book)
        children = [fork_one(book, seed, number, Path(gate)) for number in range(1, WORKERS)]
        wait_for_all(Path(gate), 0)
        calls += Worker(0, seed, ROUNDS).run(book)
        for pid, told in children:
            _, status = os.waitpid(pid, 0)
            assert status == 0
            calls += pickle.loads(told.read_bytes())
        return calls


def fork_one(book: Casebook, seed: int, number: int, gate: Path) -> tuple[int, Path]:
    told = gate / f"told-{number}"
    pid = os.fork()
    if pid == 0:
        failed = 1
        try:
            wait_for_all(gate, number)
            told.write_bytes(pickle.dumps(Worker(number, seed, ROUNDS).run(book)))
            failed = 0
        finally:
            os._exit(failed)
    return pid, told


def wait_for_all(gate: Path, number: int) -> None:
    """Until every worker is here, so that all work at the same time."""
    (gate / f"here-{number}").touch()
    for _ in range(6000):
        if sum(1 for _ in gate.glob("here-*")) == WORKERS:
            return
        time.sleep(0.01)
    raise TimeoutError


WAYS: list[Callable[[str, int, Path], list[Call]]] = [
    in_threads,
    in_threads_with_a_book_each,
    with_asyncio,
    in_processes,
]
if hasattr(os, "fork"):
    WAYS.append(in_forks)


# What is checked -------------------------------------------------------------------------------------


def history_of(way: Callable[[str, int, Path], list[Call]], where: str, folder: Path, seed: int) -> Checker:
    """What workers were answered, while somebody followed them."""
    gate = folder / "gate"
    gate.mkdir()
    with followed(where) as had:
        calls = way(where, seed, gate)
    with book_at(where) as book:
        book.deliver("ehr", had.append)
        kept = {each.case: book.get(each.case) for each in book.find()}
    return Checker(calls, kept, had)


@contextmanager
def followed(where: str) -> Iterator[list[Delivery]]:
    """What a subscriber is given meanwhile."""
    had: list[Delivery] = []
    stop = threading.Event()
    failed: list[BaseException] = []

    def follow() -> None:
        try:
            with book_at(where) as book:
                while not stop.wait(0.05):
                    book.deliver("ehr", had.append)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield had
    finally:
        stop.set()
        thread.join()
    assert not failed


@pytest.mark.parametrize("way", WAYS)
def test_no_event_is_lost_doubled_or_out_of_order(
    way: Callable[[str, int, Path], list[Call]], where: str, tmp_path: Path
) -> None:
    checker = history_of(way, where, tmp_path, seed=1)

    assert checker.wrong() == []
    refusals = [call.refusal for call in checker.calls if call.refusal]
    assert "Conflict" in refusals
    assert not {"StoreBusy", "OutcomeUnknown"} & set(refusals)
    # It was a real contest: everybody wrote to every case, and most of what was asked for was kept.
    assert sum(case.version for case in checker.kept.values()) > WORKERS * ROUNDS / 4
    assert set(checker.kept) == set(CASES)
    with book_at(where) as book:
        assert book.verify() == ()


# Stores that are caught ------------------------------------------------------------------------------


def forgets_keys(patch: pytest.MonkeyPatch) -> None:
    """Who asks again is served again."""
    once = SqlSession._insert_once

    def insert(self: SqlSession, statement: Any, otherwise: Exception, **row: object) -> None:
        if "key" not in row:
            once(self, statement, otherwise, **row)

    patch.setattr(SqlSession, "_insert_once", insert)
    patch.setattr(SqlSession, "kept_under", lambda *_: None)


def loses_commits(patch: pytest.MonkeyPatch) -> None:
    """Every tenth commit is none."""
    commit, number = sql._commit, count(1)
    patch.setattr(sql, "_commit", lambda it: it.rollback() if next(number) % 10 == 0 else commit(it))


def reads_late(patch: pytest.MonkeyPatch) -> None:
    """A read does not see the last event, as on a copy that lags behind."""
    load = SqlSession.load

    def late(self: SqlSession, case_id: str) -> Any:
        entries = load(self, case_id)
        # A transaction that writes has begun with the lock of the file.
        reads = self.connection.get_execution_options()[BEGIN] == "BEGIN"
        return entries[:-1] if reads and len(entries) > 1 else entries

    patch.setattr(SqlSession, "load", late)
    # A subscriber finds what it looks for, so that it is the reads that are caught.
    patch.setattr(delivering, "waiting", lambda *_: [])


def expects_nothing(patch: pytest.MonkeyPatch) -> None:
    """Whatever version somebody expects is right."""
    perform = Write.perform

    def careless(self: Write, *more: Any) -> Any:
        object.__setattr__(self, "expected_version", None)
        return perform(self, *more)

    patch.setattr(Write, "perform", careless)


def delivers_backwards(patch: pytest.MonkeyPatch) -> None:
    """The newest first."""
    waiting = delivering.waiting
    patch.setattr(delivering, "waiting", lambda *of: waiting(*of)[::-1])


def delivers_all_but_some(patch: pytest.MonkeyPatch) -> None:
    """A follower is never given what was committed while it looked."""
    waiting = delivering.waiting
    patch.setattr(delivering, "waiting", lambda *of: [each for each in waiting(*of) if each[0] % 7])


@pytest.mark.parametrize(
    ("weaken", "said"),
    [
        (forgets_keys, "times"),
        (loses_commits, "is not kept|is not how the case stood"),  # the latter where its place was taken
        (reads_late, "after a later one had been seen"),
        (expects_nothing, "expected version"),
        (delivers_backwards, "delivered"),
        (delivers_all_but_some, "delivered"),
    ],
)
def test_a_store_that_does_not_is_caught(
    weaken: Callable[[pytest.MonkeyPatch], None],
    said: str,
    where: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weaken(monkeypatch)
    found = history_of(in_threads, where, tmp_path, seed=2).wrong()

    assert any(re.search(said, each) for each in found), found
