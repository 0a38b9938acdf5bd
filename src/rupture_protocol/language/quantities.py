"""Lengths of time, dates and versions as an author writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Dates outside are refused: with durations of a century at most, no sum of them can overflow."""


class Unit(StrEnum):
    """What a duration counts in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"


_CENTURY = {
    Unit.MINUTES: 52_560_000,
    Unit.HOURS: 876_000,
    Unit.DAYS: 36_500,
    Unit.WORKING_DAYS: 3_650,  # walked day by day
    Unit.WEEKS: 5_200,
    Unit.MONTHS: 1_200,
}
_DURATION = re.compile(r"([1-9][0-9]{0,8}) (minute|hour|day|working day|week|month)(s?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

DURATION_HELP = "a whole number and a unit, as in `24 hours`, `5 working days`, `2 weeks` or `6 months`"
DATE_HELP = "a day, as in `2026-11-24`, between 1900 and 2999"
DATETIME_HELP = "a day and time with its offset, as in `2026-11-24T09:30:00+00:00`"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: a whole number, at least 1, of one unit; at most a century."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit.value
        return f"{self.count} {unit[:-1] if self.count == 1 else unit}"


def parse_duration(text: str) -> Duration | None:
    """`24 hours` as a `Duration`; None if it is not one.

    >>> str(parse_duration("10 working days"))
    '10 working days'
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    unit = Unit(f"{match[2]}s")
    count = int(match[1])
    return Duration(count, unit) if count <= _CENTURY[unit] else None


def no_duration(text: str) -> tuple[str, str]:
    """What is wrong with a text that is no duration, and what to write instead."""
    if _DURATION.fullmatch(text):
        return "is too long", "at most a century, and at most 3,650 working days"
    return "is not a length of time", DURATION_HELP


def parse_date(text: str) -> date | None:
    """An ISO 8601 day; None if it is not one."""
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def parse_datetime(text: str) -> datetime | None:
    """An ISO 8601 day and time with an offset; None if it is not one."""
    if not _DATETIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


VERSION = re.compile(
    r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})"
    r"(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
"""Semantic Versioning 2.0.0."""
