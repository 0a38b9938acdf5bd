"""What is due, by when: deadlines read the history, which neither expiry nor forgetting changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from rupture_protocol.engine.calendar import after, end_of, start_of
from rupture_protocol.engine.case import Case, Event
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.fold import fold, opened
from rupture_protocol.engine.options import all_in, facts_of
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
from rupture_protocol.language.conditions import AGAINST_NOW, Compare, Condition, Elapsed
from rupture_protocol.language.facts import Unknown, Value
from rupture_protocol.language.protocol import Deadline, Mark, Protocol


class DeadlineState(StrEnum):
    """How a deadline stands."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met late"
    NOT_APPLICABLE = "not applicable"
    UNDECIDED = "undecided"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """How one deadline stands at a moment.

    `due` is None where it has not started, or where no length is set (as soon as practicable).
    `applies` is what its `when` comes to: `UNDECIDED` means that it may apply.
    """

    deadline: Deadline
    state: DeadlineState
    applies: Truth
    started: datetime | None = None
    due: datetime | None = None
    met: datetime | None = None

    def __repr__(self) -> str:
        # The instants may be the values of facts.
        return f"<Due {self.deadline.name} {self.state}>"


_LIVE = frozenset({DeadlineState.RUNNING, DeadlineState.OVERDUE, DeadlineState.UNDECIDED})


@dataclass(frozen=True, slots=True, repr=False)
class _Moment:
    """When something happened: the instant, and what is counted from (a day, where only a day is known)."""

    instant: datetime
    counted: datetime | date
    seq: int = field(compare=False)


def deadlines_of(case: Case, situation: Situation) -> tuple[Due, ...]:
    """How every deadline of a case's protocol stands, in file order.

    Each start has a deadline of its own. The last one is always listed; an earlier one only while it is still
    to be met, and only if it applied while its start was the last: a risk recorded as `none` on Monday
    does not make Tuesday's `high` overdue.
    """
    past = _Past(case.read or case.history, situation)
    return tuple(
        due for each in situation.protocol.deadlines.values() for due in _dues(each, past, situation)
    )


def steady_until(case: Case, situation: Situation) -> datetime | None:
    """Until when what `deadlines_of` says holds without another event, but for what falls due by itself.

    None: for good. Time alone can let a record expire, or bring a day that was still to come; where a
    condition counts time itself, nothing is promised beyond the moment.
    """
    deadlines = situation.protocol.deadlines.values()
    conditions = [each.when for each in deadlines if each.when is not None]
    if any(_counts_time(each, situation.protocol) for each in conditions):
        return situation.at
    read = {name for each in conditions for name in facts_of(each, situation.protocol)}
    expiring = (situation.facts[name].expires for name in read if name in situation.facts)
    history = case.read or case.history
    coming = (
        moment.instant
        for each in deadlines
        for mark in (each.starts, each.met_by)
        for moment in _moments(mark, history, situation)
    )
    return min(
        (each for each in (*expiring, *coming) if each is not None and each > situation.at), default=None
    )


def _counts_time(condition: Condition, protocol: Protocol) -> bool:
    return any(
        isinstance(each, Elapsed) or (isinstance(each, Compare) and each.operator in AGAINST_NOW)
        for each in all_in(condition, protocol)
    )


def _dues(deadline: Deadline, past: _Past, situation: Situation) -> list[Due]:
    applies = TRUE if deadline.when is None else evaluate(deadline.when, situation).truth
    final = situation.protocol.states[situation.state].final
    starts = list(dict.fromkeys(_moments(deadline.starts, past.history, situation)))
    if not starts:
        return [Due(deadline, _otherwise(applies, DeadlineState.NOT_STARTED), applies)]
    ends = list(_moments(deadline.met_by, past.history, situation))
    dues = [_due(deadline, start, ends, applies, situation, final=final) for start in starts]
    live = [
        due
        for due, later in zip(dues, starts[1:], strict=False)
        if due.state in _LIVE and _applied_before(later, deadline, past)
    ]
    return [*live, dues[-1]]


