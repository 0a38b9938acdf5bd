"""The instants that a host gives: aware, in UTC, and in an order that can be."""

from __future__ import annotations

from datetime import UTC, datetime

from rupture_protocol.errors import TimeRefused
from rupture_protocol.language.quantities import FIRST_YEAR, LAST_YEAR


def utc(at: datetime) -> datetime:
    """An aware datetime in UTC.

    Raises:
        TimeRefused: It has no offset, or lies outside the years 1900 to 2999.
    """
    if at.utcoffset() is None:
        raise TimeRefused("an instant needs its offset", help="as in `datetime.now(UTC)`")
    # The bounds leave room for any offset and any sum, so nothing here or later can overflow.
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise TimeRefused(f"an instant lies between the years {FIRST_YEAR} and {LAST_YEAR}")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def occurred_by(occurred: datetime | None, at: datetime) -> datetime:
    """When something happened: `at`, unless it is said to have been earlier.

    Raises:
        TimeRefused: It has no offset, or is after `at`.
    """
    if occurred is None:
        return at
    happened = utc(occurred)
    if happened > at:
        raise TimeRefused("`occurred` is after `at`: it has not happened yet")
    return happened
