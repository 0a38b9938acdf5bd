"""Measures the casebook on SQLite: `python tests/benchmarks/store.py [--json] [--cases 100000] [--folder F]`.

Run by hand; exits 1 where a target is missed. Where nothing else is said, times are processor time. An append
waits for the disk too, and is measured by the clock, in turns with the same rows written by bare `sqlite3`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed

from tests.benchmarks.measure import no_collection, seconds
from tests.benchmarks.run import Figure, header, row, slower, under
from tests.benchmarks.store_bare import NOW, Bare, fill, rows_of
from tests.store.books import HOUR, LEE, NOON, SUE, address, book_in, small_engine

from rupture_protocol import Casebook, Conflict, Engine, StoreError, load
from rupture_protocol.store.sql import SqlStore

ROUNDS = 150
WRITERS, EACH = 8, 25


# One case --------------------------------------------------------------------------------------------


def appending(folder: Path) -> Iterator[Figure]:
    """One event with its key, summary and deadlines: by the store alone, and by the casebook's own verb."""
    entries = list(rows_of(folder / "made", ROUNDS + 20))
    store = SqlStore(address(folder, "ours.db"))
    bare, disk = Bare(folder / "bare.db", store), Bare(folder / "twice.db", store)
    book = book_in(folder / "book")
    book.open("c", by=LEE, at=NOON)
    numbers, others, again, also = iter(entries), iter(entries), iter(entries), count(1)

    def append() -> None:
        made = next(numbers)
        with store.session(write=True) as session:
            session.append(made.entry, expected_version=made.entry.seq - 1)
            session.describe(made.summary, made.agenda)

    def record() -> None:
        number = next(also)
        if number % 20 == 0:
            book.open(f"c{number}", by=LEE, at=NOON)
        case = f"c{number // 20 * 20}" if number >= 20 else "c"
        book.record(case, {"count": number % 100}, by=SUE, at=NOON, idempotency_key=str(number))

    for each in range(10):
        append()
        bare.append(next(others))
        disk.append(next(again))
        if each:
            record()
    clock, processor = in_turns(
        append, lambda: bare.append(next(others)), record, lambda: disk.append(next(again))
    )
    yield slower("append an event, the disk included", clock[0], clock[1], at_most=2)
    yield slower("append an event, processor alone", processor[0], processor[1])
    yield slower("`record` in a case of some ten events, the disk included", clock[2], clock[1])
    yield slower("`record`, processor alone", processor[2], processor[1])
    yield slower("bare against itself, the disk included", clock[3], clock[1])
    for each_ in (store, book, bare, disk):
        each_.close()


def in_turns(*actions: Callable[[], object]) -> tuple[list[float], list[float]]:
    """How long each takes by the clock, and of the processor: medians of rounds in which they take turns."""
    clock: list[list[float]] = [[] for _ in actions]
    processor: list[list[float]] = [[] for _ in actions]
    with no_collection():
        for _ in range(ROUNDS):
            for number, action in enumerate(actions):
                began, used = time.perf_counter(), time.process_time()
                action()
                processor[number].append(time.process_time() - used)
                clock[number].append(time.perf_counter() - began)
    return [median(each) for each in clock], [median(each) for each in processor]


def reading(folder: Path) -> Iterator[Figure]:
    """A case of 50 events: loaded, its chain verified, put together."""
    with book_in(folder) as book:
        book.open("c", by=LEE, at=NOON)
        for number in range(49):
            facts: dict[str, object] = {"count": number} if number % 2 else {"risk": "low"}
            book.record("c", facts, by=SUE, at=NOON + number * HOUR, idempotency_key=str(number))
        assert book.get("c").version == 50
        got, decided = seconds(lambda: book.get("c"), lambda: book.decide("c", at=NOON).verdicts)
        yield under("load and verify a case of 50 events", got * 1000, "ms", limit=2)
        yield under("the same, and decide", decided * 1000, "ms")


# Eight processes -------------------------------------------------------------------------------------