class _Past:
    """A case's history, and how it stood after each event: put together once, as far as is asked for."""

    def __init__(self, history: tuple[Event, ...], now: Situation) -> None:
        self.history = history
        self._now = now
        self._stood: list[Case] = []

    def before(self, moment: _Moment) -> Situation:
        """How things stood just before something happened."""
        count = moment.seq - 1 if moment.seq else len(self.history)  # 0: it is only supposed, to happen now
        while len(self._stood) < count:
            self._stood.append(self._after(self.history[len(self._stood)]))
        at = self.history[count].at if moment.seq else self._now.at
        case = self._stood[count - 1]
        now = self._now
        return Situation(now.protocol, case.state, case.facts, case.visits, at, now.calendar)

    def _after(self, event: Event) -> Case:
        if not self._stood:
            return opened("", event)
        case = fold(self._now.protocol, self._now.calendar, self._stood[-1], event)
        return replace(case, history=())  # only how it stands is kept


def _applied_before(later: _Moment, deadline: Deadline, past: _Past) -> bool:
    """Whether a deadline applied, or may have, just before a later start."""
    return deadline.when is None or evaluate(deadline.when, past.before(later)).truth is not FALSE


def _due(
    deadline: Deadline,
    start: _Moment,
    ends: list[_Moment],
    applies: Truth,
    situation: Situation,
    *,
    final: bool,
) -> Due:
    due = None if deadline.within is None else after(start.counted, deadline.within, situation.calendar)
    met = min((met for end in ends if (met := _met(start, end, situation))), default=None)
    if met is not None:
        state = DeadlineState.MET if due is None or met <= due else DeadlineState.MET_LATE
    elif final:
        state = DeadlineState.ENDED
    else:
        state = DeadlineState.OVERDUE if due is not None and situation.at > due else DeadlineState.RUNNING
    return Due(deadline, _otherwise(applies, state), applies, start.instant, due, met)


def _met(start: _Moment, end: _Moment, situation: Situation) -> datetime | None:
    """When an end meets a start; None if it lies before it, or is still to come."""
    instant = end.instant
    if not isinstance(end.counted, datetime) and start.instant <= end_of(end.counted, situation.calendar):
        # Of a day no more is known than that it was then: it meets what started on it.
        instant = max(instant, start.instant)
    return instant if start.instant <= instant <= situation.at else None


def _otherwise(applies: Truth, state: DeadlineState) -> DeadlineState:
    """The state of a deadline that applies; one that does not, or may not, says so instead."""
    if applies is TRUE:
        return state
    return DeadlineState.UNDECIDED if applies is UNKNOWN else DeadlineState.NOT_APPLICABLE


def _moments(mark: Mark, history: tuple[Event, ...], situation: Situation) -> Iterator[_Moment]:
    """When what starts or meets a deadline happened, oldest first."""
    if mark.state is not None:
        yield from (
            _Moment(event.occurred, event.occurred, event.seq) for event in history if event.to == mark.state
        )
        return
    name = str(mark.fact)
    wrong = {event.corrects for event in history if name in event.facts}
    for event in history:
        if name in event.facts and event.seq not in wrong:
            yield from _moment(event.facts[name], event.occurred, event.seq, situation)
    record = situation.facts.get(name)
    if record is not None and record.seq == 0:  # only supposed: as if it were recorded now
        yield from _moment(record.value, situation.at, 0, situation)


def _moment(
    value: Value | Unknown | None, occurred: datetime, seq: int, situation: Situation
) -> Iterator[_Moment]:
    """A day counts by its value, an instant too; a boolean when it is true; all else when it occurred."""
    if value is None or value is False or isinstance(value, Unknown):
        return
    if isinstance(value, datetime):
        yield _Moment(value, value, seq)
    elif isinstance(value, date):
        yield _Moment(start_of(value, situation.calendar), value, seq)
    else:
        yield _Moment(occurred, occurred, seq)
