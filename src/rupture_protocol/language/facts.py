"""A fact: one kind of thing that may be recorded about a case, and the values it can have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from rupture_protocol.discreet import discreet
from rupture_protocol.errors import ValueRefused, shorten
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language import quantities
from rupture_protocol.language.quantities import Duration

Value = bool | str | frozenset[str] | int | Decimal | date | datetime
"""What a fact's value is in Python: `frozenset` for a set, `Decimal` for a number, UTC for a datetime."""

BIGGEST_INTEGER: Final = 2**53 - 1
MOST_DIGITS: Final = 34
LONGEST_TEXT: Final = 8192
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]{1,16}")


class Unknown:
    """The type of `UNKNOWN`: somebody was asked, and it is not known. It counts as not recorded."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class FactType(StrEnum):
    """The types a fact can have."""

    BOOLEAN = "boolean"
    CHOICE = "choice"
    SCALE = "scale"
    SET = "set"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"

    @property
    def with_article(self) -> str:
        """`a date`, `an integer`."""
        return f"{'an' if self is FactType.INTEGER else 'a'} {self}"


LISTED = frozenset({FactType.CHOICE, FactType.SCALE, FactType.SET})
NUMERIC = frozenset({FactType.INTEGER, FactType.NUMBER})
DATED = frozenset({FactType.DATE, FactType.DATETIME})
ORDERED = frozenset({FactType.SCALE}) | NUMERIC | DATED


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of thing that may be recorded about a case.

    `values` are those of a choice, a set or a scale (in rising order), `also` a scale's judgements
    outside the order. `by` lists the roles that may record it; empty means the protocol has no roles.
    `presume` is what holds until the fact is first recorded.
    """

    name: str
    type: FactType
    title: str | None = None
    values: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    unit: str | None = None
    ask: str | None = None
    labels: Mapping[str, str] = field(default=NOTHING)
    by: tuple[str, ...] = ()
    lasts: Duration | None = None
    varies: bool = False
    presume: Value | None = None
    sensitive: bool = False
    source: tuple[str, ...] = ()

    @discreet
    def parse(self, value: object) -> Value:
        """A value as a host gives it, checked and in the fact's own Python type.

        Args:
            value: `bool`, text, whole number, `Decimal` or decimal text, an ISO 8601 text or a date,
                a list, tuple or set of texts: whatever the type asks for. Never a `float`.

        Raises:
            ValueRefused: It is not one this fact can have. The message does not repeat it.
        """
        parsed = _PARSERS[self.type](self, value)
        if parsed is None:
            raise ValueRefused(
                f"`{self.name}` cannot have that value", help=f"`{self.name}` takes {self.expects()}"
            )
        return parsed

    @discreet
    def parse_text(self, text: str) -> Value | Unknown:
        """A value as it is typed on a command line: `true`, `12`, `a,b` for a set, `unknown`."""
        if text == "unknown":
            return UNKNOWN
        if self.type is FactType.SET:
            return self.parse([part.strip() for part in text.split(",")] if text else [])
        if self.type is FactType.BOOLEAN:
            return self.parse({"true": True, "false": False}.get(text, text))
        if self.type is FactType.INTEGER and _INTEGER.fullmatch(text):
            return self.parse(int(text))
        return self.parse(text)

    def expects(self) -> str:
        """What the fact takes, in words: for help, never with a recorded value."""
        match self.type:
            case FactType.BOOLEAN:
                return "`true` or `false`"
            case FactType.CHOICE | FactType.SCALE:
                return f"one of {_listed(self.values + self.also)}"
            case FactType.SET:
                return f"any of {_listed(self.values)}"
            case FactType.INTEGER | FactType.NUMBER:
                kind = "a whole number" if self.type is FactType.INTEGER else "a number (exact: not a float)"
                low = "" if self.minimum is None else f", at least {self.minimum}"
                high = "" if self.maximum is None else f", at most {self.maximum}"
                return f"{kind}{low}{high}"
            case FactType.DATE:
                return quantities.DATE_HELP
            case FactType.DATETIME:
                return quantities.DATETIME_HELP
            case FactType.TEXT:
                return f"text of 1 to {LONGEST_TEXT} characters"

    def rank(self, value: str) -> int | None:
        """Where a scale's value stands in the order; None for a judgement outside it."""
        return self.values.index(value) if value in self.values else None

    def label(self, value: object) -> str:
        """A value as it is shown to a person."""
        written = to_json(value)
        if isinstance(written, list):
            return ", ".join(self.labels.get(part, part) for part in written) or "none of them"
        if isinstance(written, bool):
            written = str(written).lower()
        return self.labels.get(str(written), str(written))


