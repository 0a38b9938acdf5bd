"""Events after their commit: each at least once, those of a case in their order, none lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.store.books import LEE, NOON, SUE, book_at

from rupture_protocol import Casebook
from rupture_protocol.store.delivering import Delivery


@pytest.fixture
def book(where: str) -> Iterator[Casebook]:
    with book_at(where) as opened:
        for name in ("a", "b"):
            opened.open(name, by=LEE, at=NOON)
        opened.record("a", {"risk": "low"}, by=SUE, at=NOON)
        yield opened


def seen(deliveries: tuple[Delivery, ...]) -> list[tuple[str, int]]:
    return [(each.case, each.event.seq) for each in deliveries if each.event is not None]


def test_a_subscriber_gets_every_event_in_the_order_of_commits(book: Casebook) -> None:
    had: list[Delivery] = []
    assert book.deliver("ehr", had.append) == 3
    assert seen(tuple(had)) == [("a", 1), ("b", 1), ("a", 2)]
    assert had[2].event == book.history("a")[1]
    assert book.deliver("ehr", had.append) == 0


def test_what_is_not_done_comes_again(book: Casebook) -> None:
    first = book.pending("ehr")
    assert book.pending("ehr") == first
    book.done("ehr", first[0])
    assert book.pending("ehr") == first[1:]


def test_a_handler_that_fails_gets_the_same_event_first_the_next_time(book: Casebook) -> None:
    had: list[Delivery] = []

    def fail_at_the_second(delivery: Delivery) -> None:
        had.append(delivery)
        if len(had) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        book.deliver("ehr", fail_at_the_second)
    book.deliver("ehr", had.append)
    assert seen(tuple(had)) == [("a", 1), ("b", 1), ("b", 1), ("a", 2)]


def test_subscribers_do_not_wait_for_one_another(book: Casebook) -> None:
    assert book.deliver("ehr", lambda _: None) == 3
    assert len(book.pending("dashboard")) == 3


def test_a_subscriber_may_begin_with_what_is_to_come(book: Casebook) -> None:
    book.subscribe("late", from_now=True)
    assert book.pending("late") == ()
    book.record("b", {"risk": "low"}, by=SUE, at=NOON)
    assert seen(book.pending("late")) == [("b", 2)]
    book.subscribe("late", from_now=True)
    assert seen(book.pending("late")) == [("b", 2)]


def test_a_cursor_never_goes_back(book: Casebook) -> None:
    first, second, third = book.pending("ehr")
    book.done("ehr", second)
    book.done("ehr", first)
    assert book.pending("ehr") == (third,)


def test_what_was_undone_is_never_delivered(book: Casebook) -> None:
    before = book.pending("ehr")
    with pytest.raises(Exception, match="`agrees`"):
        book.record("a", {"agrees": True}, by=LEE, at=NOON)
    assert book.pending("ehr") == before
