"""What is read is what was written there, or an error of ours says that it is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.store.books import LEE, NOON, book_in

from rupture_protocol import IntegrityViolation, StoreCorrupt


def change(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "cases.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_event_of_the_outbox_that_the_case_has_not_is_never_delivered_as_another(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        for number in (0, 7):
            change(tmp_path, f"UPDATE outbox SET seq = {number}")
            with pytest.raises(IntegrityViolation) as found:
                book.pending("ehr")
            assert (found.value.case, found.value.seq) == ("c", number)


def test_an_instant_that_is_none_is_damage(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        change(tmp_path, "UPDATE case_summary SET opened_at = 9000000000000000000")
        with pytest.raises(StoreCorrupt):
            book.find()
        assert book.verify() != ()


def test_a_key_whose_event_is_gone_is_no_answer(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON, idempotency_key="k")
        change(tmp_path, "DELETE FROM event", "DELETE FROM case_head")
        with pytest.raises(IntegrityViolation):
            book.open("c", by=LEE, at=NOON, idempotency_key="k")
