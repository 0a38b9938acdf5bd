"""What an unquoted scalar means: YAML 1.2 core, and only what every YAML reader agrees on.

Alone here: which texts some reader would take for a number, a truth, a date or nothing at all.
"""

from __future__ import annotations

import re
from decimal import Decimal


class Plain(str):
    """An unquoted text that some YAML reader would take for something else (`yes`, `012`, `12:30`, a date).

    It is text where text is expected, and `quote-it` everywhere else.
    """

    __slots__ = ()


class TooLarge(ValueError):
    """A number that JSON, or another YAML reader, would not keep exactly."""


LARGEST_INTEGER = 2**53 - 1
MOST_DIGITS = 34
"""The digits of an IEEE 754 decimal128."""

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")

_LOOKALIKE_WORDS = frozenset(
    casing
    for word in ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
    for casing in (word, word.title(), word.upper())
) | {"~", "=", "<<"}

_LOOKALIKES = re.compile(
    r"""
      [-+]?[0-9][0-9_,]*                                         # 012  +5  1_000  1,000 (Ruby)
    | [-+]?0(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)         # 0x1F  0o17  0b1
    | [-+]?(?:[0-9][0-9_,]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?     # 1.  .5  1e3  1_000.5
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?           # 12:30  190:20:30.15
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ ]+)[0-9][0-9:.+\-Zz ]*)?     # a date, a timestamp
    """,
    re.VERBOSE,
)


def scalar(text: str) -> str | int | Decimal | bool | None:
    """What `text`, unquoted, is.

    Raises:
        TooLarge: A whole number beyond ±(2**53 - 1), or a decimal of more than 34 digits.

    >>> scalar("12"), scalar("1.50"), scalar("true"), scalar("aware")
    (12, Decimal('1.50'), True, 'aware')
    >>> isinstance(scalar("yes"), Plain)
    True
    """
    if text in _WORDS:
        return _WORDS[text]
    if text in _LOOKALIKE_WORDS:
        return Plain(text)
    # Only a text that starts like a number can be one; most texts are not looked at twice.
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    return Plain(text) if _LOOKALIKES.fullmatch(text) else text


def _integer(text: str) -> int:
    # int() itself raises beyond 4,300 digits, so they are counted first.
    if len(text) > len(str(LARGEST_INTEGER)) + 1 or abs(int(text)) > LARGEST_INTEGER:
        raise TooLarge
    return int(text)


def _decimal(text: str) -> Decimal:
    if len(text.lstrip("-")) - 1 > MOST_DIGITS:
        raise TooLarge
    return Decimal(text)
