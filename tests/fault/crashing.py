"""PostgreSQL that crashes while writers write: `python -m tests.fault.crashing --rounds 200`.

Some writers add events to cases of their own and to one they share, each under a key, and note what they were
answered. Then every process of the server is killed at once. When it runs again, all that was answered is
there, once; what each writer was left with without an answer is asked for again, and then is there once.

The control lets a commit be answered before it is on the disk, as `synchronous_commit=off` does.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import event
from tests.fault.requests import Tally
from tests.fault.rows import Row, report
from tests.store.books import LEE, NOON, SUE, book_at
from tests.store.postgres import QUICK, Postgres, running

from rupture_protocol import Casebook, Event, RuptureError
from rupture_protocol.store.errors import OutcomeUnknown, StoreUnavailable
from rupture_protocol.store.sql import SqlStore

WRITERS = 3
SHARED = "shared"
ANSWERS = (3, 40)
"""How many of them are answered before the crash, at least."""
SLOW_TO_DISK = {"wal_writer_delay": "10s", "wal_buffers": "16MB"}
"""Nothing brings to the disk what no commit waits for."""


@dataclass(slots=True)
class Writer:
    """Somebody who writes until the server is gone."""

    name: str
    book: Casebook
    told: dict[tuple[str, int], Event] = field(default_factory=dict)
    """What it was answered: the event that each case has at each place."""
    asked: int = 0
    unanswered: bool = False
    refused: list[str] = field(default_factory=list)

    def write(self) -> None:
        while not self.unanswered:
            try:
                self.ask()
            except (OutcomeUnknown, StoreUnavailable):
                self.unanswered = True
            except RuptureError as error:
                self.refused.append(f"{type(error).__name__}: {error}")
                return
            else:
                self.asked += 1

    def ask(self) -> None:
        """The next request, or the same one again, where the last had no answer."""
        case = SHARED if self.asked % 3 == 2 else self.name
        at, fact = NOON + timedelta(seconds=self.asked), {"count": self.asked % 100}
        kept = self.book.record(case, fact, by=SUE, at=at, note=self.key, idempotency_key=self.key)
        self.told[case, kept.version] = kept.history[-1]

    @property
    def key(self) -> str:
        return f"{self.name} {self.asked}"

    @property
    def keys(self) -> set[str]:
        """Those of all requests, answered or not."""
        return {f"{self.name} {number}" for number in range(self.asked + self.unanswered)}


def crash(
    server: Postgres, settings: dict[str, str], tally: Tally, chance: random.Random, *, weaker: bool
) -> None:
    """One crash under load, and what is there afterwards."""
    where = server.address(schema=server.new_schema())
    books = [book_at(where) for _ in range(WRITERS)]
    try:
        writers = [Writer(f"c{number}", book) for number, book in enumerate(books)]
        for name in (SHARED, *(writer.name for writer in writers)):
            books[0].open(name, by=LEE, at=NOON)
        if weaker:
            for book in books:
                _answer_early(book)
        threads = [threading.Thread(target=writer.write) for writer in writers]
        for thread in threads:
            thread.start()
        _wait_for(writers, chance.randint(*ANSWERS))
        server.crash()
        for thread in threads:
            thread.join(60)
        server.start(**settings)
    finally:
        for book in books:
            book.close()
    with book_at(where) as book:
        _examine(book, writers, tally)


def _wait_for(writers: list[Writer], answers: int) -> None:
    until = time.monotonic() + 60
    while sum(len(writer.told) for writer in writers) < answers and time.monotonic() < until:
        time.sleep(0.001)


def _examine(book: Casebook, writers: list[Writer], tally: Tally) -> None:
    tally.trials += 1
    there = {(case.case, each.seq): each for case in book.find() for each in book.history(case.case)}
    for writer in writers:
        tally.acknowledged += len(writer.told)
        tally.lost += sum(there.get(place) != each for place, each in writer.told.items())
        tally.broken += writer.refused
        writer.book = book
        if writer.unanswered:
            writer.ask()
    kept = [each.note for case in book.find() for each in book.history(case.case) if each.note]
    tally.doubled += len(kept) - len(set(kept))
    tally.lost += len({writer.key for writer in writers if writer.unanswered} - set(kept))
    never = set(kept).difference(*(writer.keys for writer in writers))
    tally.broken += [f"nobody asked for it: {each}" for each in never]
    tally.broken += [str(each) for each in book.verify()]


def _answer_early(book: Casebook) -> None:
    """From now on, a commit does not wait for the disk."""
    assert isinstance(book.store, SqlStore)
    book.store.close()  # connections that are made from here on are meant

    @event.listens_for(book.store.database, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")  # type: ignore[attr-defined]


def crashes(rounds: int, *, seed: int = 0, weaker: bool = False, quick: bool = False) -> Tally:
    """So many crashes of one server.

    `quick` does not wait until the system has brought to the disk what it was given: a process that is killed
    loses nothing of that.
    """
    settings = SLOW_TO_DISK | (QUICK if quick else {})
    tally = Tally()
    chance = random.Random(f"{seed} {weaker}")
    with running(**settings) as server:
        for _ in range(rounds):
            crash(server, settings, tally, chance, weaker=weaker)
    return tally


def rows(rounds: int, *, seed: int = 0) -> Iterator[Row]:
    """What came of so many crashes, and of some for the control."""
    what = "PostgreSQL, killed under load"
    yield Row(what, crashes(rounds, seed=seed))
    control = crashes(min(rounds, 20), seed=seed, weaker=True)
    yield Row(what, control, control="synchronous_commit=off")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    report(rows(given.rounds, seed=given.seed))


if __name__ == "__main__":
    main()
