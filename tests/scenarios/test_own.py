"""Of an extension, its scenarios are to show what it adds; what it inherits, its base's show."""

from __future__ import annotations

import pytest

from rupture_protocol import Engine, load, loads
from rupture_protocol.scenarios.coverage import Kind, Meter
from rupture_protocol.scenarios.missing import missing
from rupture_protocol.scenarios.mutation import mutate
from rupture_protocol.scenarios.reading import FIRST_MOMENT, Reading
from rupture_protocol.scenarios.running import Result, run
from rupture_protocol.scenarios.telling import tell_coverage

CLINIC = """\
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
facts: {team_informed: boolean}
states:
  modified:
    transitions:
      continue: {when: {client_complaint_info_given: true}}
      tell_the_team: {to: team, needs: [team_informed]}
  team: {transitions: {back_from_the_team: {to: paused}}}
"""
ENGINE = Engine(loads(CLINIC, file="riverside.yaml"))
STORY = """\
format: 1
scenarios: riverside
cases:
  complaints:
    start: {state: modified, visited: [consulted]}
    steps:
      - expect: {suppose: {client_complaint_info_given: false}, blocked: [continue]}
      - expect: {undecided: [continue]}
      - expect: {suppose: {client_complaint_info_given: true}, undecided: [continue]}
"""
ADDED = {
    (Kind.STATE, "team"),
    (Kind.TRANSITION, "tell_the_team from modified"),
    (Kind.TRANSITION, "back_from_the_team from team"),
    (Kind.TRUE_FALSE, "continue"),
    (Kind.KNOWN_UNKNOWN, "continue"),
    (Kind.KNOWN_UNKNOWN, "tell_the_team"),
}


@pytest.fixture(scope="module")
def results() -> tuple[Result, ...]:
    scenarios, issues = Reading(STORY.encode(), file="riverside.scenarios.yaml").against(ENGINE.protocol)
    assert scenarios is not None, issues
    return run(ENGINE, scenarios)


def test_the_goals_of_an_extension_are_what_it_adds() -> None:
    assert {(goal.kind, goal.name) for goal in Meter(ENGINE.protocol).goals} == ADDED


def test_what_is_inherited_counts_where_it_is_asked_for() -> None:
    every = Meter(ENGINE.protocol, inherited=True)
    assert len(every.goals) == len(Meter(load("standard")).goals) + len(ADDED)
    assert "not counted" not in list(tell_coverage(every.coverage()))[-1]


def test_a_short_scenario_shows_a_rule_that_was_added(results: tuple[Result, ...]) -> None:
    meter = Meter(ENGINE.protocol)
    meter.watch(results)
    coverage = meter.coverage()
    assert {(goal.kind, goal.name) for goal in coverage.met} == {
        (Kind.TRUE_FALSE, "continue"),
        (Kind.KNOWN_UNKNOWN, "continue"),
    }
    assert list(tell_coverage(coverage))[-1] == (
        "33.3 % of 6 goals; what is inherited is not counted (`--inherited` counts it)"
    )


def test_only_what_is_added_is_missing_and_changed(results: tuple[Result, ...]) -> None:
    found = missing(ENGINE, results, at=FIRST_MOMENT)
    assert {goal.name for goal in found.coverage.goals} == {name for _, name in ADDED}
    mutants = mutate(ENGINE, []).mutants
    assert mutants
    for mutant in mutants:
        span = ENGINE.protocol.span(mutant.path)
        assert span is not None
        assert span.file == "riverside.yaml"
    assert len(mutate(ENGINE, [], inherited=True).mutants) > 10 * len(mutants)


def test_an_extension_that_adds_no_rule_has_nothing_to_show() -> None:
    begun = loads(CLINIC.partition("facts:")[0], file="riverside.yaml")
    assert list(tell_coverage(Meter(begun).coverage())) == [
        "there is nothing to show yet; what is inherited is not counted (`--inherited` counts it)"
    ]
