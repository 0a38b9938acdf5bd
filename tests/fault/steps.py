"""Something happens in the middle of an append: at any step in which the store talks to its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from sqlalchemy import event

from rupture_protocol.store.sql import SqlStore


@contextmanager
def at_step(store: SqlStore, number: int, act: Callable[[], object]) -> Iterator[list[str]]:
    """Does something at one step of what follows. Yields the names of the steps that were come to.

    Steps are: the transaction has begun; before and after each statement; before the commit; after it, when
    the connection is given back and the caller has no answer yet.
    """
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if len(seen) - 1 == number:
            act()

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        step(f"before {_named(statement)}")

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        step(f"after {_named(statement)}")

    hooks: dict[str, Callable[..., None]] = {
        "begin": lambda _connection: step("begun"),
        "before_cursor_execute": before,
        "after_cursor_execute": after,
        "commit": lambda _connection: step("before the commit"),
        "checkin": lambda _connection, _record: step("after the commit"),
    }
    for name, hook in hooks.items():
        event.listen(store.database, name, hook)
    try:
        yield seen
    finally:
        for name, hook in hooks.items():
            event.remove(store.database, name, hook)


def _named(statement: str) -> str:
    """The first word of a statement and the table that it is about."""
    words = statement.split()
    tables = [table for word, table in pairwise(words) if word in ("FROM", "INTO", "UPDATE")]
    return " ".join((words[0], *tables[:1]))
