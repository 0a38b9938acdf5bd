"""A process that forks with a casebook in use: parent and child both go on with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from tests.fault.apsw_driver import ApswDriver
from tests.fault.nursery import ended, forked, in_nursery, say, told_by
from tests.fault.power import engine, scratch
from tests.fault.requests import Tally, inconsistencies
from tests.fault.rows import Row
from tests.store.books import LEE, NOON, SUE, address

from rupture_protocol import Casebook, StoreError
from rupture_protocol.store import connecting
from rupture_protocol.store.sql import SqlStore

EACH = 12


def parent_and_child_go_on(module: str) -> Tally:
    """Both write after a fork, the child also when its parent has closed all that it had.

    The weaker one lets the child inherit connections, and only takes care not to use them.
    """
    if module == "weaker":
        vars(connecting)["share_nothing_with_children"] = _only_make_new_ones
    tally = Tally()
    for closing in (False, True):
        with scratch() as folder:
            tally += _forked_with(_book(folder, module), closing=closing)
    return tally


def _only_make_new_ones(database: Engine) -> None:
    os.register_at_fork(after_in_child=lambda: database.dispose(close=False))


def _book(folder: Path, module: str) -> Casebook:
    driver = None if module == "sqlite3" else ApswDriver()
    return Casebook(SqlStore(address(folder), module=driver), [engine()])


def _forked_with(book: Casebook, *, closing: bool) -> Tally:
    book.open("a", by=LEE, at=NOON, idempotency_key="opened")
    ready, go = os.pipe()

    def child(writing: int) -> None:
        _write(book, "child, first", writing)
        os.read(ready, 1)
        for number in range(EACH):
            _write(book, f"child {number}", writing)

    pid, reading = forked(child)
    told_here = [f"parent {number}" for number in range(EACH)]
    for name in told_here[: EACH // 2]:
        _write(book, name)
    if closing:
        book.close()
    os.write(go, b"!")
    told = told_by(reading)
    how = ended(pid)
    for name in told_here[EACH // 2 :]:
        _write(book, name)
    told += told_here
    book.close()
    os.close(ready)
    os.close(go)
    kept = [event.facts["remark"] for event in book.history("a")[1:]]
    tally = Tally(1, len(told), lost=len(set(told) - set(kept)), doubled=len(kept) - len(set(kept)))
    tally.broken += inconsistencies(book) + ([f"the child ended with {how}"] if how else [])
    book.close()
    return tally


def _write(book: Casebook, name: str, writing: int | None = None) -> None:
    book.record("a", {"remark": name}, by=SUE, at=NOON, idempotency_key=name)
    if writing is not None:
        say(writing, name)


def fork_while_writing(module: str) -> Tally:
    """A fork in the middle of a write: the child is told to leave the store alone, and its parent goes on."""
    tally = Tally()
    with scratch() as folder:
        book = _book(folder, module)
        book.open("a", by=LEE, at=NOON, idempotency_key="opened")
        assert isinstance(book.store, SqlStore)
        with book.store.session(write=True):
            pid, reading = forked(lambda writing: _try(book, writing))
            answer = told_by(reading)
            how = ended(pid)
        _write(book, "parent")
        tally += Tally(1, 1, lost=2 - book.get("a").version, broken=inconsistencies(book))
        if (answer, how) != (["StoreUnavailable"], 0):
            tally.broken.append(f"the child said {answer} and ended with {how}")
        book.close()
    return tally


def _try(book: Casebook, writing: int) -> None:
    try:
        _write(book, "child", writing)
    except StoreError as error:
        say(writing, type(error).__name__)


def read_only() -> Tally:
    """A file, then a folder, that somebody may read and not write: who is root gives up being it."""
    tally = Tally()
    for closed in ("file", "folder"):
        with scratch() as folder:
            book = Casebook(SqlStore(address(folder), keys=folder / "keys"), [engine()])
            book.open("a", by=LEE, at=NOON)
            book.close()
            for each in (folder / "keys").rglob("*"):
                each.chmod(0o755)
            (folder / "keys").chmod(0o755)
            folder.chmod(0o555 if closed == "folder" else 0o755)
            (folder / "cases.db").chmod(0o666 if closed == "folder" else 0o444)
            pid, reading = forked(partial(_as_a_reader, book))
            said, how = told_by(reading), ended(pid)
            folder.chmod(0o755)
            tally += Tally(
                1, broken=[] if said == ["read 1", "StoreReadOnly", "read 1"] else [f"{said} {how}"]
            )
            book.close()
    return tally


def _as_a_reader(book: Casebook, writing: int) -> None:
    if os.geteuid() == 0:
        os.setuid(65534)
    say(writing, f"read {book.get('a').version}")
    _try(book, writing)
    say(writing, f"read {book.get('a').version}")


PARTS: dict[str, Callable[..., Tally]] = {
    "fork": parent_and_child_go_on,
    "fork_while_writing": fork_while_writing,
    "read_only": read_only,
}


def rows() -> Iterator[Row]:
    """What came of it, with Python's SQLite and apsw's."""
    for module in ("sqlite3", "apsw"):
        yield Row(f"fork with a casebook in use, {module}", in_nursery("fork", module))
        yield Row(f"fork in the middle of a write, {module}", in_nursery("fork_while_writing", module))
    yield Row("fork with a casebook in use", in_nursery("fork", "weaker"), "connections inherited")
