"""What a condition comes to: the obvious evaluator, which walks the tree and keeps the whole trace.

It is the meaning of the format. `compile` says the same, faster, without the trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

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


class Reading(NamedTuple):
    """What is known of a fact at a moment: its value (None: not on record), from which record."""

    value: Value | None
    record: Record | None = None
    presumed: bool = False
    expired: bool = False

    def __repr__(self) -> str:
        return f"<Reading {'presumed' if self.presumed else self.record}>"


class Trace(NamedTuple):
    """A condition, what it came to, and how: the traces of its parts, the reading of its fact."""

    condition: Condition
    truth: Truth
    parts: tuple[Trace, ...] = ()
    reading: Reading | None = None

    def __repr__(self) -> str:
        return f"<Trace {type(self.condition).__name__} {self.truth}>"


@dataclass(slots=True, repr=False)
class Situation:
    """All that a condition can depend on: the records and visits of a case, and the moment."""

    protocol: Protocol
    state: str
    facts: Mapping[str, Record]
    visits: Mapping[str, Visit]
    at: datetime
    calendar: Calendar
    _readings: dict[str, Reading] = field(default_factory=dict)
    _named: dict[str, Trace] = field(default_factory=dict)
    _interrupts: dict[str, Trace] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Situation of {self.protocol.id} in {self.state}>"

    def read(self, name: str) -> Reading:
        """What is known of a fact now.

        A presumption holds until the first record; one that was forgotten, withdrawn, has expired or
        said *not known* does not bring it back.
        """
        reading = self._readings.get(name)
        if reading is None:
            reading = self._readings[name] = self._read(name)
        return reading

    def _read(self, name: str) -> Reading:
        record = self.facts.get(name)
        if record is None:
            presumed = self.protocol.facts[name].presume
            return Reading(presumed, presumed=presumed is not None)
        if record.expires is not None and record.expires <= self.at:
            return Reading(None, record, expired=True)
        return Reading(record.value, record)

    def named(self, name: str) -> Trace:
        """The trace of a named condition, walked once for all that refer to it."""
        trace = self._named.get(name)
        if trace is None:
            trace = self._named[name] = evaluate(self.protocol.conditions[name], self)
        return trace

    def interrupt(self, name: str) -> Trace:
        """The trace of an interrupt's condition, walked once for all that it may hold back."""
        trace = self._interrupts.get(name)
        if trace is None:
            trace = self._interrupts[name] = evaluate(self.protocol.interrupts[name].when, self)
        return trace


def evaluate(condition: Condition, situation: Situation) -> Trace:
    """What a condition comes to in a situation, with its whole trace."""
    return _EVALUATORS[type(condition)](condition, situation)


def _all(condition: All, situation: Situation) -> Trace:
    parts = tuple([evaluate(part, situation) for part in condition.parts])
    return Trace(condition, conjunction([part.truth for part in parts]), parts)


def _any(condition: AnyOf, situation: Situation) -> Trace:
    # Kleene's `any` looks at every part: stopping at the first true would lose reasons.
    parts = tuple([evaluate(part, situation) for part in condition.parts])
    return Trace(condition, disjunction([part.truth for part in parts]), parts)


def _not(condition: Not, situation: Situation) -> Trace:
    inner = evaluate(condition.part, situation)
    return Trace(condition, negation(inner.truth), (inner,))


def _name(condition: Named, situation: Situation) -> Trace:
    inner = situation.named(condition.name)
    return Trace(condition, inner.truth if condition.holds else negation(inner.truth), (inner,))


def _not_held_back(condition: NotHeldBack, situation: Situation) -> Trace:
    inner = situation.interrupt(condition.interrupt)
    return Trace(condition, negation(inner.truth), (inner,))


def _on_record(condition: OnRecord, situation: Situation) -> Trace:
    reading = situation.read(condition.fact)
    known = reading.value is not None and not reading.presumed
    return Trace(condition, TRUE if known else UNKNOWN, (), reading)


def _visited(condition: Visited, situation: Situation) -> Trace:
    return Trace(condition, truth_of(condition.state in situation.visits))


def _visits(condition: Visits, situation: Situation) -> Trace:
    visit = situation.visits.get(condition.state)
    count = 0 if visit is None else visit.count
    return Trace(condition, truth_of(in_order(condition.operator, count, condition.values)))


def _elapsed(condition: Elapsed, situation: Situation) -> Trace:
    return Trace(condition, elapsed(condition, situation.visits, situation.at, situation.calendar))


def _compare(condition: Compare, situation: Situation) -> Trace:
    reading = situation.read(condition.fact)
    if reading.value is None:
        return Trace(condition, UNKNOWN, (), reading)
    fact = situation.protocol.facts[condition.fact]
    holds = compare_now(fact, condition, reading.value, situation.at, situation.calendar)
    return Trace(condition, truth_of(holds), (), reading)


_EVALUATORS: dict[type, Callable[[Any, Situation], Trace]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    Named: _name,
    NotHeldBack: _not_held_back,
    OnRecord: _on_record,
    Visited: _visited,
    Visits: _visits,
    Elapsed: _elapsed,
    Compare: _compare,
}


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
