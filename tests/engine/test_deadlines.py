"""Deadlines: they read the history, and count by the clinic's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engine.examples import DAY, HOUR, LEE, NOON, engine_of, opened

from rupture_protocol import UNKNOWN, Calendar, Case, Engine
from rupture_protocol.engine.calendar import after
from rupture_protocol.engine.deadlines import Due
from rupture_protocol.language.quantities import parse_duration

LONDON, BERLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")
NEW_YORK, BEIRUT = ZoneInfo("America/New_York"), ZoneInfo("Asia/Beirut")
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})


# Sums of time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "length", "calendar", "expected"),
    [
        # exact
        ("2026-11-24T12:00Z", "30 minutes", {}, "2026-11-24T12:30Z"),
        ("2026-03-28T12:00Z", "24 hours", {"zone": BERLIN}, "2026-03-29T12:00Z"),
        ("2026-11-24", "24 hours", {"zone": BERLIN}, "2026-11-24T23:00Z"),
        # days keep the time of day, over a change of the clocks too
        ("2026-03-28T12:00Z", "1 day", {"zone": BERLIN}, "2026-03-29T11:00Z"),
        ("2026-10-24T12:00Z", "1 day", {"zone": BERLIN}, "2026-10-25T13:00Z"),
        ("2026-03-28T01:30Z", "1 day", {"zone": BERLIN}, "2026-03-29T01:30Z"),  # 02:30 is not on the 29th
        ("2026-11-24T12:00Z", "2 weeks", {}, "2026-12-08T12:00Z"),
        ("2026-11-24", "2 days", {}, "2026-11-26T23:59:59Z"),
        ("2026-11-24", "2 days", {"zone": NEW_YORK}, "2026-11-27T04:59:59Z"),
        ("2026-11-25T02:00Z", "1 week", {"zone": NEW_YORK}, "2026-12-02T02:00Z"),
        # months end on a day that they have
        ("2026-01-31T12:00Z", "1 month", {}, "2026-02-28T12:00Z"),
        ("2028-01-31T12:00Z", "1 month", {}, "2028-02-29T12:00Z"),
        ("2026-01-31T12:00Z", "2 months", {}, "2026-03-31T12:00Z"),
        ("2026-08-31", "6 months", {}, "2027-02-28T23:59:59Z"),
        ("2026-12-15T12:00Z", "1 month", {}, "2027-01-15T12:00Z"),
        ("2026-11-30T12:00Z", "13 months", {}, "2027-12-30T12:00Z"),
        ("2024-02-29T12:00Z", "12 months", {}, "2025-02-28T12:00Z"),
        ("2026-03-01T12:00Z", "1 month", {"zone": BERLIN}, "2026-04-01T11:00Z"),
        # working days end with the last of them
        ("2026-11-24T12:00Z", "1 working day", {}, "2026-11-25T23:59:59Z"),
        ("2026-11-27T12:00Z", "1 working day", {}, "2026-11-30T23:59:59Z"),  # Friday: Monday
        ("2026-11-28T12:00Z", "1 working day", {}, "2026-12-01T23:59:59Z"),  # Saturday counts from Monday
        ("2026-11-29T12:00Z", "1 working day", {}, "2026-12-01T23:59:59Z"),
        ("2026-11-24", "10 working days", {}, "2026-12-08T23:59:59Z"),
        ("2026-12-24T12:00Z", "1 working day", {"closed": CHRISTMAS}, "2026-12-29T23:59:59Z"),
        ("2026-12-25T12:00Z", "1 working day", {"closed": CHRISTMAS}, "2026-12-30T23:59:59Z"),
        ("2026-11-24T12:00Z", "3 working days", {"weekdays": frozenset({1, 6})}, "2026-12-06T23:59:59Z"),
        (
            "2026-11-27T23:30Z",
            "1 working day",
            {"zone": BERLIN},
            "2026-12-01T22:59:59Z",
        ),  # Saturday in Berlin
        ("2026-03-26T12:00Z", "2 working days", {"zone": LONDON}, "2026-03-30T22:59:59Z"),  # summer time
        # a day that begins at one o'clock
        ("2026-03-27T12:00Z", "2 days", {"zone": BEIRUT}, "2026-03-29T11:00Z"),
        ("2026-03-29", "24 hours", {"zone": BEIRUT}, "2026-03-29T22:00Z"),
    ],
)
def test_a_length_of_time_is_over(start: str, length: str, calendar: dict[str, Any], expected: str) -> None:
    began = datetime.fromisoformat(start) if "T" in start else date.fromisoformat(start)
    duration = parse_duration(length)
    assert duration is not None

    over = after(began, duration, Calendar(**calendar))
    assert over == datetime.fromisoformat(expected)
    assert over.tzinfo is UTC


def test_the_hour_that_a_clock_shows_twice_is_two_hours() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    hour = parse_duration("1 hour")
    assert hour is not None

    assert after(second, hour, Calendar(zone=BERLIN)) - after(first, hour, Calendar(zone=BERLIN)) == HOUR


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 2})])
def test_a_calendar_works_some_weekday(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekday"):
        Calendar(weekdays=weekdays)


# Deadlines of a case ----------------------------------------------------------------------------------

TEXT = """
facts:
  noticed: datetime
  noticed_on: date
  serious: boolean
  sent: boolean
  sent_on: date
  letter: text
  risk: {{type: choice, values: [low, high], lasts: 2 hours}}
