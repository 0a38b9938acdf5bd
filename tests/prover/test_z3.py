"""A second oracle: z3 finds a situation that breaks an `enter` promise just where the prover says one may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from tests.prover.brute import Brute
from tests.prover.random_protocols import random_protocol
from tests.prover.timed_brute import TimedBrute
from tests.prover.timed_protocols import ALONE, TOGETHER, timed_protocol

from rupture_protocol import load
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.language.comparing import in_order
from rupture_protocol.language.conditions import (
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
from rupture_protocol.language.protocol import EnterPromise, Protocol
from rupture_protocol.language.quantities import Unit
from rupture_protocol.prover import Answer, prove
from rupture_protocol.prover.regions import FactVariable
from rupture_protocol.prover.space import Space

z3 = pytest.importorskip("z3")


class Oracle:
    """Kleene's truth as two formulas, over one whole number for each fact: its region.

    Time is a number of minutes, since a state was entered or since a date: no timeline is asked.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.facts = {
            each.fact.name: (z3.Int(each.fact.name), each)
            for each in Space(protocol, 100_000).variables
            if isinstance(each, FactVariable)
        }
        self.dates = {
            name: (z3.Bool(f"{name} is on record"), z3.Real(f"minutes since {name}"))
            for name, (_, each) in self.facts.items()
            if each.timeline is not None
        }
        self.since = {state: z3.Real(f"minutes since {state}") for state in protocol.states}
        self.read_before: dict[int, tuple[Condition, tuple[Any, Any]]] = {}
        self.counts = {state: z3.Int(f"entered {state}") for state in protocol.states}

    def limits(self) -> Any:
        regions = [z3.And(number >= 0, number < each.size) for number, each in self.facts.values()]
        numbers = (*self.counts.values(), *self.since.values())
        return z3.And(*regions, *(number >= 0 for number in numbers))

    def read(self, condition: Condition) -> tuple[Any, Any]:
        """Where a condition is definitely true, and definitely false."""
        found = self.read_before.get(id(condition))
        if found is None:
            found = self.read_before[id(condition)] = condition, self._read(condition)
        return found[1]

    def _read(self, condition: Condition) -> tuple[Any, Any]:
        match condition:
            case All(parts=parts):
                true, false = zip(*map(self.read, parts), strict=True) if parts else ((), ())
                return z3.And(*true), z3.Or(*false)
            case AnyOf(parts=parts):
                true, false = zip(*map(self.read, parts), strict=True)
                return z3.Or(*true), z3.And(*false)
            case Not(part=part):
                return self.read(part)[::-1]
            case Named(name=name, holds=holds):
                return self.read(self.protocol.conditions[name])[:: 1 if holds else -1]
            case NotHeldBack(interrupt=name):
                return self.read(self.protocol.interrupts[name].when)[::-1]
            case _:
                return self._leaf(condition)

    def _leaf(self, condition: Condition) -> tuple[Any, Any]:
        match condition:
            case Compare(fact=fact) | OnRecord(fact=fact) if fact in self.dates:
                return self._date(condition, *self.dates[fact])
            case Elapsed(since=state):
                true = z3.And(self.counts[state] >= 1, self._lasted(condition, self.since[state]))
                return true, z3.Not(true)
            case Compare(fact=fact):
                number, each = self.facts[fact]
                true, false = (
                    self._one_of(number, each.where(condition, holds=holds)) for holds in (True, False)
                )
                return true, false
            case OnRecord(fact=fact):
                number, each = self.facts[fact]
                return self._one_of(number, each.recorded()), z3.BoolVal(False)
            case Visited(state=state):
                return self.counts[state] >= 1, self.counts[state] < 1
            case Visits(state=state):
                counts = [
                    count for count in range(9) if in_order(condition.operator, count, condition.values)
                ]
                true = self._one_of(self.counts[state], counts)
                return true, z3.Not(true)
            case _:
                raise TypeError(type(condition).__name__)

    def _date(self, condition: Condition, recorded: Any, ago: Any) -> tuple[Any, Any]:
        if not isinstance(condition, Compare):
            return recorded, z3.BoolVal(False)
        (length,) = map(minutes, condition.values)
        holds = ago > length if condition.operator is Operator.OLDER_THAN else z3.And(ago >= 0, ago <= length)
        return z3.And(recorded, holds), z3.And(recorded, z3.Not(holds))

    def _lasted(self, condition: Elapsed, ago: Any) -> Any:
        first, last = minutes(condition.values[0]), minutes(condition.values[-1])
        return {
            Operator.AT_LEAST: ago >= first,
            Operator.AT_MOST: ago <= first,
            Operator.ABOVE: ago > first,
            Operator.BELOW: ago < first,
            Operator.BETWEEN: z3.And(ago >= first, ago <= last),
        }[condition.operator]

    def _one_of(self, number: Any, regions: Iterable[int]) -> Any:
        return z3.Or(*(number == region for region in regions))

    def lets_in(self, promise: EnterPromise, step: Step) -> bool:
        """Whether a guard, without the net, lets a case enter where a promise does not hold.

        Only the guard is asked, not what came before: what it rules out is proved, whatever can be reached.
        """
        net = [part for part in step.net.parts if not isinstance(part, NotHeldBack)]
        guard = [part for part in step.requirement.parts if not any(part is each for each in net)]
        asked: list[Condition] = [OnRecord(fact) for fact in promise.needs]
        asked += [promise.only_if] if promise.only_if else []
        solver = z3.Solver()
        solver.add(self.limits(), *(self.read(part)[0] for part in guard))
        solver.add(*(z3.Not(self.read(each)[1]) for each in self.protocol.assume))
        solver.add(z3.Not(z3.And(*(self.read(part)[0] for part in asked))))
        solver.add(*([self.read(promise.when)[0]] if promise.when else []))
        return bool(solver.check() == z3.sat)


