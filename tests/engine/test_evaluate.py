"""Conditions: each operator on each type of fact, the forms, and what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engine.examples import (
    BLOCKED,
    DAY,
    HOUR,
    KIM,
    LEE,
    NOON,
    OPEN,
    UNDECIDED,
    engine_of,
    guarded,
    opened,
    verdict,
)

from rupture_protocol import UNKNOWN, Calendar, Verdict

SCALE = "{level: {type: scale, values: [none, mild, severe], also: [not_assessable]}}"
CHOICE = "{level: {type: choice, values: [none, mild, severe]}}"
SET = "{level: {type: set, values: [a, b, c]}}"
INTEGER = "{level: integer}"
NUMBER = "{level: number}"
BOOLEAN = "{level: boolean}"
DATE = "{level: date}"
DATETIME = "{level: datetime}"

TABLE: list[tuple[str, str, dict[Any, bool]]] = [
    (BOOLEAN, "true", {True: True, False: False}),
    (BOOLEAN, "false", {True: False, False: True}),
    (BOOLEAN, "{is: true}", {True: True, False: False}),
    (BOOLEAN, "{is_not: true}", {True: False, False: True}),
    (BOOLEAN, "[true, false]", {True: True, False: True}),
    (BOOLEAN, "{none_of: [true]}", {True: False, False: True}),
    (CHOICE, "mild", {"none": False, "mild": True, "severe": False}),
    (CHOICE, "[none, mild]", {"none": True, "mild": True, "severe": False}),
    (CHOICE, "{is: mild}", {"none": False, "mild": True}),
    (CHOICE, "{is_not: mild}", {"none": True, "mild": False}),
    (CHOICE, "{one_of: [none, severe]}", {"none": True, "mild": False, "severe": True}),
    (CHOICE, "{none_of: [none, severe]}", {"none": False, "mild": True, "severe": False}),
    (SCALE, "mild", {"none": False, "mild": True, "severe": False, "not_assessable": False}),
    (SCALE, "not_assessable", {"none": False, "severe": False, "not_assessable": True}),
    (SCALE, "[severe, not_assessable]", {"none": False, "severe": True, "not_assessable": True}),
    (SCALE, "{is_not: mild}", {"none": True, "mild": False, "not_assessable": True}),
    (SCALE, "{one_of: [mild]}", {"none": False, "mild": True, "not_assessable": False}),
    (SCALE, "{none_of: [mild]}", {"none": True, "mild": False, "not_assessable": True}),
    (SCALE, "{at_least: mild}", {"none": False, "mild": True, "severe": True, "not_assessable": False}),
    (SCALE, "{at_most: mild}", {"none": True, "mild": True, "severe": False, "not_assessable": False}),
    (SCALE, "{above: mild}", {"none": False, "mild": False, "severe": True, "not_assessable": False}),
    (SCALE, "{below: mild}", {"none": True, "mild": False, "severe": False, "not_assessable": False}),
    (
        SCALE,
        "{between: [none, mild]}",
        {"none": True, "mild": True, "severe": False, "not_assessable": False},
    ),
    (SET, "{is: [a, b]}", {("a", "b"): True, ("b", "a"): True, ("a",): False, ("a", "b", "c"): False}),
    (SET, "{is: a}", {("a",): True, (): False, ("a", "b"): False}),
    (SET, "{is_not: [a]}", {("a",): False, (): True, ("b",): True}),
    (SET, "{includes: a}", {("a",): True, ("a", "b"): True, (): False, ("b",): False}),
    (SET, "{includes: [a, b]}", {("a",): False, ("a", "b"): True, ("a", "b", "c"): True}),
    (INTEGER, "3", {2: False, 3: True}),
    (INTEGER, "[2, 3]", {1: False, 2: True, 3: True}),
    (INTEGER, "{is_not: 3}", {2: True, 3: False}),
    (INTEGER, "{none_of: [2, 3]}", {1: True, 2: False}),
    (INTEGER, "{at_least: 3}", {2: False, 3: True, 4: True}),
    (INTEGER, "{at_most: 3}", {2: True, 3: True, 4: False}),
    (INTEGER, "{above: 3}", {3: False, 4: True}),
    (INTEGER, "{below: 3}", {2: True, 3: False}),
    (INTEGER, "{between: [2, 3]}", {1: False, 2: True, 3: True, 4: False}),
    (INTEGER, "{above: 1, below: 3}", {1: False, 2: True, 3: False}),
    (NUMBER, "1.5", {"1.5": True, "1.50": True, "1.49": False, 1: False}),
    (NUMBER, "{at_least: 0.3}", {"0.3": True, "0.29999999999999999999999999": False, 1: True}),
    (NUMBER, "{between: [0.1, 0.3]}", {"0.1": True, "0.2": True, "0.3": True, "0.31": False}),
    (NUMBER, "{above: 0}", {"0": False, "0.0000000001": True, "-1": False}),
    (DATE, '"2026-11-24"', {"2026-11-24": True, date(2026, 11, 24): True, "2026-11-25": False}),
    (DATE, '{at_least: "2026-11-24"}', {"2026-11-23": False, "2026-11-24": True, "2026-11-25": True}),
    (DATE, '{below: "2026-11-24"}', {"2026-11-23": True, "2026-11-24": False}),
    (DATE, '{between: ["2026-11-01", "2026-11-30"]}', {"2026-11-30": True, "2026-12-01": False}),
    (DATE, '{one_of: ["2026-11-01", "2026-11-30"]}', {"2026-11-30": True, "2026-11-29": False}),
    (
        DATETIME,
        '"2026-11-24T12:00:00+00:00"',
        {"2026-11-24T13:00:00+01:00": True, "2026-11-24T13:00Z": False},
    ),
    (DATETIME, '{above: "2026-11-24T12:00:00+00:00"}', {NOON: False, NOON + timedelta(microseconds=1): True}),
    (DATETIME, '{at_most: "2026-11-24T13:00:00+01:00"}', {NOON: True, NOON + HOUR: False}),
]


@pytest.mark.parametrize(("facts", "comparison", "expected"), TABLE, ids=[f"{t[0]} {t[1]}" for t in TABLE])
def test_an_operator_holds_or_does_not(facts: str, comparison: str, expected: dict[Any, bool]) -> None:
    engine = guarded(f"{{level: {comparison}}}", facts)
    opposite = guarded(f"{{not: {{level: {comparison}}}}}", facts)
    for value, holds in expected.items():
        given = list(value) if isinstance(value, tuple) else value

        assert verdict(engine, level=given) is (OPEN if holds else BLOCKED), value
        assert verdict(opposite, level=given) is (BLOCKED if holds else OPEN), value


@pytest.mark.parametrize(("facts", "comparison", "expected"), TABLE, ids=[f"{t[0]} {t[1]}" for t in TABLE])
def test_every_comparison_with_what_is_not_known_is_unknown(
    facts: str, comparison: str, expected: dict[Any, bool]
) -> None:
    for when in (f"{{level: {comparison}}}", f"{{not: {{level: {comparison}}}}}"):
        engine = guarded(when, facts)

        assert verdict(engine) is UNDECIDED
        assert verdict(engine, level=UNKNOWN) is UNDECIDED


# Against now ------------------------------------------------------------------------------------------

NOW_TABLE: list[tuple[str, str, dict[Any, bool]]] = [
    (DATETIME, "{within: 24 hours}", {
        NOON: True, NOON - DAY: True, NOON - DAY - timedelta(seconds=1): False,
        NOON + timedelta(seconds=1): False,
    }),
    (DATETIME, "{older_than: 24 hours}", {
        NOON: False, NOON - DAY: False, NOON - DAY - timedelta(seconds=1): True, NOON + DAY: False,
    }),
    (DATE, "{within: 2 days}", {
        "2026-11-24": True, "2026-11-22": True, "2026-11-21": False, "2026-11-25": False,
    }),
    (DATE, "{older_than: 2 days}", {"2026-11-24": False, "2026-11-22": False, "2026-11-21": True}),
    (DATE, "{within: 1 month}", {"2026-10-24": True, "2026-10-23": False}),
    (DATE, "{older_than: 2 weeks}", {"2026-11-10": False, "2026-11-09": True}),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "comparison", "expected"), NOW_TABLE, ids=[t[1] for t in NOW_TABLE])
def test_a_date_is_compared_with_now(facts: str, comparison: str, expected: dict[Any, bool]) -> None:
    engine = guarded(f"{{level: {comparison}}}", facts)
    for value, holds in expected.items():
        assert verdict(engine, level=value) is (OPEN if holds else BLOCKED), value


def test_today_is_the_clinics_today() -> None:
    berlin = Calendar(zone=ZoneInfo("Europe/Berlin"))
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already the 25th in Berlin

    assert verdict(guarded("{level: {within: 1 day}}", DATE), level="2026-11-25", at=late) is BLOCKED
    in_berlin = guarded("{level: {within: 1 day}}", DATE, calendar=berlin)
    assert verdict(in_berlin, level="2026-11-25", at=late) is OPEN


# Forms ------------------------------------------------------------------------------------------------

TWO = "{a: boolean, b: boolean}"
KLEENE: list[tuple[str, dict[tuple[object, object], Verdict]]] = [
    ("{a: true, b: true}", {
        (True, True): OPEN, (True, False): BLOCKED, (False, UNKNOWN): BLOCKED, (True, UNKNOWN): UNDECIDED,
        (UNKNOWN, UNKNOWN): UNDECIDED,
    }),
    ("{all: [{a: true}, {b: true}]}", {
        (True, True): OPEN, (UNKNOWN, False): BLOCKED, (UNKNOWN, True): UNDECIDED,
    }),
    ("{any: [{a: true}, {b: true}]}", {
        (True, UNKNOWN): OPEN, (False, UNKNOWN): UNDECIDED, (False, False): BLOCKED,
        (UNKNOWN, UNKNOWN): UNDECIDED,
    }),
    ("{not: {a: true, b: true}}", {
        (False, UNKNOWN): OPEN, (True, UNKNOWN): UNDECIDED, (True, True): BLOCKED,
    }),
    ("{not: {any: [{a: true}, {b: true}]}}", {
        (True, UNKNOWN): BLOCKED, (False, UNKNOWN): UNDECIDED, (False, False): OPEN,
    }),
    ("{any: [{a: true}, {a: false}]}", {(UNKNOWN, True): UNDECIDED, (True, True): OPEN, (False, True): OPEN}),
]  # fmt: skip


@pytest.mark.parametrize(("when", "expected"), KLEENE, ids=[when for when, _ in KLEENE])
def test_forms_follow_kleene(when: str, expected: dict[tuple[object, object], Verdict]) -> None:
    engine = guarded(when, TWO)
    for (a, b), comes_to in expected.items():
        assert verdict(engine, a=a, b=b) is comes_to, (a, b)


def test_a_named_condition_holds_or_definitely_does_not() -> None:
    named = "conditions: {both: {a: true, b: true}}"
    yes, no = guarded("{both: true}", TWO, more=named), guarded("{both: false}", TWO, more=named)

    assert verdict(yes, a=True, b=True) is OPEN
    assert verdict(yes, a=False) is BLOCKED
    assert verdict(yes, a=True) is UNDECIDED
    assert verdict(no, a=False) is OPEN
    assert verdict(no, a=True, b=True) is BLOCKED
    assert verdict(no, a=True) is UNDECIDED


ROUNDS = """
    states:
      start: {initial: true, transitions: {go: {to: middle}, see: {to: done, when: WHEN}}}
      middle: {transitions: {back: {to: start}, see: {to: done, when: WHEN}}}
      done: {final: true}
