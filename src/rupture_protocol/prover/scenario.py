"""A story as it is shown: in sentences for a clinician, and as a scenario that `rupture play` runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from rupture_protocol.engine.case import Actor, Case, Event, EventKind
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Reading, Trace
from rupture_protocol.engine.reasons import subject_of
from rupture_protocol.engine.truth import FALSE, TRUE, Truth
from rupture_protocol.errors import Story
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import (
    Compare,
    Elapsed,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import Fact, FactType, Unknown, Value, to_json
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.moves import Move


def story_of(
    case: Case, engine: Engine, *, at: datetime, ends: str, last: Move | None, stopped: bool
) -> Story:
    """The story of a case that was lived through until a moment."""
    protocol = engine.protocol
    sentences = list(_told(case, at, protocol))
    steps = [_scripted(event) for event in case.history[1:]]
    expected: dict[str, Any] = {"state": case.state}
    if stopped and last is not None:
        title = trigger_title(last.state, last.step.trigger, protocol)
        sentences.append(
            f"Nothing that {title} asks for is missing. "
            "Only the promise itself would still stop it, as a last safeguard."
        )
        verdict = engine.decide(case, at=at)[last.step.trigger].verdict
        expected[verdict.value] = [last.step.trigger]
    steps.append({"at": at.isoformat(), "expect": expected})
    opening = case.history[0]
    begun = {"at": opening.at.isoformat(), "by": _by(opening.by)}
    if steps[0]["at"] != begun["at"]:
        # A script opens its case at its first step, and here time passes before anything happens.
        steps.insert(0, {**begun, "expect": {"state": opening.to}})
    steps[0] = {**begun, **steps[0]}
    scenario = {"protocol": protocol.id, "case": case.id, "title": ends, "steps": steps}
    written = None if last is None else last.step.defined.path
    return Story(tuple(sentences), ends, stopped, Frozen(scenario), written)


def _told(case: Case, at: datetime, protocol: Protocol) -> Iterator[str]:
    """One sentence for each event, and one wherever time passes."""
    before = case.history[0].at
    known: dict[str, str] = {}
    for event in case.history:
        if event.at > before:
            yield _passed(event.at - before)
        before = event.at
        yield _sentence(event, known, protocol)
    if at > before:
        yield _passed(at - before)


def _passed(length: timedelta) -> str:
    hours, rest = divmod(length.seconds, 3600)
    parts = [(length.days, "day"), (hours, "hour"), (rest // 60, "minute")]
    said = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count]
    return f"Time passes: {' and '.join(said) or 'a moment'}."


def _scripted(event: Event) -> dict[str, Any]:
    step: dict[str, Any] = {"at": event.at.isoformat(), "by": _by(event.by)}
    if event.trigger is None:
        step["record"] = {
            name: "unknown" if isinstance(value, Unknown) else to_json(value)
            for name, value in event.facts.items()
        }
    elif event.kind is EventKind.OVERRIDE:
        step["override"] = {"trigger": event.trigger, "reason": event.reason}
    else:
        step["take"] = event.trigger
    return step


def _by(actor: Actor) -> dict[str, str]:
    return {"id": actor.id, "role": actor.role}


def _sentence(event: Event, known: dict[str, str], protocol: Protocol) -> str:
    who = _who(event.by)
    if event.kind is EventKind.OPENED:
        return f"A case begins at {state_title(event.to or '', protocol)}."
    if event.trigger is None:
        return f"{who} records {'; '.join(_recorded(event, known, protocol))}."
    how = {EventKind.PRECAUTION: " as a precaution", EventKind.OVERRIDE: f" by override ({event.reason})"}
    title = trigger_title(event.source or "", event.trigger, protocol)
    now = f"The case is now at {state_title(event.to or '', protocol)}."
    return f"{who} takes {title}{how.get(event.kind, '')}. {now}"


def _who(actor: Actor) -> str:
    role, _, number = actor.id.rpartition("-")
    if not role:
        return "Somebody"
    called = role.replace("_", " ")
    return f"The {called}" if number == "1" else f"Another {called}"


def _recorded(event: Event, known: dict[str, str], protocol: Protocol) -> Iterator[str]:
    """What is recorded; where it was something else before, that it has changed."""
    for name, value in event.facts.items():
        fact = protocol.facts[name]
        said = "not known" if isinstance(value, Unknown) else _said(fact, value)
        changed = f" now (before: {known[name]})" if name in known else ""
        known[name] = said
        yield f"{subject_of(fact)}: {said}{changed}"


def _said(fact: Fact, value: Value) -> str:
    """A value as a person would say it."""
    yes_or_no = {"true": "yes", "false": "no"} if fact.type is FactType.BOOLEAN else {}
    said = fact.label(value)
    return yes_or_no.get(said, said)


def trigger_title(state: str, trigger: str, protocol: Protocol) -> str:
    """What a trigger is called in a sentence."""
    defined = (
        protocol.interrupts.get(trigger)
        or (protocol.states[state].transitions.get(trigger) if state in protocol.states else None)
        or protocol.anywhere.get(trigger)
    )
    return f"“{defined.title}” (`{trigger}`)" if defined is not None and defined.title else f"`{trigger}`"


def state_title(state: str, protocol: Protocol) -> str:
    """What a state is called in a sentence."""
    title = protocol.states[state].title
    return f"“{title}”" if title else f"`{state}`"


def lacking(trace: Trace, protocol: Protocol) -> str:
    """What keeps a condition from being true, by name: never a value."""
    found: dict[str, list[str]] = {}
    for how, name in dict.fromkeys(_lacking(trace, protocol)):
        found.setdefault(how, []).append(name)
    return "; ".join(
        how.format(_listed(names), "is" if len(names) == 1 else "are") for how, names in found.items()
    )


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    shown = names if more <= 0 else [*names[:MOST_NAMES], "one more" if more == 1 else f"{more} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


MOST_NAMES = 4

UNRECORDED = "{} {} not on record"
AGAINST = "what is recorded of {} says otherwise"
PRESUMED = "what is presumed of {} says otherwise"
NEVER_THERE = "the case was never at {}"
WAS_THERE = "the case was at {}"
OTHERWISE = "the case was not at {} as often, or as long ago, as is asked"


def _lacking(trace: Trace, protocol: Protocol, wanted: Truth = TRUE) -> Iterator[tuple[str, str]]:
    """What keeps a condition from coming to what is wanted: how, and the name of it."""
    condition = trace.condition
    turned = FALSE if wanted is TRUE else TRUE
    match condition:
        case _ if trace.truth is wanted:
            return
        case Compare(fact=fact) | OnRecord(fact=fact) as condition:
            yield _how(condition, trace.reading), subject_of(protocol.facts[fact])
        case Visited(state=state):
            yield NEVER_THERE if wanted is TRUE else WAS_THERE, state_title(state, protocol)
        case Visits(state=state) | Elapsed(since=state):
            yield OTHERWISE, state_title(state, protocol)
        case Not() | NotHeldBack() | Named(holds=False):
            yield from _lacking(trace.parts[0], protocol, turned)
        case _:
            for part in trace.parts:
                yield from _lacking(part, protocol, wanted)


def _how(condition: Compare | OnRecord, reading: Reading | None) -> str:
    """Why a fact does not do what is asked of it."""
    if reading is None or reading.value is None or (reading.presumed and isinstance(condition, OnRecord)):
        return UNRECORDED
    return PRESUMED if reading.presumed else AGAINST
