"""The casebook: the engine's verbs by case id, kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.books import HOUR, KIM, LEE, NOON, SUE, TEXT, book_at, small_engine

from rupture_protocol import (
    UNKNOWN,
    Actor,
    Casebook,
    CaseNotFound,
    Conflict,
    Engine,
    IdempotencyMismatch,
    RecordRefused,
    TransitionRefused,
    UnknownName,
    loads,
)
from rupture_protocol.engine.case import EventKind


@pytest.fixture
def book(where: str) -> Iterator[Casebook]:
    with book_at(where) as opened:
        yield opened


def test_every_verb_is_the_engines_and_is_kept(book: Casebook, where: str) -> None:
    engine = small_engine()
    book.open("c", by=LEE, at=NOON, note="opened")
    book.record("c", {"risk": "low", "remark": "é"}, by=LEE, at=NOON, occurred=NOON - HOUR)
    book.correct("c", "risk", reason="misread", to="none", by=SUE, at=NOON)
    book.record("c", {"agrees": UNKNOWN}, by=KIM, at=NOON)
    book.take("c", "acknowledge", by=LEE, at=NOON)
    kept = book.override("c", "go_on", reason="client_preference", by=SUE, at=NOON + HOUR)

    case = engine.open("c", by=LEE, at=NOON, note="opened")
    case = engine.record(case, {"risk": "low", "remark": "é"}, by=LEE, at=NOON, occurred=NOON - HOUR)
    case = engine.correct(case, "risk", reason="misread", to="none", by=SUE, at=NOON)
    case = engine.record(case, {"agrees": UNKNOWN}, by=KIM, at=NOON)
    case = engine.take(case, "acknowledge", by=LEE, at=NOON)
    case = engine.override(case, "go_on", reason="client_preference", by=SUE, at=NOON + HOUR)

    assert kept == case
    assert book.get("c") == case
    assert book.history("c") == case.history
    with book_at(where) as another:
        assert another.get("c") == case


def test_a_refusal_keeps_nothing(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON)
    with pytest.raises(RecordRefused):
        book.record("c", {"agrees": True}, by=LEE, at=NOON)
    with pytest.raises(TransitionRefused):
        book.take("c", "acknowledge", by=LEE, at=NOON)
    assert book.get("c").version == 1


def test_who_took_a_step_is_remembered_from_process_to_process(where: str) -> None:
    with book_at(where) as book:
        book.open("c", by=SUE, at=NOON)
        book.record("c", {"risk": "none"}, by=SUE, at=NOON)
        book.take("c", "acknowledge", by=SUE, at=NOON)
        book.record("c", {"agrees": True}, by=KIM, at=NOON)
    with (
        book_at(where) as book,
        pytest.raises(TransitionRefused, match="acknowledge"),
    ):
        book.take("c", "go_on", by=SUE, at=NOON)


def test_a_case_that_is_not_kept_is_not_found(book: Casebook) -> None:
    asking: tuple[Callable[[], object], ...] = (
        lambda: book.get("x"),
        lambda: book.decide("x", at=NOON),
        lambda: book.record("x", {"risk": "low"}, by=LEE, at=NOON),
    )
    for ask in asking:
        with pytest.raises(CaseNotFound) as found:
            ask()
        assert found.value.case == "x"


def test_an_id_is_given_once(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON)
    book.record("c", {"risk": "low"}, by=LEE, at=NOON)
    with pytest.raises(Conflict) as conflict:
        book.open("c", by=SUE, at=NOON)
    assert conflict.value.actual == 2
    assert book.get("c").version == 2


def test_an_expected_version_that_is_not_the_one_is_a_conflict(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON, expected_version=0)
    book.record("c", {"risk": "low"}, by=LEE, at=NOON, expected_version=1)
    with pytest.raises(Conflict) as conflict:
        book.record("c", {"risk": "high"}, by=SUE, at=NOON, expected_version=1)
    assert (conflict.value.actual, conflict.value.expected) == (2, 1)
    assert book.get("c").version == 2


def test_the_same_request_under_the_same_key_is_answered_as_it_was(book: Casebook) -> None:
    first = book.open("c", by=LEE, at=NOON, idempotency_key="a")
    low = book.record("c", {"risk": "low"}, by=LEE, at=NOON, idempotency_key="b")
    book.record("c", {"risk": "high"}, by=LEE, at=NOON)

    assert book.open("c", by=LEE, at=NOON + HOUR, idempotency_key="a") == first
    assert book.record("c", {"risk": "low"}, by=LEE, at=NOON + HOUR, idempotency_key="b") == low
    assert book.record("c", {"risk": "low"}, by=LEE, at=NOON, expected_version=1, idempotency_key="b") == low
    assert book.get("c").version == 3


def test_a_key_is_not_for_another_request(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON, idempotency_key="a")
    book.open("d", by=LEE, at=NOON)
    book.record("c", {"risk": "low"}, by=LEE, at=NOON, idempotency_key="b")
    others: tuple[Callable[[], object], ...] = (
        lambda: book.record("c", {"risk": "high"}, by=LEE, at=NOON, idempotency_key="b"),
        lambda: book.record("c", {"risk": "low"}, by=SUE, at=NOON, idempotency_key="b"),
        lambda: book.record("d", {"risk": "low"}, by=LEE, at=NOON, idempotency_key="b"),
        lambda: book.record("c", {"risk": "low"}, by=LEE, at=NOON, note="n", idempotency_key="b"),
        lambda: book.take("c", "talk", by=LEE, at=NOON, idempotency_key="b"),
        lambda: book.open("e", by=LEE, at=NOON, idempotency_key="a"),
    )
    for other in others:
        with pytest.raises(IdempotencyMismatch):
            other()
    assert [each.version for each in book.find()] == [2, 1]


def test_a_refused_request_may_be_made_again_under_its_key(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON)
    with pytest.raises(TransitionRefused):
        book.take("c", "acknowledge", by=LEE, at=NOON, idempotency_key="k")
    book.record("c", {"risk": "none"}, by=LEE, at=NOON)
    assert book.take("c", "acknowledge", by=LEE, at=NOON, idempotency_key="k").state == "acknowledged"


def test_time_goes_forward_in_a_case_even_where_a_clock_does_not(book: Casebook) -> None:
    book.open("c", by=LEE, at=NOON)
    book.record("c", {"risk": "none"}, by=LEE, at=NOON)
    case = book.record("c", {"risk": "high"}, by=SUE, at=NOON - HOUR)
    assert case.history[-1].at == NOON
    assert case.facts["risk"].value == "high"  # what is seen last stands, whatever the clock says


def test_a_case_goes_on_under_the_protocol_it_was_opened_with_when_its_file_is_gone(where: str) -> None:
    with book_at(where) as book:
        book.open("c", by=LEE, at=NOON)
    newer = Engine(loads(TEXT.replace("version: 1.0.0", "version: 2.0.0")))
    with book_at(where, newer) as book:
        case = book.record("c", {"risk": "none"}, by=LEE, at=NOON)
        assert case.protocol.version == "1.0.0"
        assert book.open("d", by=LEE, at=NOON).protocol.version == "2.0.0"


def test_a_case_under_an_extension_is_read_without_the_files(where: str, tmp_path: Path) -> None:
    folder = tmp_path / "protocols"
    folder.mkdir()
    (folder / "small.yaml").write_text(TEXT)
    (folder / "clinic.yaml").write_text(
        "format: 1\nprotocol: clinic\nversion: 1.0.0\nextends: {file: small.yaml}\n"
        "states: {aware: {transitions: {acknowledge: {needs: [remark]}}}}\n"
    )
    from rupture_protocol import load

    with book_at(where, Engine(load(folder / "clinic.yaml"))) as book:
        book.open("c", by=LEE, at=NOON)
    for file in folder.iterdir():
        file.unlink()
    with Casebook(where) as book:
        assert book.decide("c", at=NOON)["acknowledge"].missing == (("risk", "remark"),)


def test_a_case_is_migrated_by_an_event_of_its_own(where: str) -> None:
    newer = Engine(loads(TEXT.replace("version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2"}]')))
    with book_at(where) as book:
        book.open("c", by=LEE, at=NOON)
        case = book.migrate("c", to=newer, by=LEE, at=NOON, occurred=NOON - HOUR)
        assert case.history[-1].kind is EventKind.MIGRATED
    with Casebook(where) as book:
        assert book.get("c") == case
        assert book.record("c", {"risk": "low"}, by=LEE, at=NOON).protocol.version == "2.0.0"


def test_several_protocols_are_told_apart_by_name(where: str) -> None:
    other = Engine(loads(TEXT.replace("protocol: small", "protocol: other")))
    with book_at(where, small_engine(), other) as book:
        with pytest.raises(UnknownName, match="none is named"):
            book.open("c", by=LEE, at=NOON)
        with pytest.raises(UnknownName, match="`othr`"):
            book.open("c", protocol="othr", by=LEE, at=NOON)
        assert book.open("c", protocol="other", by=LEE, at=NOON).protocol.id == "other"
        assert [each.case for each in book.find(protocol="other")] == ["c"]


def test_find_lists_cases_by_what_is_asked(book: Casebook) -> None:
    for name in ("b", "a"):
        book.open(name, by=LEE, at=NOON)
    book.record("a", {"risk": "none"}, by=SUE, at=NOON)
    book.take("a", "acknowledge", by=SUE, at=NOON)
    book.take("b", "hold", by=LEE, at=NOON)

    assert [each.case for each in book.find()] == ["a", "b"]
    assert [each.case for each in book.find(state="acknowledged")] == ["a"]
    assert [each.case for each in book.find(actor="sue")] == ["a"]
    assert book.find(actor="sue", state="held") == ()
    assert [each.case for each in book.find(overdue=NOON + timedelta(days=3))] == ["a"]
    line = book.find(state="held")[0]
    assert (line.precautions, line.overrides, line.ended, line.version) == (1, 0, False, 2)


def test_due_says_what_each_case_says_of_itself_at_any_moment(book: Casebook) -> None:
    book.open("a", by=LEE, at=NOON)
    book.record("a", {"risk": "low"}, by=SUE, at=NOON)
    book.open("b", by=LEE, at=NOON)
    book.record("b", {"risk": "none"}, by=SUE, at=NOON)
    book.take("b", "acknowledge", by=SUE, at=NOON)
    for hours in (0, 0.5, 1, 1.5, 23, 24, 25, 47, 48, 49, 100):
        at = NOON + hours * HOUR
        expected = {
            (name, due.deadline.name, due.due)
            for name in ("a", "b")
            for due in book.decide(name, at=at).deadlines
            if due.state in ("running", "overdue", "undecided") and due.due is not None and due.due <= at
        }
        assert {(each.case, each.deadline, each.due) for each in book.due(at)} == expected, hours


def test_an_actor_needs_a_role_of_the_protocol(book: Casebook) -> None:
    with pytest.raises(UnknownName):
        book.open("c", by=Actor("lee", "visitor"), at=NOON)
    assert book.find() == ()
