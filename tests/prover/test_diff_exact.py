"""The sets that `diff` tells are exact: held against the naive evaluator, situation by situation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, reject
from tests.prover.brute import values_of
from tests.prover.two_versions import NEVER, OFF, Spot, regions, situation, two_versions, verdicts
from tests.strategies import NOON, Dice, dice, law, protocols, value_of

from rupture_protocol import loads
from rupture_protocol.engine.case import Visit
from rupture_protocol.engine.options import Step, Verdict, steps_from
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover import shifts
from rupture_protocol.prover.cover import cover, set_of
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.diff import diff
from rupture_protocol.prover.difference import Case, Change, Shift
from rupture_protocol.prover.joint import Joint, SideFact
from rupture_protocol.prover.prove import BUDGET
from rupture_protocol.prover.shifts import Moved, moved

pytestmark = pytest.mark.once

SEEDS = 150
MOST_SPOTS = 120


def pair(seed: int) -> tuple[Protocol, Protocol]:
    old, new = two_versions(seed)
    return loads(json.dumps(old)), loads(json.dumps(new))


def spots(old: Protocol, new: Protocol, seed: int) -> Iterator[Spot]:
    """Situations of both, all of them where they are few."""
    known: dict[Any, list[Any]] = {}
    for fact in (*old.facts.values(), *new.facts.values()):
        values = known.setdefault((fact.name, fact.type), [NEVER, OFF])
        values += [each for each in values_of(fact) if each not in values]
    states = [state for state in old.states if state in new.states]
    roll = Random(seed)
    every = list(product(*known.values()))
    for each in roll.sample(every, min(MOST_SPOTS, len(every))):
        state = roll.choice(states)
        counts = {name: roll.randint(0, 3) for name in (*states, state, old.initial)}
        for name in (state, old.initial):
            counts[name] = max(counts[name], 1)
        visits = {name: Visit(count, None) for name, count in counts.items() if count}
        yield Spot(state, dict(zip(known, each, strict=True)), visits)


def steps_of(protocol: Protocol, state: str) -> dict[str, Step]:
    return {step.trigger: step for step in steps_from(protocol, state)}


def assert_exact(joint: Joint, spot: Spot) -> int:
    """Every option of the spot's state came to what the sets say; how many came to something else."""
    found = regions(joint, spot)
    old, new = joint.protocols
    was, now = verdicts(old, spot), verdicts(new, spot)
    differing = 0
    for trigger in {*was, *now}:
        before = was.get(trigger, Verdict.BLOCKED)
        after = now.get(trigger, Verdict.BLOCKED)
        told = [
            (each.was, each.now)
            for each in moves(joint, spot.state, trigger)
            if joint.sets.holds(joint.sets.both(each.wanted, each.care), found)
        ]
        if before is after:
            assert told == [], (spot, trigger)
        else:
            differing += 1
            assert len(told) == 1, (spot, trigger)
            assert before in told[0][0], (spot, trigger)
            assert after is told[0][1], (spot, trigger)
    return differing


def moves(joint: Joint, state: str, trigger: str) -> tuple[Moved, ...]:
    old, new = joint.protocols
    return moved(joint, state, steps_of(old, state).get(trigger), steps_of(new, state).get(trigger))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_sets_are_exact(seed: int) -> None:
    old, new = pair(seed)
    joint = Joint(old, new, BUDGET)
    for spot in spots(old, new, seed):
        assert_exact(joint, spot)


def test_the_random_versions_differ_often_enough_to_tell() -> None:
    differing = 0
    for seed in range(30):
        old, new = pair(seed)
        joint = Joint(old, new, BUDGET)
        differing += sum(assert_exact(joint, spot) for spot in spots(old, new, seed))
    assert differing > 500


@law(100)
@given(protocols(most_facts=4), protocols(most_facts=4), dice())
def test_the_sets_are_exact_for_every_type_and_form(old: Protocol, new: Protocol, dice: Dice) -> None:
    try:
        joint = Joint(old, new, BUDGET)
    except TooLarge:
        reject()  # told as not decided
    for _ in range(5):
        assert_exact(joint, a_spot(dice, old, new))


