"""What both are asked about: the same situation, as a case of the engine and as a model of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.benchmarks import bare
from transitions import Machine

from rupture_protocol import UNKNOWN, Actor, Case, Engine, Verdict, load
from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Visit
from rupture_protocol.frozen import Frozen

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
PEOPLE = {role: Actor(f"{role}-1", role) for role in ("therapist", "supervisor", "client")}

SAFE: dict[str, Any] = {
    "suicide_level": "low",
    "self_harm": "none",
    "risk_to_others": "none",
    "abuse_disclosed": "historic",
    "dissociation": "none",
    "misconduct": "none",
    "harm_severity": "moderate",
    "harm_repeated": False,
    "harm_on": "2026-11-20",
    "client_reachable": True,
    "contact_wanted": "yes",
    "apology_wanted": "yes",
    "therapist_owns_it": True,
    "impact": "slight",
    "supervisor_agrees": True,
    "new_plan": "Shorter sessions, and a pause when it gets too much.",
    "client_choice": "continue",
    "therapist_willing": True,
    "trust": 7,
}
"""Nothing holds back, and nearly everything is on record: the dearest question for both."""

WALK: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({name: SAFE[name] for name in list(SAFE)[:11]}, "acknowledge", "therapist"),
    ({"apology_wanted": "yes", "therapist_owns_it": True}, "apologise", "therapist"),
    ({"impact": "slight"}, "reflect", "therapist"),
    ({}, "consult", "therapist"),
    ({"supervisor_agrees": True, "new_plan": SAFE["new_plan"]}, "replan", "therapist"),
    ({"client_choice": "continue", "therapist_willing": True, "trust": 7}, "try_plan", "therapist"),
    ({"suicide_level": "low", "risk_to_others": "none"}, "continue", "supervisor"),
)
"""Seven steps: what is recorded before each, its trigger, and who takes it. The last is a week later."""


def engine() -> Engine:
    """The engine of `protocol.yaml`, with a calendar, as a host has one."""
    return Engine(load(HERE / "protocol.yaml"), calendar=Calendar())


@dataclass(frozen=True)
class Situation:
    """One situation for both: a case, and a model with its `may_…` for each option of the state."""

    case: Case
    model: bare.Model
    may: tuple[Callable[..., bool], ...]


class Situations:
    """Makes situations."""

    def __init__(self, engine: Engine, machine: Machine) -> None:
        self.engine = engine
        self.machine = machine

    def make(
        self, state: str, facts: Mapping[str, Any], visits: Mapping[str, int], *, ago: timedelta
    ) -> Situation:
        """A case in `state` with all recorded `ago`, and a model that knows the same."""
        case = self.engine.open("case-1", by=PEOPLE["therapist"], at=NOW - timedelta(days=30))
        case = record(self.engine, case, facts, at=NOW - ago)
        since = NOW - timedelta(days=8)
        seen = Frozen({name: Visit(count, since) for name, count in {**visits, state: 1}.items()})
        case = replace(case, state=state, visits=seen)
        model = self.model(facts, at=NOW - ago)
        model.state = state
        model.visits = {name: visit.count for name, visit in seen.items()}
        model.entered = dict.fromkeys(seen, since)
        asked = self.engine.decide(case, at=NOW)
        return Situation(case, model, tuple(getattr(model, f"may_{trigger}") for trigger in asked))

    def model(self, facts: Mapping[str, Any], *, at: datetime) -> bare.Model:
        """A model of the machine on which these facts are recorded."""
        model = bare.Model()
        self.machine.add_model(model)
        note(model, facts, at=at)
        return model

    def usual(self) -> list[Situation]:
        """One for each state that goes on: all is known, nothing holds back."""
        return [self._usual(state, SAFE) for state in bare.GOING_ON]

    def empty(self) -> list[Situation]:
        """One for each state that goes on: nothing is on record."""
        return [self._usual(state, {}) for state in bare.GOING_ON]

    def _usual(self, state: str, facts: Mapping[str, Any]) -> Situation:
        before = bare.GOING_ON[: bare.GOING_ON.index(state)]
        return self.make(state, facts, dict.fromkeys(before, 1), ago=timedelta(hours=2))

    def random(self, count: int, *, seed: int = 1) -> list[Situation]:
        """Situations of every sort, mostly safe enough that guards are reached at all."""
        dice = Random(seed)
        return [self._random(dice) for _ in range(count)]

    def _random(self, dice: Random) -> Situation:
        facts: dict[str, Any] = {}
        safe = dice.random()
        for name, fact in self.engine.protocol.facts.items():
            if name in SAFE and dice.random() < safe:
                facts[name] = SAFE[name]
            elif dice.random() < 0.8:
                facts[name] = dice.choice([*possible(fact.values + fact.also, name, fact.type), UNKNOWN])
        visits = {state: dice.randint(1, 4) for state in bare.GOING_ON if dice.random() < 0.5}
        ago = dice.choice([timedelta(hours=1), timedelta(hours=1), timedelta(hours=24), timedelta(days=8)])
        return self.make(dice.choice(bare.GOING_ON), facts, visits, ago=ago)


def possible(values: tuple[str, ...], name: str, kind: str) -> list[Any]:
    """Some values of a fact that between them reach both sides of every test."""
    if values:
        return list(values)
    others: dict[str, list[Any]] = {"boolean": [True, False], "integer": [*range(11)]}
    return others.get(kind, [SAFE.get(name)])


def record(engine: Engine, case: Case, facts: Mapping[str, Any], *, at: datetime) -> Case:
    """The case with these facts on record, each by somebody who may record it: an event for each person."""
    for role, person in PEOPLE.items():
        theirs = {name: facts[name] for name in facts if engine.protocol.facts[name].by[0] == role}
        if theirs:
            case = engine.record(case, theirs, by=person, at=at)
    return case


def note(model: bare.Model, facts: Mapping[str, Any], *, at: datetime) -> None:
    """The same on a model."""
    for name, value in facts.items():
        model.facts[name] = None if value is UNKNOWN else value
    if "suicide_level" in facts:
        model.expires["suicide_level"] = at + timedelta(hours=24)
    if "risk_to_others" in facts:
        model.expires["risk_to_others"] = at + timedelta(days=7)


def assert_same(engine: Engine, situations: list[Situation]) -> dict[str, int]:
    """That both come to the same answers; how many of the engine's were of each verdict."""
    found = dict.fromkeys(("open", "blocked", "undecided"), 0)
    for each in situations:
        verdicts = engine.decide(each.case, at=NOW).verdicts
        for (trigger, verdict), may in zip(verdicts.items(), each.may, strict=True):
            found[verdict] += 1
            if (verdict is Verdict.OPEN) is not may(at=NOW):
                raise AssertionError(f"{trigger} in {each.case.state}: {verdict}, but bare says otherwise")
    return found
