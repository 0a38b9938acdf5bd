"""Law: the reasons of a decision, which are generated, say what the obvious evaluator's trace says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from tests.strategies import NOON, Moment, catches, law, moments

from rupture_protocol import Calendar, Protocol, load
from rupture_protocol.engine import explain
from rupture_protocol.engine.evaluate import Reading, Situation, Trace, evaluate
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.engine.reasons import Reason, Worded
from rupture_protocol.language.conditions import Condition
from rupture_protocol.shipped import names

Compiler = Callable[[Protocol, tuple[Step, ...], Calendar], explain.Reasons]


def disagreements(moment: Moment, compiler: Compiler = explain.compile_reasons) -> list[str]:
    """The triggers whose reasons and trace differ in any node."""
    protocol, case, calendar = moment.engine.protocol, moment.case, moment.engine.calendar
    steps = steps_from(protocol, case.state)
    situation = Situation(protocol, case.state, case.facts, case.visits, moment.at, calendar)
    reasons = compiler(protocol, steps, calendar)(case.facts, case.visits, moment.at)
    return [
        step.trigger
        for step, reason in zip(steps, reasons, strict=True)
        if list(reason.walk()) != list(in_order(reason))
        or not same(reason, evaluate(step.requirement, situation), protocol)
    ]


def same(reason: Reason, trace: Trace, protocol: Protocol) -> bool:
    sentence = Worded(trace.condition, protocol).sentence(trace.truth, trace.reading)
    return (
        (reason.condition, reason.condition.path) == (trace.condition, trace.condition.path)
        and (reason.truth, reason.reading, reason.text) == (trace.truth, trace.reading, sentence)
        and len(reason.parts) == len(trace.parts)
        and all(same(part, inner, protocol) for part, inner in zip(reason.parts, trace.parts, strict=True))
    )


def in_order(reason: Reason) -> Iterator[Reason]:
    yield reason
    for part in reason.parts:
        yield from in_order(part)


@law(150)
@given(moments())
def test_the_reasons_are_the_trace_on_random_protocols_and_cases(moment: Moment) -> None:
    assert not disagreements(moment)


@pytest.mark.parametrize("name", names())
def test_the_reasons_are_the_trace_in_every_state_of_a_shipped_protocol(name: str) -> None:
    protocol = load(name)
    calendar = Calendar()
    for state in protocol.states:
        steps = steps_from(protocol, state)
        reasons = explain.compile_reasons(protocol, steps, calendar)({}, {}, NOON)
        situation = Situation(protocol, state, {}, {}, NOON, calendar)
        for step, reason in zip(steps, reasons, strict=True):
            assert same(reason, evaluate(step.requirement, situation), protocol), (state, step.trigger)


def test_conditions_that_double_without_end_are_not_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_LISTED", 3)
    protocol = load("standard")
    steps = steps_from(protocol, protocol.initial)
    (reason, *_) = explain.compile_reasons(protocol, steps, Calendar())({}, {}, NOON)

    assert reason.below is None
    assert list(reason.walk()) == list(in_order(reason))


# Planted faults ---------------------------------------------------------------------------------------


class ForgetsExpiry(explain.ReasonWriter):
    def _fact(self, name: str) -> str:
        local = super()._fact(name)
        self.lines[:] = [line.replace(f"r{local[1:]}.expires > at", "True") for line in self.lines]
        return local


class TurnsNothingAround(explain.ReasonWriter):
    def _around(self, condition: Condition, inner: Condition, *, turned: bool) -> None:
        super()._around(condition, inner, turned=False)


class SaysNothingOfPresumptions(explain.ReasonWriter):
    def _reading(self, name: str) -> str:
        reading = super()._reading(name)
        self.constants = {
            key: value._replace(presumed=False) if isinstance(value, Reading) else value
            for key, value in self.constants.items()
        }
        return reading


@pytest.mark.parametrize("fault", [ForgetsExpiry, TurnsNothingAround, SaysNothingOfPresumptions])
def test_the_law_catches_a_compiler_that(fault: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "ReasonWriter", fault)

    assert catches(disagreements, moments())
