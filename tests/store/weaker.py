"""Stores that were made weaker on purpose: what a history checker must find."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from rupture_protocol.store import delivering, sql
from rupture_protocol.store.connecting import BEGIN
from rupture_protocol.store.sql import SqlSession
from rupture_protocol.store.writing import Write


def forgets_keys(patch: pytest.MonkeyPatch) -> None:
    """Who asks again is served again."""
    once = SqlSession._insert_once

    def insert(self: SqlSession, statement: Any, otherwise: Exception, **row: object) -> None:
        if "key" not in row:
            once(self, statement, otherwise, **row)

    patch.setattr(SqlSession, "_insert_once", insert)
    patch.setattr(SqlSession, "kept_under", lambda *_: None)


def loses_commits(patch: pytest.MonkeyPatch) -> None:
    """Every tenth commit is none."""
    commit, number = sql._commit, count(1)
    patch.setattr(sql, "_commit", lambda it: it.rollback() if next(number) % 10 == 0 else commit(it))


def reads_late(patch: pytest.MonkeyPatch) -> None:
    """A read does not see the last event, as on a copy that lags behind."""
    load = SqlSession.load

    def late(self: SqlSession, case_id: str) -> Any:
        entries = load(self, case_id)
        # A transaction that writes has begun with the lock of the file.
        reads = self.connection.get_execution_options()[BEGIN] == "BEGIN"
        return entries[:-1] if reads and len(entries) > 1 else entries

    patch.setattr(SqlSession, "load", late)
    # A subscriber finds what it looks for, so that it is the reads that are caught.
    patch.setattr(delivering, "waiting", lambda *_: [])


def expects_nothing(patch: pytest.MonkeyPatch) -> None:
    """Whatever version somebody expects is right."""
    perform = Write.perform

    def careless(self: Write, *more: Any) -> Any:
        object.__setattr__(self, "expected_version", None)
        return perform(self, *more)

    patch.setattr(Write, "perform", careless)


def delivers_backwards(patch: pytest.MonkeyPatch) -> None:
    """The newest first."""
    waiting = delivering.waiting
    patch.setattr(delivering, "waiting", lambda *of: waiting(*of)[::-1])


def delivers_all_but_some(patch: pytest.MonkeyPatch) -> None:
    """A follower is never given what was committed while it looked."""
    waiting = delivering.waiting
    patch.setattr(delivering, "waiting", lambda *of: [each for each in waiting(*of) if each[0] % 7])
