"""Kleene's strong three-valued logic: true, false, and not known."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """What a condition comes to."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def conjunction(parts: Iterable[Truth]) -> Truth:
    """False if any part is false, else unknown if any is unknown, else true.

    >>> conjunction([Truth.TRUE, Truth.UNKNOWN]).value
    'unknown'
    >>> conjunction([Truth.UNKNOWN, Truth.FALSE]).value
    'false'
    """
    result = TRUE
    for part in parts:
        if part is FALSE:
            return FALSE
        if part is UNKNOWN:
            result = UNKNOWN
    return result


def disjunction(parts: Iterable[Truth]) -> Truth:
    """True if any part is true, else unknown if any is unknown, else false.

    >>> disjunction([Truth.FALSE, Truth.UNKNOWN]).value
    'unknown'
    """
    result = FALSE
    for part in parts:
        if part is TRUE:
            return TRUE
        if part is UNKNOWN:
            result = UNKNOWN
    return result


def negation(truth: Truth) -> Truth:
    """True and false change places; what is not known stays not known."""
    return _OPPOSITE[truth]


def truth_of(known: bool) -> Truth:
    """The truth of something that is known either way."""
    return TRUE if known else FALSE


_OPPOSITE = {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}
