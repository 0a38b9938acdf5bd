"""Coverage figures, against examples counted by hand."""

from __future__ import annotations

import pytest
from tests.scenarios.small import engine, results

from rupture_protocol import Engine, loads
from rupture_protocol.scenarios.coverage import Coverage, Kind, Meter
from rupture_protocol.scenarios.reading import Reading
from rupture_protocol.scenarios.running import run

ANY = """
format: 1
protocol: any
version: 1.0.0
title: Any
facts: {a: boolean, b: boolean}
states:
  one: {initial: true, transitions: {go: {to: two, when: {any: [{a: true}, {b: true}]}}}}
  two: {final: true}
"""
ALL = ANY.replace("any: [", "all: [").replace("protocol: any", "protocol: all")
NEEDS = ANY.replace("when: {any: [{a: true}, {b: true}]}", "needs: [a]")
ONE_FACT = """
format: 1
protocol: one
version: 1.0.0
title: One
facts: {a: {type: scale, values: [low, high], also: [unclear]}, b: boolean}
states:
  one:
    initial: true
    transitions: {go: {to: two, when: {any: [{a: high}, {a: unclear, b: true}]}}}
  two: {final: true}
"""


def covered(protocol: str, *asked: str) -> Coverage:
    """What is shown when `go` is asked about with these facts on record, `a: true, b: false`."""
    engine = Engine(loads(protocol))
    cases = "".join(
        f"  c{at}: {{start: {{facts: {{{facts}}}}}, steps: [{{expect: {{missing: {{go: []}}}}}}]}}\n"
        for at, facts in enumerate(asked)
    )
    read, issues = Reading(f"format: 1\nscenarios: x\ncases:\n{cases}".encode(), file="x").against(
        engine.protocol
    )
    assert read is not None, issues
    meter = Meter(engine.protocol)
    for result in run(engine, read):
        for look in result.looks:
            meter.look(look)
    return meter.coverage()


def shown(coverage: Coverage) -> set[str]:
    return {f"{goal.says.split('`')[1]} {goal.kind}" for goal in coverage.met}


def test_the_example_of_the_docs() -> None:
    assert shown(covered(ANY, "a: true, b: false", "a: false, b: false", "a: true")) == {"a true or false"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("a: true, b: false",), set()),
        (("a: true, b: false", "a: false, b: false"), {"a true or false"}),
        (("a: true, b: false", "b: false"), {"a known or not"}),
        # Masking: what else is so may differ, if it does not hide the atom.
        (
            ("a: true, b: false", "a: false, b: false", "a: false, b: true"),
            {"a true or false", "b true or false"},
        ),
        (("a: true, b: true", "a: false, b: false"), set()),  # each hides the other
        (
            ("a: true, b: false", "a: false, b: false", "a: false, b: true", "b: false", "a: false"),
            {"a true or false", "b true or false", "a known or not", "b known or not"},
        ),
    ],
)  # fmt: skip
def test_any_by_hand(asked: tuple[str, ...], expected: set[str]) -> None:
    assert shown(covered(ANY, *asked)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("a: true, b: true", "a: false, b: true"), {"a true or false"}),
        (("a: true, b: true", "b: true"), {"a known or not"}),
        (("a: true", "a: false"), {"a true or false"}),  # undecided or blocked: unknown is a value of its own
        (("a: false", "a: false, b: false"), set()),
    ],
)
def test_all_by_hand(asked: tuple[str, ...], expected: set[str]) -> None:
    assert shown(covered(ALL, *asked)) == expected


def test_a_need_is_known_or_not_and_nothing_else() -> None:
    coverage = covered(NEEDS, "a: false", "")
    assert shown(coverage) == {"a known or not"}
    assert coverage.of(Kind.TRUE_FALSE) == (0, 0)
    assert coverage.of(Kind.KNOWN_UNKNOWN) == (1, 1)


def test_atoms_of_one_fact_are_unknown_together() -> None:
    coverage = covered(ONE_FACT, "a: high", "b: false", "a: unclear, b: true", "b: true", "a: low, b: true")
    assert coverage.of(Kind.TRUE_FALSE) == (2, 3)  # nobody has seen `b` false while it matters
    assert coverage.of(Kind.KNOWN_UNKNOWN) == (2, 3)


def test_states_ways_and_interrupts_count_where_a_case_has_been() -> None:
    meter = Meter(engine().protocol)
    meter.watch(results("  one: {steps: [{by: lee, take: hold}, {expect: {state: held}}]}\n"))
    coverage = meter.coverage()

    assert coverage.of(Kind.STATE) == (2, 4)
    assert coverage.of(Kind.TRANSITION) == (0, 3)
    assert coverage.of(Kind.INTERRUPT) == (1, 1)
    assert coverage.of(Kind.TRUE_FALSE) == (0, 4)
    assert coverage.of(Kind.KNOWN_UNKNOWN) == (0, 5)
    assert round(coverage.share, 2) == round(100 * 3 / 17, 2)


def test_what_does_not_pass_shows_nothing() -> None:
    meter = Meter(engine().protocol)
    meter.watch(results("  one: {steps: [{by: lee, take: hold}, {expect: {state: done}}]}\n"))
    assert meter.coverage().met == frozenset()


def test_interrupts_are_part_of_what_an_option_comes_to() -> None:
    meter = Meter(engine().protocol)
    meter.watch(
        results(
            """  one:
    start: {facts: {a: true}}
    steps:
      - expect: {undecided: [go]}
      - expect: {suppose: {danger: false}, open: [go]}
      - expect: {suppose: {danger: true}, blocked: [go]}
"""
        )
    )
    assert {(goal.name, goal.kind) for goal in meter.coverage().met} == {
        ("hold", Kind.TRUE_FALSE),
        ("hold", Kind.KNOWN_UNKNOWN),
    }
