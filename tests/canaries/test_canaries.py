"""No value of a fact, no note and no reason is anywhere but where somebody asks for it by name.

Canaries are planted in all that a casebook is given; then everything is done with it, and every way of
failing tried; and what was logged, raised, answered and written is searched.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
from tests.canaries.doing import CASE, SUE, Act, erasing, garbage, reading, refusals, verbs
from tests.canaries.planted import OPEN, VALUES, WORDS, engine, forms, found_in, needles, text
from tests.canaries.watching import Watch, told_by, watching
from tests.fault.apsw_driver import ApswDriver
from tests.fault.failing import NAME, Failing, broken, full
from tests.fault.power import JOURNALS
from tests.store.books import NOON, address
from tests.store.postgres import running

from rupture_protocol import Actor, Casebook, Engine, RuptureError, load
from rupture_protocol.engine.case import Case
from rupture_protocol.scenarios.running import run
from rupture_protocol.store import errors
from rupture_protocol.store.sql import SqlStore
from rupture_protocol.store.vault import SecretKey
from rupture_protocol.testing.files import find_suites, load_scenarios

RECORD: dict[str, Any] = {"by": SUE, "at": NOON, "note": text("note of record")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which all is: the store, its keys, and whatever is written for a while."""
    for name in ("store", "keys", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


def book_in(folder: Path) -> Casebook:
    return Casebook(address(folder / "store"), [engine()], timeout=0.1)


def do(watch: Watch, acts: Iterable[Act]) -> int:
    """Does all of it, and makes sure that what is to fail fails."""
    count = 0
    for what, call, expected in acts:
        error = watch.attempt(what, call)
        assert (error is None) if expected is None else isinstance(error, expected), (what, repr(error))
        count += 1
    return count


def everything(watch: Watch, book: Casebook) -> int:
    count = do(watch, verbs(book)) + do(watch, refusals(book)) + do(watch, garbage(book))
    return count + do(watch, reading(book)) + do(watch, erasing(book))


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


# Everything that goes wrong ---------------------------------------------------------------------------


@pytest.fixture
def kept(folder: Path) -> Path:
    """A folder with a store in which a case is kept."""
    with book_in(folder) as book:
        for _, call, _ in list(verbs(book))[:5]:
            call()
    return folder


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
        "UPDATE deadline SET span = x'00'",
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


# The scenarios of the shipped protocol ----------------------------------------------------------------


class Kept(Engine):
    """An engine that writes to a casebook, with canaries in every note and every text."""

    def __init__(self, book: Casebook, protocol: Any) -> None:
        super().__init__(protocol)
        self.book = book
        self.count = 0
        self.latest: dict[str, int] = {}

    def open(self, case_id: str, *, by: Actor, at: Any, **_: Any) -> Case:
        self.count += 1
        return self._seen(self.book.open(f"case-{self.count}", by=by, at=at, note=text("note of open")))

    def record(self, case: Case, facts: Any, **asked: Any) -> Case:
        planted = {
            name: text("text") if isinstance(value, str) and self._is_text(name) else value
            for name, value in facts.items()
        }
        return self._write("record", case, planted, asked)

    def correct(self, case: Case, fact: str, **asked: Any) -> Case:
        asked["reason"] = text("reason of correct")
        return self._write("correct", case, fact, asked)

    def take(self, case: Case, trigger: str, **asked: Any) -> Case:
        return self._write("take", case, trigger, asked)

    def override(self, case: Case, trigger: str, **asked: Any) -> Case:
        return self._write("override", case, trigger, asked)

    def _is_text(self, name: str) -> bool:
        return self.protocol.facts[name].type == "text"

    def _write(self, verb: str, case: Case, what: Any, asked: dict[str, Any]) -> Case:
        asked["note"] = text(f"note of {verb}")
        if case.imagined:
            return getattr(super(), verb)(case, what, **asked)  # type: ignore[no-any-return]
        if self.latest[case.id] != case.version:  # several scenarios go on from the same one
            self.count += 1
            case = self.book.add(self.book.engine(case.protocol).replay(f"case-{self.count}", case.history))
        return self._seen(getattr(self.book, verb)(case.id, what, **asked))

    def _seen(self, case: Case) -> Case:
        self.latest[case.id] = case.version
        return case


def test_nor_by_any_scenario_of_the_standard(folder: Path) -> None:
    protocol = load("standard")
    suites = [load_scenarios(file) for file in find_suites("standard")]
    with watching() as watch, Casebook(address(folder / "store"), [Engine(protocol)]) as book:
        logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # seen above, with every statement
        logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
        kept = Kept(book, protocol)
        results = [result for suite in suites for result in run(kept, suite.scenarios)]
        watch.look("repr", "\n".join(f"{result!r} {result.differences!r}" for result in results))
        watch.look_at_files("left", folder)
        assert found_in(str(book.history("case-1")[0].note)) == ["note of open"]
    assert len(results) > 100
    assert all(result.passed for result in results)
    assert watch.leaks == {}


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
