"""Where a case would stand under another version of its protocol, before anybody migrates it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Actor, Case, ProtocolRef, Standing
from rupture_protocol.engine.deadlines import DeadlineState
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.migration import Carry
from rupture_protocol.engine.options import Verdict
from rupture_protocol.engine.remarks import MigrationRefused, Remark
from rupture_protocol.engine.standing import interrupts_of
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN
from rupture_protocol.errors import TimeRefused, UnknownName
from rupture_protocol.language.protocol import Transition

MIGRATION = "rupture-migration/1"


class Outcome(StrEnum):
    """What becomes of a case."""

    MIGRATES = "migrates"
    REFUSED = "refused"
    ENDED = "ended"
    """It has ended, and stays under the version in which it did: nothing to do."""
    ALREADY_THERE = "already-there"
    """It is under that version: nothing to do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of one case: where it stands and would stand, why not, and what else changes.

    `migrated` is the case under the new version, None where it does not go over; `reasons` then say why.
    `after` is None only where it would stand nowhere. Both decisions are of the same moment, and hold values.
    """

    case: Case
    to: ProtocolRef
    before: Decision
    migrated: Case | None
    after: Decision | None
    reasons: tuple[Remark, ...] = ()
    changes: tuple[Remark, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What becomes of it, in a word."""
        if self.migrated is not None:
            return Outcome.MIGRATES
        return _NOTHING_TO_DO.get(self.reasons[0].code, Outcome.REFUSED)


_NOTHING_TO_DO = {"has-ended": Outcome.ENDED, "already-there": Outcome.ALREADY_THERE}


def preview(engine: Engine, case: Case, *, to: Engine, by: Actor, at: datetime) -> Preview:
    """What `engine.migrate(case, to=to, by=by, at=at)` would come to. Changes nothing, and refuses nothing.

    Args:
        engine: The engine of the version that the case is under.
        case: Any case of it that has a history.
        to: The engine of the other version.
        by: Who would migrate it.
        at: When, an aware datetime.

    Raises:
        TimeRefused: `at` has no offset.
        InvalidCase: The case belongs to another protocol than `engine` has.
    """
    before = engine.decide(case, at=at)
    try:
        migrated = engine.migrate(case, to=to, by=by, at=at)
    except MigrationRefused as refused:
        changes = () if refused.decision is None else _changes(before, refused.decision)
        return Preview(case, to.ref, before, None, refused.decision, refused.reasons, changes)
    except (TimeRefused, UnknownName) as error:
        code, about = ("time", "at") if isinstance(error, TimeRefused) else ("unknown-role", by.role)
        return Preview(case, to.ref, before, None, None, (Remark(code, about, str(error), error.help),))
    after = to.decide(migrated, at=at)
    return Preview(case, to.ref, before, migrated, after, changes=_changes(before, after))


def preview_to_json(found: Preview) -> dict[str, Any]:
    """A preview as `rupture-migration/1`: names and verdicts, no value of a fact."""
    return {
        "schema": MIGRATION,
        "case": found.case.id,
        "outcome": found.outcome.value,
        "at": found.before.at.isoformat(),
        "from": wire.ref_to_json(found.case.protocol),
        "to": wire.ref_to_json(found.to),
        "before": _stands(found.before),
        "after": None if found.after is None else _stands(found.after),
        "reasons": [_remark(each) for each in found.reasons],
        "changes": [_remark(each) for each in found.changes],
    }


def _stands(decision: Decision) -> dict[str, Any]:
    """Where a case stands, in names."""
    return {
        "state": decision.state,
        **{str(verdict): list(of_verdict(decision, verdict)) for verdict in Verdict},
        "deadlines": [
            {"deadline": due.deadline.name, "state": due.state.value} for due in decision.deadlines
        ],
    }


def of_verdict(decision: Decision, verdict: Verdict) -> tuple[str, ...]:
    """The triggers that come to a verdict, in the order in which they are offered."""
    return tuple(option.trigger for option in decision.options if option.verdict is verdict)


def _remark(remark: Remark) -> dict[str, Any]:
    written = {"code": remark.code, "about": remark.about, "text": remark.text}
    return written if remark.help is None else {**written, "help": remark.help}


# What changes ----------------------------------------------------------------------------------------


def _changes(before: Decision, after: Decision) -> tuple[Remark, ...]:
    """What is otherwise under the new version, each with its name; what is as it was is not told."""
    found = (_records, _interrupts, _options, _deadlines, _persons, _notices)
    return tuple(remark for each in found for remark in each(before, after))


