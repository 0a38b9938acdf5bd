"""Law: the obvious evaluator and the compiled one say the same, on random protocols and on those shipped.

What is exhausted of a shipped protocol: of every condition that is written anywhere in it, and of every part
of one, all combinations of the facts that it reads, where there are at most `MOST` of them. A fact takes one
value for each region of values that no condition tells apart, and none. So the two agree on every conjunct
of every guard; that they then agree on the whole is Kleene's `all`, and is tried besides: for every option of
every state, all combinations where they are few, else pairs of values of two facts over random settings of
the others, each with the facts of the interrupts clear, unrecorded, and each interrupt true in turn, and with
the case having been nowhere else or everywhere.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from tests.strategies import NOON, THOROUGH, Moment, catches, law, moments

from rupture_protocol import Calendar, Engine, Protocol, load
from rupture_protocol.engine import compile as compiling
from rupture_protocol.engine.case import Record, Standing, Visit
from rupture_protocol.engine.cubes import representatives
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import VERDICT_OF, Step, Verdict, facts_of, steps_from
from rupture_protocol.engine.truth import FALSE, TRUE
from rupture_protocol.language.conditions import All, Compare, Condition, NotHeldBack, walk
from rupture_protocol.language.facts import FactType
from rupture_protocol.shipped import names

pytestmark = pytest.mark.once

MOST = 50_000 if THOROUGH else 2_000
MOST_OF_A_STEP = 50_000 if THOROUGH else 100
Compiler = Callable[[Protocol, tuple[Step, ...], Calendar], compiling.Verdicts]


def disagreements(moment: Moment, compiler: Compiler = compiling.compile_steps) -> list[str]:
    """The triggers about which the two evaluators do not agree."""
    protocol, case, calendar = moment.engine.protocol, moment.case, moment.engine.calendar
    steps = steps_from(protocol, case.state)
    situation = Situation(protocol, case.state, case.facts, case.visits, moment.at, calendar)
    fast = compiler(protocol, steps, calendar)(case.facts, case.visits, moment.at)
    slow = [VERDICT_OF[evaluate(step.requirement, situation).truth] for step in steps]
    return [step.trigger for step, one, other in zip(steps, fast, slow, strict=True) if one is not other]


@law(100)
@given(moments())
def test_the_two_evaluators_agree_on_random_protocols_and_cases(moment: Moment) -> None:
    assert not disagreements(moment)


@law(40)
@given(moments())
def test_a_decision_says_what_its_reasons_say(moment: Moment) -> None:
    decision = moment.engine.decide(moment.case, at=moment.at)

    assert all(VERDICT_OF[option.reasons.truth] is option.verdict for option in decision.values())


# Planted faults ---------------------------------------------------------------------------------------


class ForgetsExpiry(compiling.Writer):
    def _fact(self, name: str) -> str:
        local = super()._fact(name)
        self.lines[:] = [line.replace(f"r{local[1:]}.expires > at", "True") for line in self.lines]
        return local


class TakesUnknownForFalse(compiling.Writer):
    def _compare(self, leaf: Compare) -> tuple[str, str]:
        true, _ = super()._compare(leaf)
        return true, f"(not {true})"


class LosesAnInterrupt(compiling.Writer):
    def _together(self, holds: tuple[NotHeldBack, ...]) -> tuple[str, str]:
        return super()._together(holds[:-1])


FAULTS = (ForgetsExpiry, TakesUnknownForFalse, LosesAnInterrupt)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_law_catches_a_compiler_that(fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling, "Writer", fault)

    assert catches(disagreements, moments())


# Shipped protocols ------------------------------------------------------------------------------------

Values = tuple[Record | None, ...]


class Shipped:
    """A shipped protocol and everything its conditions can tell apart."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.calendar = Calendar()
        self._compared = list(self._leaves())
        self.domains = {name: self._domain(name) for name in protocol.facts}
        self.clear = self._clear()

    def _domain(self, name: str) -> Values:
        """No record, and one record for each region of the fact's values."""
        fact = self.protocol.facts[name]
        leaves = [leaf for leaf in self._compared if leaf.fact == name]
        situation = self.situation("", {}, {})
        values: Iterable[Any] = ("a text",)
        if fact.type is FactType.SET:
            every = [*itertools.combinations(fact.values, 1), *itertools.combinations(fact.values, 2)]
            values = map(frozenset, [(), *every, fact.values])
        elif fact.type is not FactType.TEXT:
            values = representatives(fact, leaves, situation)
        return (None, *(_record(name, value) for value in values))

    def parts(self) -> Iterator[Condition]:
        """Every condition of the protocol, and every part of one, each once."""
        protocol = self.protocol
        conditions: list[Condition] = [*protocol.conditions.values(), *protocol.assume]
        conditions += [interrupt.when for interrupt in protocol.interrupts.values()]
        conditions += [each.when for each in protocol.deadlines.values() if each.when is not None]
        for state in protocol.states:
            for step in steps_from(protocol, state):
                conditions += step.requirement.parts
                arguments = step.defined.arguments_for + step.defined.arguments_against
                conditions += [each.when for each in arguments if each.when is not None]
        return iter(dict.fromkeys(part for condition in conditions for part in walk(condition)))

    def _leaves(self) -> Iterator[Compare]:
        return (each for each in self.parts() if isinstance(each, Compare))

    def count(self, facts: Iterable[str]) -> int:
        """How many combinations of these facts there are."""
        return math.prod(len(self.domains[name]) for name in facts)

    def situation(
        self, state: str, facts: Mapping[str, Record], visits: Mapping[str, Visit], at: datetime = NOON
    ) -> Situation:
        return Situation(self.protocol, state, facts, visits, at, self.calendar)

    def _clear(self) -> dict[str, Record]:
        """Records under which every interrupt is definitely false, found by trying one fact after another."""
        facts: dict[str, Record] = {}
        for interrupt in self.protocol.interrupts.values():
            own = sorted(facts_of(interrupt.when, self.protocol))
            free = [name for name in own if name not in facts]
            for combination in itertools.product(*(self.domains[name][1:] for name in free)):
                tried = facts | {record.fact: record for record in combination if record}
                if evaluate(interrupt.when, self.situation("", tried, {})).truth is FALSE:
                    facts = tried
                    break
        return facts

    def settings(self) -> Iterator[dict[str, Record]]:
        """The interrupts' facts: clear, unrecorded, and each interrupt true in turn, if one fact does it."""
        yield self.clear
        yield {}
        for interrupt in self.protocol.interrupts.values():
            for name in sorted(facts_of(interrupt.when, self.protocol)):
                for record in self.domains[name][1:]:
                    tried = self.clear | {name: record} if record else self.clear
                    if evaluate(interrupt.when, self.situation("", tried, {})).truth is TRUE:
                        yield tried
                        break
                else:
                    continue
                break

    def combinations(self, facts: list[str]) -> Iterator[dict[str, Record | None]]:
        """Every combination of these facts; where they are too many, every pair of values of two of them."""
        if self.count(facts) <= MOST:
            for values in itertools.product(*(self.domains[name] for name in facts)):
                yield dict(zip(facts, values, strict=True))
            return
        chance = random.Random(f"{facts}")
        pairs = [
            (one, first, other, second)
            for one, other in itertools.combinations(facts, 2)
            for first, second in itertools.product(self.domains[one], self.domains[other])
        ]
        chance.shuffle(pairs)
        for one, first, other, second in pairs:
            rest = {name: chance.choice(self.domains[name]) for name in facts}
            yield rest | {one: first, other: second}