def to_json(value: object) -> bool | int | str | list[str] | None:
    """A value as JSON keeps it: a set as a sorted list, a number as exact decimal text, dates in ISO 8601."""
    match value:
        case frozenset():
            return sorted(value)
        case Decimal():
            return decimal_text(value)
        case datetime() | date():
            return value.isoformat()
        case bool() | int() | str():
            return value
        case _:
            return None


def decimal_text(number: Decimal) -> str:
    """The shortest exact decimal text: `1.50` and `1.5` are one number, so they are one text."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_storable(text: str) -> bool:
    """Whether a text can be written as UTF-8: half of a surrogate pair cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _listed(values: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{shorten(value)}`" for value in values[:12])
    return shown if len(values) <= 12 else f"{shown}, …"


def _boolean(_fact: Fact, value: object) -> Value | None:
    return value if isinstance(value, bool) else None


def _choice(fact: Fact, value: object) -> Value | None:
    if not isinstance(value, str):
        return None
    # The protocol's own text is kept, not the host's: equal values are then the same object.
    for known in fact.values:
        if known == value:
            return known
    return next((known for known in fact.also if known == value), None)


def _set(fact: Fact, value: object) -> Value | None:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        return None
    if not all(isinstance(part, str) and part in fact.values for part in value):
        return None
    return frozenset(value)


def _within(fact: Fact, number: Decimal | int) -> bool:
    return (fact.minimum is None or fact.minimum <= number) and (
        fact.maximum is None or number <= fact.maximum
    )


def _integer(fact: Fact, value: object) -> Value | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > BIGGEST_INTEGER:
        return None
    return value if _within(fact, value) else None


def _number(fact: Fact, value: object) -> Value | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    number = parse_number(value) if isinstance(value, str) else Decimal(value)
    return number if number is not None and _few_digits(number) and _within(fact, number) else None


def parse_number(text: str) -> Decimal | None:
    """A plain decimal of at most 34 digits; None if the text is not one."""
    number = Decimal(text) if _DECIMAL.fullmatch(text) else None
    return number if number is not None and _few_digits(number) else None


def _few_digits(number: Decimal) -> bool:
    if not number.is_finite():
        return False
    return len(number.as_tuple().digits) <= MOST_DIGITS and abs(number.adjusted()) <= MOST_DIGITS


def _date(_fact: Fact, value: object) -> Value | None:
    if isinstance(value, str):
        return quantities.parse_date(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        return None
    return value if quantities.FIRST_YEAR <= value.year <= quantities.LAST_YEAR else None


def _datetime(_fact: Fact, value: object) -> Value | None:
    moment = quantities.parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        return None
    if not quantities.FIRST_YEAR < moment.year < quantities.LAST_YEAR:
        return None
    # Aware datetimes that share a zone object compare by wall clock; in UTC they compare as instants.
    return moment.astimezone(UTC)


def _text(_fact: Fact, value: object) -> Value | None:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        return None
    return value if is_storable(value) else None


_PARSERS = {
    FactType.BOOLEAN: _boolean,
    FactType.CHOICE: _choice,
    FactType.SCALE: _choice,
    FactType.SET: _set,
    FactType.INTEGER: _integer,
    FactType.NUMBER: _number,
    FactType.DATE: _date,
    FactType.DATETIME: _datetime,
    FactType.TEXT: _text,
}