def contending(folder: Path) -> Iterator[Figure]:
    """Eight processes that write at the same time: errors, events lost, and who waited longest."""
    for name, shared in (("on own cases", False), ("on one case", True)):
        store = address(folder, f"{shared}.db")
        with Casebook(store, [small_engine()]) as book:
            book.open("shared", by=LEE, at=NOON)
        gate = folder / f"gate-{shared}"
        gate.mkdir()
        with ProcessPoolExecutor(WRITERS, multiprocessing.get_context("spawn")) as processes:
            work = partial(write_many, store, str(gate), shared)
            done = list(processes.map(work, range(WRITERS)))
        waits = [wait for each, _ in done for wait in each]
        errors = sum(failed for _, failed in done)
        with Casebook(store, [small_engine()]) as book:
            events = sum(each.version - 1 for each in book.find())
            wrong = len(book.verify())
        lost = WRITERS * EACH - errors - events
        text = f"{WRITERS} processes {name}, {EACH} events each"
        yield Figure(f"{text}: errors", errors, "", target="0", met=not errors)
        yield Figure(
            f"{text}: lost or doubled", abs(lost) + wrong, "", target="0", met=not lost and not wrong
        )
        yield under(f"{text}: the longest wait, by the clock", max(waits), "s", limit=2)
        yield under(f"{text}: a usual wait, by the clock", median(waits), "s")


def write_many(store: str, gate: str, shared: bool, number: int) -> tuple[list[float], int]:
    """How long each write took, and how many failed."""
    waits, failed = [], 0
    case = "shared" if shared else f"own-{number}"
    with Casebook(store, [small_engine()], timeout=30) as book:
        if not shared:
            book.open(case, by=LEE, at=NOON)
        (Path(gate) / str(number)).touch()
        while len(list(Path(gate).iterdir())) < WRITERS:
            time.sleep(0.01)
        for each in range(EACH):
            began = time.perf_counter()
            try:
                book.record(case, {"count": each}, by=SUE, at=NOON, idempotency_key=f"{number} {each}")
            except (StoreError, Conflict):
                failed += 1
            waits.append(time.perf_counter() - began)
    return waits, failed


# Many cases ------------------------------------------------------------------------------------------


def listing(folder: Path, cases: int) -> Iterator[Figure]:
    """Lists of a clinic with very many cases, of the protocol `standard`."""
    engine = Engine(load("standard"))
    book = book_in(folder, engine)
    shares = fill(book, cases)
    print(f"{cases} cases: {shares}", file=sys.stderr)
    for name, ask in (
        ("`due`", partial(book.due, NOW)),
        ("`find(overdue=…)`", partial(book.find, overdue=NOW)),
        ("`find(state=…)`", partial(book.find, state="aware")),
        ("`find(actor=…)`", partial(book.find, actor="rare")),
        ("`find(protocol=…, state=…)`", partial(book.find, protocol="standard", state="aware")),
    ):
        yield listed(f"{name} among {cases} cases", ask, limit=100)
    yield listed(f"`find()`: all {cases}", book.find)
    book.close()


def listed(name: str, ask: Callable[[], tuple[Any, ...]], *, limit: float | None = None) -> Figure:
    """How long a list takes, and how many it holds."""
    (took,) = seconds(ask, rounds=5)
    return under(f"{name} ({len(ask())} found)", took * 1000, "ms", limit=limit)


# The report ------------------------------------------------------------------------------------------


def measured(folder: Path, cases: int) -> Iterator[Figure]:
    """All of it, in order."""
    for name, part in (
        ("append", appending),
        ("read", reading),
        ("contend", contending),
        ("list", partial(listing, cases=cases)),
    ):
        own = folder / name
        own.mkdir()
        yield from part(own)
        shutil.rmtree(own)


def main() -> int:
    """Measures, and prints a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases are listed")
    parser.add_argument("--folder", type=Path, help="on which disk (default: that of temporary files)")
    given = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        os.environ["RUPTURE_KEYS"] = folder
        if not given.json:
            print("; ".join(f"{name} {value}" for name, value in header().items()), end="\n\n")
            print("| what | ratio | target | | ours | bare |", "|---|--:|--:|---|--:|--:|", sep="\n")
        for figure in measured(Path(folder), given.cases):
            found.append(figure)
            if not given.json:
                print(row(figure), flush=True)
    if given.json:
        print(json.dumps({**header(), "figures": [vars(figure) for figure in found]}, indent=2))
    return 1 if any(figure.met is False for figure in found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
