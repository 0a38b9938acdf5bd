"""Drivers' errors in our words. Alone here: what a driver means by a code. Nothing of theirs goes further.

An error of a driver may hold the statement and its parameters, which are a client's.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from rupture_protocol.store.errors import (
    OutcomeUnknown,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)

_SQLITE: dict[int, type[StoreError]] = {
    5: StoreBusy,  # SQLITE_BUSY
    6: StoreBusy,  # SQLITE_LOCKED
    8: StoreReadOnly,  # SQLITE_READONLY
    11: StoreCorrupt,  # SQLITE_CORRUPT
    13: StoreFull,  # SQLITE_FULL
    26: StoreCorrupt,  # SQLITE_NOTADB
}
_POSTGRES: dict[str, type[StoreError]] = {
    "40001": StoreBusy,  # serialization failure
    "40P01": StoreBusy,  # deadlock
    "55P03": StoreBusy,  # lock not available
    "57014": StoreBusy,  # cancelled, as by a time limit
    "53300": StoreBusy,  # too many connections
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,  # insufficient privilege
    "53100": StoreFull,  # disk full
    "22021": StoreError,  # a character that its encoding has not
    "22P05": StoreError,  # the same
    "54000": StoreError,  # too long for an index
    "XX001": StoreCorrupt,
    "XX002": StoreCorrupt,
}
_SAID: dict[type[StoreError], tuple[str, str]] = {
    StoreError: (
        "an id or a name is one that this store cannot keep",
        "give a short one, of printable characters",
    ),
    StoreBusy: ("the store was held by others for too long, nothing was written", "try again"),
    StoreReadOnly: ("the store can be read, and not written", "`rupture db doctor` says what to do"),
    StoreFull: ("the store has no room left, nothing was written", "make room, then try again"),
    StoreCorrupt: ("the database is damaged", "`rupture db doctor` says what to do"),
    StoreUnavailable: ("the store cannot be reached or read", "`rupture db doctor` says what to do"),
    OutcomeUnknown: (
        "the commit was cut off: the event may be kept, or not",
        "try again with the same idempotency key",
    ),
}
_NOT_COMMITTED = (StoreBusy, StoreReadOnly, StoreFull)
"""What a database says of a commit only when it has undone it, or still can."""


def ours(error: SQLAlchemyError) -> StoreError:
    """The error to raise for one of a driver's, before the commit: nothing was written."""
    kind = _kind(error)
    empty(error)
    return _made(kind)


def at_commit(error: SQLAlchemyError) -> StoreError:
    """The error to raise for one of a driver's at the commit itself."""
    kind = _kind(error)
    empty(error)
    return _made(kind if kind in _NOT_COMMITTED else OutcomeUnknown)


def damaged() -> StoreError:
    """The error to raise where what is read is no text, no row, or not what its column holds."""
    return _made(StoreCorrupt)


def empty(error: SQLAlchemyError | UnicodeError) -> None:
    """Takes out of a driver's error all that it could tell, and lets go of the driver's own.

    Whatever we raise instead keeps it as its context, `from None` or not: reporters of errors look there.
    """
    error.args = ()
    error.__cause__ = error.__context__ = error.__traceback__ = None
    if isinstance(error, StatementError):
        error.statement = error.params = error.orig = None
        error.detail = []
    elif isinstance(error, UnicodeDecodeError):
        error.object = b""
    elif isinstance(error, UnicodeEncodeError):
        error.object = ""


def _kind(error: SQLAlchemyError) -> type[StoreError]:
    if isinstance(error, NoConnectionLeft):
        return StoreBusy
    if not isinstance(error, DBAPIError):
        return StoreUnavailable
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, StoreUnavailable)
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRES.get(state, StoreUnavailable)
    if isinstance(error, DataError):
        return StoreError  # psycopg sends no text with a NUL
    if isinstance(error.orig, sqlite3.OperationalError):
        return StoreCorrupt  # a text that is none
    # Without a code: a connection that is gone, or a row that cannot be read as what it should be.
    return StoreUnavailable if isinstance(error, OperationalError | InterfaceError) else StoreCorrupt


def _made(kind: type[StoreError]) -> StoreError:
    message, help_ = _SAID[kind]
    return kind(message, help=help_)
