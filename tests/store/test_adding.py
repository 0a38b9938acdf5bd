"""A case that was made elsewhere is kept as it is, all of it or nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.books import HOUR, KIM, LEE, NOON, SUE, TEXT, book_in, small_engine

from rupture_protocol import (
    Casebook,
    Conflict,
    Engine,
    IdempotencyMismatch,
    InvalidCase,
    ProtocolNotFound,
    StoreError,
    ValueRefused,
    loads,
)
from rupture_protocol.engine.case import Case

ENGINE = small_engine()


def made(name: str = "c") -> Case:
    case = ENGINE.open(name, by=LEE, at=NOON)
    case = ENGINE.record(case, {"risk": "none"}, by=LEE, at=NOON + HOUR, occurred=NOON)
    return ENGINE.take(case, "acknowledge", by=SUE, at=NOON + 2 * HOUR, note="é")


@pytest.mark.parametrize("form", ["case", "text", "bytes", "mapping"])
def test_a_case_is_kept_with_its_own_times(tmp_path: Path, form: str) -> None:
    case, text = made(), ENGINE.dump_case(made())
    given = {"case": case, "text": text, "bytes": text.encode(), "mapping": json.loads(text)}[form]
    with book_in(tmp_path, ENGINE) as book:
        assert book.add(given) == case
        assert book.get("c") == case
        assert book.verify() == ()
        late = NOON + timedelta(days=3)
        assert "tell" in [each.deadline for each in book.due(late)]
        assert [each.case for each in book.find(overdue=late)] == ["c"]
        assert tuple(each.event for each in book.pending("ehr")) == case.history
        assert book.record("c", {"agrees": True}, by=KIM, at=NOON + 3 * HOUR).version == 4


def test_an_id_that_is_kept_is_a_conflict(tmp_path: Path) -> None:
    with book_in(tmp_path, ENGINE) as book:
        book.open("c", by=LEE, at=NOON)
        with pytest.raises(Conflict) as conflict:
            book.add(made())
        assert (conflict.value.actual, book.get("c").version) == (1, 1)


def test_the_same_case_under_the_same_key_is_added_once(tmp_path: Path) -> None:
    with book_in(tmp_path, ENGINE) as book:
        first = book.add(made(), idempotency_key="k")
        book.record("c", {"agrees": True}, by=KIM, at=NOON + 3 * HOUR)
        assert book.add(made(), idempotency_key="k") == first
        with pytest.raises(IdempotencyMismatch):
            book.add(made("d"), idempotency_key="k")
        assert [each.version for each in book.find()] == [4]


def test_what_could_not_have_happened_is_refused_and_nothing_of_it_kept(tmp_path: Path) -> None:
    written = json.loads(ENGINE.dump_case(made()))
    written["history"][2]["by"] = {"id": "kim", "role": "client"}
    with book_in(tmp_path, ENGINE) as book:
        for wrong in (written, "[]", "{}", "x", {**written, "history": [7]}, {**written, "protocol": []}):
            with pytest.raises(InvalidCase):
                book.add(wrong)
        assert book.find() == ()
        assert book.pending("ehr") == ()


def test_a_case_that_stops_halfway_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rupture_protocol.store.sql import SqlSession

    append = SqlSession.append

    def failing(self: SqlSession, entry: object, *, expected_version: int) -> None:
        if expected_version == 2:
            raise OSError("no power")
        append(self, entry, expected_version=expected_version)  # type: ignore[arg-type]

    with book_in(tmp_path, ENGINE) as book:
        monkeypatch.setattr(SqlSession, "append", failing)
        with pytest.raises(OSError, match="no power"):
            book.add(made())
        monkeypatch.setattr(SqlSession, "append", append)
        assert book.find() == ()
        assert book.add(made()).version == 3


def test_a_migrated_case_needs_all_its_protocols_and_finds_those_that_were_kept(tmp_path: Path) -> None:
    newer = Engine(loads(TEXT.replace("version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2"}]')))
    case = ENGINE.migrate(made(), to=newer, by=LEE, at=NOON + 3 * HOUR)
    with book_in(tmp_path, newer) as book, pytest.raises(ProtocolNotFound):
        book.add(case)
    with book_in(tmp_path, ENGINE) as book:
        book.open("other", by=LEE, at=NOON)
    with book_in(tmp_path, newer) as book:
        assert book.add(case) == case
        assert book.verify() == ()


def test_a_hosts_own_store_is_not_added_to_in_one_piece() -> None:
    class Own:
        def load(self, case_id: str) -> tuple[()]:
            return ()

        def append(self, entry: object, *, expected_version: int) -> None:
            raise AssertionError("nothing is to be written")

    with pytest.raises(StoreError):
        Casebook(Own(), [ENGINE]).add(made())


def test_a_text_that_cannot_be_stored_is_refused_in_words_that_do_not_repeat_it(tmp_path: Path) -> None:
    with book_in(tmp_path, ENGINE) as book:
        book.open("c", by=LEE, at=NOON)
        with pytest.raises(ValueRefused) as refused:
            book.record("c", {"remark": "canary\udcff"}, by=LEE, at=NOON)
        assert "canary" not in str(refused.value)
        with pytest.raises(StoreError):
            book.find(actor="\udcff")
