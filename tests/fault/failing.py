"""A disk that is full, fails or may not be written: every call of SQLite's to it, in turn, goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import text
from tests.fault.apsw_driver import ApswDriver
from tests.fault.disk import Image, image_of, lay_out
from tests.fault.interrupted import every_statement_by_itself
from tests.fault.power import JOURNALS, engine, scratch
from tests.fault.requests import Request, Tally, examine, requests
from tests.fault.rows import Row
from tests.store.books import address

from rupture_protocol import Case, Casebook, OutcomeUnknown, RuptureError
from rupture_protocol.store.sql import SqlStore

NAME = "failing"
LAST = 4


class Failing(apsw.VFS):
    """Raises at the `at`th call that changes something, and at all after it if `on` is set; `None` never.

    A disk is full when something is written to it; anything else that goes wrong may do so at any call.
    """

    def __init__(self, error: Callable[[], Exception]) -> None:
        self.error = error
        self.only = ("write", "truncate") if error is full else ("write", "truncate", "sync", "delete")
        self.at: int | None = None
        self.on = False
        self.calls: list[str] = []
        super().__init__(NAME, "")

    def arm(self, at: int | None, *, on: bool = False) -> None:
        self.at, self.on, self.calls = at, on, []

    @property
    def came_to_it(self) -> bool:
        return self.at is not None and len(self.calls) > self.at

    def call(self, name: str) -> None:
        if name not in self.only:
            return
        self.calls.append(name)
        number = len(self.calls) - 1
        if self.at is not None and (number == self.at or (self.on and number > self.at)):
            raise self.error()

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  # SQLite's names
        return FailingFile(self, name, flags)

    def xDelete(self, path: str, sync_folder: bool) -> None:  # noqa: N802
        super().xDelete(path, sync_folder)
        self.call("delete")  # it is gone, and then something goes wrong


class FailingFile(apsw.VFSFile):
    """An open file of a `Failing`."""

    def __init__(self, vfs: Failing, name: Any, flags: list[int]) -> None:
        self.call = vfs.call
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self.call("write")
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.call("truncate")
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.call("sync")


@dataclass(slots=True)
class Seen:
    """What came of it, and which errors a caller got, with the call that went wrong."""

    tally: Tally = field(default_factory=Tally)
    errors: list[tuple[str, RuptureError]] = field(default_factory=list)


def full() -> Exception:
    return _coded(apsw.FullError("no space"), apsw.SQLITE_FULL)


def broken() -> Exception:
    return _coded(apsw.IOError("input, output"), apsw.SQLITE_IOERR_WRITE)


def _coded(error: apsw.Error, code: int) -> apsw.Error:
    vars(error).update(result=code & 0xFF, extendedresult=code)  # as those have that come from SQLite
    return error


@cache
def failures(error: Callable[[], Exception], journal: str, *, weaker: bool = False) -> Seen:
    """Each request with each call to the disk going wrong, once and from then on; then all is well again."""
    seen = Seen()
    rewrite = every_statement_by_itself if weaker else str
    driver = ApswDriver(library=JOURNALS[journal], rewrite=rewrite)
    with scratch() as folder, Casebook(SqlStore(address(folder), module=driver), [engine()]) as book:
        vfs = Failing(error)
        driver.vfs = NAME
        told: list[Case] = []
        for request in requests(LAST):
            book.close()
            before = image_of(folder)
            for on in (False, True):
                at = 0
                while _fails(book, vfs, request, at, on, seen):
                    vfs.arm(None)
                    seen.tally += _said_the_truth(book, told, seen)
                    seen.tally += examine(book, told, request)
                    _again(book, before, folder)
                    at += 1
            vfs.arm(None)
            told.append(request.send(book))
        book.close()
    return seen


def _said_the_truth(book: Casebook, told: Sequence[Case], seen: Seen) -> Tally:
    """Of what went wrong before the commit our errors say that nothing was written: so it must be."""
    error = seen.errors[-1][1] if seen.errors else None
    assert isinstance(book.store, SqlStore)
    with book.store.session() as session:
        kept = session.connection.execute(text("SELECT count(*) FROM event")).scalar()
    if isinstance(error, OutcomeUnknown) or kept == len(told):
        return Tally()
    return Tally(broken=[f"{type(error).__name__}, and something was written"])


def _again(book: Casebook, before: Image, folder: Path) -> None:
    book.close()
    lay_out(before, folder)


def _fails(book: Casebook, vfs: Failing, request: Request, at: int, on: bool, seen: Seen) -> bool:
    """Sends it with a disk that fails; whether there was such a call. A success that is none is lost."""
    book.get(request.case) if at % 2 and request.number > 1 else None  # with a connection in use, and without
    vfs.arm(at, on=on)
    try:
        request.send(book)
    except RuptureError as error:
        seen.errors.append((vfs.calls[at], error))
        return True
    return vfs.came_to_it


def rows() -> Iterator[Row]:
    """What came of it, and of a store without transactions."""
    for what, error in (("disk full", full), ("disk error", broken)):
        for journal in JOURNALS:
            yield Row(f"{what} at each call, {journal}", failures(error, journal).tally)
        yield Row(f"{what} at each call, WAL", failures(error, "WAL", weaker=True).tally, "no transaction")
