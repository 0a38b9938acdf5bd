"""The scenarios that are shipped tell what `standard` does."""

from __future__ import annotations

import pytest
from tests.scenarios.small import ROOT

from rupture_protocol import shipped
from rupture_protocol.scenarios.coverage import Coverage, Kind, Meter
from rupture_protocol.scenarios.running import Result
from rupture_protocol.testing import find_suites, load_scenarios

(FILE,) = find_suites("standard")
SUITE = load_scenarios(FILE)
RESULTS = SUITE.run()


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    meter = Meter(SUITE.protocol)
    meter.watch(RESULTS)
    return meter.coverage()


def test_they_are_beside_the_protocol_and_are_no_protocol_themselves() -> None:
    assert shipped.folder() / "standard.scenarios.yaml" == FILE
    assert "standard" in shipped.names()
    assert not [name for name in shipped.names() if "scenarios" in name]
    assert ROOT


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: result.scenario.name)
def test_each_is_as_it_says(result: Result) -> None:
    assert result.differences == ()


def test_each_has_a_title_that_is_a_sentence_and_says_something() -> None:
    for case in SUITE.scenarios.cases.values():
        assert case.title is not None, case.name
        assert case.title[0].isupper(), case.name
        assert not case.title.endswith("."), case.name
        assert case.steps, case.name


def test_they_enter_every_state_and_take_every_interrupt(coverage: Coverage) -> None:
    assert coverage.of(Kind.STATE) == (len(SUITE.protocol.states),) * 2
    assert coverage.of(Kind.INTERRUPT) == (len(SUITE.protocol.interrupts),) * 2
    met, whole = coverage.of(Kind.TRANSITION)
    assert met == whole
