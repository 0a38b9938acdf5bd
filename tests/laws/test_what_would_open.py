"""Laws: `missing`, `opens_with`, `ask` and `presumed` say what brute force says.

The oracle tries every set of facts and every value that any condition could tell apart from another; it
knows nothing of cubes, only the verdicts of the engine.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from tests.strategies import NOON, Moment, catches, law, moments

from rupture_protocol import UNKNOWN, Case, Decision, Engine, Option, Verdict
from rupture_protocol.engine import decision as deciding
from rupture_protocol.engine import questions
from rupture_protocol.engine.case import Record, Standing
from rupture_protocol.engine.compile import compile_steps
from rupture_protocol.engine.cubes import Space
from rupture_protocol.engine.options import Step, facts_of, steps_from
from rupture_protocol.language.facts import Fact, FactType

pytestmark = pytest.mark.once

MOST = 3_000
Sets = list[frozenset[str]]


class Oracle:
    """All that could be recorded about a case at a moment, and what each option would then come to."""

    def __init__(self, moment: Moment) -> None:
        self.engine, self.case, self.at = moment.engine, moment.case, moment.at
        self.protocol = moment.engine.protocol
        self.decision = moment.engine.decide(moment.case, at=moment.at)
        self.situation = self.decision.situation
        self.steps = {step.trigger: step for step in steps_from(self.protocol, moment.case.state)}

    def minimal(self, trigger: str, free: Collection[str], *, changed: bool = False) -> Sets | None:
        """The smallest sets of these facts with values that open the option; None: too many to try.

        Args:
            trigger: The option.
            free: The facts that may be recorded, those that the option reads.
            changed: Whether a fact must get another value than it has.
        """
        step = self.steps[trigger]
        domains = {name: self._domain(name, changed=changed) for name in step.facts if name in free}
        if math.prod(len(domain) + 1 for domain in domains.values()) > MOST:
            return None
        verdict = self._verdict(step)
        found: Sets = []
        for size in range(len(domains) + 1):
            for names in itertools.combinations(domains, size):
                if any(each <= set(names) for each in found):
                    continue
                if any(verdict(chosen) for chosen in itertools.product(*(domains[name] for name in names))):
                    found.append(frozenset(names))
        return found

    def _verdict(self, step: Step) -> Callable[[tuple[Record, ...]], bool]:
        fast = compile_steps(self.protocol, (step,), self.engine.calendar)

        def opens(chosen: tuple[Record, ...]) -> bool:
            facts = {**self.case.facts, **{record.fact: record for record in chosen}}
            return fast(facts, self.case.visits, self.at) == (Verdict.OPEN,)

        return opens

    def _domain(self, name: str, *, changed: bool) -> list[Record]:
        now = self.situation.read(name).value
        values = [value for value in self._values(self.protocol.facts[name]) if not changed or value != now]
        return [Record(name, value, Standing.RECORDED, 0, None, None, None, None) for value in values]

    def _values(self, fact: Fact) -> list[Any]:
        match fact.type:
            case FactType.BOOLEAN:
                return [True, False]
            case FactType.CHOICE | FactType.SCALE:
                return [*fact.values, *fact.also]
            case FactType.SET:
                sizes = range(len(fact.values) + 1)
                return [
                    frozenset(each) for size in sizes for each in itertools.combinations(fact.values, size)
                ]
            case FactType.INTEGER:
                return [value for value in range(-1, 7) if _fits(fact, value)]
            case FactType.NUMBER:
                numbers = map(Decimal, ["-1", "0", "0.5", "1", "2", "2.5", "3", "5", "6"])
                return [value for value in numbers if _fits(fact, value)]
            case FactType.DATE:
                return sorted(self._days())
            case FactType.DATETIME:
                return sorted(self._instants())
            case FactType.TEXT:
                return ["a plan"]

    def _days(self) -> set[date]:
        written = [date(2026, 11, 10), date(2026, 11, 23), date(2026, 11, 24), date(2026, 12, 1)]
        today = self.at.date()
        turns = [today - timedelta(days=days) for days in (0, 1, 2, 7, 28, 29, 30, 31)]
        return {day + timedelta(days=by) for day in [*written, *turns] for by in (-1, 0, 1)}

    def _instants(self) -> set[datetime]:
        written = [datetime.fromisoformat(f"2026-11-{day}:00:00+00:00") for day in ("23T11", "24T09")]
        lengths = [timedelta(hours=hours) for hours in (0, 1.5, 3, 24, 48, 168)]
        turns = [self.at - length for length in [*lengths, *(timedelta(days=days) for days in range(28, 32))]]
        tick = timedelta(seconds=1)
        return {instant + by for instant in [*written, *turns] for by in (-tick, 0 * tick, tick)}


def _fits(fact: Fact, value: Any) -> bool:
    low, high = fact.minimum, fact.maximum
    return (low is None or low <= value) and (high is None or value <= high)


def unrecorded(decision: Decision) -> list[str]:
    """The facts that are not on record; one that is presumed is not."""
    readings = {name: decision.situation.read(name) for name in decision.protocol.facts}
    return [name for name, reading in readings.items() if reading.value is None or reading.presumed]


def wrong_missing(moment: Moment) -> list[str]:
    """The options whose `missing` is not what brute force finds."""
    oracle = Oracle(moment)
    found = []
    for trigger, option in oracle.decision.items():
        expected = oracle.minimal(trigger, unrecorded(oracle.decision))
        if option.verdict is Verdict.OPEN:
            expected = []
        if expected is not None and not _are_the_smallest(option.missing, expected, most=8):
            found.append(trigger)
    return found


def _are_the_smallest(said: tuple[Collection[str], ...], expected: Sets, *, most: int) -> bool:
    sets = [frozenset(each) for each in said]
    sizes = sorted(len(each) for each in expected)[:most]
    return (
        len(set(sets)) == len(sets)
        and set(sets) <= set(expected)
        and [len(each) for each in sets] == sizes
        and all(len(each) == len(names) for each, names in zip(sets, said, strict=True))
    )


@law(80)
@given(moments())
def test_missing_is_what_brute_force_finds(moment: Moment) -> None:
    assert not wrong_missing(moment)


@law(40)
@given(moments())
def test_missing_is_in_file_order(moment: Moment) -> None:
    order = list(moment.engine.protocol.facts)
    for option in moment.engine.decide(moment.case, at=moment.at).values():
        ranks = [(len(names), [order.index(name) for name in names]) for names in option.missing]

        assert ranks == sorted(ranks)
        assert all(places == sorted(places) for _, places in ranks)


def wrong_changes(moment: Moment) -> list[str]:
    """The options whose `opens_with` is not what brute force finds, or does not do what it says."""
    oracle = Oracle(moment)
    decision, protocol = oracle.decision, oracle.protocol
    guarded = {name for each in protocol.interrupts.values() for name in facts_of(each.when, protocol)}
    free = set(protocol.facts) - set(unrecorded(decision)) - guarded
    found = []
    for trigger, option in decision.items():
        expected = oracle.minimal(trigger, free, changed=True) if option.verdict is Verdict.BLOCKED else []
        names = tuple(tuple(changes) for changes in option.opens_with)
        smallest = expected is None or _are_the_smallest(names, expected, most=3)
        if not smallest or not all(_opens(oracle, option, changes) for changes in option.opens_with):
            found.append(trigger)
    return found


def _opens(oracle: Oracle, option: Option, changes: Mapping[str, questions.Change]) -> bool:
    """Whether every one of the values that it names opens the option."""
    facts = oracle.protocol.facts
    if any(not change.to or change.by != facts[name].by for name, change in changes.items()):
        return False
    chosen = itertools.product(*(change.to for change in changes.values()))
    return all(
        oracle.engine.decide(oracle.case, at=oracle.at, suppose=dict(zip(changes, values, strict=True)))[
            option.trigger
        ].verdict
        is Verdict.OPEN
        for values in chosen
    )


@law(80)
@given(moments())
def test_opens_with_is_what_brute_force_finds_and_opens(moment: Moment) -> None:
    assert not wrong_changes(moment)


# What to ask ------------------------------------------------------------------------------------------


@law(60)
@given(moments())
def test_ask_is_interrupts_then_the_states_list_then_what_most_options_miss(moment: Moment) -> None:
    decision = moment.engine.decide(moment.case, at=moment.at)
    protocol = moment.engine.protocol
    asked = [question.fact for question in decision.ask]
    wanted = unrecorded(decision)
    urgent = list(_undecided(decision))
    listed = [name for name in protocol.states[decision.state].ask if name in wanted]
    misses = {
        name: sum(any(name in each for each in option.missing) for option in decision.values())
        for name in protocol.facts
    }
    most_missed = sorted((name for name in wanted if misses[name]), key=lambda name: -misses[name])

    if protocol.states[decision.state].final:
        urgent = []  # nothing is left to decide

    assert asked == list(dict.fromkeys([*urgent, *listed, *most_missed]))
    for question in decision.ask:
        assert question.by == protocol.facts[question.fact].by
        assert question.question


def _undecided(decision: Decision) -> Iterator[str]:
    """Of each undecided interrupt, the unrecorded facts that some value of it could still decide."""
    for _, trace in decision.interrupts:
        yield from questions.undecided_facts(trace)


def test_the_facts_of_a_more_urgent_interrupt_are_asked_first() -> None:
    """As a table, in `tests/engine/test_questions.py`; here only that the law above meets such a case."""

    def asks_for_an_interrupt(moment: Moment) -> bool:
        return len(set(_undecided(moment.engine.decide(moment.case, at=moment.at)))) > 1

    assert catches(asks_for_an_interrupt, moments())


# What is presumed -------------------------------------------------------------------------------------


def wrongly_not_presumed(moment: Moment) -> list[str]:
    """The options that would come to something else, had a fact not been presumed that they do not name."""
    decision = moment.engine.decide(moment.case, at=moment.at)
    presumed = {name for name in moment.engine.protocol.facts if decision.situation.read(name).presumed}
    found = []
    for trigger, option in decision.items():
        if option.verdict is Verdict.UNDECIDED:
            continue
        others = dict.fromkeys(presumed - set(option.presumed), UNKNOWN)
        without = moment.engine.decide(moment.case, at=moment.at, suppose=others)[trigger].verdict
        if without is not option.verdict or not set(option.presumed) <= presumed:
            found.append(trigger)
    return found


@law(80)
@given(moments())
def test_what_rests_on_a_presumption_says_so(moment: Moment) -> None:
    assert not wrongly_not_presumed(moment)


# Planted faults ---------------------------------------------------------------------------------------


def forgets_sets(cubes: Callable[..., Any]) -> Callable[..., Any]:
    """A solver that takes the first way of several only."""
    return lambda *args, **kwargs: cubes(*args, **kwargs)[:1]


def forgets_to_minimise(supports: Callable[..., Any]) -> Callable[..., Any]:
    """A solver that names a fact more than is needed."""

    def more(space: Space, requirement: Any) -> list[frozenset[str]]:
        return [each | set(sorted(space.free)[:1]) for each in supports(space, requirement)]

    return more


@pytest.mark.parametrize(
    ("name", "fault"), [("_some", forgets_sets), ("supports", forgets_to_minimise)], ids=["lost", "padded"]
)
def test_the_law_of_missing_catches_a_solver_with_sets(
    name: str, fault: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Space, name, fault(getattr(Space, name)))

    assert catches(wrong_missing, moments())


def test_the_law_of_changes_catches_a_solver_that_talks_danger_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "facts_of", lambda *_: set())

    assert catches(wrong_changes, moments())


def test_the_law_of_presumptions_catches_an_option_that_hides_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "presumed_facts", lambda _: iter(()))

    assert catches(wrongly_not_presumed, moments())


def test_the_oracle_finds_what_a_person_would() -> None:
    """Brute force itself, on a protocol small enough to read."""
    from rupture_protocol import loads

    engine = Engine(
        loads(
            """
format: 1
protocol: small
version: 1.0.0
title: Small
facts: {agreed: boolean, calm: boolean, score: integer}
states:
  start:
    initial: true
    transitions:
      go: {to: done, when: {any: [{agreed: true, calm: true}, {score: {above: 3}}]}}
  done: {final: true}
"""
        )
    )
    case: Case = engine.imagine()
    oracle = Oracle(Moment(engine, case, NOON))

    assert oracle.minimal("go", ["agreed", "calm", "score"]) == [
        frozenset({"score"}),
        frozenset({"agreed", "calm"}),
    ]
    assert engine.decide(case, at=NOON)["go"].missing == (("score",), ("agreed", "calm"))
