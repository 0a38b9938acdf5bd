"""Checkpoints: numbers that rise, and a store that is held against one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.books import HOUR, LEE, NOON, SUE, book_at, book_in

from rupture_protocol import Casebook, IntegrityViolation, RuptureError
from rupture_protocol.store import checkpointing
from rupture_protocol.store.checkpoint import NoCheckpoint, read_checkpoint

LATER = NOON + HOUR


def filled(book: Casebook) -> None:
    for name in ("b", "a", "é"):
        book.open(name, by=LEE, at=NOON)
        book.record(name, {"risk": "low"}, by=LEE, at=NOON)


def said(book: Casebook, file: Path, case: str | None = None) -> list[tuple[str | None, int | None, str]]:
    return [(each.case, each.seq, each.what) for each in book.verify(case, checkpoint=file)]


def test_a_store_that_went_on_is_what_its_checkpoint_says(where: str, tmp_path: Path) -> None:
    with book_at(where) as book:
        filled(book)
        made, file = book.checkpoint(tmp_path / "away" / "checks", at=LATER)
        assert (made.number, [head.case for head in made.heads]) == (1, ["a", "b", "é"])
        assert file.name == "checkpoint-000001.json"
        assert said(book, file) == []
        book.record("a", {"risk": "none"}, by=SUE, at=LATER)
        book.open("new", by=LEE, at=LATER)
        assert said(book, file) == []
        assert said(book, file, "a") == []


def test_numbers_rise_for_the_store_and_in_the_folder(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        first = book.checkpoint(tmp_path / "checks", at=LATER)
        second = book.checkpoint(tmp_path / "checks", at=LATER)
        elsewhere = book.checkpoint(tmp_path / "other", at=LATER)
        assert [made.number for made, _ in (first, second, elsewhere)] == [1, 2, 3]
        (tmp_path / "checks" / "checkpoint-000041.json").write_text("{}")
        assert book.checkpoint(tmp_path / "checks", at=LATER)[0].number == 42
        assert said(book, second[1]) == [
            (None, None, "checkpoint 2 is not the last one: that has the number 42")
        ]


def test_a_store_that_was_put_back_is_found(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    with book_in(tmp_path) as book:
        filled(book)
        book.checkpoint(tmp_path / "checks", at=LATER)
    shutil.copyfile(file, tmp_path / "before.db")
    with book_in(tmp_path) as book:
        book.record("a", {"risk": "none"}, by=LEE, at=LATER)
        _, last = book.checkpoint(tmp_path / "checks", at=LATER)
        assert said(book, last) == []
    shutil.copyfile(tmp_path / "before.db", file)
    with book_in(tmp_path) as book:
        assert book.verify() == ()
        assert said(book, last) == [
            (None, None, "the store is older than checkpoint 2: its last one was 1"),
            ("a", 3, "checkpoint 2 has it, and the store has not"),
        ]
        assert [case for case, *_ in said(book, last, "b")] == [None]


def altered(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    data = json.loads(file.read_text("utf-8"))
    change(data)
    file.write_text(json.dumps(data), "utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data.update(number=2), "not signed by this store"),
        (lambda data: data.update(at="2026-03-02T13:00:01+00:00"), "not signed by this store"),
        (lambda data: data.update(store="0" * 32), "of another store"),
        (lambda data: data.update(signer="0" * 16), "not signed by this store"),
        (lambda data: data.update(signature="00" * 64), "not signed by this store"),
        (lambda data: data["heads"].pop(), "its root or size"),
        (lambda data: data["heads"].reverse(), "no checkpoint"),
        (lambda data: data["heads"][0].__setitem__(1, 1), "its root or size"),
        (lambda data: data.update(root="0" * 64), "its root or size"),
        (lambda data: data.update(more=1), "its root or size"),
        (lambda data: data.pop("at"), "no checkpoint"),
    ],
)
def test_a_checkpoint_that_was_changed_is_found(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], what: str
) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        _, file = book.checkpoint(tmp_path / "checks", at=LATER)
        ((case, seq, found),) = said(book, altered(file, change))
        assert (case, seq) == (None, None)
        assert what in found


def test_a_checkpoint_of_another_store_is_found(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with book_in(tmp_path / "other") as other, book_in(tmp_path) as book:
        filled(other)
        filled(book)
        _, theirs = other.checkpoint(tmp_path / "checks", at=LATER)
        assert said(book, theirs) == [(None, None, "checkpoint 1 is of another store")]


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda data: json.dumps({"schema": "rupture-checkpoint/1", "heads": data}).encode()
    )
)
def test_any_bytes_are_no_checkpoint(data: bytes) -> None:
    with pytest.raises(NoCheckpoint):
        read_checkpoint(data)


def test_no_checkpoint_hides_a_head_that_is_not_what_was_written(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
    database = sqlite3.connect(tmp_path / "cases.db")
    database.execute("UPDATE event SET signature = zeroblob(72) WHERE case_id = 'b' AND seq = 2")
    database.commit()
    database.close()
    with book_in(tmp_path) as book, pytest.raises(IntegrityViolation):
        book.checkpoint(tmp_path / "checks", at=LATER)
    assert list((tmp_path / "checks").iterdir()) == []


def test_a_case_without_a_head_is_in_no_checkpoint(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
    database = sqlite3.connect(tmp_path / "cases.db")
    database.execute("DELETE FROM case_head WHERE case_id = 'b'")
    database.commit()
    database.close()
    with book_in(tmp_path) as book, pytest.raises(IntegrityViolation, match="`b`"):
        book.checkpoint(tmp_path / "checks", at=LATER)


def test_two_stores_at_once_in_one_folder_write_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "number_of", lambda _: 0)  # neither sees what the other has written
    (tmp_path / "other").mkdir()
    with book_in(tmp_path / "other") as other, book_in(tmp_path) as book:
        filled(other)
        filled(book)
        _, theirs = other.checkpoint(tmp_path / "checks", at=LATER)
        made, ours = book.checkpoint(tmp_path / "checks", at=LATER)
        assert (made.number, theirs != ours) == (2, True)
        assert (said(book, ours), said(other, theirs)) == ([], [])
    assert len(list((tmp_path / "checks").iterdir())) == 2


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        with pytest.raises(RuptureError, match="cannot be read"):
            said(book, tmp_path / "none.json")


def test_a_store_without_its_keys_is_held_against_no_checkpoint_and_says_so(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        _, file = book.checkpoint(tmp_path / "checks", at=LATER)
    with Casebook(tmp_path / "cases.db", keys=tmp_path / "none") as book:
        *_, last = said(book, file)
    assert last[2] == "it cannot be held against checkpoint 1: the keys of this store are not here"
