"""An exception at each step of an append: nothing is there by halves, and the same casebook goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.fault.apsw_driver import ApswDriver
from tests.fault.disk import image_of, lay_out
from tests.fault.power import engine, scratch
from tests.fault.requests import Request, Tally, examine, requests
from tests.fault.rows import Row
from tests.fault.steps import at_step
from tests.store.books import address

from rupture_protocol import Case, Casebook
from rupture_protocol.store.sql import SqlStore

Breaks = tuple[type[BaseException], ...]
BREAKS: Breaks = (KeyboardInterrupt, asyncio.CancelledError, MemoryError)
LAST = 6
"""The first so many requests are interrupted: each verb, and the first write of each case."""


def every_statement_by_itself(statement: str) -> str:
    """What makes a store weaker: no transaction holds together what belongs together."""
    return "SELECT 1" if statement.startswith("BEGIN") else statement


WEAKER = ApswDriver(rewrite=every_statement_by_itself)


def interruptions(*, module: object = None, breaks: Breaks = BREAKS) -> Tally:
    """Every kind of break at every step of every request."""
    total = Tally()
    with scratch() as folder, Casebook(SqlStore(address(folder), module=module), [engine()]) as book:
        told: list[Case] = []
        for request in requests(LAST):
            book.close()
            before = image_of(folder)
            for break_ in breaks:
                step = 0
                while _broken(book, step, break_, request):
                    total += examine(book, told, request)
                    step += 1
                    book.close()
                    lay_out(before, folder)
            told.append(request.send(book))
    return total


def _broken(book: Casebook, step: int, break_: type[BaseException], request: Request) -> bool:
    """Sends it, broken at that step; whether there was such a step."""

    def act() -> None:
        raise break_

    assert isinstance(book.store, SqlStore)
    with at_step(book.store, step, act):
        try:
            request.send(book)
        except break_:
            return True
    return False


def rows() -> Iterator[Row]:
    """What came of it, with Python's SQLite and apsw's, and of a store without transactions."""
    yield Row("exception at each step of an append", interruptions())
    yield Row("exception at each step of an append, WAL", interruptions(module=ApswDriver()))
    yield Row("exception at each step of an append", interruptions(module=WEAKER), "no transaction")