states:
  start: {{initial: true, forget: [risk], transitions: {{go: {{to: middle}}, again: {{to: start}}}}}}
  middle: {{forget: [risk], transitions: {{back: {{to: start}}, end: {{to: done}}}}}}
  done: {{final: true}}
deadlines:
  notice: {{{}, source: law, kind: law}}
"""


def dues(deadline: str, *events: tuple[str, Any], calendar: Calendar | None = None) -> tuple[Due, ...]:
    """How the deadline stands after these verbs, an hour apart; `at` sets the clock instead."""
    engine = engine_of(TEXT.format(deadline), calendar=calendar)
    case, at = opened(engine), NOON
    for verb, what in events:
        if verb == "at":
            at = what
            continue
        case = _done(engine, case, verb, what, at)
        at += HOUR
    return engine.decide(case, at=at).deadlines


def _done(engine: Engine, case: Case, verb: str, what: Any, at: datetime) -> Case:
    if verb == "record":
        return engine.record(case, what, by=LEE, at=at)
    if verb == "late":
        return engine.record(case, what, by=LEE, at=at, occurred=NOON)
    if verb == "correct":
        ((name, to),) = what.items()
        return engine.correct(case, name, to=to, reason="a slip", by=LEE, at=at)
    return engine.take(case, what, by=LEE, at=at)


def states(*args: Any, **kwargs: Any) -> list[str]:
    return [due.state.value for due in dues(*args, **kwargs)]


AFTER_MIDDLE = "starts: {state: middle}, within: 5 hours, met_by: {fact: sent}"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ["not started"]),
        ([("take", "go")], ["running"]),
        ([("take", "go"), ("at", NOON + 5 * HOUR)], ["running"]),
        ([("take", "go"), ("at", NOON + 5 * HOUR + timedelta(seconds=1))], ["overdue"]),
        ([("take", "go"), ("record", {"sent": True})], ["met"]),
        ([("take", "go"), ("record", {"sent": False})], ["running"]),
        ([("take", "go"), ("record", {"sent": UNKNOWN})], ["running"]),
        ([("take", "go"), ("at", NOON + 5 * HOUR), ("record", {"sent": True})], ["met"]),
        ([("take", "go"), ("at", NOON + 6 * HOUR), ("record", {"sent": True})], ["met late"]),
        ([("take", "go"), ("at", NOON + 6 * HOUR), ("late", {"sent": True})], ["met"]),
        ([("record", {"sent": True}), ("take", "go")], ["running"]),  # sent before it was due at all
        ([("take", "go"), ("take", "end")], ["ended"]),
        ([("take", "go"), ("at", NOON + 9 * HOUR), ("take", "end")], ["ended"]),
        ([("take", "go"), ("record", {"sent": True}), ("take", "end")], ["met"]),
        ([("take", "go"), ("take", "back"), ("take", "go")], ["running", "running"]),
        ([("take", "go"), ("take", "back"), ("take", "go"), ("record", {"sent": True})], ["met"]),
        ([("take", "go"), ("record", {"sent": True}), ("correct", {"sent": UNKNOWN})], ["running"]),
        ([("take", "go"), ("record", {"sent": False}), ("correct", {"sent": True})], ["met"]),
    ],
)
def test_a_deadline_stands(events: list[tuple[str, Any]], expected: list[str]) -> None:
    assert states(AFTER_MIDDLE, *events) == expected


def test_the_initial_state_and_a_state_entered_again_start_one() -> None:
    initial = "starts: {state: start}, within: 5 hours, met_by: {state: middle}"

    assert states(initial) == ["running"]
    assert states(initial, ("take", "go")) == ["met"]
    assert states(initial, ("at", NOON + HOUR), ("take", "again")) == ["running", "running"]


def test_without_a_length_it_is_due_as_soon_as_practicable_and_never_overdue() -> None:
    (due,) = dues("starts: {state: middle}, met_by: {fact: sent}", ("take", "go"), ("at", NOON + 999 * DAY))

    assert (due.state.value, due.due, due.started) == ("running", None, NOON)


def test_a_dates_value_counts_and_else_when_it_occurred() -> None:
    def started(mark: str, *events: tuple[str, Any]) -> tuple[datetime | None, datetime | None]:
        (due,) = dues(f"starts: {{fact: {mark}}}, within: 2 days, met_by: {{fact: sent}}", *events)
        return due.started, due.due

    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    instant = NOON - 30 * HOUR
    assert started("noticed_on", ("record", {"noticed_on": "2026-11-20"})) == (
        midnight, midnight + 3 * DAY - timedelta(seconds=1),
    )  # fmt: skip
    assert started("noticed", ("record", {"noticed": instant})) == (instant, instant + 2 * DAY)
    assert started("letter", ("record", {"letter": "x"})) == (NOON, NOON + 2 * DAY)
    assert started("serious", ("at", NOON + DAY), ("late", {"serious": True})) == (NOON, NOON + 2 * DAY)
    assert started("serious", ("record", {"serious": False})) == (None, None)


def test_a_day_counts_in_the_clinics_zone() -> None:
    (due,) = dues(
        "starts: {fact: noticed_on}, within: 1 working day, met_by: {fact: sent}",
        ("record", {"noticed_on": "2026-11-20"}),
        calendar=Calendar(zone=NEW_YORK),
    )

    assert due.started == datetime(2026, 11, 20, 5, tzinfo=UTC)
    assert due.due == datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-11-23", "running"), ("2026-11-24", "met"), ("2026-11-26", "running")]
)
def test_a_day_meets_what_started_on_it_and_not_before_it_has_come(day: str, expected: str) -> None:
    deadline = "starts: {state: middle}, within: 2 working days, met_by: {fact: sent_on}"

    assert states(deadline, ("take", "go"), ("record", {"sent_on": day})) == [expected]


ON_RISK = "starts: {fact: risk}, within: 5 hours, met_by: {fact: sent}"


def test_expiry_and_forget_neither_stop_nor_restart_one() -> None:
    assert states(ON_RISK, ("record", {"risk": "high"}), ("at", NOON + 3 * HOUR)) == ["running"]  # expired
    forgotten = dues(ON_RISK, ("record", {"risk": "high"}), ("take", "go"), ("at", NOON + 6 * HOUR))
    assert [(due.state.value, due.started) for due in forgotten] == [("overdue", NOON)]


def test_a_new_record_starts_another_and_the_same_value_too() -> None:
    found = dues(
        ON_RISK, ("record", {"risk": "high"}), ("record", {"risk": "high"}), ("at", NOON + 5.5 * HOUR)
    )

    assert [(due.state.value, due.started) for due in found] == [("overdue", NOON), ("running", NOON + HOUR)]


def test_a_correction_moves_the_start_and_a_withdrawal_takes_it_back() -> None:
    deadline = "starts: {fact: noticed}, within: 2 days, met_by: {fact: sent}"
    wrong = ("record", {"noticed": NOON - 3 * DAY})

    assert states(deadline, wrong) == ["overdue"]
    assert states(deadline, wrong, ("correct", {"noticed": NOON - DAY})) == ["running"]
    assert states(deadline, wrong, ("correct", {"noticed": UNKNOWN})) == ["not started"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [({}, "undecided"), ({"serious": True}, "running"), ({"serious": False}, "not applicable")],
)
def test_a_deadline_runs_only_where_its_condition_is_true(facts: dict[str, Any], expected: str) -> None:
    events: list[tuple[str, Any]] = [("take", "go")]
    if facts:
        events.append(("record", facts))

    assert states(f"{AFTER_MIDDLE}, when: {{serious: true}}", *events) == [expected]


def test_what_is_only_supposed_starts_one_as_if_it_were_recorded_now() -> None:
    engine = engine_of(TEXT.format(ON_RISK))
    (due,) = engine.decide(opened(engine), at=NOON, suppose={"risk": "high"}).deadlines

    assert (due.state.value, due.started) == ("running", NOON)
    assert engine.decide(engine.imagine(), at=NOON).deadlines[0].state.value == "not started"
