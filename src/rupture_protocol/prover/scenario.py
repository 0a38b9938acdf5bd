"""A story as it is shown: in sentences for a clinician, and as a scenario that `rupture play` runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from rupture_protocol.engine.case import Actor, Case, Event, EventKind
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Trace
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
from rupture_protocol.language.facts import Unknown, to_json
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
            f"The guard of {title} would let it be taken now. "
            "The net at run time would stop it, the guard alone does not."
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
    return Story(tuple(sentences), ends, stopped, Frozen(scenario))


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
        return f"A case begins in {state_title(event.to or '', protocol)}."
    if event.trigger is None:
        return f"{who} records: {'; '.join(_recorded(event, known, protocol))}."
    how = {EventKind.PRECAUTION: " as a precaution", EventKind.OVERRIDE: f" by override ({event.reason})"}
    title = trigger_title(event.source or "", event.trigger, protocol)
    return f"{who} takes {title}{how.get(event.kind, '')}: now in {state_title(event.to or '', protocol)}."


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
        said = "not known" if isinstance(value, Unknown) else f"“{fact.label(value)}”"
        changed = f" now (it was {known[name]})" if name in known else ""
        known[name] = said
        yield f"{subject_of(fact)} is {said}{changed}"


def trigger_title(state: str, trigger: str, protocol: Protocol) -> str:
    """What a trigger is called in a sentence."""
    defined = (
        protocol.interrupts.get(trigger)
        or (protocol.states[state].transitions.get(trigger) if state in protocol.states else None)
        or protocol.anywhere.get(trigger)
    )
    return f"`{trigger}` (“{defined.title}”)" if defined is not None and defined.title else f"`{trigger}`"


def state_title(state: str, protocol: Protocol) -> str:
    """What a state is called in a sentence."""
    title = protocol.states[state].title
    return f"“{title}”" if title else f"`{state}`"


def lacking(trace: Trace) -> str:
    """What keeps a condition from being true, by name: never a value."""
    said = list(dict.fromkeys(_lacking(trace)))
    return "; ".join(said[:4]) + (f"; and {len(said) - 4} more" if len(said) > 4 else "")


def _lacking(trace: Trace, wanted: Truth = TRUE) -> Iterator[str]:
    """What keeps a condition from coming to what is wanted."""
    condition = trace.condition
    turned = FALSE if wanted is TRUE else TRUE
    match condition:
        case _ if trace.truth is wanted:
            return
        case Compare(fact=fact) | OnRecord(fact=fact):
            known = trace.reading is not None and trace.reading.value is not None
            yield f"`{fact}` {'stands against it' if known else 'is not on record'}"
        case Visited(state=state):
            yield f"`{state}` has {'not ' if wanted is TRUE else ''}been visited"
        case Visits(state=state) | Elapsed(since=state):
            yield f"`{state}` was not entered as it asks"
        case Not() | NotHeldBack() | Named(holds=False):
            yield from _lacking(trace.parts[0], turned)
        case _:
            for part in trace.parts:
                yield from _lacking(part, wanted)
