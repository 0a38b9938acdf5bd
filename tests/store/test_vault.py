"""The vault: what is sealed says nothing by its length, and keys are those that a store was begun with."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.books import HOUR, LEE, NOON, book_at, book_in, small_engine
from tests.store.postgres import Postgres

from rupture_protocol import Casebook, KeysMissing
from rupture_protocol.store.keys.file_keys import FileKeys
from rupture_protocol.store.keys.keys import folder_of
from rupture_protocol.store.padding import padded, unpadded


def raw(file: Path, query: str) -> list[Any]:
    database = sqlite3.connect(file)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


@given(st.binary(max_size=600), st.sampled_from([1, 16, 256]))
def test_padding_comes_off_again(content: bytes, block: int) -> None:
    assert len(padded(content, block)) % block == 0
    assert unpadded(padded(content, block)) == content


@pytest.mark.parametrize("data", [b"", b"x", b"\x80x", b"\0\0"])
def test_what_is_not_padded_is_found(data: bytes) -> None:
    with pytest.raises(ValueError, match="not padded"):
        unpadded(data)


def test_no_length_tells_a_value(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        for name, risk in (("a", "none"), ("b", "low"), ("c", "high")):
            book.open(name, by=LEE, at=NOON)
            book.record(name, {"risk": risk, "remark": "x" * len(risk)}, by=LEE, at=NOON)
    lengths = raw(tmp_path / "cases.db", "SELECT length(payload) FROM event WHERE seq = 2")
    assert len(set(lengths)) == 1
    agendas = raw(tmp_path / "cases.db", "SELECT length(agenda) FROM case_summary")
    assert len(set(agendas)) == 1


def test_another_store_s_keys_are_not_taken_for_its_own(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    with Casebook(file, [small_engine()], keys=tmp_path / "keys") as book:
        book.open("a", by=LEE, at=NOON)
        store: Any = book.store
        FileKeys.make(folder_of(store.id, tmp_path / "others"))
    with Casebook(file, [small_engine()], keys=tmp_path / "others") as book:
        with pytest.raises(KeysMissing, match="not those of this store"):
            book.open("b", by=LEE, at=NOON)
        assert [each.what for each in book.verify()]
    with Casebook(file, [small_engine()], keys=tmp_path / "keys") as book:
        assert book.verify() == ()


def test_of_two_machines_that_begin_a_store_one_has_its_keys(postgres: Postgres, tmp_path: Path) -> None:
    where = postgres.address(schema=postgres.new_schema())
    one = Casebook(where, [small_engine()], keys=tmp_path / "one")
    two = Casebook(where, [small_engine()], keys=tmp_path / "two")
    with one, two:
        one.open("a", by=LEE, at=NOON)
        with pytest.raises(KeysMissing):
            two.open("b", by=LEE, at=NOON)
        assert one.verify() == ()


def test_a_clock_that_was_ahead_locks_no_case(tmp_path: Path) -> None:
    with Casebook(tmp_path / "cases.db", [small_engine()], keys=tmp_path / "keys") as book:
        store: Any = book.store
        book.open("a", by=LEE, at=NOON + timedelta(days=9000))
        FileKeys.open(folder_of(store.id, tmp_path / "keys")).rotate()
        book.record("a", {"count": 1}, by=LEE, at=NOON)
        assert book.get("a").version == 2
        assert book.verify() == ()


def test_a_key_that_was_retired_signs_nothing_after_another(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with Casebook(tmp_path / "cases.db", [small_engine()], keys=keys) as book:
        store: Any = book.store
        book.open("a", by=LEE, at=NOON)
        folder = folder_of(store.id, keys)
        shutil.copytree(folder, tmp_path / "stolen")
        FileKeys.open(folder).rotate()
        for count in (1, 2):
            book.record("a", {"count": count}, by=LEE, at=NOON + HOUR)
        assert book.verify() == ()  # what it signed before stays valid
        forged = FileKeys.open(tmp_path / "stolen").sign(b"rupture-signature/1\0" + store.load("a")[-1].hash)
        database = sqlite3.connect(tmp_path / "cases.db")
        signature = bytes.fromhex(forged.key) + forged.value
        database.execute("UPDATE event SET signature = ? WHERE seq = 3", (signature,))
        database.commit()
        database.close()
        assert [(each.seq, each.what) for each in book.verify()] == [
            (3, "it is signed with a key that was retired before")
        ]


def test_a_store_without_cases_has_no_lists_and_no_findings(where: str) -> None:
    with book_at(where) as book:
        assert book.find() == ()
        assert book.find(state="aware") == ()
        assert book.due(NOON) == ()
        assert book.verify() == ()
