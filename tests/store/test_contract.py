"""The contract of a store: ours keep it, and what does not keep it fails."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rupture_protocol import Conflict
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.ports import Store
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.testing import StoreContract


class InMemory:
    """The simplest store that keeps the contract."""

    def __init__(self) -> None:
        self.cases: dict[str, list[Entry]] = {}
        self.lock = threading.Lock()

    def load(self, case_id: str) -> tuple[Entry, ...]:
        with self.lock:
            return tuple(self.cases.get(case_id, ()))

    def append(self, entry: Entry, *, expected_version: int) -> None:
        with self.lock:
            kept = self.cases.setdefault(entry.case, [])
            if len(kept) != expected_version:
                raise Conflict(entry.case, actual=len(kept), expected=expected_version)
            kept.append(entry)


class TestInMemory(StoreContract):
    def make_store(self, folder: Path) -> Store:
        return InMemory()

    def reopen(self, store: Store, folder: Path) -> Store:
        return store


class TestSqliteAndPostgresql(StoreContract):
    @pytest.fixture(autouse=True)
    def closing(self, where: str) -> Any:
        self.where = where
        self.opened: list[SqlStore] = []
        yield
        for store in self.opened:
            store.close()

    def make_store(self, folder: Path) -> Store:
        store = SqlStore(self.where, timeout=30)
        self.opened.append(store)
        return store


class Careless(InMemory):
    """Takes whatever comes."""

    def append(self, entry: Entry, *, expected_version: int) -> None:
        self.cases.setdefault(entry.case, []).append(entry)


class Late(InMemory):
    """Looks at the version before it takes the lock."""

    def append(self, entry: Entry, *, expected_version: int) -> None:
        actual = len(self.load(entry.case))
        if actual != expected_version:
            raise Conflict(entry.case, actual=actual, expected=expected_version)
        threading.Event().wait(0.01)
        with self.lock:
            self.cases.setdefault(entry.case, []).append(entry)


class Backwards(InMemory):
    """The newest first."""

    def load(self, case_id: str) -> tuple[Entry, ...]:
        return super().load(case_id)[::-1]


class OneDrawer(InMemory):
    """All cases in one."""

    def load(self, case_id: str) -> tuple[Entry, ...]:
        return tuple(entry for entries in self.cases.values() for entry in entries)


class Vague(InMemory):
    """Says of a conflict that there is one, and not where the case is."""

    def append(self, entry: Entry, *, expected_version: int) -> None:
        try:
            super().append(entry, expected_version=expected_version)
        except Conflict:
            raise Conflict(entry.case, actual=-1, expected=expected_version) from None


class Shortening(InMemory):
    """Keeps texts as long as its columns are."""

    def append(self, entry: Entry, *, expected_version: int) -> None:
        super().append(replace(entry, case=entry.case[:64]), expected_version=expected_version)


class Forgetful(InMemory):
    """What is there is gone when it is opened again."""


@pytest.mark.parametrize("broken", [Careless, Late, Backwards, OneDrawer, Vague, Shortening, Forgetful])
def test_a_store_that_breaks_the_contract_fails_it(broken: type[InMemory], tmp_path: Path) -> None:
    class Tried(StoreContract):
        def make_store(self, folder: Path) -> Store:
            return broken()

        def reopen(self, store: Store, folder: Path) -> Store:
            return broken() if broken is Forgetful else store

    assert [
        name for name in dir(Tried) if name.startswith("test_") and fails(getattr(Tried(), name), tmp_path)
    ]


def fails(test: Any, folder: Path) -> bool:
    try:
        test(folder)
    except Exception:
        return True
    return False


def test_the_store_that_keeps_it_would_fail_nothing(tmp_path: Path) -> None:
    names = [name for name in dir(TestInMemory) if name.startswith("test_")]
    assert len(names) >= 10
    assert not any(fails(getattr(TestInMemory(), name), tmp_path) for name in names)
