"""A host's own store that is given keys: what it gets is sealed and signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.books import LEE, NOON, small_engine

from rupture_protocol import Casebook, IntegrityViolation, StoreError
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.keys.file_keys import FileKeys
from rupture_protocol.store.keys.keys import Keys

SECRET = "a remark that no store may see"


class Own:
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def load(self, case_id: str) -> tuple[Entry, ...]:
        return tuple(each for each in self.entries if each.case == case_id)

    def append(self, entry: Entry, *, expected_version: int) -> None:
        assert len(self.load(entry.case)) == expected_version
        self.entries.append(entry)


def keys_in(folder: Path) -> Keys:
    made = FileKeys.make(folder)
    return Keys(made, made.kept, made.trusted)


def seen_by(store: Own) -> bytes:
    return b"".join(each.header + each.payload for each in store.entries)


def test_contents_are_sealed_and_events_signed(tmp_path: Path) -> None:
    store, keys = Own(), keys_in(tmp_path / "keys")
    book = Casebook(store, [small_engine()], keys=keys)
    book.open("c", by=LEE, at=NOON)
    case = book.record("c", {"remark": SECRET}, by=LEE, at=NOON, idempotency_key="k")
    assert SECRET.encode() not in seen_by(store)
    assert Casebook(store, [small_engine()], keys=keys).get("c") == case
    assert book.record("c", {"remark": SECRET}, by=LEE, at=NOON, idempotency_key="k") == case
    assert book.verify("c") == ()
    assert len(book.proof("c").to_json()["entries"]) == 2
    with pytest.raises(IntegrityViolation):
        Casebook(store, [small_engine()]).get("c")  # without keys nothing of it counts


def test_without_keys_they_are_as_they_are(tmp_path: Path) -> None:
    store = Own()
    book = Casebook(store, [small_engine()])
    book.open("c", by=LEE, at=NOON)
    book.record("c", {"remark": SECRET}, by=LEE, at=NOON)
    assert SECRET.encode() in seen_by(store)
    with pytest.raises(StoreError, match="nothing to prove"):
        book.proof("c")
    with pytest.raises(StoreError, match="no id"):
        Casebook(store, [small_engine()], keys=tmp_path)
