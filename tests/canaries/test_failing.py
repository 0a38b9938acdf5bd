"""No value shows where a store is held, full, damaged or without its keys, or by a mistake of ours."""

from __future__ import annotations

import shutil
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.canaries.doing import CASE, RECORD, SUE, Act, book_in, do, reading
from tests.canaries.planted import VALUES, engine, text
from tests.canaries.watching import Watch, watching
from tests.fault.apsw_driver import ApswDriver
from tests.fault.failing import NAME, Failing, broken, full
from tests.store.books import NOON, address

from rupture_protocol import Casebook, RuptureError
from rupture_protocol.store import errors
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.vault import SecretKey


def writing(book: Casebook, expected: type[BaseException]) -> Iterator[Act]:
    record = partial(book.record, CASE, VALUES, **RECORD)
    yield "record", record, expected
    yield "correct", partial(book.correct, CASE, "plan", reason=text("reason of correct"), **RECORD), expected


def keys_in(folder: Path) -> list[Path]:
    return [file for file in (folder / "keys").rglob("kept/*/*") if file.is_file()]


def test_nor_where_somebody_else_holds_the_store(kept: Path) -> None:
    other = sqlite3.connect(kept / "store" / "cases.db", isolation_level=None)
    with watching(kept) as watch, book_in(kept) as book, closing(other):
        other.execute("BEGIN EXCLUSIVE")
        do(watch, writing(book, errors.StoreBusy))
    assert watch.leaks == {}


def read_only() -> Exception:
    error = apsw.ReadOnlyError("read only")
    vars(error).update(result=apsw.SQLITE_READONLY, extendedresult=apsw.SQLITE_READONLY)
    return error


@pytest.mark.parametrize("error", [full, broken, read_only])
def test_nor_where_the_disk_fails_or_cannot_be_written_to(kept: Path, error: Any) -> None:
    driver = ApswDriver()
    vfs = Failing(error)
    driver.vfs = NAME
    with (
        watching(kept) as watch,
        Casebook(SqlStore(address(kept / "store"), module=driver), [engine()]) as book,
    ):
        book.get(CASE)
        for at in range(4):
            vfs.arm(at, on=True)
            watch.attempt("record", partial(book.record, CASE, VALUES, **RECORD))
            vfs.arm(None)
        assert watch.seen["error"]
    assert watch.leaks == {}


def test_nor_where_the_keys_are_gone_or_those_of_another_case(kept: Path) -> None:
    with book_in(kept) as book:
        before = set(keys_in(kept))
        book.open("other", by=SUE, at=NOON)
        [other] = set(keys_in(kept)) - before
    with watching(kept) as watch:
        for each in before:
            wrapped = each.read_bytes()
            each.write_bytes(other.read_bytes())
            use(kept, watch)
            each.write_bytes(wrapped)
        shutil.move(kept / "keys", kept / "elsewhere")
        with book_in(kept) as book:
            do(watch, writing(book, errors.KeysMissing))
    assert watch.seen["error"] > 1_000
    assert watch.leaks == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET payload = substr(payload, 1, 40)",
        "UPDATE event SET header = x'7b7d'",
        "UPDATE event SET hash = x'00'",
        "UPDATE event SET signature = x''",
        "UPDATE case_head SET version = 2",
        "UPDATE case_summary SET state = x'00'",
        "UPDATE case_summary SET agenda = x'00'",
        "UPDATE refusal SET payload = x'00'",
        "DELETE FROM protocol_file",
        None,
    ],
)
def test_nor_where_what_is_kept_was_damaged(kept: Path, statement: str | None) -> None:
    file = kept / "store" / "cases.db"
    if statement is None:
        data = file.read_bytes()
        file.write_bytes(data[:4096] + bytes(each ^ 0x5A for each in data[4096:]))
    else:
        with closing(sqlite3.connect(file)) as database:
            database.execute(statement)
            database.commit()
    with watching(kept) as watch:
        watch.attempt("use", partial(use, kept, watch))
    assert watch.leaks == {}


def use(folder: Path, watch: Watch) -> None:
    with book_in(folder) as book:
        for what, call, _ in (*reading(book), *writing(book, RuptureError)):
            watch.attempt(what, call)


def test_nor_by_an_error_that_nobody_foresaw(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of its traceback stay, for whoever has to find the mistake."""

    def fail(*_: object) -> bytes:
        raise ZeroDivisionError("somewhere within")

    with watching(kept) as watch, book_in(kept) as book:
        for name in ("seal", "open"):
            with monkeypatch.context() as patched:
                patched.setattr(SecretKey, name, fail)
                do(watch, writing(book, ZeroDivisionError))
                do(watch, [("refused", partial(book.take, CASE, "go", **RECORD), Exception)])
        with monkeypatch.context() as patched:
            patched.setattr(SecretKey, "seal", fail)
            with pytest.raises(ZeroDivisionError) as raised:
                book.record(CASE, VALUES, **RECORD)
    names = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert {"record", "perform", "sealed", "fail"} <= set(names)
    assert watch.leaks == {}
