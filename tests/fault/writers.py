"""Two writers on one case, each of whom has seen the same version: one of them wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fault.apsw_driver import ApswDriver
from tests.fault.interrupted import every_statement_by_itself
from tests.fault.power import scratch
from tests.fault.requests import Tally, inconsistencies
from tests.fault.rows import Row
from tests.store.books import LEE, NOON, SUE, address, small_engine

from rupture_protocol import Case, Casebook, Conflict, Engine
from rupture_protocol.store.errors import IntegrityViolation
from rupture_protocol.store.sql import SqlStore


class Slow(Engine):
    """Waits until two are about to write, where two can be."""

    meeting = threading.Barrier(2)

    def record(self, case: Case, facts: Any, **more: Any) -> Case:
        try:
            self.meeting.wait(0.2)
        except threading.BrokenBarrierError:
            self.meeting.reset()
        return super().record(case, facts, **more)


def anybody_wins(statement: str) -> str:
    """What makes a store weaker: whoever comes last overwrites what is there."""
    statement = every_statement_by_itself(statement)
    statement = statement.replace("case_head.version = ?", "(case_head.version = ? OR true)")
    over = statement.startswith(("INSERT INTO event ", "INSERT INTO idempotency "))
    return statement.replace("INSERT INTO", "INSERT OR REPLACE INTO") if over else statement


MODULES: dict[str, ApswDriver | None] = {
    "sqlite3": None,
    "apsw": ApswDriver(),
    "weaker": ApswDriver(rewrite=anybody_wins),
}


def races(module: str, rounds: int) -> Tally:
    """So many times, two write to one case and expect the same version."""
    total = Tally()
    engine = Slow(small_engine().protocol) if module == "weaker" else small_engine()
    with scratch() as folder, ThreadPoolExecutor(2) as threads:
        books = [_book(folder, module, engine) for _ in range(2)]
        books[0].open("a", by=LEE, at=NOON, idempotency_key="opened")
        for version in range(1, rounds + 1):
            wins = sum(threads.map(_write, books, ("one", "two"), (version,) * 2))
            try:
                lost = max(0, wins - (books[0].get("a").version - version))
            except IntegrityViolation:  # the head is of one, the event of the other
                lost = 1
            total += Tally(1, wins, lost=lost, broken=[] if wins == 1 else [f"{wins} of two won"])
            if total.failed:
                break
        total.broken += inconsistencies(books[0])
        for book in books:
            book.close()
    return total


def _book(folder: Path, module: str, engine: Engine) -> Casebook:
    return Casebook(SqlStore(address(folder), module=MODULES[module]), [engine])


def _write(book: Casebook, name: str, version: int) -> bool:
    try:
        book.record(
            "a",
            {"remark": name},
            by=SUE,
            at=NOON,
            expected_version=version,
            idempotency_key=f"{name} {version}",
        )
    except Conflict:
        return False
    return True


def rows(rounds: int) -> Iterator[Row]:
    """What came of it, and of a store where whoever comes last overwrites."""
    for module in ("sqlite3", "apsw"):
        yield Row(f"two writers expect the same version, {module}", races(module, rounds))
    yield Row("two writers expect the same version", races("weaker", 10), "no version, no transaction")
