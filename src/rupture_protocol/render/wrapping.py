"""Wrapping text by the cells that it takes in a terminal: a CJK character takes two, an accent none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def cells(text: str) -> int:
    """How many cells a text takes.

    >>> cells("Tür"), cells("中文")
    (3, 4)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def wrap(text: str, width: int, first: str = "", below: str = "") -> list[str]:
    """Lines of at most `width` cells, the first after `first`, the others after `below`.

    >>> wrap("one two three", 9, "- ", "  ")
    ['- one two', '  three']
    """
    lines: list[str] = []
    line = first
    empty = True
    for word in _pieces(text, max(width - max(len(first), len(below)), 2)):
        if not empty and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line, empty = below, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]


def _pieces(text: str, longest: int) -> Iterator[str]:
    """The words, those that no line could hold cut."""
    for word in text.split():
        piece, taken = "", 0
        for char in word:
            if taken + _cells(char) > longest:
                yield piece
                piece, taken = "", 0
            piece += char
            taken += _cells(char)
        yield piece


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
