"""Bytes of a file → `Document`: plain data, and where each piece was written.

Only here: yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rupture_protocol.errors import Issue, Span

Path = tuple[str | int, ...]
"""A place in the data: keys and list positions from the root."""


class Plain(str):
    """An unquoted text that some YAML reader would take for something else (`yes`, `012`, `12:30`, a date).

    It is text where text is expected, and `quote-it` everywhere else.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value is written, and its key: `(line, column, end_column)` each, from 1; key None in a list."""

    value: tuple[int, int, int]
    key: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: `data` (dict, list, str, Plain, int, Decimal, bool, None) and its places."""

    file: str
    data: object
    places: Mapping[Path, Place] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at `path` is written (its key, when asked); the nearest written parent if it is not."""
        raise NotImplementedError

    def issue(self, code: str, message: str, path: Path, *, key: bool = False, help: str | None = None) -> Issue:
        """An issue at `path`, with its severity from the registry and the written line."""
        raise NotImplementedError


def read(data: bytes, *, file: str) -> tuple[Document | None, tuple[Issue, ...]]:
    """Read one file's bytes."""
    raise NotImplementedError
