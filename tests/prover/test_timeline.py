"""Timelines against the evaluator: in any calendar, at any moment, no position is missing or out of order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import Dice, dice, law

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Visit
from rupture_protocol.engine.evaluate import compare_now, elapsed
from rupture_protocol.engine.truth import TRUE
from rupture_protocol.language.conditions import Compare, Elapsed, Operator
from rupture_protocol.language.facts import Fact, FactType
from rupture_protocol.language.quantities import Duration, Unit
from rupture_protocol.prover.timeline import Timeline, against_now, since_entry

ORDER = (Operator.AT_LEAST, Operator.AT_MOST, Operator.ABOVE, Operator.BELOW)
LENGTHS = [
    Duration(count, unit)
    for unit, counts in {
        Unit.MINUTES: (90, 1440),
        Unit.HOURS: (6, 24, 48),
        Unit.DAYS: (1, 2, 28, 31),
        Unit.WEEKS: (1, 4),
        Unit.MONTHS: (1, 2),
    }.items()
    for count in counts
]
ZONES = ("UTC", "Europe/London", "America/New_York")
MOMENTS = st.integers(0, 3 * 365 * 24 * 4).map(
    lambda quarters: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters)
)


def assert_in_order(timeline: Timeline, positions: list[int]) -> None:
    """Time leads from each position to the next one only as the timeline says."""
    for at, position in enumerate(positions):
        assert all(before in timeline.sources[position] for before in positions[: at + 1])


def moments(timeline: Timeline, start: date, calendar: Calendar) -> list[datetime]:
    turns = timeline.turns(start, calendar)
    return sorted(turns | {turn + timedelta(hours=shift) for turn in turns for shift in (-7, 7)})


@law(60)
@given(MOMENTS, dice(), st.sampled_from(ZONES))
def test_the_time_since_a_state_was_entered_stands_where_the_evaluator_says(
    start: datetime, dice: Dice, zone: str
) -> None:
    leaves = [Elapsed("aware", dice.one(ORDER), (length,)) for length in dice.some(LENGTHS, 1, 4)]
    timeline, calendar = since_entry(leaves), Calendar(zone=ZoneInfo(zone))
    positions = []
    for at in moments(timeline, start, calendar):
        if at >= start:
            positions.append(timeline.position(start, at, calendar))
            visits = {"aware": Visit(1, start)}
            expected = tuple(elapsed(leaf, visits, at, calendar) is TRUE for leaf in leaves)
            assert timeline.patterns[positions[-1]] == expected
    assert_in_order(timeline, positions)


@law(60)
@given(MOMENTS, dice(), st.sampled_from(ZONES), st.booleans())
def test_a_date_held_against_now_stands_where_the_evaluator_says(
    start: datetime, dice: Dice, zone: str, by_day: bool
) -> None:
    fact = Fact("seen", FactType.DATE if by_day else FactType.DATETIME)
    value = start.date() if by_day else start
    operators = (Operator.WITHIN, Operator.OLDER_THAN)
    leaves = [Compare("seen", dice.one(operators), (length,)) for length in dice.some(LENGTHS, 1, 4)]
    timeline, calendar = against_now(leaves, by_day=by_day), Calendar(zone=ZoneInfo(zone))
    positions = []
    for at in moments(timeline, value, calendar):
        positions.append(timeline.position(value, at, calendar))
        expected = tuple(compare_now(fact, leaf, value, at, calendar) for leaf in leaves)
        assert timeline.patterns[positions[-1]] == expected
    assert_in_order(timeline, positions)


def since(*lengths: tuple[int, Unit]) -> Timeline:
    return since_entry([Elapsed("aware", Operator.AT_LEAST, (Duration(*each),)) for each in lengths])


def test_lengths_of_one_unit_follow_one_another() -> None:
    assert since((1, Unit.DAYS), (1, Unit.WEEKS), (3, Unit.DAYS)).patterns == (
        (False, False, False),
        (True, False, False),
        (True, False, True),
        (True, True, True),
    )


def test_lengths_that_may_be_over_in_either_order_are_told_apart() -> None:
    assert not since((1, Unit.MONTHS), (30, Unit.DAYS)).straight
    assert not since((24, Unit.HOURS), (1, Unit.DAYS)).straight
    assert since((1, Unit.MONTHS), (4, Unit.WEEKS)).straight  # at least as long: the shortest has 28 days
    assert since((1, Unit.MONTHS), (32, Unit.DAYS)).straight
    assert since((24, Unit.HOURS), (2, Unit.DAYS)).straight
