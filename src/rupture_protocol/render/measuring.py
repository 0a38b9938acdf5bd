"""How wide text is in a picture, without a font: never less than a reader's font takes.

Alone here: the widths. They are those of wide sans-serif fonts, so that nothing is cut in a narrower one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from math import fsum  # exact: Python 3.12 adds otherwise than 3.11

_NARROW = frozenset("iljtf.,:;'|!()[]{}I-’‘·` ")
_WIDE = frozenset("mwMW%@—…→⇐")
_MONO = 0.62


def width_of(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """How wide a line of text is, at most, in the unit of `size`.

    >>> width_of("ill", 10) < width_of("WWW", 10)
    True
    """
    ems = fsum(_ems(char, mono=mono) for char in text)
    return ems * size * (1.1 if bold else 1)


def fold(text: str, size: float, width: float, *, bold: bool = False, mono: bool = False) -> list[str]:
    """Lines that are at most `width` wide. A word that is wider than that is cut into pieces.

    >>> fold("one two three", 10, 60)
    ['one two', 'three']
    """
    lines: list[str] = []
    for piece in _pieces(text, size, width, bold=bold, mono=mono):
        joined = f"{lines[-1]} {piece}" if lines else piece
        if lines and width_of(joined, size, bold=bold, mono=mono) <= width:
            lines[-1] = joined
        else:
            lines.append(piece)
    return lines or [""]


def _pieces(text: str, size: float, width: float, *, bold: bool, mono: bool) -> Iterator[str]:
    for word in text.split():
        piece = ""
        for char in word:
            if piece and width_of(piece + char, size, bold=bold, mono=mono) > width:
                yield piece
                piece = ""
            piece += char
        yield piece


def _ems(char: str, *, mono: bool) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    if mono:
        return _MONO
    if char in _NARROW:
        return 0.4
    if char in _WIDE:
        return 1.0
    return 0.72 if char.isupper() or char.isdigit() or not char.isascii() else 0.62
