"""No value of a fact, no note and no reason is anywhere but where somebody asks for it by name.

Canaries are planted in all that a casebook is given; then everything is done with it, and every way of
failing tried; and what was logged, raised, answered and written is searched.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from tests.canaries.doing import (
    RECORD,
    book_in,
    do,
    erasing,
    everything,
    refusals,
    verbs,
)
from tests.canaries.planted import OPEN, VALUES, WORDS, engine, forms, found_in, needles, text
from tests.canaries.watching import told_by, watching
from tests.fault.apsw_driver import ApswDriver
from tests.fault.power import JOURNALS
from tests.store.books import address
from tests.store.postgres import running

from rupture_protocol import Casebook, RuptureError
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.vault import SecretKey

# Everything that is done ------------------------------------------------------------------------------


def test_nothing_is_told_that_was_given(folder: Path) -> None:
    with watching(folder) as watch:
        with book_in(folder) as book:
            count = everything(watch, book)
        watch.look_at_files("left", folder)
    assert count > 200
    for where in ("log", "error", "repr", "under way journal", "under way .db", "left .db"):
        assert watch.seen[where] > 1_000, where
    assert watch.leaks == {}


def test_nor_in_a_write_ahead_log(folder: Path) -> None:
    store = SqlStore(address(folder / "store"), module=ApswDriver(library=JOURNALS["WAL"]))
    with watching(folder) as watch, Casebook(store, [engine()]) as book:
        do(watch, verbs(book))
        watch.look_at_files("before it is closed", folder)
    assert watch.seen["before it is closed wal"] > 1_000
    assert watch.leaks == {}


def test_nor_by_a_server_and_its_log(folder: Path) -> None:
    says_all = {
        "log_statement": "all",
        "log_min_duration_statement": "0",
        "log_parameter_max_length": "-1",
        "log_parameter_max_length_on_error": "-1",
        "log_error_verbosity": "verbose",
        "log_min_messages": "info",
        "fsync": "off",
    }
    with running(**says_all) as server, watching() as watch:
        with Casebook(server.address(), [engine()], timeout=0.1) as book:
            do(watch, verbs(book))
            do(watch, refusals(book))
            watch.what = "kept"
            for name in tables_of(server):
                watch.look("rows", "\n".join(map(repr, server.execute(f'SELECT t::text FROM "{name}" t'))))
            do(watch, erasing(book))
        [(database,)] = server.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        server.stop()
        watch.look("server's log", (server.folder / "log").read_bytes())
        watch.look_at_files("data", server.folder / "data" / "base" / str(database))
        watch.look_at_files("journal", server.folder / "data" / "pg_wal")
        watch.look_at_files("left", folder)
    assert watch.seen["server's log"] > 10_000
    assert watch.seen["rows"] > 5_000
    assert watch.leaks == {}


def tables_of(server: Any) -> list[str]:
    rows = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return [row[0] for row in rows]


# The controls -----------------------------------------------------------------------------------------


def test_the_search_finds_each_canary_in_each_form() -> None:
    for form, name in needles().items():
        assert name in found_in(b"before" + form + b"after")
    for name, token in WORDS.items():
        for written in (token, f"{{'plan': '{token}'}}", repr(token.encode()), token.encode("utf-16")):
            assert found_in(written) == [name]


def test_what_lies_in_the_open_is_found(folder: Path) -> None:
    with book_in(folder) as book:
        for _, call, expected in (*verbs(book), *erasing(book)):
            if expected is None:
                call()
    data = (folder / "store" / "cases.db").read_bytes()
    for token in OPEN.values():
        assert any(form in data for form in forms(token))


def test_a_store_that_keeps_contents_open_is_caught(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SecretKey, "seal", lambda _self, _seq, _kind, content: content)
    monkeypatch.setattr(SecretKey, "open", lambda _self, _seq, _kind, payload: payload)
    with watching(folder) as watch:
        with book_in(folder) as book:
            do(watch, list(verbs(book))[:6])
        watch.look_at_files("left", folder)
    found = {name for where, names in watch.leaks.items() if "left" in where for name in names}
    assert {"text", "corrected text", "integer", "number", "date", "instant", "occurred", "choice"} <= found
    assert any(where.startswith("under way") for where in watch.leaks)
    assert any(where.startswith("log") for where in watch.leaks)


def test_a_logger_that_prints_what_is_asked_for_is_caught(folder: Path) -> None:
    with watching(folder) as watch:
        logging.getLogger("a.host").debug("recording %s", VALUES)
    assert {"text", "choice", "integer"} <= set(watch.leaks["log, at first"])


def test_a_traceback_that_keeps_its_locals_is_caught(kept: Path) -> None:
    with book_in(kept) as book, pytest.raises(RuptureError) as raised:
        Casebook.record.__wrapped__(book, "nobody", VALUES, **RECORD)  # type: ignore[attr-defined]
    assert {"text", "note of record"} <= set(found_in(told_by(raised.value)))


def test_what_the_caller_was_handling_is_left_alone(kept: Path) -> None:
    def of_the_host(mine: str) -> None:
        raise LookupError(f"{len(mine)}")

    def recover(book: Casebook) -> None:
        try:
            of_the_host(text("text"))
        except LookupError:
            book.record("nobody", VALUES, **RECORD)

    with book_in(kept) as book, pytest.raises(RuptureError) as raised:
        recover(book)
    cause = raised.value.__context__
    assert cause is not None
    frames = [frame for frame, _ in traceback.walk_tb(cause.__traceback__)]
    assert any("mine" in frame.f_locals for frame in frames)
