"""Lists of what is due: foreseen at each write, so that no case is opened to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.store.books import HOUR, LEE, NOON, SUE, book_in

from rupture_protocol import Casebook
from rupture_protocol.store import sql, summary
from rupture_protocol.store.entry import microseconds
from rupture_protocol.store.sql import SqlStore


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Casebook]:
    with book_in(tmp_path) as opened:
        opened.open("a", by=LEE, at=NOON)
        opened.record("a", {"risk": "low"}, by=SUE, at=NOON)  # lasts 24 hours, and starts a deadline
        yield opened


def unsteady(book: Casebook, at: datetime) -> tuple[str, ...]:
    """The cases that have to be opened to say what is due."""
    assert isinstance(book.store, SqlStore)
    with book.store.session() as session:
        found = [agenda for _, agenda in session.agendas()]
    return tuple(agenda.case for agenda in found if not agenda.foresees(microseconds(at)))


def due(book: Casebook, at: datetime) -> list[tuple[str, bool]]:
    return [(each.deadline, each.certain) for each in book.due(at)]


def test_what_is_due_after_a_record_has_expired_is_foreseen(book: Casebook) -> None:
    assert due(book, NOON) == []
    assert due(book, NOON + 2 * HOUR) == [("assess", True)]
    assert due(book, NOON + 24 * HOUR) == [("assess", False)]
    assert due(book, NOON + timedelta(days=400)) == [("assess", False)]
    assert unsteady(book, NOON + timedelta(days=400)) == ()


def test_what_is_not_foreseen_is_decided_when_it_is_asked_for(
    book: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "FORESEEN", 1)
    book.record("a", {"count": 1}, by=SUE, at=NOON)
    assert due(book, NOON + 2 * HOUR) == [("assess", True)]
    assert unsteady(book, NOON + 2 * HOUR) == ()
    assert due(book, NOON + 24 * HOUR) == [("assess", False)]
    assert unsteady(book, NOON + 24 * HOUR) == ("a",)
    assert book.verify() == ()


def test_more_cases_are_found_than_one_statement_asks_for(
    book: Casebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "_AT_ONCE", 2)
    for name in ("e", "b", "d", "c"):
        book.open(name, by=LEE, at=NOON)
        book.record(name, {"risk": "low"}, by=SUE, at=NOON)
    late = NOON + 2 * HOUR
    assert [each.case for each in book.find(overdue=late)] == ["a", "b", "c", "d", "e"]
    assert [each.case for each in book.find(overdue=late, state="aware")] == ["a", "b", "c", "d", "e"]
    assert book.find(overdue=NOON) == ()
