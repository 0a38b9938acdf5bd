"""What is said about a database: what was found, and what to do about it, if there is anything to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from rupture_protocol.store import layout, tables
from rupture_protocol.store.errors import KeysDamaged, KeysMissing, StoreError
from rupture_protocol.store.keys.files import is_private
from rupture_protocol.store.keys.keys import default_keys, folder_of


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a database. `about` is a word for it; `do` is empty where there is nothing to do."""

    about: str
    found: str
    do: str = ""

    @property
    def fine(self) -> bool:
        """Whether there is nothing to do about it."""
        return not self.do


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a database is like. `store` says where it is, without a user or a password."""

    kind: str
    store: str
    remarks: tuple[Remark, ...]

    @property
    def fine(self) -> bool:
        """Whether there is nothing to do."""
        return all(remark.fine for remark in self.remarks)

    def __getitem__(self, about: str) -> Remark:
        """The remark about something.

        Raises:
            KeyError: There is none.
        """
        for remark in self.remarks:
            if remark.about == about:
                return remark
        raise KeyError(about)


def on_layout(said: layout.Layout | None) -> Iterator[Remark]:
    """What a database says of itself."""
    if said is None:
        yield Remark("layout", "it is empty: the first case makes it")
        return
    yield Remark("id", said.store_id)
    known = tables.SCHEMA_REVISION
    found = f"layout {said.revision}; this library writes {known}"
    if said.revision < known:
        yield Remark("layout", found, "make a backup, then `rupture db upgrade`")
    elif said.revision > known:
        yield Remark("layout", found, "use a newer rupture-protocol")
    else:
        yield Remark("layout", found)


def on_keys(connection: Connection) -> Iterator[Remark]:
    """Whether the keys of a store are here, and whether they are for their owner alone."""
    said = layout.read(connection)
    if said is None:
        return
    try:
        folder = folder_of(said.store_id)
        default_keys(said.store_id)
    except (KeysMissing, KeysDamaged) as error:
        if connection.execute(select(tables.event.c.seq).limit(1)).first() is None:
            yield Remark("keys", "none yet: the first case makes them")
        else:
            yield Remark("keys", str(error), error.help or "bring them back from a backup")
        return
    alone = is_private(folder)
    do = "" if alone else "`chmod 700` on their folder: others may come to it"
    yield Remark(
        "keys", "here, for their owner alone" if alone else "here, and not for their owner alone", do
    )


def whatever_happens(about: str, look: Callable[[], Iterable[Remark]], damaged: str) -> Iterator[Remark]:
    """What looking finds, up to where it cannot go on."""
    try:
        yield from look()
    except StoreError as error:
        yield Remark(about, str(error), error.help or damaged)
    except (SQLAlchemyError, OSError, ValueError, LookupError, TypeError):
        yield Remark(about, "it cannot be read", damaged)
