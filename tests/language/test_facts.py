"""What each type of fact takes, and what it refuses."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupture_protocol import UNKNOWN, ValueRefused
from rupture_protocol.language.facts import Fact, FactType, Unknown, decimal_text, to_json

BOOLEAN = Fact("agrees", FactType.BOOLEAN)
CHOICE = Fact("place", FactType.CHOICE, values=("home", "clinic", "yes"))
SCALE = Fact("severity", FactType.SCALE, values=("none", "mild", "severe"), also=("not_assessable",))
SET = Fact("symptoms", FactType.SET, values=("sleepless", "anxious"))
INTEGER = Fact("age", FactType.INTEGER, minimum=0, maximum=120)
NUMBER = Fact("dose", FactType.NUMBER, minimum=Decimal("0.5"), maximum=Decimal(3))
DATE = Fact("aware_on", FactType.DATE)
DATETIME = Fact("aware_at", FactType.DATETIME)
TEXT = Fact("plan", FactType.TEXT)
ALL = (BOOLEAN, CHOICE, SCALE, SET, INTEGER, NUMBER, DATE, DATETIME, TEXT)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE_AHEAD = timezone(timedelta(hours=1))


def refuses(fact: Fact, value: object) -> bool:
    refusal = None
    try:
        fact.parse(value)
    except ValueRefused as refused:
        refusal = refused
    if refusal is None:
        return False
    assert str(refusal) == f"`{fact.name}` cannot have that value"
    assert (refusal.help or "").startswith(f"`{fact.name}` takes ")
    return True


TAKEN: list[tuple[Fact, object, Any]] = [
    (BOOLEAN, True, True),
    (BOOLEAN, False, False),
    (CHOICE, "home", "home"),
    (SCALE, "severe", "severe"),
    (SCALE, "not_assessable", "not_assessable"),
    (SET, ["anxious"], frozenset({"anxious"})),
    (SET, ("anxious", "anxious"), frozenset({"anxious"})),
    (SET, {"anxious", "sleepless"}, frozenset({"anxious", "sleepless"})),
    (SET, [], frozenset()),
    (INTEGER, 0, 0),
    (INTEGER, 120, 120),
    (NUMBER, "0.50", Decimal("0.5")),
    (NUMBER, Decimal(3), Decimal(3)),
    (NUMBER, 1, Decimal(1)),
    (DATE, "2026-11-24", date(2026, 11, 24)),
    (DATE, date(2026, 11, 24), date(2026, 11, 24)),
    (DATETIME, "2026-11-24T13:00:00+01:00", NOON),
    (DATETIME, datetime(2026, 11, 24, 13, tzinfo=ONE_AHEAD), NOON),
    (TEXT, "a new plan", "a new plan"),
    (TEXT, "x" * 8192, "x" * 8192),
]


@pytest.mark.parametrize(("fact", "value", "expected"), TAKEN)
def test_a_fact_takes_its_values_in_its_own_type(fact: Fact, value: object, expected: Any) -> None:
    parsed = fact.parse(value)

    assert parsed == expected
    assert type(parsed) is type(expected)
    assert fact.parse(parsed) == parsed


REFUSED: list[tuple[Fact, Iterable[object]]] = [
    (BOOLEAN, ("true", 1, 0, "yes", None, [])),
    (CHOICE, ("Home", "", "elsewhere", "unknown", True, None, ["home"])),
    (SCALE, ("moderate", "unknown", 1, None)),
    (SET, ("anxious", ["calm"], ["unknown"], [1], {"anxious": 1}, None, [["anxious"]])),
    (INTEGER, (-1, 121, True, "3", 3.0, Decimal(3), 2**53, None)),
    (
        NUMBER,
        (0.5, 1.0, float("nan"), True, "1e0", "NaN", "Infinity", " 1", "٣", "", None, "3.0000001"),
    ),
    (DATE, (NOON, "2026-11-24T00:00Z", "24.11.2026", date(1899, 1, 1), date(3000, 1, 1), 20261124, None)),
    (DATETIME, (datetime(2026, 11, 24), date(2026, 11, 24), "2026-11-24", "2026-11-24T12:00:00", 0, None)),
    (TEXT, ("", "x" * 8193, 5, None, ["text"])),
]


@pytest.mark.parametrize(
    ("fact", "value"), [(fact, value) for fact, values in REFUSED for value in values], ids=repr
)
def test_a_fact_refuses_what_it_cannot_have(fact: Fact, value: object) -> None:
    assert refuses(fact, value)


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.type)
def test_unknown_is_not_a_value(fact: Fact) -> None:
    assert refuses(fact, UNKNOWN)
    assert fact.parse_text("unknown") is UNKNOWN


@given(st.sampled_from(ALL), st.floats())
def test_no_fact_takes_a_float(fact: Fact, value: float) -> None:
    assert refuses(fact, value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals() | st.binary()
    | st.datetimes() | st.dates() | st.datetimes(timezones=st.timezones()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.frozensets(st.text()),
    max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(ALL), anything)
def test_whatever_a_host_gives_is_taken_or_refused(fact: Fact, value: object) -> None:
    if not refuses(fact, value):
        parsed = fact.parse(value)
        written = to_json(parsed)
        assert written is not None
        assert fact.parse(written) == parsed


@given(st.sampled_from(ALL), st.text())
def test_whatever_is_typed_is_taken_or_refused(fact: Fact, text: str) -> None:
    parsed: object = UNKNOWN
    with suppress(ValueRefused):
        parsed = fact.parse_text(text)
    assert isinstance(parsed, Unknown) or fact.parse(parsed) == parsed


@pytest.mark.parametrize(
    ("fact", "text", "expected"),
    [
        (BOOLEAN, "true", True),
        (BOOLEAN, "false", False),
        (CHOICE, "yes", "yes"),
        (SET, "anxious, sleepless", frozenset({"anxious", "sleepless"})),
        (SET, "", frozenset()),
        (INTEGER, "12", 12),
        (NUMBER, "1.50", Decimal("1.5")),
        (DATE, "2026-11-24", date(2026, 11, 24)),
        (DATETIME, "2026-11-24T12:00:00Z", NOON),
        (TEXT, "true", "true"),
    ],
)
def test_a_value_may_be_typed(fact: Fact, text: str, expected: object) -> None:
    assert fact.parse_text(text) == expected


@pytest.mark.parametrize("text", ["1.0", "1e3", "0x10", "1_000", "", "9" * 5000])
def test_a_whole_number_is_typed_in_digits(text: str) -> None:
    with pytest.raises(ValueRefused):
        INTEGER.parse_text(text)


def test_a_number_is_exact() -> None:
    third = Fact("share", FactType.NUMBER).parse("0.3333333333333333333333333333333333")

    assert isinstance(third, Decimal)
    assert to_json(third) == "0.3333333333333333333333333333333333"


@pytest.mark.parametrize("text", ["9" * 35, "0." + "1" * 36, "1" + "0" * 40])
def test_a_number_has_34_digits_at_most(text: str) -> None:
    assert refuses(Fact("share", FactType.NUMBER), text)


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e-999999999", "sNaN"])
def test_a_number_that_no_machine_holds_is_refused_at_once(number: str) -> None:
    assert refuses(Fact("share", FactType.NUMBER), Decimal(number))


def test_a_whole_number_is_one_that_json_keeps() -> None:
    count = Fact("count", FactType.INTEGER)

    assert count.parse(2**53 - 1) == 2**53 - 1
    assert refuses(count, 2**53)
    assert refuses(count, -(2**53))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_equal_numbers_are_one_text(number: Decimal) -> None:
    same = Decimal(f"{number:f}0")
    assert decimal_text(number) == decimal_text(same)
    assert Decimal(decimal_text(number)) == number


def test_a_scale_knows_its_order() -> None:
    assert [SCALE.rank(value) for value in (*SCALE.values, "not_assessable")] == [0, 1, 2, None]


def test_a_text_is_never_given_back_in_a_refusal() -> None:
    with pytest.raises(ValueRefused) as refused:
        SCALE.parse("canary")

    assert "canary" not in f"{refused.value!r} {refused.value} {refused.value.help}"


def test_a_value_is_shown_by_its_label() -> None:
    fact = Fact("symptoms", FactType.SET, values=("a", "b"), labels={"a": "Anxious"})

    assert fact.label(frozenset({"a", "b"})) == "Anxious, b"
    assert fact.label(frozenset()) == "none of them"


def test_unknown_is_one_object() -> None:
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN
    assert repr(UNKNOWN) == "UNKNOWN"


@pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.type)
def test_what_a_fact_takes_is_said_in_a_line(fact: Fact) -> None:
    many = Fact("many", FactType.CHOICE, values=tuple(f"{at}{'x' * 500}" for at in range(100)))

    assert fact.expects()
    assert len(many.expects()) < 1100
