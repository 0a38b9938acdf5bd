"""Doing what a step says, and holding a decision against what is expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.engine.case import Case
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.options import Verdict
from rupture_protocol.errors import RuptureError, shorten
from rupture_protocol.language.facts import NUMERIC, UNKNOWN, Unknown
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path, Plain
from rupture_protocol.scenarios.steps import NOT_OPEN, Correct, Expect, Override, Record, Step, Take


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it is written: what is so instead, and where it is written."""

    message: str
    path: Path
    help: str | None = None


def as_value(protocol: Protocol, name: str, value: object) -> object:
    """A value as it is written in YAML or JSON; `unknown` and null say that it is not known."""
    fact = protocol.fact(name)
    if value is None or isinstance(value, Unknown) or value == "unknown":
        return UNKNOWN
    if isinstance(value, Plain) and fact.type in NUMERIC:
        # An unquoted `012` is 10 to one YAML reader and 12 to another, so here it is no number.
        return fact.parse(None)
    return fact.parse(value)


def as_values(protocol: Protocol, facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as they are written, each in its own type."""
    return {name: as_value(protocol, name, value) for name, value in facts.items()}


def act(step: Step, case: Case, engine: Engine, *, at: datetime) -> Case:
    """The case after a step that writes to it.

    Raises:
        RuptureError: It is refused, or does not say who acts.
    """
    if step.by is None:
        raise RuptureError("the step does not say who acts", help="write `by: {id: lee, role: therapist}`")
    common: dict[str, Any] = {"by": step.by, "at": at, "occurred": step.occurred, "note": step.note}
    protocol = engine.protocol
    match step.action:
        case Record(facts=facts):
            return engine.record(case, as_values(protocol, facts), **common)
        case Take(trigger=trigger):
            return engine.take(case, trigger, **common)
        case Override(trigger=trigger, reason=reason):
            return engine.override(case, trigger, reason=reason, **common)
        case Correct(fact=fact, reason=reason) as wrong:
            right = UNKNOWN if wrong.withdraw else as_value(protocol, fact, wrong.to)
            return engine.correct(case, fact, to=right, reason=reason, **common)
        case Expect():
            raise TypeError("an expectation does nothing")


def look(expect: Expect, case: Case, engine: Engine, step: Step, *, at: datetime) -> Decision:
    """The decision that an expectation is about."""
    supposed = as_values(engine.protocol, expect.suppose)
    return engine.decide(case, at=at, actor=step.by, suppose=supposed)


def differences(expect: Expect, decision: Decision, path: Path = ()) -> Iterator[Difference]:
    """All in which a decision is not as expected. `path` is where the expectation is written."""
    yield from _state(expect, decision, path)
    for verdict, triggers in expect.verdicts.items():
        for at, trigger in enumerate(triggers):
            yield from _verdict(trigger, verdict, decision, (*path, verdict, at))
    yield from _others(expect, decision, (*path, "others"))
    for trigger, sets in expect.missing.items():
        yield from _missing(trigger, sets, decision, (*path, "missing", trigger))
    yield from _ask(expect.ask, decision, (*path, "ask"))
    for name, wanted in expect.due.items():
        yield from _due(name, wanted, decision, (*path, "due", name))


def _state(expect: Expect, decision: Decision, path: Path) -> Iterator[Difference]:
    if expect.state is not None and expect.state != decision.state:
        known = decision.protocol.states
        hint = "" if expect.state in known else f"; there is no `{shorten(expect.state)}`"
        message = f"the state is `{decision.state}`, not `{shorten(expect.state)}`{hint}"
        yield Difference(message, (*path, "state"))


def _not_offered(trigger: str, decision: Decision, path: Path) -> Iterator[Difference]:
    advice = did_you_mean(trigger, list(decision))
    message = f"`{shorten(trigger)}` is not offered in `{decision.state}`"
    yield Difference(message + (f": {advice}" if advice else ""), path)


def _verdict(trigger: str, wanted: str, decision: Decision, path: Path) -> Iterator[Difference]:
    if trigger not in decision:
        yield from _not_offered(trigger, decision, path)
    elif decision[trigger].verdict != wanted:
        option = decision[trigger]
        yield Difference(f"`{trigger}` is {option.verdict}, not {wanted}: {option.because}", path)


def _others(expect: Expect, decision: Decision, path: Path) -> Iterator[Difference]:
    wanted = verdicts_of(expect.others)
    for trigger in decision if expect.others is not None else ():
        option = decision[trigger]
        if trigger not in expect.triggers and option.verdict not in wanted:
            yield Difference(f"`{trigger}` is {option.verdict}, not {expect.others}: {option.because}", path)


def verdicts_of(written: str | None) -> frozenset[Verdict]:
    """The verdicts that a word stands for: its own; all but open; all where nothing is said."""
    every = frozenset(Verdict)
    if written is None:
        return every
    return every - {Verdict.OPEN} if written == NOT_OPEN else frozenset({Verdict(written)})


def _missing(
    trigger: str, wanted: tuple[tuple[str, ...], ...], decision: Decision, path: Path
) -> Iterator[Difference]:
    if trigger not in decision:
        yield from _not_offered(trigger, decision, path)
        return
    found = decision[trigger].missing
    sets = {frozenset(each) for each in found}
    for each in wanted:
        if frozenset(each) not in sets and (each or sets):
            said = _listed(each) or "nothing"
            really = " or ".join(_listed(some) for some in found[:3]) or "nothing"
            yield Difference(f"`{trigger}` does not lack just {said}: it lacks {really}", path)


def _ask(wanted: tuple[str, ...], decision: Decision, path: Path) -> Iterator[Difference]:
    if not wanted:
        return  # what is to be asked costs more than all the rest
    asked = tuple(question.fact for question in decision.ask[: len(wanted)])
    if asked != wanted:
        yield Difference(f"what is asked first is {_listed(asked) or 'nothing'}, not {_listed(wanted)}", path)


def _due(name: str, wanted: str, decision: Decision, path: Path) -> Iterator[Difference]:
    states = [due.state.value for due in decision.deadlines if due.deadline.name == name]
    if not states:
        known = [due.deadline.name for due in decision.deadlines]
        yield Difference(f"there is no deadline `{shorten(name)}`", path, did_you_mean(name, known))
    elif wanted not in states:
        yield Difference(f"`{name}` is {', '.join(states)}, not {shorten(wanted)}", path)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{shorten(name)}`" for name in names)
