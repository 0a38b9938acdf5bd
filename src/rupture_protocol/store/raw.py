"""Rows as they are, whatever they are: what verifying reads. Nothing here takes a database at its word.

SQLite keeps what it is given, and a damaged file holds anything: a column may have a value of another type, a
text bytes that are none. Each value comes as what its column should hold, as None, or as `WRONG`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, text
from sqlalchemy.exc import SQLAlchemyError

from rupture_protocol.store import drivers
from rupture_protocol.store.errors import StoreBusy
from rupture_protocol.store.layout import tables_in
from rupture_protocol.store.sound import kind_of


class Wrong:
    """The type of `WRONG`: a value that is not what its column holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "WRONG"


WRONG: Final = Wrong()
Row = dict[str, Any]


class CannotBeRead(Exception):
    """A table, or a part of it, that the database cannot read."""


class Raw:
    """The tables of a store within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def missing(self, tables: Iterable[Table]) -> list[str]:
        """The names of tables that are not there."""
        try:
            there = tables_in(self.connection)
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            raise _cannot(error) from None
        return [table.name for table in tables if table.name not in there]

    def damaged(self) -> bool:
        """Whether the database itself finds that it is damaged; only SQLite looks."""
        if not self._sqlite:
            return False
        try:
            found = self.connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            raise _cannot(error) from None
        return found != "ok"

    def rows(self, table: Table, case_id: str | None = None) -> list[Row]:
        """All rows of a table, or those of a case, by their primary key."""
        key = ", ".join(column.name for column in table.primary_key)
        where = "" if case_id is None else " WHERE case_id = :case"
        columns = ", ".join(self._read(column) for column in table.columns)
        query = f"SELECT {columns} FROM {table.name}{where} ORDER BY {key}"  # noqa: S608  # our own names
        given = {} if case_id is None else {"case": case_id}
        return [
            {column.name: _as(column, value) for column, value in zip(table.columns, row, strict=True)}
            for row in self._run(query, given)
        ]

    def cases(self, tables: Iterable[Table]) -> Iterator[str | Wrong | None]:
        """The id of every case that one of these tables knows, as far as it is one."""
        for table in tables:
            column = table.c.case_id
            query = f"SELECT DISTINCT {self._read(column)} FROM {table.name}"  # noqa: S608  # our own names
            for (value,) in self._run(query, {}):
                yield _as(column, value)

    def highest(self, column: Column[Any]) -> Any:
        """The highest number in a column; 0 where there is none."""
        query = f"SELECT MAX({column.name}) FROM {column.table.name}"  # noqa: S608  # our own names
        return self._run(query, {})[0][0] or 0

    def _run(self, query: str, given: dict[str, str]) -> list[Any]:
        try:
            return list(self.connection.execute(text(query), given))
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            raise _cannot(error) from None

    def _read(self, column: Column[Any]) -> str:
        """A column in SQL; in SQLite nothing that its driver would have to decode."""
        name = column.name
        if not self._sqlite:
            return name
        kind, value = _IN_SQLITE.get(type(column.type), ("integer", "{}"))
        said = value.format(name)
        return f"CASE typeof({name}) WHEN '{kind}' THEN {said} WHEN 'null' THEN NULL ELSE 0.5 END"


_IN_SQLITE: dict[type, tuple[str, str]] = {
    Text: ("text", "CAST({} AS BLOB)"),
    LargeBinary: ("blob", "{}"),
}


def _as(column: Column[Any], value: Any) -> Any:
    wanted = kind_of(column)
    if isinstance(value, memoryview):
        value = bytes(value)
    if wanted is str and isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return WRONG
    return value if value is None or type(value) is wanted else WRONG


def _cannot(error: SQLAlchemyError | UnicodeDecodeError) -> Exception:
    """What to raise: a store that is held or gone says nothing about what is kept."""
    if isinstance(error, UnicodeDecodeError):
        return CannotBeRead()
    found = drivers.ours(error)
    if isinstance(found, StoreBusy) or getattr(error, "connection_invalidated", False):
        return found
    return CannotBeRead()
