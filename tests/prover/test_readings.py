"""The third reading of a condition comes to what the naive evaluator says, in every situation."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from tests.strategies import Moment, law, moments

from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import steps_from
from rupture_protocol.engine.truth import FALSE, TRUE
from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.living import region_in
from rupture_protocol.prover.readings import Wanted
from rupture_protocol.prover.space import Space


def conditions_of(protocol: Protocol) -> Iterator[Condition]:
    yield from protocol.conditions.values()
    for state in protocol.states:
        for step in steps_from(protocol, state):
            yield step.requirement
            yield step.net


@law(60)
@given(moments(imagined=False))
def test_the_reading_of_a_condition_is_what_the_evaluator_says(moment: Moment) -> None:
    protocol, case = moment.engine.protocol, moment.case
    space = Space(protocol, 100_000)
    situation = Situation(protocol, case.state, case.facts, case.visits, moment.at, moment.engine.calendar)
    regions = [region_in(variable, situation) for variable in space.variables]

    for condition in conditions_of(protocol):
        truth = evaluate(condition, situation).truth
        true, false = space.readings.read(condition)
        assert space.sets.holds(true, regions) == (truth is TRUE)
        assert space.sets.holds(false, regions) == (truth is FALSE)


@law(60)
@given(moments(imagined=False))
def test_the_factors_of_a_condition_have_its_reading_in_common(moment: Moment) -> None:
    space = Space(moment.engine.protocol, 100_000)
    sets = space.sets
    for condition in conditions_of(moment.engine.protocol):
        true, false = space.readings.read(condition)
        expected = {
            Wanted.TRUE: true,
            Wanted.FALSE: false,
            Wanted.NOT_TRUE: sets.outside(true),
            Wanted.NOT_FALSE: sets.outside(false),
        }
        for wanted, whole in expected.items():
            assert sets.all_of(space.readings.factors(condition, wanted)) == whole
        assert sets.both(true, false) == 0