def minutes(length: Any) -> int:
    """How long the lengths of random protocols are."""
    return int(length.count) * {Unit.MINUTES: 1, Unit.HOURS: 60}[length.unit]


def entering(protocol: Protocol, promise: EnterPromise) -> list[Step]:
    """What leads where the promise is about; what is offered in many states asks the same in each."""
    steps = (step for state in protocol.states for step in steps_from(protocol, state))
    return list({id(step.defined): step for step in steps if step.to in promise.enter}.values())


def promises_about_facts(protocol: Protocol) -> list[EnterPromise]:
    promises = (each for each in protocol.promises.values() if isinstance(each, EnterPromise))
    return [each for each in promises if not each.only_after]


def test_z3_agrees_on_every_promise_of_the_shipped_protocol() -> None:
    protocol = load("standard")
    oracle, report = Oracle(protocol), prove(protocol)
    asked = promises_about_facts(protocol)
    assert len(asked) > 6
    for promise in asked:
        assert report[promise.name].answer is Answer.PROVED
        assert not any(oracle.lets_in(promise, step) for step in entering(protocol, promise)), promise.name


def assert_agreed(protocol: Protocol, brute: Brute) -> int:
    """What z3 rules out is proved, and what fails z3 finds as well; how many promises it was asked about."""
    promises = promises_about_facts(protocol)
    oracle, report = Oracle(protocol), prove(protocol)
    for promise in promises:
        seems_broken = any(oracle.lets_in(promise, step) for step in entering(protocol, promise))
        match report[promise.name].answer:
            case Answer.FAILS:
                assert seems_broken, promise.name
            case Answer.PROVED if seems_broken:
                # z3 knows nothing of what can be reached: brute force does.
                assert not brute.breaks(promise)
            case Answer.NOT_DECIDED:
                assert seems_broken, promise.name
    return len(promises)


@pytest.mark.parametrize("seed", range(200, 300, 2))
def test_z3_agrees_on_random_protocols(seed: int) -> None:
    protocol = random_protocol(seed)
    assert_agreed(protocol, Brute(protocol, True))


@pytest.mark.parametrize("kind", [*ALONE, *TOGETHER])
def test_z3_agrees_on_time(kind: str) -> None:
    asked = 0
    for seed in range(100, 120):
        protocol = timed_protocol(seed, kind)
        asked += assert_agreed(protocol, TimedBrute(protocol, True))
    assert asked > 5
