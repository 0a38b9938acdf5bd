"""A history checker: what many workers asked and were answered, held against what is kept and was delivered.

Each request carries a mark of its own as its note; a repeated request has the mark of the first. The order of
events in a case is kept with it, so that a history is linearizable just where every answer fits into it.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from tests.store.books import NOON, SUE, small_engine

from rupture_protocol import AsyncCasebook, Case, Casebook, Conflict, OutcomeUnknown, RuptureError
from rupture_protocol.store.delivering import Delivery

CASES: Final = ("a", "b")
ENGINE: Final = small_engine()


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker asks for; a read has no mark."""

    verb: str
    case: str
    mark: str
    given: tuple[Any, ...]
    more: Mapping[str, Any]
    keyed: bool = False
    expected: int | None = None

    def arguments(self, dice: Random) -> dict[str, Any]:
        """Those of the casebook's verb, with a clock that goes back now and then."""
        if self.verb == "get":
            return {}
        at = NOON + timedelta(microseconds=time.monotonic_ns() // 1000 + dice.randint(-10_000, 10_000))
        key = self.mark if self.keyed else None
        return {
            **self.more,
            "by": SUE,
            "at": at,
            "note": self.mark,
            "expected_version": self.expected,
            "idempotency_key": key,
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One request, when it was asked and answered, and how.

    `version` is that of the case in the answer, or the one that a conflict names. `answer` is the digest of
    the case answered; of a refusal it is empty, and `refusal` is its name.
    """

    request: Request
    began: int
    ended: int
    version: int | None
    answer: str = ""
    refusal: str = ""


class Worker:
    """Asks for one thing after another, at random; it expects the version that it saw last."""

    def __init__(self, number: int, seed: int, rounds: int) -> None:
        self.number = number
        self.rounds = rounds
        self.dice = Random(f"{seed} {number}")
        self.seen = dict.fromkeys(CASES, 0)
        self.keyed: list[Request] = []
        self.calls: list[Call] = []

    def run(self, book: Casebook) -> list[Call]:
        """All its calls, on this thread."""
        for request in self.requests():
            began = time.monotonic_ns()
            try:
                verb = getattr(book, request.verb)
                done: Case | RuptureError = verb(request.case, *request.given, **request.arguments(self.dice))
            except RuptureError as error:
                done = error
            self.note(request, began, done)
        return self.calls

    async def run_async(self, book: AsyncCasebook) -> list[Call]:
        """All its calls, awaited."""
        for request in self.requests():
            began = time.monotonic_ns()
            try:
                verb = getattr(book, request.verb)
                done: Case | RuptureError = await verb(
                    request.case, *request.given, **request.arguments(self.dice)
                )
            except RuptureError as error:
                done = error
            self.note(request, began, done)
        return self.calls

    def note(self, request: Request, began: int, done: Case | RuptureError) -> None:
        """Notes how a call went."""
        ended = time.monotonic_ns()
        if isinstance(done, Case):
            call = Call(request, began, ended, done.version, digest(done))
        else:
            version = done.actual if isinstance(done, Conflict) else None
            call = Call(request, began, ended, version, refusal=type(done).__name__)
        self.calls.append(call)
        if call.version is not None:
            self.seen[request.case] = call.version

    def requests(self) -> Iterator[Request]:
        """What it asks for: the cases are opened by whoever comes first."""
        for case in CASES:
            yield Request("open", case, f"open {case} {self.number}", (), {})
        for number in range(self.rounds):
            request = self._next(number)
            if request.keyed and request not in self.keyed:
                self.keyed.append(request)
            yield request

    def _next(self, number: int) -> Request:
        dice = self.dice
        chance = dice.random()
        case = dice.choice(CASES)
        if chance < 0.15:
            return Request("get", case, "", (), {})
        if chance < 0.3 and self.keyed:
            return dice.choice(self.keyed)
        if chance < 0.5:
            shared = dice.randrange(20)
            facts = {"count": shared}
            return Request("record", CASES[shared % 2], f"shared {shared}", (facts,), {}, keyed=True)
        verb, given, more = dice.choice(
            (
                ("record", ({"count": dice.randint(0, 100)},), {}),
                ("record", ({"risk": dice.choice(["none", "low"])},), {}),
                ("correct", ("count",), {"reason": "misread", "to": dice.randint(0, 100)}),
                ("take", ("talk",), {}),
                ("take", ("acknowledge",), {}) if number > self.rounds // 2 else ("take", ("talk",), {}),
            )
        )
        expected = self.seen[case] if dice.random() < 0.4 else None
        mark = f"{self.number}-{number}"
        return Request(verb, case, mark, given, more, keyed=dice.random() < 0.5, expected=expected)


async def run_all_async(store: str, workers: Sequence[Worker]) -> list[Call]:
    """The calls of workers that share one casebook for asyncio."""
    async with AsyncCasebook(store, [ENGINE], timeout=60) as book:
        done = await asyncio.gather(*(worker.run_async(book) for worker in workers))
    return [call for calls in done for call in calls]


def digest(case: Case) -> str:
    """What a case is, in a line."""
    return hashlib.sha256(ENGINE.dump_case(case).encode()).hexdigest()


@dataclass(slots=True)
class Checker:
    """Everything that is wrong with a history, in words. `kept` has every case that there is at the end."""

    calls: Sequence[Call]
    kept: Mapping[str, Case]
    delivered: Sequence[Delivery]

    def wrong(self) -> list[str]:
        """Empty, where the history is linearizable, exactly once, and was delivered in order."""
        found: list[str] = []
        for case in CASES:
            found += self._of_case(case, [call for call in self.calls if call.request.case == case])
        return found + list(self._delivery())

    def _of_case(self, case: str, calls: list[Call]) -> Iterator[str]:
        history = self.kept[case].history if case in self.kept else ()
        marks = [event.note or "" for event in history]
        acknowledged: dict[str, list[Call]] = defaultdict(list)
        for call in calls:
            if call.answer and call.request.mark:
                acknowledged[call.request.mark].append(call)
        possible = {call.request.mark for call in calls if call.refusal == OutcomeUnknown.__name__}
        yield from self._marks(marks, acknowledged, possible)
        yield from self._answers(case, calls, marks)
        yield from self._expected(acknowledged)
        yield from self._real_time(calls, acknowledged, marks)
        if [event.at for event in history] != sorted(event.at for event in history):
            yield f"{case}: time goes back"

    def _marks(
        self, marks: list[str], acknowledged: Mapping[str, list[Call]], possible: set[str]
    ) -> Iterator[str]:
        for mark in sorted(set(marks)):
            if marks.count(mark) > 1:
                yield f"`{mark}` is kept {marks.count(mark)} times"
            if mark not in acknowledged and mark not in possible:
                yield f"`{mark}` is kept, and nobody was told so"
        for mark, calls in acknowledged.items():
            if mark not in marks:
                yield f"`{mark}` was acknowledged, and is not kept"
            if len({call.answer for call in calls}) > 1:
                yield f"`{mark}` was answered in different ways"

    def _answers(self, case: str, calls: list[Call], marks: list[str]) -> Iterator[str]:
        """Whoever was shown a version of a case was shown what is kept up to there."""
        stood = [
            digest(ENGINE.restore(case, self.kept[case].history[: number + 1]))
            for number in range(len(marks))
        ]
        for call in calls:
            if not call.answer:
                continue
            version = call.version or 0
            if version > len(marks) or stood[version - 1] != call.answer:
                yield f"{case}: an answer at version {version} is not how the case stood"
            elif call.request.mark and marks[version - 1] != call.request.mark:
                yield f"`{call.request.mark}` was told to be version {version}, and another event is"

    def _expected(self, acknowledged: Mapping[str, list[Call]]) -> Iterator[str]:
        for mark, calls in acknowledged.items():
            for call in calls:
                expected = call.request.expected
                if expected is not None and call.version != expected + 1:
                    yield f"`{mark}` expected version {expected}, and became {call.version}"

    def _real_time(
        self, calls: list[Call], acknowledged: Mapping[str, list[Call]], marks: list[str]
    ) -> Iterator[str]:
        """What began after something was seen comes after it, and nobody sees what nobody has begun."""
        ends = sorted((call.ended, call.version) for call in calls if call.version is not None)
        for call in calls:
            if call.version is None or (call.answer and call.request.mark):
                continue
            if call.version < _highest(ends, before=call.began):
                yield f"a `{call.request.verb}` saw version {call.version} after a later one had been seen"
        begins = {mark: min(call.began for call in made) for mark, made in acknowledged.items()}
        for mark, made in acknowledged.items():
            version = made[0].version or 0
            if version <= _highest(ends, before=begins[mark]):
                yield f"`{mark}` became version {version}, which had been seen before it was asked for"
        for call in calls:
            for mark in marks[: call.version or 0]:
                if begins.get(mark, 0) > call.ended:
                    yield f"`{mark}` was seen before it was asked for"

    def _delivery(self) -> Iterator[str]:
        positions = [each.position for each in self.delivered]
        if positions != sorted(set(positions)):
            yield "positions do not rise"
        for case, kept in self.kept.items():
            had = [each.event for each in self.delivered if each.case == case]
            if had != list(kept.history):
                yield f"{case}: what was delivered is not what is kept, once and in its order"


def _highest(ends: list[tuple[int, int]], *, before: int) -> int:
    """The highest version that anybody had been shown before a moment."""
    return max((version for ended, version in ends if ended < before), default=0)
