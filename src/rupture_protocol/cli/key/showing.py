"""The keys of a database, as they are listed: nothing secret is ever read for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupture_protocol.cli import output
from rupture_protocol.cli.case.opening import address_of, missing_extra, there

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.store.keys.ring import Ring
    from rupture_protocol.store.sql import SqlStore

KEYS = "rupture-keys/1"


@contextmanager
def store_at(store: str | None, *, makes: bool = False) -> Iterator[SqlStore]:
    """The database whose keys are meant. Raises as `rupture_protocol.cli.case.opening.opened`."""
    try:
        from rupture_protocol.store.sql import SqlStore

        kept = SqlStore(address_of(store) if makes else there(store))
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    try:
        yield kept
    finally:
        kept.close()


def has_events(kept: SqlStore) -> bool:
    """Whether anything is kept that needs the keys it was kept with."""
    from rupture_protocol.store import tables

    with kept.session() as session:
        return session.connection.execute(tables.event.select().limit(1)).first() is not None


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """The keys of one database. `ring` is None where it has none."""

    store_id: str
    folder: Path
    ring: Ring | None

    @classmethod
    def of(cls, store_id: str) -> Listed:
        """The keys that there are."""
        from rupture_protocol.store.errors import KeysMissing
        from rupture_protocol.store.keys.keys import folder_of
        from rupture_protocol.store.keys.ring import read_ring

        folder = folder_of(store_id)
        try:
            return cls(store_id, folder, read_ring(folder))
        except KeysMissing:
            return cls(store_id, folder, None)

    @property
    def keys(self) -> list[dict[str, Any]]:
        """Each key as JSON, those that sign first, oldest first."""
        if self.ring is None:
            return []
        signing = [
            _key_json("signing", each.id, each.made, each.retired, each.raw.hex())
            for each in self.ring.signing
        ]
        wraps = [_key_json("wrapping", each.id, each.made, each.retired, None) for each in self.ring.wrapping]
        return signing + wraps

    def show(self, *, as_json: bool) -> None:
        """Prints them, and notes what should not be so."""
        from rupture_protocol.store.keys.files import is_private
        from rupture_protocol.store.keys.rotating import is_unfinished

        unfinished = self.ring is not None and is_unfinished(self.ring)
        if as_json:
            output.emit_json(
                {
                    "schema": KEYS,
                    "store": self.store_id,
                    "folder": str(self.folder),
                    "unfinished": unfinished,
                    "keys": self.keys,
                }
            )
        else:
            self._print()
        if unfinished:
            output.talk("note: a rotation was cut off; `rupture key rotate` finishes it")
        if self.ring is not None and not is_private(self.folder):
            output.talk("note: others may enter the folder of the keys; `chmod 700` shuts it")

    def _print(self) -> None:
        from rupture_protocol.cli.page import Page

        page = Page()
        page.heading(f"keys of the store {output.printable(self.store_id)}")
        page.labelled("folder", str(self.folder))
        for each in self.keys:
            until = f", retired {_day(each['retired'])}" if each["retired"] else ", in use"
            page.line(f"{each['id']}: {each['for']}, since {_day(each['made'])}{until}", sign="·")
            page.labelled("public", each["public"] or "", indent=2)


def _key_json(
    what: str, key: str, made: datetime, retired: datetime | None, public: str | None
) -> dict[str, Any]:
    return {
        "id": key,
        "for": what,
        "made": made.isoformat(),
        "retired": None if retired is None else retired.isoformat(),
        "public": public,
    }


def _day(moment: str) -> str:
    return moment[:16].replace("T", " ")
