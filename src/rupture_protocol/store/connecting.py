"""A connection that keeps what it is told: how SQLite and PostgreSQL are set.

SQLite writes through to the disk at every commit. A write-ahead log is used only with a library that has the
fix of its reset (3.51.3, 3.50.7, 3.44.6, and later of those lines): without it a log can lose what was kept.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from rupture_protocol.store import turn
from rupture_protocol.store.errors import StoreReadOnly, StoreUnavailable
from rupture_protocol.store.forking import share_nothing_with_children

BEGIN = "rupture_begin"
"""The execution option that says how a transaction begins on SQLite."""
_CURSOR = "rupture_cursor"
_WAL_FIXED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def has_wal_fix(version: tuple[int, ...]) -> bool:
    """Whether an SQLite of that version may be trusted with a write-ahead log."""
    line, patch = version[:2], version[2] if len(version) > 2 else 0
    return line > max(_WAL_FIXED) or patch >= _WAL_FIXED.get((line[0], line[1]), patch + 1)


def address_of(store: str | Path | URL) -> URL:
    """The address of a database, or of the file of SQLite at a path.

    Raises:
        ArgumentError: It is none.
    """
    return URL.create("sqlite", database=str(store)) if isinstance(store, Path) else make_url(store)


def file_of(address: URL) -> Path | None:
    """The file that an address of SQLite leads to; None where it would be kept in memory."""
    name = address.database
    return None if not name or name == ":memory:" or "mode" in address.query else Path(name)


def read_only(file: Path, timeout: float) -> sqlite3.Connection:
    """A connection to a file of SQLite that cannot change it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout)


def without_password(address: str) -> str:
    """An address as it may be shown: who needs the password is asked for it, or keeps it elsewhere."""
    made = make_url(address)._replace(password=None)  # `set` leaves out what is None
    shown = made.set(drivername=made.get_backend_name()).difference_update_query(["password"])
    return shown.render_as_string(hide_password=True)


def connect(url: str | Path | URL, *, timeout: float, module: Any = None) -> Engine:
    """The engine of a database; nothing is connected yet.

    Args:
        url: `sqlite:///cases.db`, `postgresql://host/name`, or any other of SQLAlchemy for these two; or the
            path of a file of SQLite.
        timeout: How long to wait for others, in seconds.
        module: The database driver, where it is not the usual one.

    Raises:
        StoreUnavailable: The address cannot be used, or its driver is not installed.
    """
    try:
        address = address_of(url)
    except ArgumentError:
        raise StoreUnavailable(
            "the store's address cannot be read", help="as in `sqlite:///cases.db`"
        ) from None
    try:
        match address.get_backend_name():
            case "sqlite":
                engine = _sqlite(address, timeout, module)
            case "postgresql":
                engine = _postgres(address, timeout)
            case _:
                raise StoreUnavailable("the store is neither SQLite nor PostgreSQL")
    except (ModuleNotFoundError, NoSuchModuleError):
        raise StoreUnavailable(
            "the driver of this database is not installed", help="pip install 'rupture-protocol[postgres]'"
        ) from None
    share_nothing_with_children(engine)
    return engine


def _sqlite(address: URL, timeout: float, module: Any) -> Engine:
    file = file_of(address)
    if file is None:
        raise StoreUnavailable("a store in memory keeps nothing", help="as in `sqlite:///cases.db`")
    _make_file(file)
    engine = create_engine(
        address,
        module=module,
        hide_parameters=True,
        connect_args={"timeout": timeout, "check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _set_sqlite)
    event.listen(engine, "begin", _begin_sqlite(timeout))
    event.listen(engine, "before_cursor_execute", _note_cursor)
    event.listen(engine, "close", _let_go_of_locks)
    return engine


def _make_file(path: Path) -> None:
    """The file, for its owner alone; and its folder, where there is none."""
    try:
        if not path.exists():
            missing = [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
            for made in (path, *missing):
                _keep_name(made.parent)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a path"
        raise StoreReadOnly(f"cannot make the store's file: {reason.lower()}") from None


def _keep_name(folder: Path) -> None:
    """Makes the names in a folder durable: SQLite does so for its journals, and not for what was there."""
    # As SQLite, we leave it where it cannot be done: on Windows, and in some network folders.
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _set_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    journal, synchronous = journal_of(cursor)
    for pragma in (
        f"journal_mode={journal}",
        f"synchronous={synchronous}",
        "secure_delete=ON",
        "trusted_schema=OFF",
        "foreign_keys=ON",
        "cell_size_check=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}").fetchall()
    cursor.close()


def _note_cursor(connection: Connection, cursor: Any, *_: object) -> None:
    connection.connection.info[_CURSOR] = cursor


def _let_go_of_locks(connection: Any, record: Any) -> None:
    # A connection that is closed keeps its locks as long as there is a statement that was not read to its
    # end: after an interrupt, until somebody lets go of its traceback.
    with contextlib.suppress(Exception):
        record.info.pop(_CURSOR).close()
    with contextlib.suppress(Exception):
        connection.rollback()


def journal_of(cursor: Any) -> tuple[str, str]:
    """How a connection of this SQLite journals, and how far it writes through at a commit."""
    (version,) = cursor.execute("SELECT sqlite_version()").fetchone()
    fixed = has_wal_fix(tuple(int(part) for part in version.split(".")))
    return ("WAL", "FULL") if fixed else ("DELETE", "EXTRA")


def _begin_sqlite(timeout: float) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        # Writers take the lock at once: what a reader read may be no longer so when it turns writer.
        statement = connection.get_execution_options().get(BEGIN, "BEGIN")
        if statement == "BEGIN":
            connection.exec_driver_sql(statement)
        else:
            turn.begin(connection, statement, timeout=timeout)

    return begin


def _postgres(address: URL, timeout: float) -> Engine:
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    limits = f"-c lock_timeout={int(timeout * 1000)} -c idle_in_transaction_session_timeout=60000"
    given = address.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} {limits}".strip()
    patience = {name: value for name, value in _patience(timeout).items() if name not in address.query}
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=timeout,
        # Whoever waits for a row must see it as it then is; a server may be set to begin otherwise.
        isolation_level="READ COMMITTED",
        connect_args={
            "options": options,
            "application_name": "rupture_protocol",
            "client_encoding": "utf8",
            **patience,
        },
    )
    event.listen(engine, "connect", _set_postgres)
    return engine


def _patience(timeout: float) -> dict[str, int]:
    """How long to wait for a server that does not answer, in libpq's words: it would wait for ever."""
    seconds = max(2, math.ceil(timeout))
    return {
        "connect_timeout": seconds,
        "keepalives_idle": seconds,
        "keepalives_interval": seconds,
        "keepalives_count": 3,
        "tcp_user_timeout": 4 * seconds * 1000,
    }


def _set_postgres(connection: Any, _record: object) -> None:
    """What is answered is on the disk, also where a server or a role is set not to wait for it."""
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    cursor.close()
    connection.autocommit = False
