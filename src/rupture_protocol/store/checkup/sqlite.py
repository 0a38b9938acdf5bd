"""A file of SQLite: its library, its file and folder, what lies beside it, and what is in it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from rupture_protocol.store import layout
from rupture_protocol.store.checkup.disks import kind_of_disk
from rupture_protocol.store.checkup.remarks import Remark, on_keys, on_layout, whatever_happens
from rupture_protocol.store.connecting import has_wal_fix, journal_of, read_only

MIB = 2**20
LEAST_FREE = 100 * MIB
LONG_LOG = 64 * MIB
DAMAGED = "keep a copy of the file, take the last good backup, then `rupture case verify`"


def remarks_on(file: Path) -> Iterator[Remark]:
    """What is to be said about a file, without changing it."""
    yield from _on_library()
    try:
        there = file.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        wrong = file.exists() if "\0" not in str(file) else False
        found = "it is no file" if wrong else "there is none yet"
        yield Remark("file", found, "check the address" if wrong else "`rupture case open` makes one")
        return
    yield from whatever_happens("file", lambda: _on_file(file), "see who may read it and its folder")
    yield from whatever_happens("beside", lambda: _on_what_lies_beside(file), "see what lies beside it")
    yield from _on_contents(file)


def _on_library() -> Iterator[Remark]:
    version = sqlite3.sqlite_version
    with closing(sqlite3.connect(":memory:")) as connection:
        journal, synchronous = journal_of(connection.cursor())
    fixed = has_wal_fix(sqlite3.sqlite_version_info)
    why = "with" if fixed else "without"
    yield Remark(
        "library", f"SQLite {version}, {why} the fix of the write-ahead log: journal {journal} is used"
    )
    yield Remark("synchronous", f"{synchronous}: each commit is written through to the disk")


def _on_file(file: Path) -> Iterator[Remark]:
    size = file.stat().st_size
    yield Remark("file", f"{_size(size)}")
    if os.name == "posix":
        yield _on_mode("permissions", file, 0o600)
        yield _on_mode("folder", file.absolute().parent, 0o700)
    writable = os.access(file, os.W_OK) and os.access(file.absolute().parent, os.W_OK)
    yield Remark(
        "writable",
        "yes" if writable else "no: it can be read only",
        "" if writable else "let whoever runs this write to the file and its folder",
    )
    free = shutil.disk_usage(file.absolute().parent).free
    enough = free >= max(LEAST_FREE, 2 * size)
    yield Remark("room", f"{_size(free)} free", "" if enough else "make room on that disk")
    yield _on_disk(file)


def _on_mode(about: str, path: Path, most: int) -> Remark:
    """Whether anybody but the owner may do something with it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    others = mode & 0o077
    # The name of a path is for whoever typed it, and would have to be quoted for a shell.
    what = "file" if about == "permissions" else "folder"
    do = f"`chmod {most:o}` on the {what}: others may come to it" if others else ""
    return Remark(about, f"{mode:04o}", do)


def _on_disk(file: Path) -> Remark:
    kind, remote = kind_of_disk(file)
    if remote:
        return Remark(
            "disk",
            f"{kind}, a network file system: its locks cannot be relied on",
            "move the file to a disk of this machine, or keep cases in PostgreSQL",
        )
    return Remark("disk", f"{kind}, a disk of this machine" if kind else "its kind cannot be told here")


def _on_what_lies_beside(file: Path) -> Iterator[Remark]:
    left = {end: _size_of(Path(f"{file}{end}")) for end in ("-journal", "-wal")}
    if left["-journal"]:
        yield Remark(
            "beside", "a journal: a write is under way, or was cut off and is undone when it is next opened"
        )
    elif left["-wal"] > LONG_LOG:
        yield Remark(
            "beside",
            f"a write-ahead log of {_size(left['-wal'])}: somebody has been reading for long",
            "close what reads this store for long; never remove the log itself",
        )
    elif left["-wal"]:
        yield Remark("beside", f"a write-ahead log of {_size(left['-wal'])}: it belongs to the file")
    else:
        yield Remark("beside", "nothing")


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _on_contents(file: Path) -> Iterator[Remark]:
    """What is in it, read without the right to write."""
    database = create_engine("sqlite://", creator=lambda: _connected(file), poolclass=NullPool)

    def journal() -> Iterable[Remark]:
        with database.connect() as connection:
            mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        return [Remark("journal", f"{mode.upper()} in the file")]

    def says() -> Iterable[Remark]:
        with database.connect() as connection:
            found = [*on_layout(layout.read(connection)), *on_keys(connection)]
            return [*found, *_on_strange_parts(connection)]

    def whole() -> Iterable[Remark]:
        with database.connect() as connection:
            rows = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalars().all()
        if rows == ["ok"]:
            return [Remark("integrity", "the database is whole")]
        # What SQLite says names pages and tables, never what is in them.
        return [Remark("integrity", "the database is damaged", DAMAGED)]

    for about, look in (("journal", journal), ("layout", says), ("integrity", whole)):
        yield from whatever_happens(about, look, DAMAGED)


def _on_strange_parts(connection: Connection) -> Iterator[Remark]:
    rows = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    if rows.scalar_one():
        yield Remark(
            "strangers",
            "there are triggers or views, and none is ours",
            "find out who made them: they may change what is kept",
        )


def _connected(file: Path) -> sqlite3.Connection:
    connection = read_only(file, 5)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _size(size: int) -> str:
    if size < MIB:
        return f"{-(-size // 1024)} KiB"
    return f"{size / MIB:.0f} MiB" if size < 1024 * MIB else f"{size / MIB / 1024:.1f} GiB"
