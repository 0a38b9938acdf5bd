"""The scenarios that are shipped tell what `standard` does."""

from __future__ import annotations

from functools import cache

import pytest

from rupture_protocol import shipped
from rupture_protocol.scenarios.coverage import Coverage, Kind, Meter
from rupture_protocol.scenarios.running import Result
from rupture_protocol.testing import find_suites, load_scenarios

FILES = find_suites("standard")
SUITES = [load_scenarios(file) for file in FILES]
PROTOCOL = SUITES[0].protocol
NAMES = [name for suite in SUITES for name in suite.scenarios.cases]


@cache
def results() -> dict[str, Result]:
    return {result.scenario.name: result for suite in SUITES for result in suite.run()}


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    meter = Meter(PROTOCOL)
    meter.watch(results().values())
    return meter.coverage()


def test_they_are_beside_the_protocol_and_are_no_protocol_themselves() -> None:
    names = ("standard.scenarios.yaml", "standard.rules.scenarios.yaml")
    assert tuple(shipped.folder() / name for name in names) == FILES
    assert "standard" in shipped.names()
    assert not [name for name in shipped.names() if "scenarios" in name]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_as_it_says(name: str) -> None:
    assert results()[name].differences == ()


def test_each_has_a_title_that_is_a_sentence_and_says_something() -> None:
    for case in (result.scenario for result in results().values()):
        assert case.title is not None, case.name
        assert case.title[0].isupper(), case.name
        assert not case.title.endswith("."), case.name
        assert case.steps, case.name


def test_they_enter_every_state_and_take_every_interrupt(coverage: Coverage) -> None:
    assert coverage.of(Kind.STATE) == (len(PROTOCOL.states),) * 2
    assert coverage.of(Kind.INTERRUPT) == (len(PROTOCOL.interrupts),) * 2
    met, whole = coverage.of(Kind.TRANSITION)
    assert met == whole


def test_they_show_every_atom_decide_but_one_that_an_interrupt_ensures_already(coverage: Coverage) -> None:
    assert {goal.name for goal in coverage.missing} == {"somebody_can_decide"}
    assert coverage.share > 99
