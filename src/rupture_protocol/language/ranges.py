"""Ranges of versions, as in `>=1.0,<2`, and the order of semantic versions.

A pre-release comes before its release, and is in a range only where the range names a pre-release of the same
release: `<2` does not mean `2.0.0-rc.1`. What stands behind `+` never counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rupture_protocol.language.quantities import VERSION

RANGE_HELP = 'comparisons with commas between them, as in `">=1.0,<2"`; `"1.4.0"` is that version alone'
_ONE = re.compile(
    r"(>=|<=|>|<|=|==)?\s*((?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){0,2})(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
)
_MOST = 8

Key = tuple[tuple[int, int, int], int, tuple[tuple[int, int, str], ...]]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A semantic version, in its order."""

    release: tuple[int, int, int]
    final: int
    """0 for a pre-release, which comes before its release."""
    pre: tuple[tuple[int, int, str], ...] = ()
    """Its parts: numbers by value and before words, words by their characters."""


@dataclass(frozen=True, slots=True)
class Range:
    """Which versions are meant: all comparisons hold."""

    comparisons: tuple[tuple[str, Version], ...]
    text: str

    def __str__(self) -> str:
        return self.text

    def __contains__(self, version: str) -> bool:
        """Whether a version is in it; what is no version never is."""
        found = parse_version(version)
        if found is None or not all(_holds(found, sign, limit) for sign, limit in self.comparisons):
            return False
        named = {limit.release for _, limit in self.comparisons if not limit.final}
        return bool(found.final) or found.release in named


def parse_version(text: str) -> Version | None:
    """A semantic version; None if it is not one.

    >>> parse_version("1.0.0-rc.2") < parse_version("1.0.0-rc.10") < parse_version("1.0.0")
    True
    """
    return _version(text) if VERSION.fullmatch(text) else None


def parse_range(text: str) -> Range | None:
    """A range of versions; None if it is not one.

    >>> "1.9.3" in parse_range(">=1.0,<2"), "2.0.0-rc.1" in parse_range(">=1.0,<2")
    (True, False)
    """
    parts = [part.strip() for part in text.split(",")]
    found = [_ONE.fullmatch(part) for part in parts[: _MOST + 1]]
    if len(parts) > _MOST:
        return None
    comparisons = []
    for match in found:
        version = _full(match) if match else None
        if match is None or version is None:
            return None
        comparisons.append((_SIGN.get(match[1], match[1]), version))
    return Range(tuple(comparisons), text)


_SIGN = {None: "=", "==": "="}


def _full(match: re.Match[str]) -> Version | None:
    """A version of which the last numbers may be left out: they are 0."""
    numbers = [*match[2].split("."), "0", "0"][:3]
    text = ".".join(numbers) + (match[3] or "")
    if match[3] and match[2].count(".") < 2:
        return None
    return parse_version(text)


def _version(text: str) -> Version:
    text = text.partition("+")[0]
    release, _, pre = text.partition("-")
    major, minor, patch = (int(number) for number in release.split("."))
    parts = tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part) for part in (pre.split(".") if pre else ())
    )
    return Version((major, minor, patch), 0 if parts else 1, parts)


def _holds(version: Version, sign: str, limit: Version) -> bool:
    match sign:
        case ">=":
            return version >= limit
        case "<=":
            return version <= limit
        case ">":
            return version > limit
        case "<":
            return version < limit
        case _:
            return version == limit
