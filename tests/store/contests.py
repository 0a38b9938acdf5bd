"""Workers of every kind on one store, at the same time, and what they were answered."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.store.histories import ENGINE, Call, Checker, Worker, run_all_async

from rupture_protocol import Casebook
from rupture_protocol.store.delivering import Delivery

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


# What they were answered -----------------------------------------------------------------------------


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
