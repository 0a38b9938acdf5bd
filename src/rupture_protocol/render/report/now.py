"""Where a case stands: what is open, blocked and undecided, what is on record, what to ask, what is due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.engine.case import Record, Standing
from rupture_protocol.engine.deadlines import DeadlineState, Due
from rupture_protocol.engine.decision import Decision, Option
from rupture_protocol.engine.options import Verdict
from rupture_protocol.render.marks import SIGNS, VERDICTS
from rupture_protocol.render.report.reasons import Line, why
from rupture_protocol.render.report.telling import LEFT_OUT, Telling

_WORDS = {Verdict.OPEN: "Open", Verdict.UNDECIDED: "Undecided", Verdict.BLOCKED: "Blocked"}
_UNSEEN = frozenset({DeadlineState.NOT_STARTED, DeadlineState.NOT_APPLICABLE})
MOST_QUESTIONS = 8
LATE = frozenset({DeadlineState.OVERDUE, DeadlineState.MET_LATE})


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """One way out of where the case stands."""

    title: str
    to: str
    look: str
    sign: str
    verdict: str
    interrupt: bool
    precaution: bool
    who: str
    because: tuple[Line, ...]


@dataclass(frozen=True, slots=True, repr=False)
class OnRecord:
    """One fact as it is on record now."""

    title: str
    value: str
    who: str
    when: str
    seq: int


@dataclass(frozen=True, slots=True, repr=False)
class Deadline:
    """One deadline, as it stands."""

    title: str
    look: str
    stands: str
    started: str
    due: str
    met: str
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """Something that nobody has answered yet."""

    question: str
    who: str


def ways(decision: Decision, telling: Telling) -> Iterator[Way]:
    """Every way out, in the order in which they are offered; without interrupts that nothing calls for."""
    for option in decision.options:
        if not (option.interrupt and option.verdict is Verdict.BLOCKED):
            yield _way(option, telling)


def not_called_for(decision: Decision) -> tuple[str, ...]:
    """The interrupts that are blocked: nothing calls for them, or a more urgent one comes first."""
    return tuple(
        option.title or option.trigger
        for option in decision.options
        if option.interrupt and option.verdict is Verdict.BLOCKED
    )


def _way(option: Option, telling: Telling) -> Way:
    look = VERDICTS[option.verdict]
    return Way(
        option.title or option.trigger,
        telling.state(option.to),
        look.value,
        SIGNS[look],
        _WORDS[option.verdict],
        option.interrupt,
        option.precaution,
        telling.roles(option.by),
        why(option, telling),
    )


def on_record(decision: Decision, telling: Telling) -> Iterator[OnRecord]:
    """Every fact that was ever recorded, as it stands now."""
    for name, record in decision.facts.items():
        yield OnRecord(
            telling.fact(name),
            _value(record, decision, telling),
            "" if record.by is None else f"{record.by.id} ({telling.roles([record.by.role])})",
            "" if record.occurred is None else telling.moment(record.occurred),
            record.seq,
        )


_STANDING = {
    Standing.NOT_KNOWN: "asked for, and not known",
    Standing.FORGOTTEN: "to be asked afresh",
    Standing.WITHDRAWN: "recorded in error, and withdrawn",
}


def _value(record: Record, decision: Decision, telling: Telling) -> str:
    if record.standing in _STANDING or record.value is None:
        return _STANDING[record.standing]
    said = telling.value(record.fact, record.value)
    if record.expires is not None and record.expires <= decision.at:
        return f"{said} (no longer holds, since {telling.moment(record.expires)})"
    return said


def deadlines(decision: Decision, telling: Telling) -> Iterator[Deadline]:
    """Every deadline that has begun, or may have."""
    for due in decision.deadlines:
        if due.state not in _UNSEEN:
            yield _deadline(due, telling)


def _deadline(due: Due, telling: Telling) -> Deadline:
    hidden = telling.hides_times_of(due.deadline)
    instants = [
        "" if moment is None else LEFT_OUT if hidden else telling.moment(moment)
        for moment in (due.started, due.due, due.met)
    ]
    started, until, met = instants
    soon = "as soon as practicable" if due.started is not None and due.due is None else ""
    return Deadline(
        due.deadline.title or due.deadline.name,
        "late" if due.state in LATE else "",
        due.state.value,
        started,
        until or soon,
        met,
        due.deadline.kind.value,
    )


def questions(decision: Decision, telling: Telling) -> Iterator[Ask]:
    """What to ask next, most useful first."""
    for each in decision.ask:
        yield Ask(each.question, telling.roles(each.by))
