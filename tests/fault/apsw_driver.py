"""apsw as a database driver for SQLAlchemy: an SQLite whose files a test can break.

apsw is no DBAPI module, so this is the little of one that the store asks for. Its SQLite is a build of its
own, not the one of Python's `sqlite3`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import apsw

PLAIN: dict[int, type[sqlite3.Error]] = {
    2: sqlite3.InternalError,  # SQLITE_INTERNAL
    11: sqlite3.DatabaseError,  # SQLITE_CORRUPT
    18: sqlite3.DataError,  # SQLITE_TOOBIG
    19: sqlite3.IntegrityError,  # SQLITE_CONSTRAINT
    20: sqlite3.IntegrityError,  # SQLITE_MISMATCH
    21: sqlite3.InterfaceError,  # SQLITE_MISUSE
    26: sqlite3.DatabaseError,  # SQLITE_NOTADB
}
"""Which class Python's `sqlite3` raises for a code, where it is not `OperationalError`."""


def _raised(error: apsw.Error) -> sqlite3.Error:
    code = getattr(error, "extendedresult", 1)
    made = PLAIN.get(code & 0xFF, sqlite3.OperationalError)(str(error))
    made.sqlite_errorcode = code
    return made


@contextlib.contextmanager
def _translated() -> Any:
    try:
        yield
    except apsw.Error as error:
        raise _raised(error) from error
    except UnicodeDecodeError as error:  # which `sqlite3` has no code for
        raise sqlite3.OperationalError("could not decode") from error


class Cursor:
    """One statement at a time; its rows are read at once."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.description: Sequence[Sequence[Any]] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows: list[Any] = []

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        self.description, self._rows = None, []
        with _translated():
            inner = self.connection.inner.cursor()
            inner.exec_trace = self._describe
            self._rows = inner.execute(self.connection.driver.rewrite(statement), parameters).fetchall()
        self.rowcount = self.connection.inner.changes()
        self.lastrowid = self.connection.inner.last_insert_rowid()
        return self

    def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> Cursor:
        for parameters in many:
            self.execute(statement, parameters)
        return self

    def _describe(self, inner: Any, _statement: str, _parameters: Any) -> bool:
        described = inner.get_description()
        self.description = [(each[0], *(None,) * 6) for each in described] or None
        return True

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []


class Connection:
    """A connection without transactions of its own, as `isolation_level=None` has it."""

    isolation_level: str | None = None

    def __init__(self, driver: ApswDriver, name: str, timeout: float) -> None:
        self.driver = driver
        with _translated():
            self.inner = apsw.Connection(name, vfs=driver.vfs or None)
            self.inner.set_busy_timeout(int(timeout * 1000))
            if driver.library:
                self.inner.create_scalar_function("sqlite_version", self._library, 0)
            for pragma in driver.pragmas:
                self.inner.execute(f"PRAGMA {pragma}").fetchall()

    def _library(self, *_: Any) -> str:
        return self.driver.library

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def commit(self) -> None:
        if self.inner.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.inner.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        with _translated():
            self.inner.close()

    def create_function(self, name: str, arguments: int, function: Callable[..., Any], **_: bool) -> None:
        self.inner.create_scalar_function(name, function, arguments)


class ApswDriver:
    """What SQLAlchemy takes for the module of a driver.

    Args:
        vfs: The name of the VFS that files go through; the usual one, if left out.
        library: The version that SQLite shall say it has; its own, if left out.
        pragmas: What each connection is told before the store says anything.
        rewrite: Says of each statement what is done instead: how a store is made weaker for a control.
    """

    paramstyle = "qmark"
    apilevel = "2.0"
    threadsafety = 1
    Binary = bytes
    sqlite_version = apsw.sqlite_lib_version()
    sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
    Warning, Error = sqlite3.Warning, sqlite3.Error
    InterfaceError, DatabaseError, DataError = (
        sqlite3.InterfaceError,
        sqlite3.DatabaseError,
        sqlite3.DataError,
    )
    OperationalError, IntegrityError = sqlite3.OperationalError, sqlite3.IntegrityError
    InternalError, ProgrammingError = sqlite3.InternalError, sqlite3.ProgrammingError
    NotSupportedError = sqlite3.NotSupportedError

    def __init__(
        self,
        *,
        vfs: str = "",
        library: str = "",
        pragmas: tuple[str, ...] = (),
        rewrite: Callable[[str], str] = str,
    ) -> None:
        self.vfs = vfs
        self.library = library
        self.pragmas = pragmas
        self.rewrite = rewrite

    def connect(self, name: str, *, timeout: float = 5.0, **_: object) -> Connection:
        return Connection(self, name, timeout)
