"""The layout of a database: made where there is none, and never written to where it is another revision's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, inspect, select, text

from rupture_protocol.store import tables
from rupture_protocol.store.connecting import BEGIN
from rupture_protocol.store.errors import StoreCorrupt, StoreOutdated, StoreUnavailable

_STORE_ID, REVISION = "store_id", "schema_revision"
_ELSEWHERE = {
    "sqlite": "give another file",
    "postgresql": "give it a schema of its own: `…?options=-csearch_path%3DNAME`",
}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7817842)")


@dataclass(frozen=True, slots=True)
class Layout:
    """What a database says of itself."""

    store_id: str
    revision: int

    def check_known(self) -> None:
        """That this library may read it.

        Raises:
            StoreOutdated: It is newer.
        """
        if self.revision > tables.SCHEMA_REVISION:
            raise StoreOutdated(
                f"the store has layout {self.revision}, this library none above {tables.SCHEMA_REVISION}",
                help="use a newer rupture-protocol",
            )

    def check_writable(self) -> None:
        """That this library may write to it.

        Raises:
            StoreOutdated: It is older; a library reads what is older, and writes only its own.
        """
        if self.revision < tables.SCHEMA_REVISION:
            raise StoreOutdated(
                f"the store has layout {self.revision}, and this library writes {tables.SCHEMA_REVISION}",
                help="`rupture db upgrade` brings it up to date",
            )


def prepare(database: Engine) -> Layout:
    """The layout of a database; it is made where there is none.

    Raises:
        StoreOutdated: It is newer than this library.
        StoreCorrupt: It is no store of ours.
    """
    with database.connect() as connection:
        found = read(connection)
    if found is None:
        with database.connect().execution_options(**{BEGIN: "BEGIN IMMEDIATE"}) as connection:
            found = _make(connection)
            connection.commit()
    found.check_known()
    return found


def read(connection: Connection) -> Layout | None:
    """What a database says of itself; None where it is empty.

    Raises:
        StoreCorrupt: It is no store of ours.
        StoreUnavailable: The address leads to no schema.
    """
    names = tables_in(connection)
    if tables.store_meta.name not in names:
        # In PostgreSQL a host's own tables may lie beside ours; a file of somebody else's is a mistake.
        dialect = connection.dialect.name
        if names & set(tables.metadata.tables) or (names and dialect == "sqlite"):
            raise StoreCorrupt("the database holds something else than cases", help=_ELSEWHERE[dialect])
        return None
    rows = connection.execute(select(tables.store_meta.c.name, tables.store_meta.c.value))
    said = {row.name: row.value for row in rows}
    try:
        store_id, revision = said[_STORE_ID], said[REVISION]
        return Layout(_text(store_id), int(_text(revision)))
    except (LookupError, TypeError, ValueError):
        raise StoreCorrupt(
            "the store does not say what it is", help="`rupture db doctor` says more"
        ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def tables_in(connection: Connection) -> set[str]:
    """The tables where ours are, or would be made: a host's, elsewhere on the search path, are none of them.

    Raises:
        StoreUnavailable: The address leads to no schema.
    """
    schema = None
    if connection.dialect.name == "postgresql":
        schema = connection.scalar(text("SELECT current_schema()"))
        if schema is None:
            raise StoreUnavailable(
                "the address leads to no schema", help="make it: `CREATE SCHEMA` with the name it gives"
            )
    return set(inspect(connection).get_table_names(schema))


def alone(connection: Connection) -> Layout | None:
    """What a database says of itself, where nobody else may make or change the layout until the end."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    return read(connection)


def _make(connection: Connection) -> Layout:
    found = alone(connection)  # somebody else may have made it since
    if found is not None:
        return found
    tables.metadata.create_all(connection, checkfirst=False)  # a host's of the same name are not ours
    made = Layout(uuid.uuid4().hex, tables.SCHEMA_REVISION)
    meta = {_STORE_ID: made.store_id, REVISION: str(made.revision)}
    connection.execute(
        insert(tables.store_meta), [{"name": name, "value": value} for name, value in meta.items()]
    )
    return made
