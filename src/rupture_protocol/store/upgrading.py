"""An older layout → today's, in one transaction. Alone here: what changed between revisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import SQLAlchemyError

from rupture_protocol.store import drivers, layout, tables
from rupture_protocol.store.connecting import BEGIN, address_of, connect, file_of
from rupture_protocol.store.errors import StoreOutdated, StoreUnavailable

Step = Callable[[Connection], None]

STEPS: Mapping[int, Step] = MappingProxyType({})
"""What makes of each layout the next one. The first is the only one so far."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From which layout to which; the same where there was nothing to do."""

    before: int
    after: int


def upgrade(store: str | Path, *, timeout: float = 5.0, steps: Mapping[int, Step] | None = None) -> Upgrade:
    """Brings the layout of a store up to date: wholly, or not at all.

    Args:
        store: The address of a database, or the `Path` of a file of SQLite.
        timeout: How long to wait for others, in seconds.
        steps: What makes of each layout the next one; None is what this library knows.

    Raises:
        StoreUnavailable: There is none.
        StoreOutdated: It is newer than this library, or so old that no way leads from it.
        StoreError: It cannot be used, or holds no cases.
    """
    address = address_of(store)
    file = file_of(address)
    if address.get_backend_name() == "sqlite" and file is not None and not file.exists():
        raise _nothing_there()
    database = connect(address, timeout=timeout)
    try:
        return _upgraded(database, STEPS if steps is None else steps)
    except SQLAlchemyError as error:
        raise drivers.ours(error) from None
    finally:
        database.dispose()


def _upgraded(database: Engine, steps: Mapping[int, Step]) -> Upgrade:
    with database.connect().execution_options(**{BEGIN: "BEGIN IMMEDIATE"}) as connection:
        found = layout.alone(connection)
        if found is None:
            raise _nothing_there()
        found.check_known()
        for revision in range(found.revision, tables.SCHEMA_REVISION):
            if revision not in steps:
                raise StoreOutdated(
                    f"no way leads from layout {revision} to {revision + 1}",
                    help="export its cases with the version that made it, and import them",
                )
            steps[revision](connection)
        if found.revision < tables.SCHEMA_REVISION:
            name = tables.store_meta.c.name
            said = {"value": str(tables.SCHEMA_REVISION)}
            connection.execute(update(tables.store_meta).where(name == layout.REVISION).values(said))
            connection.commit()
    return Upgrade(found.revision, tables.SCHEMA_REVISION)


def _nothing_there() -> StoreUnavailable:
    return StoreUnavailable("there is no store", help="the first case makes one, with today's layout")
