"""A copy of a store in a file of SQLite: as it is at one moment, while others go on, and read again."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rupture_protocol.store import tables
from rupture_protocol.store.case_check import Finding
from rupture_protocol.store.casebook import Casebook
from rupture_protocol.store.connecting import address_of, file_of, read_only
from rupture_protocol.store.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreUnavailable


class BackupExists(StoreError):
    """There is a file of that name already; it is left as it is."""


class NotAFile(StoreError):
    """The store is in no file of SQLite: its database has a way of its own to be copied."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made: how large it is, how many cases are in it, and what is wrong with them.

    `cases` is None where its layout is another than this library writes: then only the database was examined.
    """

    size: int
    cases: int | None
    findings: tuple[Finding, ...]


def back_up(store: str | Path, file: Path, *, timeout: float = 5.0) -> Backup:
    """Copies a store, for its owner alone, and verifies the copy.

    Args:
        store: The address of a database in a file of SQLite, or its path.
        file: Where the copy goes; nothing may be there.
        timeout: How long to wait for others, in seconds.

    Raises:
        BackupExists: Something is there.
        NotAFile: The store is in no file.
        StoreCorrupt: It is damaged, and so would be the copy; none is left.
        StoreError: It cannot be copied; nothing is left.
    """
    address = address_of(store)
    source = file_of(address) if address.get_backend_name() == "sqlite" else None
    if source is None:
        raise NotAFile("the store is in no file that could be copied")
    with _appearing(file) as part:
        _copy(source, part, timeout)
        size = part.stat().st_size
        cases, findings = _examined(part)
    return Backup(size, cases, findings)


@contextmanager
def _appearing(file: Path) -> Iterator[Path]:
    """A file beside that gets the name when it is whole: nobody ever takes half a copy for one."""
    try:
        part = file.with_name(f"{file.name}.part")
        for each in (file, part):
            if os.path.lexists(each):
                raise BackupExists(
                    "a file of that name is there already, and is not written over", help="give another name"
                )
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
        try:
            yield part
            _written_through(part)
            _named(part, file)
        finally:
            for end in ("", "-journal", "-wal", "-shm"):
                Path(f"{part}{end}").unlink(missing_ok=True)
        _written_through(file.absolute().parent)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it is not a path").lower()
        raise StoreError(f"cannot make the copy: {reason}", help="give the name of a new file") from None


def _named(part: Path, file: Path) -> None:
    try:
        os.link(part, file)  # fails where somebody else has made one meanwhile
    except FileExistsError:
        raise BackupExists("a file of that name has just been made", help="give another name") from None
    except OSError:  # a file system without links
        part.rename(file)


def _written_through(path: Path) -> None:
    """On the disk; a folder cannot be opened on every system."""
    with suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _copy(source: Path, copy: Path, timeout: float) -> None:
    try:
        with (
            closing(read_only(source, timeout)) as old,
            closing(sqlite3.connect(copy, timeout=timeout)) as new,
        ):
            # Held for reading, by a statement that gives up in time: the copying itself would wait for ever.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            old.backup(new)  # all at once: what others write meanwhile is in it wholly or not at all
            new.execute("PRAGMA journal_mode=DELETE").fetchall()
            whole = new.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise _ours(error) from None
    if not whole:
        raise StoreCorrupt("the database is damaged", help="`rupture db doctor` says what to do")


def _ours(error: sqlite3.Error) -> StoreError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case 5 | 6:
            return StoreBusy("the store is held by others for too long", help="try again")
        case 13:
            return StoreFull("there is no room for the copy", help="make room, then try again")
        case 11 | 26:
            return StoreCorrupt("the database is damaged", help="`rupture db doctor` says what to do")
        case _:
            return StoreUnavailable("the store cannot be read", help="`rupture db doctor` says what to do")


def _examined(copy: Path) -> tuple[int | None, tuple[Finding, ...]]:
    """How many cases are in a copy, and what is wrong with them."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (revision,) = connection.execute(_REVISION).fetchone() or (None,)
    except sqlite3.Error:
        raise StoreCorrupt("the file holds something else than cases", help="give another one") from None
    if revision != str(tables.SCHEMA_REVISION):
        return None, ()
    with Casebook(copy) as book:
        return len(book.find()), book.verify()


_REVISION = "SELECT value FROM store_meta WHERE name = 'schema_revision'"
