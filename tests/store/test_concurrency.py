"""Several at once on one store: one event for one request, each version once, and nothing read by halves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from tests.store.books import LEE, NOON, SUE, book_at

from rupture_protocol import Case, Casebook, Conflict, IdempotencyMismatch, RuptureError
from rupture_protocol.store.delivering import Delivery
from rupture_protocol.store.sql import SqlStore

T = TypeVar("T")
AT_ONCE = 6


@pytest.fixture
def books(where: str) -> Iterator[list[Casebook]]:
    """Casebooks of one store, as several processes have them."""
    opened = [book_at(where) for _ in range(AT_ONCE)]
    yield opened
    for book in opened:
        book.close()


def at_once(*calls: Callable[[], T]) -> list[T | RuptureError]:
    """What each call returns or refuses; all begin at the same moment."""
    gate = threading.Barrier(len(calls))

    def behind_the_gate(call: Callable[[], T]) -> T | RuptureError:
        gate.wait(30)
        try:
            return call()
        except RuptureError as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result() for each in [threads.submit(behind_the_gate, call) for call in calls]]


def opening(book: Casebook, case: str, key: str | None = None) -> Callable[[], Case]:
    return lambda: book.open(case, by=LEE, at=NOON, idempotency_key=key)


def recording(
    book: Casebook, case: str, count: int, *, key: str | None = None, expected: int | None = None
) -> Callable[[], Case]:
    return lambda: book.record(
        case, {"count": count}, by=SUE, at=NOON, idempotency_key=key, expected_version=expected
    )


def test_a_new_store_is_made_once_by_all_who_come_first(where: str) -> None:
    made = [book for book in at_once(*[lambda: book_at(where)] * AT_ONCE) if isinstance(book, Casebook)]
    assert len(made) == AT_ONCE
    assert len({book.store.id for book in made if isinstance(book.store, SqlStore)}) == 1
    for book in made:
        book.close()


def test_an_id_is_given_to_one_of_those_who_open_it(books: list[Casebook]) -> None:
    answers = at_once(*(opening(book, "c") for book in books))
    conflicts = [each for each in answers if isinstance(each, Conflict)]
    assert len(conflicts) == AT_ONCE - 1
    assert {each.actual for each in conflicts} == {1}
    assert books[0].get("c").version == 1


def test_a_request_that_is_made_several_times_at_once_is_one_event(books: list[Casebook]) -> None:
    answers = at_once(*(opening(book, "c", "a") for book in books))
    assert answers == [books[0].get("c")] * AT_ONCE
    for round_ in range(5):
        answers = at_once(*(recording(book, "c", 7, key=f"k{round_}") for book in books))
        kept = books[0].get("c")
        assert kept.version == 2 + round_
        assert answers == [kept] * AT_ONCE


def test_a_key_that_is_used_for_several_requests_at_once_is_for_one_of_them(books: list[Casebook]) -> None:
    for name in ("a", "b"):
        books[0].open(name, by=LEE, at=NOON)
    calls = [recording(book, "ab"[n % 2], n, key="k") for n, book in enumerate(books)]
    answers = at_once(*calls)
    assert sum(isinstance(each, IdempotencyMismatch) for each in answers) == AT_ONCE - 1
    assert sorted(each.version for each in books[0].find()) == [1, 2]


def test_of_those_who_expect_a_version_one_is_right(books: list[Casebook]) -> None:
    books[0].open("c", by=LEE, at=NOON)
    answers = at_once(*(recording(book, "c", n, expected=1) for n, book in enumerate(books)))
    conflicts = [each for each in answers if isinstance(each, Conflict)]
    assert [each.actual for each in conflicts] == [2] * (AT_ONCE - 1)
    assert books[0].get("c").version == 2


def place_of(delivery: Delivery) -> tuple[int, str, int]:
    assert delivery.event is not None
    return delivery.position, delivery.case, delivery.event.seq


def test_each_of_many_writes_to_one_case_is_kept_and_delivered_in_order(books: list[Casebook]) -> None:
    for name in ("c", "d"):
        books[0].open(name, by=LEE, at=NOON)
    had: list[tuple[int, str, int]] = []
    follower, *writers = books
    stop = threading.Event()

    def follow() -> None:
        while True:
            last = stop.is_set()
            follower.deliver("ehr", lambda each: had.append(place_of(each)))
            if last:
                return

    def write(book: Casebook) -> Callable[[], None]:
        def several() -> None:
            for n in range(10):
                book.record("cd"[n % 2], {"count": n}, by=SUE, at=NOON)

        return several

    following = threading.Thread(target=follow)
    following.start()
    try:
        assert at_once(*(write(book) for book in writers)) == [None] * len(writers)
    finally:
        stop.set()
        following.join(60)
    versions = 1 + 5 * len(writers)
    assert {case: [seq for _, at, seq in had if at == case] for case in "cd"} == {
        case: list(range(1, versions + 1)) for case in "cd"
    }
    assert had == sorted(had)
