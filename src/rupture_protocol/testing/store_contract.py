"""What any store of a host's own must do, as tests: subclass it, say how a store is made, and run pytest."""
# ruff: noqa: S101  # asserts are what a test is made of

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import RuptureError
from rupture_protocol.loading import loads
from rupture_protocol.store.casebook import Casebook
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.errors import Conflict, IdempotencyMismatch
from rupture_protocol.store.ports import Store
from rupture_protocol.testing.cases import NOON

_LEE = Actor("lee", "therapist")
_PROTOCOL = """\
format: 1
protocol: store-contract
version: 1.0.0
title: What a store is tested with
facts: {count: integer}
states:
  begun: {initial: true, transitions: {go_on: {to: begun}, end: {to: ended, needs: [count]}}}
  ended: {final: true}
"""
_IDS = ("plain", "with space", "Größe/..\\", "案例 ١٢", "'; --", '"quoted"', "x" * 300)


class StoreContract:
    """The contract of `rupture_protocol.store.ports.Store`.

    Override `make_store`, and `reopen` where data do not lie in `folder`:

        class TestOurStore(StoreContract):
            def make_store(self, folder):
                return OurStore(folder / "cases")
    """

    writers = 8
    """How many threads write at once."""

    def make_store(self, folder: Path) -> Store:
        """An empty store; `folder` is empty too, and there for this test alone."""
        raise NotImplementedError("say how a store is made")

    def reopen(self, store: Store, folder: Path) -> Store:  # noqa: ARG002  # for those that keep nothing there
        """A second store on the same data, as another process would open it."""
        return self.make_store(folder)

    # Entries -----------------------------------------------------------------------------------------

    def test_a_case_that_is_not_there_has_no_entries(self, tmp_path: Path) -> None:
        assert tuple(self.make_store(tmp_path).load("nobody")) == ()

    def test_entries_come_back_as_they_were_and_in_their_order(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        entries = entries_of("c", 12)
        for entry in entries:
            store.append(entry, expected_version=entry.seq - 1)
        assert tuple(store.load("c")) == entries

    def test_another_version_than_expected_is_a_conflict_and_keeps_nothing(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        entries = entries_of("c", 4)
        _refused(store, entries[1], expected=1, actual=0)
        for entry in entries[:2]:
            store.append(entry, expected_version=entry.seq - 1)
        _refused(store, entries[2], expected=1, actual=2)
        _refused(store, entries[3], expected=3, actual=2)
        _refused(store, fresh_entries_of("c", 1)[0], expected=0, actual=2)
        assert tuple(store.load("c")) == entries[:2]

    def test_cases_do_not_mix_and_ids_are_any_text(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        for number in range(2):
            for name in _IDS:
                store.append(entries_of(name, 2)[number], expected_version=number)
        for name in _IDS:
            assert tuple(store.load(name)) == entries_of(name, 2), name

    def test_what_was_appended_is_there_for_whoever_opens_it_next(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        first, second = entries_of("c", 2)
        store.append(first, expected_version=0)
        another = self.reopen(store, tmp_path)
        assert tuple(another.load("c")) == (first,)
        another.append(second, expected_version=1)
        assert tuple(store.load("c")) == (first, second)

    def test_of_several_at_once_one_is_kept(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        rivals = [fresh_entries_of("c", 1)[0] for _ in range(self.writers)]
        kept: list[Entry] = []
        actual: list[int] = []

        def append(entry: Entry) -> None:
            try:
                store.append(entry, expected_version=0)
            except Conflict as conflict:
                actual.append(conflict.actual)
            else:
                kept.append(entry)

        _at_once([partial(append, entry) for entry in rivals])
        assert len(kept) == 1, f"{len(kept)} of {self.writers} were told that theirs was kept"
        assert tuple(store.load("c")) == tuple(kept)
        assert actual == [1] * (self.writers - 1)

    def test_who_reads_while_others_write_sees_what_was_there_at_some_moment(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        entries = entries_of("c", 40)
        read: list[Sequence[Entry]] = []

        def write() -> None:
            for entry in entries:
                store.append(entry, expected_version=entry.seq - 1)

        _at_once([write, *[lambda: read.extend(store.load("c") for _ in range(20))] * 2])
        assert all(tuple(each) == entries[: len(each)] for each in read)

    # A casebook on it --------------------------------------------------------------------------------

    def test_a_casebook_on_it_keeps_a_case(self, tmp_path: Path) -> None:
        store = self.make_store(tmp_path)
        book = Casebook(store, [engine()])
        book.open("c", by=_LEE, at=NOON)
        book.record("c", {"count": 1}, by=_LEE, at=NOON, note="é")
        case = book.take("c", "end", by=_LEE, at=NOON)
        assert Casebook(self.reopen(store, tmp_path), [engine()]).get("c") == case

    def test_a_casebook_on_it_answers_the_same_request_once(self, tmp_path: Path) -> None:
        book = Casebook(self.make_store(tmp_path), [engine()])
        book.open("c", by=_LEE, at=NOON)
        answers: list[Case] = []

        def ask() -> None:
            answers.append(book.record("c", {"count": 1}, by=_LEE, at=NOON, idempotency_key="k"))

        _at_once([ask] * self.writers)
        assert [each.version for each in answers] == [2] * self.writers
        assert book.get("c") == answers[0]
        try:
            book.record("c", {"count": 2}, by=_LEE, at=NOON, idempotency_key="k")
        except IdempotencyMismatch:
            return
        raise AssertionError("another request under the same key was not refused")

    def test_a_casebook_on_it_loses_and_doubles_nothing(self, tmp_path: Path) -> None:
        book = Casebook(self.make_store(tmp_path), [engine()])
        book.open("c", by=_LEE, at=NOON)
        kept: list[int] = []

        def write(number: int) -> None:
            for step in range(5):
                key = f"{number}-{step}"
                try:
                    book.record("c", {"count": number * 5 + step}, by=_LEE, at=NOON, idempotency_key=key)
                except Conflict:
                    continue  # it had no luck, and says so: nothing was kept
                kept.append(number * 5 + step)

        _at_once([partial(write, number) for number in range(self.writers)])
        counts = [event.facts["count"] for event in book.history("c")[1:]]
        assert sorted(map(int, map(str, counts))) == sorted(kept)


# What it is tested with ------------------------------------------------------------------------------


@cache
def engine() -> Engine:
    """An engine of a protocol that lets anybody count."""
    return Engine(loads(_PROTOCOL))


class _Dict:
    """Entries in a dictionary, for one thread."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def load(self, case_id: str) -> tuple[Entry, ...]:  # noqa: ARG002  # of one case only
        return tuple(self.entries)

    def append(self, entry: Entry, *, expected_version: int) -> None:  # noqa: ARG002  # nobody else writes
        self.entries.append(entry)


def fresh_entries_of(case_id: str, count: int) -> tuple[Entry, ...]:
    """Entries of a case, as a casebook makes them; others each time."""
    store = _Dict()
    book = Casebook(store, [engine()])
    book.open(case_id, by=_LEE, at=NOON)
    for number in range(1, count):
        book.record(case_id, {"count": number}, by=_LEE, at=NOON + timedelta(seconds=number))
    return tuple(store.entries)


entries_of = cache(fresh_entries_of)


def _refused(store: Store, entry: Entry, *, expected: int, actual: int) -> None:
    said: int | None = None
    try:
        store.append(entry, expected_version=expected)
    except Conflict as conflict:
        said = conflict.actual
    assert said is not None, f"version {expected} was expected, {actual} is there, and it was kept"
    assert said == actual, f"the conflict says {said}, the case is at {actual}"


def _at_once(tasks: Sequence[Callable[[], object]]) -> None:
    """Runs tasks in threads that begin together, and raises what one of them raises."""
    begin = threading.Barrier(len(tasks))
    raised: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        begin.wait()
        try:
            task()
        except (AssertionError, RuptureError, LookupError, ValueError, OSError, RuntimeError) as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
