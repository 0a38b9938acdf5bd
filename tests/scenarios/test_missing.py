"""What is missing for full coverage is written, passes, and makes coverage full."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.scenarios.small import engine, results, said, scenarios
from tests.scenarios.test_coverage import ALL, ANY, NEEDS, ONE_FACT

from rupture_protocol import Engine, loads
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.language.conditions import Condition
from rupture_protocol.scenarios.coverage import Coverage, Meter
from rupture_protocol.scenarios.missing import Missing, missing
from rupture_protocol.scenarios.reading import FIRST_MOMENT, Reading
from rupture_protocol.scenarios.running import Result, run
from rupture_protocol.scenarios.solving import Facts, solve
from rupture_protocol.scenarios.writing import write

RICH = """
format: 1
protocol: rich
version: 1.0.0
title: Rich
facts:
  n: {type: integer, minimum: 0, maximum: 9}
  s: {type: set, values: [x, y, z]}
  d: date
  c: {type: choice, values: [p, q, r], presume: p, source: ours}
sources: {ours: {title: Ours, kind: clinic}}
conditions: {ready: {n: {between: [3, 5]}, s: {includes: x}}}
states:
  one:
    initial: true
    transitions:
      go: {to: two, when: {ready: true, d: {older_than: 2 weeks}, not: {c: q}}}
      again: {to: one, when: {visits: {state: one, at_least: 2}}}
      round: {to: one}
  two: {transitions: {end: {to: three, when: {visited: one}}}}
  three: {final: true}
"""


def found(engine: Engine, ran: tuple[Result, ...] = ()) -> tuple[Missing, Coverage]:
    """What is missing besides these results, and the coverage once it is written, read and run."""
    made = missing(engine, ran, at=FIRST_MOMENT)
    text = write("x", made.cases, at=FIRST_MOMENT)
    read, issues = Reading(text.encode(), file="x").against(engine.protocol)
    assert read is not None, [issue.render() for issue in issues]
    again = run(engine, read)
    assert [said(result) for result in again if not result.passed] == []
    meter = Meter(engine.protocol)
    meter.watch([*ran, *again])
    return made, meter.coverage()


@pytest.mark.parametrize("text", [ANY, ALL, NEEDS, ONE_FACT])
def test_from_nothing_all_of_a_small_protocol_is_shown(text: str) -> None:
    made, coverage = found(Engine(loads(text)))
    assert made.left == ()
    assert coverage.missing == ()


def test_from_nothing_all_of_a_protocol_with_roles_and_interrupts_is_shown() -> None:
    made, coverage = found(engine())
    assert coverage.missing == made.left == ()


def test_numbers_sets_dates_presumptions_and_visits_are_found_too() -> None:
    made, coverage = found(Engine(loads(RICH)))
    assert [goal.says for goal in made.left] == []
    assert coverage.missing == ()


def test_shortest_first_and_named_in_that_order() -> None:
    made, _ = found(engine())
    lengths = [(len(case.start.facts) if case.start else 0) + 2 * len(case.steps) for case in made.cases]
    assert lengths == sorted(lengths)
    assert [case.name for case in made.cases] == [f"missing_{at + 1}" for at in range(len(made.cases))]


def test_a_way_is_worked_out_once_for_all_places_that_are_alike_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solved: Counter[str] = Counter()

    def solving(condition: Condition, situation: Situation) -> Facts | None:
        if all(visit.last is None for visit in situation.visits.values()):  # no place on a walk
            solved[".".join(map(str, condition.path))] += 1
        return solve(condition, situation)

    monkeypatch.setattr("rupture_protocol.scenarios.routes.solve", solving)
    missing(Engine(loads(RICH)), (), at=FIRST_MOMENT)

    assert solved["states.one.transitions.go"] == 1
    assert solved["states.one.transitions.again"] == 2


def test_what_is_shown_already_is_not_written_again() -> None:
    made, _ = found(engine())
    text = write("x", made.cases, at=FIRST_MOMENT)
    read, _ = Reading(text.encode(), file="x").against(engine().protocol)
    assert read is not None
    assert missing(engine(), run(engine(), read), at=FIRST_MOMENT).cases == ()


def test_a_way_goes_on_from_where_a_scenario_ends() -> None:
    ran = results(
        "  begun:\n    steps:\n"
        "      - {by: lee, record: {danger: false, a: true}}\n"
        "      - {by: lee, take: go}\n      - expect: {state: middle}\n"
    )
    made = missing(engine(), ran, at=FIRST_MOMENT)
    ways = [case for case in made.cases if case.start is None]
    assert any(case.follows == "begun" for case in ways)


def test_it_is_the_same_every_time() -> None:
    assert missing(engine(), (), at=FIRST_MOMENT).cases == missing(engine(), (), at=FIRST_MOMENT).cases


def test_a_rule_that_is_stated_twice_is_left() -> None:
    twice = ALL.replace("all: [{a: true}, {b: true}]", "all: [{a: true}, {a: true}]")
    made, _ = found(Engine(loads(twice)))
    assert len(made.left) >= 1


def test_scenarios_are_read_as_they_were_written() -> None:
    made = engine()
    read = scenarios(
        """  one:
    title: "Everything: once"
    at: "2026-03-01T09:00:00+00:00"
    steps:
      - by: lee
        record: {danger: unknown, a: true}
        note: "He said: \\"no\\""
        occurred: "2026-02-01T09:00:00+00:00"
      - {after: 2 days, by: {id: x, role: therapist}, correct: {fact: a, to: false, reason: "yes"}}
      - {by: lee, correct: {fact: a, reason: wrong}}
      - {at: "2026-05-01T09:00:00+00:00", by: lee, override: {trigger: go, reason: r}, refused: true}
      - expect:
          state: start
          undecided: [go]
          others: not open
          missing: {go: [[danger, a], [danger, b]]}
          ask: [danger]
          due: {tell: met late}
          suppose: {level: high}
  two: {follows: one, steps: [{expect: {state: start}}]}
  three:
    start: {state: middle, visited: [start, start], facts: {level: low}}
    steps: [{expect: {blocked: [finish]}}]
""",
        made,
    )
    from rupture_protocol import Actor

    people = {"lee": Actor("lee", "therapist")}
    text = write("small", read.cases.values(), at=read.at, people=people)
    again, issues = Reading(text.encode(), file="again").against(made.protocol)
    assert again is not None, [issue.render() for issue in issues]
    assert dict(again.cases) == dict(read.cases)
