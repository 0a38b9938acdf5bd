"""What the fault tests ask of a casebook, and what must be true of it afterwards, whatever happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from tests.store.books import KIM, LEE, NOON, SUE

from rupture_protocol import Case, Casebook, CaseNotFound, RuptureError
from rupture_protocol.store.sql import SqlStore

CASES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Request:
    """The `number`th thing that is asked for, under a key of its own."""

    number: int
    case: str
    make: Callable[..., Case]
    arguments: tuple[Any, ...]
    more: Mapping[str, Any]

    def send(self, book: Casebook) -> Case:
        at = NOON + timedelta(minutes=self.number)
        return self.make(
            book, self.case, *self.arguments, at=at, idempotency_key=f"request {self.number}", **self.more
        )


def requests(count: int) -> list[Request]:
    """So many requests in turn to two cases, of every kind, all of which the protocol allows."""
    way: list[tuple[Callable[..., Case], tuple[Any, ...], Mapping[str, Any]]] = [
        (Casebook.open, (), {"by": LEE}),
        (Casebook.record, ({"risk": "low", "remark": "x" * 700},), {"by": LEE}),
        (Casebook.correct, ("risk",), {"to": "none", "reason": "misread", "by": SUE}),
        (Casebook.take, ("acknowledge",), {"by": LEE}),
        (Casebook.record, ({"agrees": True},), {"by": KIM}),
    ]
    way += [(Casebook.record, ({"count": number, "remark": "y" * 300},), {"by": SUE}) for number in range(99)]
    return [Request(n, CASES[n % 2], *way[n // 2]) for n in range(count)]


@dataclass(slots=True)
class Tally:
    """What came of many trials."""

    trials: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    broken: list[str] = field(default_factory=list)
    """What else was wrong: not readable, half there."""

    def __iadd__(self, other: Tally) -> Tally:
        self.trials += other.trials
        self.acknowledged += other.acknowledged
        self.lost += other.lost
        self.doubled += other.doubled
        self.broken += other.broken
        return self

    @property
    def failed(self) -> bool:
        return bool(self.lost or self.doubled or self.broken)


def examine(book: Casebook, told: Sequence[Case], unanswered: Request | None) -> Tally:
    """Whether all that a writer was told is there, once, and anything else wholly or not at all.

    Args:
        told: The answers to the first requests, in their order.
        unanswered: The one after these, which had none. It is sent again, under its key.
    """
    tally = Tally(trials=1, acknowledged=len(told))
    before = {case.id: case for case in told}
    try:
        for name in CASES:
            _compare(book, name, before.get(name), unanswered, tally)
        if unanswered is not None:
            unanswered.send(book)
            expected = 1 + (before[unanswered.case].version if unanswered.case in before else 0)
            kept = book.get(unanswered.case).version
            tally.doubled += max(0, kept - expected)
            tally.lost += max(0, expected - kept)
        tally.broken += inconsistencies(book)
    except RuptureError as error:
        tally.broken.append(f"{type(error).__name__}: {error}")
    return tally


def _compare(book: Casebook, name: str, told: Case | None, unanswered: Request | None, tally: Tally) -> None:
    kept = _history(book, name)
    due = () if told is None else told.history
    same = sum(1 for here, there in zip(kept, due, strict=False) if here == there)
    tally.lost += len(due) - same
    allowed = len(due) + (unanswered is not None and unanswered.case == name)
    tally.doubled += max(0, len(kept) - allowed)


def _history(book: Casebook, name: str) -> Sequence[Any]:
    try:
        return book.history(name)
    except CaseNotFound:
        return ()


def inconsistencies(book: Casebook) -> list[str]:
    """Where the tables do not say the same: something was written by halves."""
    assert isinstance(book.store, SqlStore)
    with book.store.session() as session:
        found = session.connection.execute(_DISAGREEMENTS).all()
        whole = session.connection.execute(_WHOLE).scalars().all()
    return [f"{where}: {case}, {number}" for where, case, number in found] + [
        each for each in whole if each != "ok"
    ]


_EVENTS = "SELECT case_id, seq FROM event"
_SAME = {
    "head": ("SELECT case_id, count(*) FROM event GROUP BY 1", "SELECT case_id, version FROM case_head"),
    "summary": ("SELECT case_id, version FROM case_head", "SELECT case_id, version FROM case_summary"),
    "outbox": (_EVENTS, "SELECT case_id, seq FROM outbox"),
    "idempotency": (_EVENTS, "SELECT case_id, seq FROM idempotency"),
}
"""What must be the same, where every request had a key."""
_WHOLE = text("PRAGMA integrity_check")
_DISAGREEMENTS = text(
    " UNION ALL ".join(
        f"SELECT '{what}', * FROM ({one} EXCEPT {other})"
        for what, pair in _SAME.items()
        for one, other in (pair, pair[::-1])
    )
    + " UNION ALL SELECT 'twice in outbox', case_id, seq FROM outbox GROUP BY 2, 3 HAVING count(*) > 1"
)
