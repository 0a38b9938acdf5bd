"""Laws: one more fact never turns a decided answer around, and nothing is open on an unrecorded fact.

Both are checked on what the engine decides, and on the obvious evaluator with a fault planted in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import PEOPLE, Dice, Moment, catches, dice, law, moments, value_of

from rupture_protocol import Case, Engine, Refused, Verdict
from rupture_protocol.engine import evaluate as evaluating
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import VERDICT_OF, steps_from
from rupture_protocol.engine.truth import FALSE, TRUE, Truth
from rupture_protocol.language.facts import Value

pytestmark = pytest.mark.once

Verdicts = Mapping[str, Verdict]
Decides = Callable[[Moment, Mapping[str, Value]], Verdicts]


def decided(moment: Moment, supposed: Mapping[str, Value]) -> Verdicts:
    """What the engine says."""
    return moment.engine.decide(moment.case, at=moment.at, suppose=supposed).verdicts


def walked(moment: Moment, supposed: Mapping[str, Value]) -> Verdicts:
    """What the obvious evaluator says: here faults are planted."""
    engine, case = moment.engine, moment.case
    facts = engine.decide(case, at=moment.at, suppose=supposed).situation.facts
    situation = Situation(engine.protocol, case.state, facts, case.visits, moment.at, engine.calendar)
    steps = steps_from(engine.protocol, case.state)
    return {step.trigger: VERDICT_OF[evaluate(step.requirement, situation).truth] for step in steps}


def off_record(moment: Moment) -> list[str]:
    """The facts that are neither on record nor presumed."""
    situation = moment.engine.decide(moment.case, at=moment.at).situation
    return [name for name in moment.engine.protocol.facts if situation.read(name).value is None]


def turned(moment: Moment, picks: Dice, decides: Decides = decided) -> list[str]:
    """The options whose decided verdict changes when one more fact is recorded."""
    before = decides(moment, {})
    facts = moment.engine.protocol.facts
    found = []
    for name in off_record(moment):
        after = decides(moment, {name: value_of(picks, facts[name])})
        found += [
            trigger
            for trigger, verdict in before.items()
            if verdict is not Verdict.UNDECIDED and after[trigger] is not verdict
        ]
    return found


def open_on_nothing(moment: Moment, picks: Dice, decides: Decides = decided) -> list[str]:
    """The open options that some value of what is not on record would have closed."""
    facts = moment.engine.protocol.facts
    before = decides(moment, {})
    found = []
    for _ in range(4):
        after = decides(moment, {name: value_of(picks, facts[name]) for name in off_record(moment)})
        found += [
            trigger
            for trigger, verdict in before.items()
            if verdict is Verdict.OPEN and after[trigger] is not Verdict.OPEN
        ]
    return found


@law(80)
@given(moments(), dice())
def test_one_more_fact_never_turns_a_decided_answer_around(moment: Moment, picks: Dice) -> None:
    assert not turned(moment, picks)


@law(50)
@given(moments(imagined=False), dice())
def test_one_more_record_never_turns_a_decided_answer_around(moment: Moment, picks: Dice) -> None:
    engine = moment.engine
    before = engine.decide(moment.case, at=moment.at).verdicts
    for name in off_record(moment):
        value = value_of(picks, engine.protocol.facts[name])
        recorded = _recorded(engine, moment, name, value)
        if recorded is not None:
            after = engine.decide(recorded, at=moment.at).verdicts
            assert all(after[each] is it for each, it in before.items() if it is not Verdict.UNDECIDED)


@law(50)
@given(moments(), dice())
def test_nothing_is_open_on_an_unrecorded_fact(moment: Moment, picks: Dice) -> None:
    assert not open_on_nothing(moment, picks)


def _recorded(engine: Engine, moment: Moment, name: str, value: Value) -> Case | None:
    for by in PEOPLE:
        try:
            return engine.record(moment.case, {name: value}, by=by, at=moment.at)
        except Refused:
            continue
    return None


# Planted faults ---------------------------------------------------------------------------------------


def takes_unknown_for_false(truth: Truth) -> Truth:
    """`not` as most rule engines have it: what is not known is taken for false, so its opposite holds."""
    return FALSE if truth is TRUE else TRUE


def all_but_the_unknown(parts: list[Truth]) -> Truth:
    """An `all` that passes over what is not known."""
    return FALSE if FALSE in parts else TRUE


def any_but_the_unknown(parts: list[Truth]) -> Truth:
    """An `any` that is false where it should be unknown."""
    return TRUE if TRUE in parts else FALSE


FAULTS = [
    ("negation", takes_unknown_for_false),
    ("conjunction", all_but_the_unknown),
    ("disjunction", any_but_the_unknown),
]


@pytest.mark.parametrize(("name", "fault"), FAULTS, ids=[name for name, _ in FAULTS])
def test_the_first_law_catches_a_false(
    name: str, fault: Callable[..., Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, name, fault)

    assert catches(partial(_both, turned), _tried())


@pytest.mark.parametrize(("name", "fault"), FAULTS[:2], ids=[name for name, _ in FAULTS[:2]])
def test_the_second_law_catches_a_false(
    name: str, fault: Callable[..., Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, name, fault)

    assert catches(partial(_both, open_on_nothing), _tried())


@law(30)
@given(st.tuples(moments(), dice()))
def test_an_evaluator_without_a_fault_is_not_caught(tried: tuple[Moment, Dice]) -> None:
    assert not _both(turned, tried)
    assert not _both(open_on_nothing, tried)


def _tried() -> st.SearchStrategy[tuple[Moment, Dice]]:
    return st.tuples(moments(), dice())


def _both(check: Callable[[Moment, Dice, Decides], list[str]], tried: tuple[Moment, Dice]) -> list[str]:
    return check(*tried, walked)
