"""Where things are written: paths into the data, positions in the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""A place in the data: keys and list positions from the root."""

Position = tuple[int, int, int]
"""`(line, column, end_column)`, from 1, in characters."""

Report = Callable[[str, str, Position, str | None], None]
"""Takes a code, a message, a position and a help."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value is written, and its key: None in a list."""

    value: Position
    key: Position | None = None


def position_at(text: str, index: int, *, width: int = 1) -> Position:
    """The position of the `width` characters at `index` of `text`.

    >>> position_at("a: 1\\nb: 2", 8)
    (2, 4, 5)
    """
    column = index - text.rfind("\n", 0, index)
    return text.count("\n", 0, index) + 1, column, column + width
