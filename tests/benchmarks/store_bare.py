"""The other side of `store.py`: the same rows by bare `sqlite3`, and a store filled with very many cases."""

from __future__ import annotations

import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.store.books import HOUR, LEE, NOON, SUE, address, book_in, small_engine

from rupture_protocol import Actor, Case, Casebook, Engine
from rupture_protocol.store import tables
from rupture_protocol.store.chain import genesis, link
from rupture_protocol.store.connecting import journal_of
from rupture_protocol.store.entry import Entry, from_bytes, to_bytes
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.summary import Agenda, Summary, agenda_of, deadline_rows, summary_of, summary_row
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
        self.mask = like.vault.mask
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
        mask = self.mask
        summary = summary_row(made.summary, made.agenda, mask)
        dues = deadline_rows(entry.case, made.agenda, mask)
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
        run("DELETE FROM deadline WHERE case_id = ?", (entry.case,))
        for due in dues:
            run(f"INSERT INTO deadline VALUES ({_marks(due)})", tuple(due.values()))
        run("COMMIT")

    def close(self) -> None:
        """Closes it."""
        self.connection.close()


# Very many cases -------------------------------------------------------------------------------------

NOW = NOON + timedelta(days=30)
ASKED = {"safety_suicide_level": "none", "safety_danger_to_other": "none"}
NOTICED = {**ASKED, "event_aware_date": (NOON - HOUR).isoformat()}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A real case that is kept over and over, each time sealed anew under another id."""

    entries: tuple[Entry, ...]
    headers: tuple[dict[str, Any], ...]
    beside: tuple[tuple[str, dict[str, Any]], ...]
    """The rows of other tables: their names, and what is in them."""


def fill(book: Casebook, folder: Path, cases: int) -> dict[str, int]:
    """Very many cases, of which one in a hundred has something due; how many of each kind there are."""
    store, (engine,) = book.store, book.engines.given
    assert isinstance(store, SqlStore)
    with store.session(write=True) as session:
        session.keep_protocol(engine.protocol)
    patterns = {kind: _pattern(folder / kind, engine, case) for kind, case in _real(engine)}
    connection = sqlite3.connect(str(store.database.url.database))
    counts: Counter[str] = Counter()
    for number in range(cases):
        kind = _kind(number)
        counts[kind] += 1
        for table, row in _sealed(patterns[kind], f"case-{number:06}", store.id):
            connection.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({_marks(row)})", [*row.values()]
            )
    connection.commit()
    connection.close()
    return dict(counts)


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
        case = engine.open("pattern", by=who, at=at)
        yield kind, engine.record(case, known, by=who, at=at + timedelta(minutes=5))
    lived = [result.case for path in find_suites("standard") for result in load_scenarios(path).run()]
    ended = [case for case in lived if case and case.history and engine.protocol.states[case.state].final]
    yield "ended", max(ended, key=lambda case: case.version)


def _pattern(folder: Path, engine: Engine, case: Case) -> Pattern:
    with book_in(folder, engine) as book:
        book.add(case)
        assert isinstance(book.store, SqlStore)
        entries = tuple(book.store.load(case.id))
        beside = []
        with book.store.session() as session:
            for table in (tables.case_head, tables.case_summary, tables.deadline):
                rows = session.connection.execute(table.select()).mappings().all()
                beside += [(table.name, dict(row)) for row in rows]
    return Pattern(entries, tuple(from_bytes(entry.header) for entry in entries), tuple(beside))


def _sealed(pattern: Pattern, case: str, store: str) -> Iterator[tuple[str, dict[str, Any]]]:
    previous = genesis(store, case)
    for entry, header in zip(pattern.entries, pattern.headers, strict=True):
        event = uuid.uuid4().hex
        data = to_bytes({**header, "case": case, "event": event, "store": store})
        previous = link(previous, data, entry.payload)
        yield "event", _columns(replace(entry, case=case, event=event, header=data, hash=previous))
        yield "outbox", {"case_id": case, "seq": entry.seq}
    for table, row in pattern.beside:
        yield table, {**row, "case_id": case, **({"hash": previous} if "hash" in row else {})}


def _columns(entry: Entry) -> dict[str, Any]:
    return dict(zip(tables.event.columns.keys(), _row(entry), strict=True))


def _row(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in Entry.__slots__)


def _marks(row: Any) -> str:
    return ", ".join("?" * len(row))
