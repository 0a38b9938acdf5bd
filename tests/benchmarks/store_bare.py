"""The other side of `store.py`: the same rows by bare `sqlite3`, and a store filled with very many cases."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.store.books import HOUR, LEE, NOON, SUE, address, small_engine

from rupture_protocol import Actor, Case, Casebook, Engine
from rupture_protocol.store import tables
from rupture_protocol.store.connecting import journal_of
from rupture_protocol.store.entry import Entry, from_bytes
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.summary import Agenda, Summary, agenda_of, summary_of, summary_row
from rupture_protocol.testing import find_suites, load_scenarios

_PRAGMAS = ("secure_delete=ON", "foreign_keys=ON", "cell_size_check=ON", "trusted_schema=OFF")


@dataclass(frozen=True, slots=True)
class Made:
    """An event as it is to be kept, and how its case stands then."""

    entry: Entry
    summary: Summary
    agenda: Agenda


def rows_of(folder: Path, count: int) -> Iterator[Made]:
    """Real events of a case, each with a key."""
    engine = small_engine()
    with Casebook(address(folder), [engine]) as book:
        book.open("c", by=LEE, at=NOON, idempotency_key="opened")
        for number in range(1, count):
            facts = {"risk": "low"} if number == 1 else {"count": number % 100}
            book.record("c", facts, by=SUE, at=NOON + timedelta(seconds=number), idempotency_key=str(number))
        assert isinstance(book.store, SqlStore)
        history = book.history("c")
        for entry in book.store.load("c"):
            case = engine.restore("c", history[: entry.seq])
            yield Made(entry, summary_of(engine, case), agenda_of(engine, case))


class Bare:
    """A database with the same tables, written to as a careful engineer does it by hand."""

    def __init__(self, path: Path, like: SqlStore) -> None:
        with like.session(write=True) as session:  # which makes the keys
            self.lists = session.lists
        self.connection = sqlite3.connect(path, isolation_level=None)
        cursor = self.connection.cursor()
        journal, synchronous = journal_of(cursor)
        for pragma in (f"journal_mode={journal}", f"synchronous={synchronous}", *_PRAGMAS):
            cursor.execute(f"PRAGMA {pragma}").fetchall()
        with like.session() as session:
            made = session.connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                " ORDER BY type = 'index'"
            )
            for (statement,) in made.all():
                cursor.execute(statement)

    def append(self, made: Made) -> None:
        """The same rows, in one transaction."""
        entry, run = made.entry, self.connection.execute
        key = from_bytes(entry.header)["key"]
        summary = summary_row(made.summary, made.agenda, self.lists)
        run("BEGIN IMMEDIATE")
        run("INSERT INTO idempotency VALUES (?, ?, ?)", (key, entry.case, entry.seq))
        if entry.seq == 1:
            run("INSERT INTO case_head VALUES (?, 1, ?)", (entry.case, entry.hash))
            run(f"INSERT INTO case_summary VALUES ({_marks(summary)})", tuple(summary.values()))
        else:
            run(
                "UPDATE case_head SET version = ?, hash = ? WHERE case_id = ? AND version = ?",
                (entry.seq, entry.hash, entry.case, entry.seq - 1),
            )
            names = ", ".join(f"{name} = ?" for name in summary)
            run(f"UPDATE case_summary SET {names} WHERE case_id = ?", (*summary.values(), entry.case))
        run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _row(entry))
        run("INSERT INTO outbox (case_id, seq) VALUES (?, ?)", (entry.case, entry.seq))
        run("COMMIT")

    def close(self) -> None:
        """Closes it."""
        self.connection.close()


# Very many cases -------------------------------------------------------------------------------------

NOW = NOON + timedelta(days=30)
ASKED = {"safety_suicide_level": "none", "safety_danger_to_other": "none"}
NOTICED = {**ASKED, "event_aware_date": (NOON - HOUR).isoformat()}


def fill(book: Casebook, cases: int) -> dict[str, int]:
    """Very many cases, of which one in a hundred has something due; how many of each kind there are.

    A few are real. All others are copies of their rows under ids of their own: they weigh the same in every
    list, and none of them can be opened, as contents are sealed for one case.
    """
    (engine,) = book.engines.given
    assert isinstance(book.store, SqlStore)
    patterns = {kind: book.add(case).id for kind, case in _real(engine)}
    kinds = [_kind(number) for number in range(cases)]
    connection = sqlite3.connect(str(book.store.database.url.database))
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    connection.execute("CREATE TEMP TABLE copy (case_id TEXT, of TEXT)")
    copies = [(f"case-{number:06}", patterns[kind]) for number, kind in enumerate(kinds)]
    connection.executemany("INSERT INTO copy VALUES (?, ?)", copies)
    for table in (tables.event, tables.outbox, tables.case_head, tables.case_summary):
        names = [column.name for column in table.columns if column.name != "position"]
        copied = ", ".join(_COPIED.get(name, name) for name in names)
        connection.execute(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {copied} FROM copy"
            f" JOIN {table.name} AS real ON real.case_id = copy.of ORDER BY copy.case_id"
        )
    connection.commit()
    with book.store.session() as session:
        lists, summary = session.lists, tables.case_summary.c
        rows = session.connection.execute(select(summary.case_id, summary.agenda)).all()
    said = {case: lists.open(case, agenda) for case, agenda in rows if case in patterns.values()}
    connection.executemany(
        "UPDATE case_summary SET agenda = ? WHERE case_id = ?",
        ((lists.seal(copy, said[of]), copy) for copy, of in copies),
    )
    connection.commit()
    connection.close()
    return dict(Counter(kinds))


_COPIED = {"case_id": "copy.case_id", "event_id": "lower(hex(randomblob(16)))"}


def _kind(number: int) -> str:
    if number % 1000 == 5:
        return "due, written by somebody who writes rarely"
    if number % 100 == 5:
        return "due"
    return "open" if number % 50 == 3 else "ended"


def _real(engine: Engine) -> Iterator[tuple[str, Case]]:
    """Cases as they are lived: due for weeks, opened an hour ago, and long ended."""
    for kind, who, at, known in (
        ("due", LEE, NOON, NOTICED),
        ("due, written by somebody who writes rarely", Actor("rare", "therapist"), NOON, NOTICED),
        ("open", LEE, NOW - HOUR, ASKED),
    ):
        case = engine.open(kind, by=who, at=at)
        yield kind, engine.record(case, known, by=who, at=at + timedelta(minutes=5))
    lived = [result.case for path in find_suites("standard") for result in load_scenarios(path).run()]
    ended = [case for case in lived if case and case.history and engine.protocol.states[case.state].final]
    yield "ended", max(ended, key=lambda case: case.version)


def _row(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in Entry.__slots__)


def _marks(row: Any) -> str:
    return ", ".join("?" * len(row))
