"""The `transitions` machine: driven directly, it refuses what the engine refuses, keeps and logs nothing."""

from __future__ import annotations

import itertools
import logging
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from tests.engine.examples import HOUR, KIM, LEE, NOON, SUE, engine_of, opened
from tests.strategies import PEOPLE, Moment, catches, law, moments
from transitions import MachineError

from rupture_protocol import Actor, Case, Engine, Protocol, TransitionRefused, load
from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.compile import Verdicts, compile_steps
from rupture_protocol.engine.machine import Admitted, Position
from rupture_protocol.engine.options import Step, Verdict

NAMES = ("state", "trigger", "to_middle", "may_go", "model", "initial", "is_start", "on_enter_start", "go")
SAME = ", ".join(f"{name}: {{to: middle, when: {{agreed: true}}, by: [therapist]}}" for name in NAMES)
ENGINE = engine_of(f"""
facts: {{agreed: boolean, danger: boolean}}
states:
  start:
    initial: true
    transitions: {{{SAME}}}
  middle: {{transitions: {{back: {{to: start}}}}}}
  held: {{transitions: {{resume: {{to: start}}}}}}
  done: {{final: true}}
anywhere: {{end: {{to: done}}}}
interrupts: {{hold: {{to: held, when: {{danger: true}}}}}}
""")
Drive = Callable[..., bool]


def drive(engine: Engine, trigger: str, model: Any, **given: Any) -> bool:
    """Whether the machine takes a step of a model that a host drives itself."""
    try:
        return bool(engine.machine.events[trigger].trigger(model, **given))
    except MachineError:
        return False


def takes(engine: Engine, case: Case, trigger: str, by: Actor, at: Any) -> bool:
    """Whether the engine takes it as an open step."""
    if engine.decide(case, at=at).verdicts.get(trigger) is not Verdict.OPEN:
        return False
    try:
        engine.take(case, trigger, by=by, at=at)
    except TransitionRefused:
        return False
    return True


def differences(moment: Moment, drives: Drive = drive) -> list[str]:
    """The triggers of which the machine, driven directly, says something else than the engine."""
    engine, case, at = moment.engine, moment.case, moment.at
    found = []
    for trigger, by in itertools.product(engine.machine.events, PEOPLE):
        model = Position(case.state)
        driven = drives(engine, trigger, model, case=case, at=at, by=by)
        if driven != takes(engine, case, trigger, by, at) or (model.state != case.state and not driven):
            found.append(f"{trigger} by {by}")
        elif driven and model.state != engine.take(case, trigger, by=by, at=at).state:
            found.append(f"{trigger} leads elsewhere")
    return found


@law(40)
@given(moments(imagined=False))
def test_driven_directly_it_takes_what_the_engine_takes_and_nothing_else(moment: Moment) -> None:
    assert not differences(moment)


def test_the_law_catches_a_machine_without_guards() -> None:
    def unguarded(engine: Engine, trigger: str, model: Any, **_: Any) -> bool:
        steps = {step.defined.trigger: step for step in engine._prepared.offer(model.state).steps}
        step = steps.get(trigger)
        return step is not None and drive(engine, trigger, model, admitted=Admitted(step))

    assert catches(lambda moment: differences(moment, unguarded), moments(imagined=False))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"case": None, "at": NOON, "by": LEE},
        {"case": "CASE", "at": NOON},
        {"case": "CASE", "by": LEE},
        {"at": NOON, "by": LEE},
        {"case": "CASE", "at": "now", "by": LEE},
        {"case": "CASE", "at": NOON.replace(tzinfo=None), "by": LEE},
        {"case": "CASE", "at": NOON - HOUR, "by": LEE},
        {"case": "CASE", "at": NOON, "by": "dr-lee"},
        {"case": "CASE", "at": NOON, "by": Actor("x", "nobody")},
        {"case": "CASE", "at": NOON, "by": Actor("x", ["therapist"])},  # type: ignore[arg-type]
        {"case": "CASE", "at": NOON, "by": KIM},
        {"case": "MIDDLE", "at": NOON, "by": LEE},
        {"case": "IMAGINED", "at": NOON, "by": LEE},
        {"case": "OTHER", "at": NOON, "by": LEE},
        {"case": "BROKEN", "at": NOON, "by": LEE},
        {"admitted": True},
        {"admitted": object(), "case": None},
    ],
)
def test_it_fails_closed_on_whatever_is_amiss(given: dict[str, Any]) -> None:
    ready = _ready()
    cases = {
        "CASE": ready,
        "MIDDLE": ENGINE.take(ready, "go", by=LEE, at=NOON),
        "IMAGINED": ENGINE.imagine(facts={"agreed": True, "danger": False}),
        "OTHER": opened(Engine(load("standard"))),
        "BROKEN": Case("x", ENGINE.ref, "start", {"agreed": 3}, {}, (1,)),  # type: ignore[arg-type, dict-item]
    }
    model = Position("start")
    told = given | ({"case": cases[given["case"]]} if given.get("case") in cases else {})

    assert not drive(ENGINE, "go", model, **told)
    assert model.state == "start"
    assert drive(ENGINE, "go", model, case=ready, at=NOON, by=LEE)
    assert model.state == "middle"