def _records(before: Decision, after: Decision) -> Iterator[Remark]:
    carry = Carry(before.protocol, after.protocol, after.situation.calendar)
    migration, version = carry.migration(), after.protocol.version
    for name in before.case.facts:
        fact = carry.counterpart(name, migration) if migration else None
        if fact is None:
            text = f"`{name}` is no fact of {version}: what was recorded stays in the history only"
            yield Remark("fact-gone", name, text)
            continue
        if fact.name != name:
            yield Remark("fact-renamed", name, f"`{name}` is `{fact.name}` in {version}")
        if before.situation.read(name).value is None or after.situation.read(fact.name).value is not None:
            continue
        if after.case.facts[fact.name].standing is Standing.FORGOTTEN:
            text = f"`{fact.name}` is asked afresh: who recorded it may no longer record it"
            yield Remark("asked-afresh", fact.name, text)
        else:
            yield Remark("no-longer-holds", fact.name, f"the record of `{fact.name}` holds no longer")


def _interrupts(before: Decision, after: Decision) -> Iterator[Remark]:
    was, now = interrupts_of(before), interrupts_of(after)
    for name, truth in now.items():
        if truth is TRUE and was.get(name) is not TRUE:
            yield Remark("interrupt-true", name, f"the interrupt `{name}` becomes true")
        elif truth is UNKNOWN and was.get(name) is not UNKNOWN:
            yield Remark("interrupt-undecided", name, f"the interrupt `{name}` becomes undecided")
        elif truth is FALSE and was.get(name, FALSE) is not FALSE:
            yield Remark("interrupt-false", name, f"the interrupt `{name}` holds nothing back any more")
    for name, truth in was.items():
        if truth is not FALSE and name not in now:
            yield Remark("interrupt-gone", name, f"the interrupt `{name}` is there no more")


def _options(before: Decision, after: Decision) -> Iterator[Remark]:
    interrupts = {*before.protocol.interrupts, *after.protocol.interrupts}
    was, now = before.verdicts, after.verdicts
    for name in dict.fromkeys((*was, *now)):
        if name in interrupts:
            continue
        if name not in now:
            yield Remark("option-gone", name, f"`{name}` is not offered there")
        elif name not in was:
            yield Remark("option-new", name, f"`{name}` is offered besides, and is {now[name]}")
        elif now[name] is not was[name]:
            code = {Verdict.OPEN: "option-opens", Verdict.BLOCKED: "option-closes"}
            text = f"`{name}` was {was[name]}, and is {now[name]}"
            yield Remark(code.get(now[name], "option-undecided"), name, text)


def _deadlines(before: Decision, after: Decision) -> Iterator[Remark]:
    """By name; instants may be the values of facts, so none is told."""
    was, now = _dues(before), _dues(after)
    for name, states in now.items():
        if DeadlineState.OVERDUE in states and DeadlineState.OVERDUE not in was.get(name, {}):
            yield Remark("deadline-overdue", name, f"the deadline `{name}` becomes overdue")
        elif name not in was and _SETTLED.issuperset(states):
            continue
        elif set(states) != set(was.get(name, ())):
            said = "; ".join(states)
            yield Remark("deadline-changes", name, f"the deadline `{name}` becomes: {said}")
        elif states != was[name]:
            yield Remark("deadline-moves", name, f"the deadline `{name}` falls due at another time")
    for name, states in was.items():
        if name not in now and not _SETTLED.issuperset(states):
            yield Remark("deadline-gone", name, f"the deadline `{name}` is there no more")


_SETTLED = frozenset({DeadlineState.NOT_STARTED, DeadlineState.NOT_APPLICABLE, DeadlineState.ENDED})


def _dues(decision: Decision) -> dict[str, dict[DeadlineState, list[datetime | None]]]:
    """How each deadline stands, and when it falls due, for all that it has started."""
    found: dict[str, dict[DeadlineState, list[datetime | None]]] = {}
    for due in decision.deadlines:
        found.setdefault(due.deadline.name, {}).setdefault(due.state, []).append(due.due)
    return found


def _persons(before: Decision, after: Decision) -> Iterator[Remark]:
    """Steps taken that a rule about persons named, and that the new version has under no such name."""
    named = {each for step in _transitions(before) for each in step.not_same_person}
    known = {step.trigger for step in _transitions(after)} | set(after.protocol.interrupts)
    taken = dict.fromkeys(event.trigger for event in before.case.history if event.trigger is not None)
    for name in taken:
        if name in named and name not in known:
            text = f"`{name}` was taken, and {after.protocol.version} has no such step for `not_same_person`"
            yield Remark("person-forgotten", name, text)


def _transitions(decision: Decision) -> Iterator[Transition]:
    for state in decision.protocol.states.values():
        yield from state.transitions.values()
    yield from decision.protocol.anywhere.values()


def _notices(before: Decision, after: Decision) -> Iterator[Remark]:
    for notice in after.notices:
        if notice not in before.notices:
            yield Remark(notice.code, after.protocol.id, notice.text)
