"""The prover's answers by brute force: every situation one by one, every condition by the naive evaluator.

Written to be obviously right, from *Promises* in the format, and not from the prover.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from tests.strategies import NOON

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Standing, Visit
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import Condition, NotHeldBack, OnRecord, Visited
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import EnterPromise, OfferPromise, Promise, Protocol, Transition

NEVER, OFF = "never recorded", "not on record"
MOST = 3  # random protocols count to 2
Spot = tuple[str, tuple[Any, ...], tuple[Any, ...]]
"""A state, how often each state was entered, and what is known of each fact."""


def values_of(fact: Fact) -> list[Any]:
    """Every value, or enough of them that each comparison of a random protocol comes to all it can."""
    match fact.type:
        case "boolean":
            return [True, False]
        case "integer":
            return [0, 1, 2, 3]
        case "set":
            pairs = product([False, True], repeat=len(fact.values))
            return [
                frozenset(v for v, inside in zip(fact.values, each, strict=True) if inside) for each in pairs
            ]
        case _:
            return [*fact.values, *fact.also]


Cloud = tuple[str, tuple[Any, ...], tuple[tuple[Any, ...], ...]]
"""A state, counts, and for each fact what it may be: the situations between which only facts change."""


@dataclass
class Brute:
    """Everything about one protocol, in one of the two ways in which time may pass."""

    protocol: Protocol
    everything_moves: bool
    _clouds: dict[Cloud, list[Spot]] = field(default_factory=dict)
    _seen: dict[Spot, tuple[Situation, dict[int, Truth]]] = field(default_factory=dict)
    """What conditions come to, by their `id`: the same however time may pass."""

    def otherwise(self) -> Brute:
        """The same protocol in the other way."""
        other = type(self)(self.protocol, not self.everything_moves, _seen=self._seen)
        other.steps = self.steps  # whose conditions the truths are of
        return other

    @cached_property
    def states(self) -> list[str]:
        return list(self.protocol.states)

    @cached_property
    def facts(self) -> list[Fact]:
        return list(self.protocol.facts.values())

    @cached_property
    def steps(self) -> dict[str, tuple[Step, ...]]:
        return {state: steps_from(self.protocol, state) for state in self.states}

    def truth(self, condition: Condition, spot: Spot) -> Truth:
        if spot not in self._seen:
            self._seen[spot] = (self.situation(spot), {})
        situation, truths = self._seen[spot]
        if id(condition) not in truths:
            truths[id(condition)] = evaluate(condition, situation).truth
        return truths[id(condition)]

    def situation(self, spot: Spot) -> Situation:
        state, counts, known = spot
        records = {}
        for fact, value in zip(self.facts, known, strict=True):
            if value is OFF:
                records[fact.name] = Record(fact.name, None, Standing.NOT_KNOWN, 1, None, None, None, None)
            elif value is not NEVER:
                records[fact.name] = Record(fact.name, value, Standing.RECORDED, 1, None, None, None, None)
        visits = {name: Visit(count, None) for name, count in zip(self.states, counts, strict=True) if count}
        return Situation(self.protocol, state, Frozen(records), Frozen(visits), NOON, Calendar())

    def sound(self, spot: Spot) -> bool:
        return all(self.truth(assumed, spot) is not FALSE for assumed in self.protocol.assume)

    # How a case moves --------------------------------------------------------------------------------

    def next_values(self, fact: Fact, value: Any) -> list[Any]:
        free = self.everything_moves or fact.varies or fact.lasts is not None
        if value is NEVER:
            return [NEVER, *([OFF] if free else []), *values_of(fact)]
        if free or value is OFF:
            return [OFF, *values_of(fact)]
        return [value]

    def cloud(self, spot: Spot) -> Cloud:
        """The sound situations that a case may come to without a step: one cloud for all that share it."""
        state, counts, known = spot
        choices = tuple(
            tuple(self.next_values(fact, value)) for fact, value in zip(self.facts, known, strict=True)
        )
        cloud: Cloud = (state, counts, choices)
        if cloud not in self._clouds:
            self._clouds[cloud] = [
                (state, counts, each) for each in product(*choices) if self.sound((state, counts, each))
            ]
        return cloud

    def entered(self, spot: Spot, to: str) -> Spot:
        _, counts, known = spot
        forgets = self.protocol.states[to].forget
        return (
            to,
            tuple(min(count + (name == to), MOST) for name, count in zip(self.states, counts, strict=True)),
            tuple(
                OFF if fact.name in forgets and value is not NEVER else value
                for fact, value in zip(self.facts, known, strict=True)
            ),
        )

    def taken(self, step: Step, spot: Spot) -> bool:
        verdict = self.truth(step.requirement, spot)
        if verdict is TRUE:
            return True
        if step.urgency is not None:
            more_urgent = list(self.protocol.interrupts.values())[: step.urgency]
            return verdict is UNKNOWN and all(
                self.truth(each.when, spot) is FALSE for each in more_urgent if each.to == step.state
            )
        override = step.defined.override if isinstance(step.defined, Transition) else None
        return override is not None and self.truth(step.net, spot) is TRUE

    def next_clouds(self, spot: Spot) -> set[Cloud]:
        entries = [self.entered(spot, step.to) for step in self.steps[spot[0]] if self.taken(step, spot)]
        return {self.cloud(spot), *(self.cloud(entry) for entry in entries)}

    @cached_property
    def beginning(self) -> Spot:
        start = self.protocol.initial
        counts = tuple(int(name == start) for name in self.states)
        known = tuple(NEVER if fact.presume is not None else OFF for fact in self.facts)
        return (start, counts, known)

    @cached_property
    def graph(self) -> dict[Spot, set[Cloud]]:
        """Every sound situation that a case may be in, and the clouds it may be in next."""
        found: dict[Spot, set[Cloud]] = {}
        seen: set[Cloud] = set()
        waiting = list(self._clouds[self.cloud(self.beginning)])
        while waiting:
            spot = waiting.pop()
            if spot in found:
                continue
            found[spot] = self.next_clouds(spot)
            for cloud in found[spot] - seen:
                seen.add(cloud)
                waiting += self._clouds[cloud]
        return found

    # What fails ---------------------------------------------------------------------------------------

    def leading_to(self, goals: set[Spot]) -> set[Spot]:
        before: dict[Cloud, list[Spot]] = {}
        inside: dict[Spot, list[Cloud]] = {}
        for spot, clouds in self.graph.items():
            for cloud in clouds:
                if cloud not in before:
                    for each in self._clouds[cloud]:
                        inside.setdefault(each, []).append(cloud)
                before.setdefault(cloud, []).append(spot)
        found, waiting, seen = set(goals), list(goals), set()
        while waiting:
            for cloud in inside.get(waiting.pop(), ()):
                if cloud not in seen:
                    seen.add(cloud)
                    new = set(before[cloud]) - found
                    found |= new
                    waiting += new
        return found

    def breaks(self, promise: Promise) -> bool:
        when = promise.when
        where = [spot for spot in self.graph if when is None or self.truth(when, spot) is TRUE]
        match promise:
            case EnterPromise():
                return any(
                    self._enters(promise, spot, step) for spot in where for step in self.steps[spot[0]]
                )
            case OfferPromise():
                return any(self._withholds(promise, spot) for spot in where)
            case _:
                goals = {spot for spot in self.graph if spot[0] in promise.always_reachable}
                leading = self.leading_to(goals)
                return any(spot not in leading and not self.final(spot) for spot in where)

    def final(self, spot: Spot) -> bool:
        return self.protocol.states[spot[0]].final

    def _enters(self, promise: EnterPromise, spot: Spot, step: Step) -> bool:
        if step.to not in promise.enter:
            return False
        net = self._promised(step)
        guard = [part for part in step.requirement.parts if not any(part is each for each in net)]
        if step.urgency is not None and promise.only_after and self.taken(step, spot):
            been = self.situation(spot).visits
            if any(state not in been for state in promise.only_after):
                return True
        if any(self.truth(part, spot) is not TRUE for part in guard):
            return False
        asked: list[Condition] = [OnRecord(fact) for fact in promise.needs]
        asked += [promise.only_if] if promise.only_if else []
        asked += [Visited(state) for state in promise.only_after]
        return any(evaluate(part, self.situation(spot)).truth is not TRUE for part in asked)

    def _promised(self, step: Step) -> list[Condition]:
        return [part for part in step.net.parts if not isinstance(part, NotHeldBack)]

    def _withholds(self, promise: OfferPromise, spot: Spot) -> bool:
        targets = {
            step.to for steps in self.steps.values() for step in steps if step.trigger == promise.offer
        }
        if self.truth(promise.whenever, spot) is not TRUE or self.final(spot) or spot[0] in targets:
            return False
        step = next((step for step in self.steps[spot[0]] if step.trigger == promise.offer), None)
        if step is None:
            return True
        asked = [part for part in step.requirement.parts if not isinstance(part, NotHeldBack)]
        net = self._promised(step)
        return any(
            self.truth(part, spot) is not TRUE
            for part in asked
            if not isinstance(part, OnRecord) or any(part is each for each in net)
        )

    def dead(self, spot: Spot) -> bool:
        wait = self.protocol.states[spot[0]].wait
        if self.final(spot) or (wait is not None and wait.until is None):
            return False
        if wait is not None and wait.until is not None and self.truth(wait.until, spot) is not TRUE:
            return False
        steps = self.steps[spot[0]]
        read = {fact for step in steps for fact in step.facts}
        known = dict(zip((fact.name for fact in self.facts), spot[2], strict=True))
        return all(known[fact] not in (OFF, NEVER) for fact in read) and not any(
            self.truth(step.requirement, spot) is TRUE for step in steps
        )

    @cached_property
    def dead_ends(self) -> set[str]:
        return {spot[0] for spot in self.graph if self.dead(spot)}

    @cached_property
    def trapped(self) -> set[str]:
        goals = {spot for spot in self.graph if self.final(spot) or self.dead(spot)}
        leading = self.leading_to(goals)
        return {spot[0] for spot in self.graph if spot not in leading} - self.dead_ends

    @cached_property
    def unreachable(self) -> set[str]:
        return set(self.states) - {spot[0] for spot in self.graph}

    @cached_property
    def never_open(self) -> set[str]:
        opened: set[int] = set()
        offered: dict[int, str] = {}
        for spot in self.graph:
            for step in self.steps[spot[0]]:
                offered[id(step.defined)] = f"{step.trigger}@{step.defined.path}"
                if self.truth(step.requirement, spot) is TRUE:
                    opened.add(id(step.defined))
        return {name for key, name in offered.items() if key not in opened}

    @cached_property
    def never_true(self) -> set[str]:
        return self._never(TRUE)

    @cached_property
    def never_false(self) -> set[str]:
        return self._never(FALSE) - self.never_true

    def _never(self, truth: Truth) -> set[str]:
        named = self.protocol.conditions
        return {
            name
            for name, each in named.items()
            if not any(self.truth(each, spot) is truth for spot in self.graph)
        }
