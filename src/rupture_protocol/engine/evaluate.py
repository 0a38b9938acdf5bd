"""What a condition comes to: the obvious evaluator, which walks the tree and keeps the whole trace.

It is the meaning of the format. `compile` says the same, faster, without the trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import Record, Visit
from rupture_protocol.engine.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    conjunction,
    disjunction,
    negation,
    truth_of,
)
from rupture_protocol.language.comparing import compare, in_order
from rupture_protocol.language.conditions import (
    AGAINST_NOW,
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import Fact, Value
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.quantities import Duration


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a fact at a moment: its value (None: not on record), from which record."""

    value: Value | None
    record: Record | None = None
    presumed: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """A condition, what it came to, and how: the traces of its parts, the reading of its fact."""

    condition: Condition
    truth: Truth
    parts: tuple[Trace, ...] = ()
    reading: Reading | None = None


@dataclass(slots=True)
class Situation:
    """All that a condition can depend on: the records and visits of a case, and the moment."""

    protocol: Protocol
    state: str
    facts: Mapping[str, Record]
    visits: Mapping[str, Visit]
    at: datetime
    calendar: Calendar
    _shared: dict[tuple[str, str], Trace] = field(default_factory=dict)

    def read(self, name: str) -> Reading:
        """What is known of a fact now.

        A presumption holds until the first record; one that was forgotten, withdrawn, has expired or
        said *not known* does not bring it back.
        """
        record = self.facts.get(name)
        if record is None:
            presumed = self.protocol.facts[name].presume
            return Reading(presumed, presumed=presumed is not None)
        if record.expires is not None and record.expires <= self.at:
            return Reading(None, record, expired=record.value is not None)
        return Reading(record.value, record)

    def shared(self, kind: str, name: str, condition: Condition) -> Trace:
        """The trace of a condition that many others refer to, walked once."""
        key = (kind, name)
        if key not in self._shared:
            self._shared[key] = evaluate(condition, self)
        return self._shared[key]


def evaluate(condition: Condition, situation: Situation) -> Trace:
    """What a condition comes to in a situation, with its whole trace."""
    match condition:
        case All():
            parts = tuple(evaluate(part, situation) for part in condition.parts)
            return Trace(condition, conjunction(part.truth for part in parts), parts)
        case AnyOf():
            # Kleene's `any` looks at every part: stopping at the first true would lose reasons.
            parts = tuple(evaluate(part, situation) for part in condition.parts)
            return Trace(condition, disjunction(part.truth for part in parts), parts)
        case Not():
            inner = evaluate(condition.part, situation)
            return Trace(condition, negation(inner.truth), (inner,))
        case Named():
            inner = situation.shared(
                "condition", condition.name, situation.protocol.conditions[condition.name]
            )
            return Trace(condition, inner.truth if condition.holds else negation(inner.truth), (inner,))
        case NotHeldBack():
            interrupt = situation.protocol.interrupts[condition.interrupt]
            inner = situation.shared("interrupt", condition.interrupt, interrupt.when)
            return Trace(condition, negation(inner.truth), (inner,))
        case Compare():
            return _compare(condition, situation)
        case OnRecord():
            reading = situation.read(condition.fact)
            known = reading.value is not None and not reading.presumed
            return Trace(condition, TRUE if known else UNKNOWN, reading=reading)
        case Visited():
            return Trace(condition, truth_of(all(state in situation.visits for state in condition.states)))
        case Visits():
            visit = situation.visits.get(condition.state)
            count = 0 if visit is None else visit.count
            return Trace(condition, truth_of(in_order(condition.operator, count, condition.values)))
        case Elapsed():
            return Trace(condition, elapsed(condition, situation.visits, situation.at, situation.calendar))


def _compare(condition: Compare, situation: Situation) -> Trace:
    reading = situation.read(condition.fact)
    if reading.value is None:
        return Trace(condition, UNKNOWN, reading=reading)
    fact = situation.protocol.facts[condition.fact]
    holds = compare_now(fact, condition, reading.value, situation.at, situation.calendar)
    return Trace(condition, truth_of(holds), reading=reading)


def compare_now(fact: Fact, condition: Compare, value: Any, at: datetime, calendar: Calendar) -> bool:
    """Whether a known value compares so, at a moment."""
    if condition.operator not in AGAINST_NOW:
        return compare(fact, condition.operator, value, condition.values)
    length: Any = condition.values[0]
    if condition.operator is Operator.WITHIN:
        return within(value, length, at, calendar)
    return older_than(value, length, at, calendar)


def within(value: datetime | date, length: Duration, at: datetime, calendar: Calendar) -> bool:
    """Whether a day or an instant lies no longer back than that; what is still to come does not."""
    return _has_come(value, at, calendar) and not older_than(value, length, at, calendar)


def older_than(value: datetime | date, length: Duration, at: datetime, calendar: Calendar) -> bool:
    """Whether a day or an instant lies longer back than that."""
    return after(value, length, calendar) < at


def _has_come(value: datetime | date, at: datetime, calendar: Calendar) -> bool:
    if isinstance(value, datetime):
        return value <= at
    return value <= at.astimezone(calendar.zone).date()


def elapsed(condition: Elapsed, visits: Mapping[str, Visit], at: datetime, calendar: Calendar) -> Truth:
    """Whether so much time has passed since a state was last entered.

    False for one never entered; not known where a case is imagined without times.
    """
    visit = visits.get(condition.since)
    if visit is None:
        return FALSE
    if visit.last is None:
        return UNKNOWN
    limits = tuple(after(visit.last, length, calendar) for length in condition.values)
    return truth_of(in_order(condition.operator, at, limits))