def _record(fact: str, value: Any) -> Record:
    return Record(fact, value, Standing.RECORDED, 1, None, NOON, NOON, None)


def _own_facts(step: Step, protocol: Protocol) -> list[str]:
    own: set[str] = set()
    for part in step.requirement.parts:
        if not isinstance(part, NotHeldBack):
            own |= facts_of(part, protocol)
    return sorted(own)


def _kept(facts: Mapping[str, Record | None]) -> dict[str, Record]:
    return {name: record for name, record in facts.items() if record is not None}


def _visits(shipped: Shipped, state: str) -> Iterable[dict[str, Visit]]:
    before = NOON - timedelta(days=30)
    yield {state: Visit(1, NOON)}
    yield {name: Visit(2, before) for name in shipped.protocol.states}


@pytest.fixture(scope="module", params=names())
def shipped(request: pytest.FixtureRequest) -> Shipped:
    return Shipped(load(request.param))


def test_they_agree_on_every_part_of_every_condition_exhaustively(shipped: Shipped) -> None:
    protocol = shipped.protocol
    everywhere = {name: Visit(2, NOON - timedelta(days=30)) for name in protocol.states}
    exhausted = 0
    for condition in shipped.parts():
        facts = sorted(facts_of(condition, protocol))
        if shipped.count(facts) > MOST:
            continue
        exhausted += 1
        step = Step(protocol, "", next(iter(protocol.interrupts.values())), All((condition,)), All(()))
        fast = compiling.compile_steps(protocol, (step,), shipped.calendar)
        for chosen in shipped.combinations(facts):
            for visits in ({}, everywhere):
                records = _kept(chosen)
                truth = evaluate(condition, shipped.situation("", records, visits)).truth
                assert fast(records, visits, NOON) == (VERDICT_OF[truth],), (condition, chosen)

    assert exhausted > 200


def test_they_agree_on_every_transition_of_every_state(shipped: Shipped) -> None:
    protocol = shipped.protocol
    seen: set[object] = set()
    for state in protocol.states:
        steps = steps_from(protocol, state)
        fast = compiling.compile_steps(protocol, steps, shipped.calendar)
        for at, step in enumerate(steps):
            # One that is offered anywhere is exhausted where it is first offered, and sampled elsewhere.
            again = id(step.defined) in seen
            seen.add(id(step.defined))
            if step.urgency is None:
                _check_step(shipped, state, step, at, fast, again=again)


def _check_step(
    shipped: Shipped, state: str, step: Step, at: int, fast: compiling.Verdicts, *, again: bool
) -> None:
    own = _own_facts(step, shipped.protocol)
    settings = list(shipped.settings())
    most = 4 if again else MOST if shipped.count(own) <= MOST else MOST_OF_A_STEP
    combinations = itertools.islice(shipped.combinations(own), most)
    for number, facts in enumerate(combinations):
        for visits in _visits(shipped, state):
            # Every combination is tried with all clear, and with one of the other settings in turn.
            for setting in (settings[0], settings[number % len(settings)]):
                records = setting | _kept(facts)
                situation = shipped.situation(state, records, visits)
                truth = evaluate(step.requirement, situation).truth
                assert VERDICT_OF[truth] is fast(records, visits, NOON)[at], (state, step.trigger)


def test_the_exhaustion_meets_every_verdict_of_the_protocol(shipped: Shipped) -> None:
    engine = Engine(shipped.protocol)
    found: set[Verdict] = set()
    for state in shipped.protocol.states:
        for setting in shipped.settings():
            facts = {name: record.value for name, record in setting.items()}
            case = engine.imagine(state=state, visited=list(shipped.protocol.states), facts=facts)
            found |= set(engine.decide(case, at=NOON).verdicts.values())

    assert found == set(Verdict)
