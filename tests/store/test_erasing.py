"""Erasing: what is kept of a client is gone, for everybody, and the chain still verifies."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any, Final

import pytest
from tests.store.books import HOUR, LEE, NOON, SUE, book_at, book_in, small_engine

from rupture_protocol import (
    Actor,
    Casebook,
    CaseErased,
    CaseNotFound,
    Conflict,
    IdempotencyMismatch,
    KeysMissing,
    LegalHold,
    RuptureError,
)

CLERK: Final = Actor("max", "records officer")
SECRET: Final = "a remark that nobody may read"


def filled(book: Casebook) -> None:
    for name in ("a", "b"):
        book.open(name, by=LEE, at=NOON)
        book.record(name, {"risk": "low", "remark": SECRET}, by=LEE, at=NOON, idempotency_key=f"{name} 1")


def erase(book: Casebook, case: str = "a", **more: Any) -> Any:
    return book.erase(case, by=CLERK, at=NOON + HOUR, basis="retention of 10 years is over", **more)


def test_an_erased_case_is_unreadable_and_verifies(where: str) -> None:
    with book_at(where) as book:
        filled(book)
        erasure = erase(book, expected_version=2)
        assert (erasure.case, erasure.seq, erasure.by, erasure.basis) == (
            "a", 3, CLERK, "retention of 10 years is over",
        )  # fmt: skip
        reading: list[Any] = [
            lambda: book.get("a"),
            lambda: book.history("a"),
            lambda: book.decide("a", at=NOON),
            lambda: book.refusals("a"),
            lambda: book.proof("a"),
            lambda: book.record("a", {"risk": "low"}, by=LEE, at=NOON),
            lambda: book.record(
                "a", {"risk": "low", "remark": SECRET}, by=LEE, at=NOON, idempotency_key="a 1"
            ),
            lambda: book.hold("a", reason="too late", by=CLERK, at=NOON),
        ]
        for read in reading:
            with pytest.raises(CaseErased) as gone:
                read()
            assert gone.value.erasure == erasure
        with pytest.raises(Conflict):
            book.open("a", by=LEE, at=NOON)
        assert book.verify() == ()
        assert [each.case for each in book.find()] == ["b"]
        assert {each.case for each in book.due(NOON + 99 * HOUR)} == {"b"}
        assert [each.case for each in book.find(state="aware")] == ["b"]
        assert book.get("b").facts["remark"].value == SECRET


def test_a_subscriber_is_told_and_gets_nothing_of_it(where: str) -> None:
    with book_at(where) as book:
        filled(book)
        book.deliver("ehr", lambda _: None)
        erasure = erase(book)
        had: list[Any] = []
        book.deliver("ehr", had.append)
        assert [(each.case, each.event, each.erased) for each in had] == [("a", None, erasure)]
        all_of_it: list[Any] = []
        book.deliver("new", all_of_it.append)
        assert [each.event is None for each in all_of_it if each.case == "a"] == [True] * 3


def test_what_was_copied_before_cannot_be_read_either(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        shutil.copyfile(tmp_path / "cases.db", tmp_path / "copy.db")
        erase(book)
    with Casebook(tmp_path / "copy.db") as copy:
        with pytest.raises(KeysMissing, match="key of this case"):
            copy.get("a")
        assert copy.get("b").version == 2
        with pytest.raises(KeysMissing, match="key of the lists"):
            copy.find()
        assert [(each.case, each.what.partition(":")[0]) for each in copy.verify()] == [
            (None, "the lists cannot be read"),
            ("a", "it cannot be read"),
        ]
        assert copy.make_lists() == (1, ("a",))
        assert [each.case for each in copy.find(state="aware")] == ["b"]
        assert [each.case for each in copy.verify()] == ["a"]


def test_its_key_is_in_no_file(tmp_path: Path) -> None:
    with Casebook(tmp_path / "cases.db", [small_engine()], keys=tmp_path / "keys") as book:
        filled(book)
        vault = book._vault
        name, other = "case:a", "case:b"
        key, kept = vault.case_key("a").secret, vault.keys.kept  # type: ignore[attr-defined]
        wrapped = kept.get(name)
        assert wrapped is not None
        assert anywhere(tmp_path, wrapped)  # the control: it was in a file
        erase(book)
        assert kept.get(name) is None
        assert kept.get(other) is not None
        assert not anywhere(tmp_path, wrapped)
        assert not anywhere(tmp_path, key)


def anywhere(folder: Path, data: bytes) -> bool:
    return any(data in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_legal_hold_forbids_it(where: str) -> None:
    with book_at(where) as book:
        filled(book)
        book.hold("a", reason="complaint", by=CLERK, at=NOON)
        with pytest.raises(LegalHold):
            erase(book)
        assert book.get("a").held
        book.release("a", reason="settled", by=CLERK, at=NOON)
        erase(book)
        assert book.verify() == ()


def test_erasing_again_changes_nothing_and_finishes_what_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        store: Any = book.store

        def cut_off(case: str) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(type(store.vault), "destroy_key_of", lambda _, case: cut_off(case))
            with pytest.raises(KeyboardInterrupt):
                erase(book)
        with pytest.raises(CaseErased):
            book.get("a")
        assert [each.what for each in book.verify()] == [
            "what a copy of the lists says of an erased case can still be read: erase it again",
            "it was erased, and its key is still there: erase it again",
        ]
        again = erase(book, idempotency_key="k")
        assert again.seq == 3
        assert book.verify() == ()
        assert not store.vault.has_key_of("a")


def test_what_cannot_be_erased_stays(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        filled(book)
        with pytest.raises(CaseNotFound):
            erase(book, "x")
        with pytest.raises(Conflict):
            erase(book, expected_version=7)
        with pytest.raises(IdempotencyMismatch):
            erase(book, idempotency_key="a 1")
        for basis in ("", "  ", "\udcff"):
            with pytest.raises(RuptureError, match="basis"):
                book.erase("a", by=CLERK, at=NOON, basis=basis)
        assert book.get("a").version == 2


def test_refused_attempts_are_kept_beside_the_history_and_go_with_it(where: str) -> None:
    with book_at(where) as book:
        filled(book)
        for _ in range(2):
            with pytest.raises(RuptureError):
                book.take("a", "go_on", by=SUE, at=NOON)
        with pytest.raises(RuptureError):
            book.record("a", {"agrees": True}, by=LEE, at=NOON + HOUR)
        found = book.refusals("a")
        assert [(each.verb, each.about, each.version, each.by) for each in found] == [
            ("take", ("go_on",), 2, SUE),
            ("take", ("go_on",), 2, SUE),
            ("record", ("agrees",), 2, LEE),
        ]
        assert "cannot `go_on`" in found[0].why
        assert (book.get("a").version, book.refusals("b"), book.verify()) == (2, (), ())
        erase(book)
        assert book.verify() == ()


def test_who_writes_while_a_case_is_erased_lists_it_as_all_others(where: str) -> None:
    with book_at(where) as one, book_at(where) as two:
        filled(one)
        erased = threading.Event()

        def erase_in_between(*_: Any) -> None:
            if not erased.is_set():
                erased.set()
                threading.Thread(target=lambda: erase(two)).start()
                time.sleep(0.3)

        store: Any = one.store
        with store.session() as session:
            cls = type(session)
        original = cls.load

        def load(self: Any, case_id: str) -> Any:
            entries = original(self, case_id)
            if case_id == "b":
                erase_in_between()
            return entries

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cls, "load", load)
            one.record("b", {"count": 1}, by=LEE, at=NOON)
        for _ in range(100):
            time.sleep(0.05)
            if not store.vault.has_key_of("a"):
                break
        time.sleep(0.1)
        assert [each.case for each in one.find(state="aware")] == ["b"]
        assert one.verify() == ()
