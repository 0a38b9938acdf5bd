"""Lengths of time, dates and versions."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture_protocol.language.quantities import (
    LAST_YEAR,
    VERSION,
    Duration,
    Unit,
    no_duration,
    parse_date,
    parse_datetime,
    parse_duration,
)

CENTURY = {
    "minutes": 52_560_000,
    "hours": 876_000,
    "days": 36_500,
    "working days": 3_650,
    "weeks": 5_200,
    "months": 1_200,
}


@given(st.sampled_from(Unit), st.integers(1, 1_200))
def test_a_duration_reads_as_it_is_written(unit: Unit, count: int) -> None:
    duration = Duration(count, unit)

    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize("unit", CENTURY)
def test_a_duration_is_a_century_at_most(unit: str) -> None:
    assert parse_duration(f"{CENTURY[unit]} {unit}") is not None
    assert parse_duration(f"{CENTURY[unit] + 1} {unit}") is None
    assert no_duration(f"{CENTURY[unit] + 1} {unit}")[0] == "is too long"


def test_a_century_of_working_days_is_ten_years() -> None:
    assert parse_duration("3651 working days") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "hours",
        "0 hours",
        "-1 hours",
        "+1 hours",
        "01 hours",
        "1.5 hours",
        "24  hours",
        "24 hours ",
        "24 Hours",
        "24h",
        "1 year",
        "1 second",
        "1 workday",
        "٣ days",
        "1 day\n",
        "9" * 5000 + " days",
    ],
)
def test_what_is_not_a_whole_number_and_a_unit_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None
    assert no_duration(text)[0] == "is not a length of time"


@given(st.dates(date(1900, 1, 1), date(LAST_YEAR, 12, 31)))
def test_a_day_reads_as_it_is_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["1900-01-01", "2999-12-31", "2024-02-29"])
def test_a_day_is_between_1900_and_2999(text: str) -> None:
    assert parse_date(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "1899-12-31",
        "3000-01-01",
        "2026-02-29",
        "2026-13-01",
        "2026-1-1",
        "20260101",
        "2026-W01-1",
        "٢٠٢٦-٠١-٠١",
        "",
    ],
)
def test_what_is_no_iso_day_is_refused(text: str) -> None:
    assert parse_date(text) is None


offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1901, 1, 1), datetime(2998, 12, 31), timezones=offsets))
def test_a_moment_reads_as_it_is_written(moment: datetime) -> None:
    assert parse_datetime(moment.isoformat()) == moment


@pytest.mark.parametrize("text", ["2026-11-24T09:30Z", "2026-11-24 09:30:00+01:00", "2026-11-24t09:30:00.5z"])
def test_a_moment_may_be_written_shorter(text: str) -> None:
    moment = parse_datetime(text)

    assert moment is not None
    assert moment.utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026-11-24T09:30:00",
        "2026-11-24T25:00:00Z",
        "2026-11-24T09:30:00+25:00",
        "1899-01-01T00:00Z",
    ],
)
def test_a_moment_without_an_offset_is_none(text: str) -> None:
    assert parse_datetime(text) is None


@pytest.mark.parametrize(
    "text", ["0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-0.3.7", "1.0.0-x.7.z.92+b.5"]
)
def test_a_semantic_version(text: str) -> None:
    assert VERSION.fullmatch(text)


@pytest.mark.parametrize(
    "text", ["1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", " 1.0.0"]
)
def test_no_semantic_version(text: str) -> None:
    assert not VERSION.fullmatch(text)
