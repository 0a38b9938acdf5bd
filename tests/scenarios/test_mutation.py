"""Mutants, counted by hand, and who notices them."""

from __future__ import annotations

from collections import Counter

from tests.scenarios.small import engine, scenarios
from tests.scenarios.test_coverage import ANY

from rupture_protocol import Engine, loads
from rupture_protocol.scenarios.mutants import mutants
from rupture_protocol.scenarios.mutation import Mutation, mutate
from rupture_protocol.scenarios.reading import Reading
from rupture_protocol.scenarios.running import run

FULL = """  story:
    steps:
      - expect: {undecided: [go, hold]}
      - {by: lee, record: {danger: false, a: true}}
      - {by: sue, record: {a: true}, refused: true}
      - expect: {open: [go], others: blocked}
      - {by: lee, record: {a: false}}
      - {by: lee, record: {b: true}, refused: true}
      - {by: sue, record: {b: false}}
      - expect: {blocked: [go]}
      - {by: sue, record: {b: true}}
      - expect: {open: [go]}
      - {by: sue, take: go, refused: true}
      - {by: lee, take: go}
      - {by: sue, record: {b: unknown, level: middle}}
      - expect: {undecided: [finish]}
      - {by: sue, record: {b: true, level: low}}
      - expect: {blocked: [finish]}
      - {by: sue, record: {level: middle}}
      - expect: {open: [finish]}
      - {after: 25 hours, expect: {undecided: [finish]}}
      - {by: sue, record: {level: high}}
      - {by: lee, take: finish, refused: true}
      - expect: {open: [finish], suppose: {danger: false}}
      - expect: {blocked: [finish], open: [hold], suppose: {danger: true}}
"""


def of_any(*asked: tuple[str, str]) -> Mutation:
    """The mutants of `any: [a, b]`, where `go` is asked about with these facts on record."""
    engine = Engine(loads(ANY))
    cases = "".join(
        f"  c{at}: {{start: {{facts: {{{facts}}}}}, steps: [{{expect: {{{verdict}: [go]}}}}]}}\n"
        for at, (facts, verdict) in enumerate(asked)
    )
    read, issues = Reading(f"format: 1\nscenarios: x\ncases:\n{cases}".encode(), file="x").against(
        engine.protocol
    )
    assert read is not None, issues
    assert all(result.passed for result in run(engine, read))
    return mutate(engine, [read])


def test_the_mutants_of_a_small_guard_by_hand() -> None:
    found = [each.says for each in mutants(loads(ANY))]
    assert found == [
        "in `go`, all of these would have to hold",
        "in `go`, `a` is left out",
        "in `go`, `a` is turned round",
        "in `go`, `b` is left out",
        "in `go`, `b` is turned round",
    ]


def test_who_notices_what_by_hand() -> None:
    mutation = of_any(("a: true, b: false", "open"))
    # `all` blocks; without `a` it is blocked; `a` turned round, too. `b` makes no difference there.
    assert [each.says for each in mutation.unnoticed] == [
        "in `go`, `b` is left out",
        "in `go`, `b` is turned round",
    ]
    assert (mutation.noticed, mutation.share) == (3, 60.0)


def test_a_suite_that_shows_everything_notices_everything() -> None:
    mutation = of_any(
        ("a: true, b: false", "open"), ("a: false, b: true", "open"), ("a: false, b: false", "blocked")
    )
    assert mutation.unnoticed == ()
    assert mutation.share == 100.0


def test_no_scenario_notices_nothing() -> None:
    mutation = mutate(engine(), [])
    assert mutation.unnoticed == mutation.mutants
    assert mutation.share == 0.0


def test_guards_constants_roles_and_requirements_are_all_flipped() -> None:
    kinds = Counter(each.kind for each in mutants(engine().protocol))
    assert set(kinds) == {"guard", "constant", "role", "requirement"}
    says = {each.says for each in mutants(engine().protocol)}
    assert {
        "`finish` no longer needs `b`",
        "`finish` may be taken by whoever took `go`",
        "`hold` no longer holds back `go`",
        "anybody may take `go`",
        "anybody may record `a`",
        "a record of `level` holds for ever",
        "in `finish`, `level` says `high` instead",
        "in `finish`, `level` says `low` instead",
    } <= says


def test_the_story_passes() -> None:
    made = engine()
    (result,) = run(made, scenarios(FULL, made))
    assert [each.message for each in result.differences] == []


def test_a_story_that_says_enough_notices_nearly_all() -> None:
    made = engine()
    mutation = mutate(made, [scenarios(FULL, made)])
    assert {each.says for each in mutation.unnoticed} == {
        "`hold` no longer holds back `back`",
        "`hold` no longer holds back `go`",  # it is looked at only where something else is missing, too
    }


def test_what_is_decided_quickly_is_what_running_again_would_say() -> None:
    made = engine()
    read = scenarios(FULL, made)
    unnoticed = set(mutate(made, [read]).unnoticed)
    for mutant in mutants(made.protocol):
        (result,) = run(Engine(mutant.make()), read)
        assert result.passed is (mutant in unnoticed), mutant.says


def test_a_mutant_leaves_the_protocol_as_it_was() -> None:
    protocol = engine().protocol
    for mutant in mutants(protocol):
        mutant.make()
    assert protocol == engine().protocol
