"""What is said about a database: what was found, and what to do about it, if there is anything to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from rupture_protocol.store import tables
from rupture_protocol.store.errors import StoreError
from rupture_protocol.store.layout import Layout


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


def on_layout(layout: Layout | None) -> Iterator[Remark]:
    """What a database says of itself."""
    if layout is None:
        yield Remark("layout", "it is empty: the first case makes it")
        return
    yield Remark("id", layout.store_id)
    known = tables.SCHEMA_REVISION
    found = f"layout {layout.revision}; this library writes {known}"
    if layout.revision < known:
        yield Remark("layout", found, "make a backup, then `rupture db upgrade`")
    elif layout.revision > known:
        yield Remark("layout", found, "use a newer rupture-protocol")
    else:
        yield Remark("layout", found)


def whatever_happens(about: str, look: Callable[[], Iterable[Remark]], damaged: str) -> Iterator[Remark]:
    """What looking finds, up to where it cannot go on."""
    try:
        yield from look()
    except StoreError as error:
        yield Remark(about, str(error), error.help or damaged)
    except (SQLAlchemyError, OSError, ValueError, LookupError, TypeError):
        yield Remark(about, "it cannot be read", damaged)
