"""Rows that are what their columns hold: a damaged file has values of any type and size in any place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, LargeBinary, Text

from rupture_protocol.store import drivers

Made = TypeVar("Made")


def sound(
    rows: Iterable[Sequence[Any]], columns: Iterable[ColumnElement[Any]], make: Callable[..., Made]
) -> Iterator[Made]:
    """What is made of the values of each row.

    Raises:
        StoreCorrupt: One is not of its column's type, or no instant there is.
    """
    columns = tuple(columns)
    kinds = tuple(map(kind_of, columns))
    optional = tuple(bool(getattr(column, "nullable", True)) for column in columns)
    for row in rows:
        if tuple(map(type, row)) != kinds and not all(map(_fits, row, kinds, optional)):
            raise drivers.damaged()
        try:
            made = make(*row)
        except OverflowError:
            raise drivers.damaged() from None
        yield made


def kind_of(column: ColumnElement[Any]) -> type:
    """The type of a column's values in Python."""
    return _KINDS.get(type(column.type), int)


def _fits(value: object, kind: type, optional: bool) -> bool:
    return (optional and value is None) or type(value) is kind


_KINDS: dict[type, type] = {Text: str, LargeBinary: bytes}
