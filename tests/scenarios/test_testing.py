"""What hosts get for their own tests."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from tests.scenarios.small import HEAD, SMALL, engine
from tests.scenarios.test_missing import RICH

import rupture_protocol
from rupture_protocol import Actor, Engine, ProtocolNotFound, TimeRefused, loads
from rupture_protocol.testing import (
    FrozenClock,
    case,
    facts_of,
    find_suites,
    load_scenarios,
    machine_for,
    values_of,
)
from rupture_protocol.testing.files import InvalidScenarios, loads_scenarios
from rupture_protocol.testing.strategies import CaseMachine

FAST = settings(max_examples=15, stateful_step_count=12, deadline=None)


def test_a_case_is_written_in_a_line() -> None:
    built = case(engine()).recorded(danger=False, a=True).taken("go")

    assert built.made.state == "middle"
    assert [event.by.role for event in built.made.history] == ["therapist"] * 4
    assert built.recorded(b=True, level="high").decision.open == ("finish",)


def test_who_and_when_can_be_said() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    sue = Actor("sue", "supervisor")
    built = case(engine(), at=noon).by(sue).recorded(b=True).anybody().after("2 days").recorded(a=True)

    assert [str(event.by) for event in built.made.history[1:]] == [
        "sue (supervisor)",
        "therapist (therapist)",
    ]
    assert (built.moment - noon).days == 2
    assert built.by("supervisor").at(noon).decision["go"].may is False
    with pytest.raises(TimeRefused):
        built.after("soon")


def test_a_frozen_clock_moves_only_when_it_is_told_to() -> None:
    clock = FrozenClock()
    first = clock()
    assert clock() == first
    clock.tick(minutes=90)
    assert (clock() - first).total_seconds() == 5400
    clock.set(first)
    assert clock() == first
    with pytest.raises(TimeRefused):
        FrozenClock(datetime(2026, 1, 1))


@pytest.mark.parametrize("text", [SMALL, RICH])
def test_any_protocol_can_be_walked(text: str) -> None:
    run_state_machine_as_test(machine_for(loads(text)), settings=FAST)


def test_a_machine_finds_what_breaks_an_invariant() -> None:
    class Never(machine_for(engine())):  # type: ignore[misc]
        def teardown(self) -> None:
            assert self.case.state != "held"

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Never, settings=settings(FAST, max_examples=5000))
    assert issubclass(Never, CaseMachine)


@pytest.mark.parametrize("text", [SMALL, RICH])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_drawn_facts_are_ones_that_the_protocol_takes(text: str, data: st.DataObject) -> None:
    protocol = loads(text)
    facts = data.draw(facts_of(protocol, unknown=True))
    imagined = Engine(protocol).imagine(facts=facts)
    assert set(imagined.facts) == set(facts)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_type_of_fact_has_values(data: st.DataObject) -> None:
    protocol = rupture_protocol.load("standard")
    fact = data.draw(st.sampled_from(list(protocol.facts.values())))
    value = data.draw(values_of(fact))
    assert fact.parse(value) == value


def test_scenarios_are_found_beside_their_protocol(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    scenarios = tmp_path / "small.scenarios.yaml"
    scenarios.write_text(HEAD + "  one: {steps: [{expect: {state: start}}]}\n")

    assert find_suites(str(tmp_path)) == find_suites(tmp_path / "small.yaml") == (scenarios,)
    assert find_suites(scenarios) == (scenarios,)
    suite = load_scenarios(scenarios)
    assert suite.protocol.id == "small"
    assert [result.passed for result in suite.run()] == [True]
    assert suite.scenarios.file == "small.scenarios.yaml"


def test_what_cannot_be_had_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProtocolNotFound, match="cannot read `gone"):
        load_scenarios(tmp_path / "gone.scenarios.yaml")
    with pytest.raises(ProtocolNotFound, match="no protocol is called `stndard`"):
        loads_scenarios("format: 1\nscenarios: stndard\ncases: {a: {steps: [{expect: {state: a}}]}}\n")
    with pytest.raises(InvalidScenarios) as refused:
        loads_scenarios("format: 1\ncases: {}\n")
    assert [issue.code for issue in refused.value.issues] == ["missing-key", "wrong-type"]
    assert find_suites(str(tmp_path / "nothing.yaml")) == ()


def test_hypothesis_is_imported_only_for_what_needs_it() -> None:
    loaded = "print('hypothesis' in sys.modules)"
    code = f"import rupture_protocol.testing as t, sys; t.case; {loaded}; t.facts_of; {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
    with pytest.raises(AttributeError):
        rupture_protocol.testing.nothing  # noqa: B018
