"""Where things are written: paths into the data, positions in the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""A place in the data: keys and list positions from the root."""

Position = tuple[int, int, int]
"""`(line, column, end_column)`, from 1, in characters."""

Report = Callable[[str, str, Position, str | None], None]
"""Takes a code, a message, a position and a help."""


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A file that was read: its name, as issues show it, and its lines. Two are never one."""

    name: str
    lines: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value is written, and its key: None in a list.

    `file` is None in a document of one file: that file. What several files make up says it everywhere.
    """

    value: Position
    key: Position | None = None
    file: File | None = None


def position_at(text: str, index: int, *, width: int = 1) -> Position:
    """The position of the `width` characters at `index` of `text`.

    >>> position_at("a: 1\\nb: 2", 8)
    (2, 4, 5)
    """
    column = index - text.rfind("\n", 0, index)
    return text.count("\n", 0, index) + 1, column, column + width