"""


@pytest.mark.parametrize(
    ("when", "at_start", "in_middle", "back_again"),
    [
        ("{visited: start}", OPEN, OPEN, OPEN),
        ("{visited: middle}", BLOCKED, OPEN, OPEN),
        ("{visited: [start, middle]}", BLOCKED, OPEN, OPEN),
        ("{visited: done}", BLOCKED, BLOCKED, BLOCKED),
        ("{not: {visited: middle}}", OPEN, BLOCKED, BLOCKED),
        ("{visits: {state: start, is: 1}}", OPEN, OPEN, BLOCKED),
        ("{visits: {state: start, at_least: 2}}", BLOCKED, BLOCKED, OPEN),
        ("{visits: {state: middle, at_most: 0}}", OPEN, BLOCKED, BLOCKED),
        ("{visits: {state: middle, between: [1, 2]}}", BLOCKED, OPEN, OPEN),
        ("{visits: {state: start, above: 1}}", BLOCKED, BLOCKED, OPEN),
        ("{visits: {state: start, below: 2}}", OPEN, OPEN, BLOCKED),
        ("{elapsed: {since: middle, at_least: 1 hour}}", BLOCKED, BLOCKED, OPEN),
        ("{elapsed: {since: middle, at_most: 1 hour}}", BLOCKED, OPEN, OPEN),
        ("{elapsed: {since: done, below: 1 hour}}", BLOCKED, BLOCKED, BLOCKED),
        ("{elapsed: {since: start, at_least: 1 hour}}", BLOCKED, OPEN, BLOCKED),
    ],
)
def test_visited_counts_the_whole_case_and_elapsed_the_last_entry(
    when: str, at_start: Verdict, in_middle: Verdict, back_again: Verdict
) -> None:
    engine = engine_of(ROUNDS.replace("WHEN", when))
    case = opened(engine)
    found = [engine.decide(case, at=NOON)["see"].verdict]
    for trigger, at in (("go", NOON + HOUR), ("back", NOON + 2 * HOUR)):
        case = engine.take(case, trigger, by=LEE, at=at)
        found.append(engine.decide(case, at=at)["see"].verdict)

    assert found == [at_start, in_middle, back_again]


def test_elapsed_counts_from_when_the_step_happened_and_is_exact() -> None:
    engine = engine_of(ROUNDS.replace("WHEN", "{elapsed: {since: middle, at_least: 24 hours}}"))
    case = engine.take(opened(engine), "go", by=LEE, at=NOON + 3 * HOUR, occurred=NOON + HOUR)
    due = NOON + HOUR + DAY

    assert engine.decide(case, at=due - timedelta(seconds=1))["see"].verdict is BLOCKED
    assert engine.decide(case, at=due)["see"].verdict is OPEN


def test_how_long_ago_is_not_known_of_an_imagined_case() -> None:
    engine = engine_of(ROUNDS.replace("WHEN", "{elapsed: {since: middle, at_least: 24 hours}}"))

    assert engine.decide(engine.imagine(visited=["middle"]), at=NOON)["see"].verdict is UNDECIDED
    assert engine.decide(engine.imagine(), at=NOON)["see"].verdict is BLOCKED


# What counts as recorded ------------------------------------------------------------------------------


def test_a_record_lasts_from_when_it_occurred_and_then_counts_as_not_recorded() -> None:
    engine = guarded("{level: true}", "{level: {type: boolean, lasts: 24 hours, presume: true, source: law}}")
    case = engine.record(opened(engine), {"level": True}, by=LEE, at=NOON, occurred=NOON - HOUR)
    end = NOON - HOUR + DAY

    assert engine.decide(case, at=end - timedelta(microseconds=1))["go"].verdict is OPEN
    assert engine.decide(case, at=end)["go"].verdict is UNDECIDED  # and is not presumed again
    assert case.facts["level"].value is True  # kept
    assert "no longer holds" in engine.decide(case, at=end)["go"].because


def test_recording_the_same_value_again_is_an_event_and_lasts_anew() -> None:
    engine = guarded("{level: true}", "{level: {type: boolean, lasts: 24 hours}}")
    case = engine.record(opened(engine), {"level": True}, by=LEE, at=NOON)
    again = engine.record(case, {"level": True}, by=LEE, at=NOON + 20 * HOUR)

    assert again.version == case.version + 1
    assert engine.decide(again, at=NOON + 30 * HOUR)["go"].verdict is OPEN


def test_what_is_asked_and_not_known_is_shown_and_counts_as_not_recorded() -> None:
    engine = guarded("{level: true}", BOOLEAN)
    case = engine.record(opened(engine), {"level": UNKNOWN}, by=LEE, at=NOON)
    option = engine.decide(case, at=NOON)["go"]

    assert option.verdict is UNDECIDED
    assert option.missing == (("level",),)
    assert "was asked for, and is not known" in option.because
    assert case.history[-1].facts == {"level": UNKNOWN}


def test_what_is_written_down_late_does_not_displace_what_was_seen_since() -> None:
    engine = guarded("{level: true}", BOOLEAN)
    case = engine.record(opened(engine), {"level": False}, by=LEE, at=NOON + 2 * HOUR)
    late = engine.record(case, {"level": True}, by=LEE, at=NOON + 3 * HOUR, occurred=NOON + HOUR)
    since = engine.record(late, {"level": True}, by=LEE, at=NOON + 4 * HOUR)

    assert engine.decide(late, at=NOON + 3 * HOUR)["go"].verdict is BLOCKED
    assert late.version == case.version + 1
    assert engine.decide(since, at=NOON + 4 * HOUR)["go"].verdict is OPEN


def test_a_presumption_holds_until_the_first_record_and_is_not_on_record() -> None:
    facts = "{level: {type: boolean, presume: true, source: law}}"
    engine = guarded("{level: true}", facts)
    option = engine.decide(opened(engine), at=NOON)["go"]

    assert option.verdict is OPEN
    assert option.presumed == ("level",)
    assert "(presumed)" in [reason.text for reason in option.reasons.walk()][-1]
    for value in (UNKNOWN, False):
        case = engine.record(opened(engine), {"level": value}, by=KIM, at=NOON)
        assert engine.decide(case, at=NOON)["go"].verdict is not OPEN
        assert engine.decide(case, at=NOON)["go"].presumed == ()


def test_needs_asks_for_a_presumed_fact_all_the_same() -> None:
    engine = engine_of("""
        facts: {level: {type: boolean, presume: true, source: law}, plan: text}
        states:
          start: {initial: true, transitions: {go: {to: done, needs: [level, plan]}}}
          done: {final: true}
    """)

    assert verdict(engine) is UNDECIDED
    assert engine.decide(engine.imagine(), at=NOON)["go"].missing == (("level", "plan"),)
    assert verdict(engine, level=False, plan="As agreed") is OPEN  # whatever the value


def test_a_fact_that_varies_is_read_like_any_other() -> None:
    engine = guarded("{level: true}", "{level: {type: boolean, varies: true}}")
    case = engine.record(opened(engine), {"level": True}, by=LEE, at=NOON)

    assert engine.decide(case, at=NOON + 1000 * DAY)["go"].verdict is OPEN
