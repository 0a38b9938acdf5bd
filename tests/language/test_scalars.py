from __future__ import annotations

from decimal import Decimal

import pytest

from rupture_protocol.language.scalars import Plain, TooLarge, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-0", 0),
        ("12", 12),
        ("-7", -7),
        ("1.0", Decimal("1.0")),
        ("-0.50", Decimal("-0.50")),
        (str(2**53 - 1), 2**53 - 1),
    ],
)
def test_what_every_yaml_reader_types_alike_is_typed(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


def test_a_decimal_keeps_its_last_zero() -> None:
    assert str(scalar("1.50")) == "1.50"


@pytest.mark.parametrize(
    "text", ["yes", "Yes", "YES", "no", "on", "Off", "y", "N", "True", "FALSE", "Null", "NULL"]
)
def test_a_word_that_some_readers_take_for_a_truth_or_nothing_is_plain(text: str) -> None:
    assert isinstance(scalar(text), Plain)
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "012", "00", "+5", "-012", "1_000", "1,000", "0x1F", "-0xff", "0o17", "0b1", "0b10_1",
        "1.", ".5", "-.5", "1e3", "1E-3", "1.5e3", "+1.5", "01.5", "1_000.5", ".5e1",
        ".inf", "-.Inf", "+.INF", ".nan", ".NaN", "~", "=", "<<",
    ],
)  # fmt: skip
def test_a_number_that_readers_take_for_different_numbers_is_plain(text: str) -> None:
    assert isinstance(scalar(text), Plain)


@pytest.mark.parametrize(
    "text",
    [
        "12:30", "08:30", "-1:30", "190:20:30", "1:30.5", "2026-11-01", "2026-1-1", "2026-11-01T10:00:00Z",
        "2026-11-01 10:00:00 +01:00", "2026-11-01t10:00:00.25-05:00", "2026-11-01T10:00",
    ],
)  # fmt: skip
def test_a_time_or_a_date_is_plain(text: str) -> None:
    assert isinstance(scalar(text), Plain)


@pytest.mark.parametrize(
    "text",
    [
        "aware", "1.0.0", "24 hours", "yes please", "yEs", "-", "--", "+", ".", "...", "12:99", "1:100", "a1",
        "10%", "2026-11", "0x", "e3", "1e", "2026-11-01 or later", "שלום", "哀", "٣", "trueish", "-x", ".x",
    ],
)  # fmt: skip
def test_any_other_text_is_text_and_nothing_more(text: str) -> None:
    assert type(scalar(text)) is str


@pytest.mark.parametrize("text", [str(2**53), str(-(2**53)), "9" * 5_000, "-" + "1" * 8_000])
def test_a_whole_number_beyond_what_json_keeps_is_too_large(text: str) -> None:
    with pytest.raises(TooLarge):
        scalar(text)


def test_a_decimal_may_have_34_digits_and_no_more() -> None:
    assert scalar("1." + "2" * 33) == Decimal("1." + "2" * 33)
    assert scalar("-1." + "2" * 33) == Decimal("-1." + "2" * 33)
    with pytest.raises(TooLarge):
        scalar("1." + "2" * 34)
