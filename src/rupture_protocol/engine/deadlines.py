"""What is due, by when: deadlines read the history, which neither expiry nor forgetting changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rupture_protocol.engine.calendar import after, start_of
from rupture_protocol.engine.case import Case, Event
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.truth import TRUE, UNKNOWN, Truth
from rupture_protocol.language.facts import Unknown, Value
from rupture_protocol.language.protocol import Deadline, Mark


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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class _Moment:
    """When something happened: the instant, and what is counted from (a day, where only a day is known)."""

    instant: datetime
    counted: datetime | date


def deadlines_of(case: Case, situation: Situation) -> tuple[Due, ...]:
    """How every deadline of a case's protocol stands, in file order.

    Each start has a deadline of its own: those still unmet are all listed, and the last one in any case.
    """
    return tuple(
        due for each in situation.protocol.deadlines.values() for due in _dues(each, case.history, situation)
    )


def _dues(deadline: Deadline, history: tuple[Event, ...], situation: Situation) -> list[Due]:
    applies = TRUE if deadline.when is None else evaluate(deadline.when, situation).truth
    final = situation.protocol.states[situation.state].final
    starts = list(dict.fromkeys(_moments(deadline.starts, history, situation)))
    if not starts:
        return [Due(deadline, _otherwise(applies, DeadlineState.NOT_STARTED), applies)]
    ends = [moment.instant for moment in _moments(deadline.met_by, history, situation)]
    dues = [_due(deadline, start, ends, applies, situation, final=final) for start in starts]
    return [due for due in dues[:-1] if due.met is None] + dues[-1:]


def _due(
    deadline: Deadline,
    start: _Moment,
    ends: list[datetime],
    applies: Truth,
    situation: Situation,
    *,
    final: bool,
) -> Due:
    due = None if deadline.within is None else after(start.counted, deadline.within, situation.calendar)
    met = min((end for end in ends if start.instant <= end <= situation.at), default=None)
    if met is not None:
        state = DeadlineState.MET if due is None or met <= due else DeadlineState.MET_LATE
    elif final:
        state = DeadlineState.ENDED
    else:
        state = DeadlineState.OVERDUE if due is not None and situation.at > due else DeadlineState.RUNNING
    return Due(deadline, _otherwise(applies, state), applies, start.instant, due, met)


def _otherwise(applies: Truth, state: DeadlineState) -> DeadlineState:
    """The state of a deadline that applies; one that does not, or may not, says so instead."""
    if applies is TRUE:
        return state
    return DeadlineState.UNDECIDED if applies is UNKNOWN else DeadlineState.NOT_APPLICABLE


def _moments(mark: Mark, history: tuple[Event, ...], situation: Situation) -> Iterator[_Moment]:
    """When what starts or meets a deadline happened, oldest first."""
    if mark.state is not None:
        yield from (_Moment(event.occurred, event.occurred) for event in history if event.to == mark.state)
        return
    name = str(mark.fact)
    wrong = {event.corrects for event in history if name in event.facts}
    for event in history:
        if name in event.facts and event.seq not in wrong:
            yield from _moment(event.facts[name], event.occurred, situation)
    record = situation.facts.get(name)
    if record is not None and record.seq == 0:  # only supposed: as if it were recorded now
        yield from _moment(record.value, situation.at, situation)


def _moment(value: Value | Unknown | None, occurred: datetime, situation: Situation) -> Iterator[_Moment]:
    """A day counts by its value, an instant too; a boolean when it is true; all else when it occurred."""
    if value is None or value is False or isinstance(value, Unknown):
        return
    if isinstance(value, datetime):
        yield _Moment(value, value)
    elif isinstance(value, date):
        yield _Moment(start_of(value, situation.calendar), value)
    else:
        yield _Moment(occurred, occurred)