def test_a_precaution_and_an_override_are_the_engines_to_admit() -> None:
    model = Position("start")

    assert not drive(ENGINE, "hold", model, case=opened(ENGINE), at=NOON, by=LEE)
    assert ENGINE.take(opened(ENGINE), "hold", by=LEE, at=NOON).state == "held"


@pytest.mark.parametrize("trigger", NAMES)
def test_a_trigger_may_bear_a_name_that_means_something_to_transitions(trigger: str) -> None:
    case = ENGINE.take(_ready(), trigger, by=LEE, at=NOON)
    model = Position("start")

    assert case.state == "middle"
    assert drive(ENGINE, trigger, model, case=_ready(), at=NOON, by=LEE)
    assert not drive(ENGINE, trigger, Position("start"), case=_ready(), at=NOON, by=SUE)


def test_what_nobody_offers_is_no_trigger_of_the_machine() -> None:
    offered = {*NAMES, "back", "resume", "end", "hold"}

    assert set(ENGINE.machine.events) == offered  # no `to_start` that transitions would add
    assert set(ENGINE.machine.states) == set(ENGINE.protocol.states)


def test_no_case_stays_with_the_machine() -> None:
    case = _ready()
    for at in range(1_000):
        trigger = "go" if case.state == "start" else "back"
        step = case if at % 100 else _ready()  # a history of a thousand steps would only cost time
        case = ENGINE.take(step, trigger if step is case else "go", by=LEE, at=NOON)
    model = Position("start")
    drive(ENGINE, "go", model, case=_ready(), at=NOON, by=LEE)

    assert list(ENGINE.machine.models) == []
    assert not vars(Position).get("__dict__")
    assert not any(isinstance(value, Case) for value in vars(ENGINE).values())


def test_nothing_is_logged_whatever_the_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        engine = Engine(ENGINE.protocol)
        case = engine.record(opened(engine), {"agreed": True, "danger": False}, by=LEE, at=NOON)
        engine.take(case, "go", by=LEE, at=NOON)
        drive(engine, "go", Position("start"), case=case, at=NOON, by=LEE)
        drive(engine, "go", Position("start"), case=case, at=NOON, by=KIM)
        drive(engine, "go", Position("done"), case=case, at=NOON, by=LEE)

    said = [record.getMessage() for record in caplog.records]
    assert not [text for text in said if any(name in text for name in ("start", "middle", "done", "agreed"))]
    assert not warned


def test_a_plain_machine_would_have_logged_the_states(caplog: pytest.LogCaptureFixture) -> None:
    """The control: what the test above looks for is there to be found."""
    from transitions import Machine

    with caplog.at_level(logging.DEBUG):
        model = type("Model", (), {})()
        machine = Machine(model, states=["start", "middle"], initial="start", auto_transitions=False)
        machine.add_transition("go", "start", "middle")
        machine.events["go"].trigger(model)

    assert any("middle" in record.getMessage() for record in caplog.records)


def _ready() -> Case:
    return ENGINE.record(opened(ENGINE), {"agreed": True, "danger": False}, by=LEE, at=NOON)


def test_what_nobody_asks_about_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: set[str] = set()

    def compiling(protocol: Protocol, steps: tuple[Step, ...], calendar: Calendar) -> Verdicts:
        compiled.update(step.state for step in steps)
        return compile_steps(protocol, steps, calendar)

    monkeypatch.setattr("rupture_protocol.engine.prepared.compile_steps", compiling)
    engine = Engine(ENGINE.protocol)
    case = engine.record(opened(engine), {"agreed": True, "danger": False}, by=LEE, at=NOON)
    engine.take(case, "go", by=LEE, at=NOON)

    assert compiled == {"start"}