def a_spot(dice: Dice, old: Protocol, new: Protocol) -> Spot:
    known = {}
    for fact in (*old.facts.values(), *new.facts.values()):
        value = dice.one([NEVER, OFF, "a value", "a value", "a value"])
        known[fact.name, fact.type] = value_of(dice, fact) if value == "a value" else value
    state = dice.one([*old.states])
    visits = {}
    for name in old.states:
        count = max(dice.number(0, 3), name in (state, old.initial))
        if count:
            visits[name] = Visit(count, NOON - timedelta(hours=dice.one([0, 1, 3, 24, 25, 50, 200, 900])))
    return Spot(state, known, visits)


# Rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, SEEDS, 3))
def test_rules_hold_the_whole_set_and_nothing_else(seed: int) -> None:
    old, new = pair(seed)
    joint = Joint(old, new, BUDGET)
    for state in old.states:
        for trigger in {*steps_of(old, state), *steps_of(new, state)}:
            for each in moves(joint, state, trigger):
                found = cover(joint.sets, each.wanted)
                assert not found.more
                assert joint.sets.any_of(set_of(joint.sets, box) for box in found.boxes) == each.wanted


@pytest.mark.parametrize("seed", range(0, SEEDS, 3))
def test_every_case_that_is_told_comes_to_what_is_told(seed: int) -> None:
    old, new = pair(seed)
    for change, shift, case in cases(old, new):
        spot = spot_of(case, old, new)
        was = verdicts(old, spot).get(change.name, Verdict.BLOCKED)
        now = verdicts(new, spot).get(change.name, Verdict.BLOCKED)
        assert was.value in shift.was
        assert now.value == shift.now


def cases(old: Protocol, new: Protocol) -> Iterator[tuple[Change, Shift, Case]]:
    for change in diff(old, new).changes:
        for shift in change.shifts:
            for rule in shift.rules:
                yield change, shift, rule.case


def spot_of(case: Case, old: Protocol, new: Protocol) -> Spot:
    known: dict[Any, Any] = {}
    for name, value in case.facts.items():
        fact = new.facts.get(name) or old.facts[name]
        other = old.facts.get(name) or fact
        takes = fact if value in map(json_of, values_of(fact)) else other
        known[name, fact.type] = takes.parse(value)
    for name in case.not_recorded:
        known[name, (new.facts.get(name) or old.facts[name]).type] = OFF
    counts = {case.state: 1, old.initial: 1} | dict(case.visits)
    return Spot(case.state, known, {name: Visit(count, None) for name, count in counts.items() if count})


def json_of(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


# What must be seen ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, SEEDS, 5))
def test_a_protocol_does_not_differ_from_itself(seed: int) -> None:
    data, _ = two_versions(seed)
    same = loads(json.dumps(data))
    newer = loads(json.dumps(data | {"version": "2.0.0"}))
    assert not diff(same, same)
    assert not diff(same, newer)


def caught(seeds: range) -> bool:
    """Whether brute force disagrees anywhere."""
    for seed in seeds:
        old, new = pair(seed)
        joint = Joint(old, new, BUDGET)
        try:
            for spot in spots(old, new, seed):
                assert_exact(joint, spot)
        except AssertionError:
            return True
    return False


def test_a_value_that_one_version_does_not_know_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not caught(range(10))
    monkeypatch.setattr(SideFact, "recorded", lambda self: range(self.first, self.size))
    assert caught(range(SEEDS))


def test_a_part_that_is_not_compared_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = shifts._flat
    monkeypatch.setattr(shifts, "_flat", lambda parts: list(flat(parts))[1:])
    assert caught(range(SEEDS))


def test_situations_are_seen_by_each_version_with_its_own_eyes() -> None:
    old, new = pair(1)
    spot = next(spots(old, new, 1))
    assert situation(old, spot).protocol is old
