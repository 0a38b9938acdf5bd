"""Sums of time: exact for hours, by the clinic's calendar for days, working days and months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from rupture_protocol.language.quantities import Duration, Unit

LAST_SECOND: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A clinic's working week, closed days and time zone.

    Args:
        weekdays: The days worked, Monday is 0; at least one.
        closed: Days not worked though their weekday is: holidays.
        zone: The clinic's time zone, as a `zoneinfo.ZoneInfo`.

    Raises:
        ValueError: No weekday is worked, or one is not 0 to 6.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    closed: frozenset[date] = frozenset()
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("a calendar works at least one weekday, 0 (Monday) to 6 (Sunday)")

    def works(self, day: date) -> bool:
        """Whether the clinic works on that day."""
        return day.weekday() in self.weekdays and day not in self.closed


def start_of(day: date, calendar: Calendar) -> datetime:
    """The first instant of a day in the clinic's zone, in UTC."""
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)


def end_of(day: date, calendar: Calendar) -> datetime:
    """The last second of a day in the clinic's zone, in UTC."""
    return datetime.combine(day, LAST_SECOND, calendar.zone).astimezone(UTC)


def after(start: datetime | date, length: Duration, calendar: Calendar) -> datetime:
    """When a length of time that began at `start` is over.

    Minutes and hours are exact. Days, weeks and months keep the time of day in the clinic's zone
    (a month without that day ends on its last); counted from a day without a time they last until
    that day ends. Working days last until the last of them ends; a start on a day that is not worked
    counts from the next one that is.

    Args:
        start: An aware instant, or a day.
        length: At most a century, so that no sum overflows.
        calendar: Working weekdays, closed days and the clinic's time zone.

    Returns:
        An aware instant in UTC.

    Source:
        Scotland, SSI 2018/57, guidance 2025: notice within 10 working days.

    >>> friday_noon = datetime(2026, 2, 27, 12, tzinfo=UTC)
    >>> after(friday_noon, Duration(1, Unit.WORKING_DAYS), Calendar()).isoformat()
    '2026-03-02T23:59:59+00:00'
    """
    if length.unit in _EXACT:
        began = start if isinstance(start, datetime) else start_of(start, calendar)
        return began.astimezone(UTC) + length.count * _EXACT[length.unit]
    local = start.astimezone(calendar.zone) if isinstance(start, datetime) else None
    day = local.date() if local else _day(start)
    if length.unit is Unit.WORKING_DAYS:
        return end_of(_working_days_on(day, length.count, calendar), calendar)
    last = (
        _months_on(day, length.count)
        if length.unit is Unit.MONTHS
        else day + length.count * _DAYS[length.unit]
    )
    if local is None:
        return end_of(last, calendar)
    return datetime.combine(last, local.time(), calendar.zone).astimezone(UTC)


_EXACT = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
_DAYS = {Unit.DAYS: timedelta(days=1), Unit.WEEKS: timedelta(weeks=1)}


def _day(start: date) -> date:
    return start


def _working_days_on(day: date, count: int, calendar: Calendar) -> date:
    while not calendar.works(day):
        day += timedelta(days=1)
    while count:
        day += timedelta(days=1)
        count -= calendar.works(day)
    return day


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    after_month = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after_month - timedelta(days=1)).day))
