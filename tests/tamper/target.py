"""The store that is attacked: four small cases, its keys, its checkpoints, and what somebody kept of before.

It is made once for a run; each attack gets a copy of its own.
"""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from tests.store.books import HOUR, KIM, LEE, NOON, SUE, small_engine

from rupture_protocol import Casebook, TransitionRefused
from rupture_protocol.store.keys.file_keys import FileKeys

ENGINE: Final = small_engine()
LATER: Final = NOON + 5 * HOUR
Step = Callable[[Casebook], object]

ANNA: Final[tuple[Step, ...]] = (
    lambda book: book.open("anna", by=LEE, at=NOON, idempotency_key="open anna"),
    lambda book: book.record("anna", {"risk": "none", "remark": "a first meeting"}, by=LEE, at=NOON),
    lambda book: book.record("anna", {"remark": "a second one"}, by=LEE, at=NOON),
    lambda book: book.take("anna", "acknowledge", by=LEE, at=NOON, idempotency_key="take anna"),
    lambda book: book.record("anna", {"count": 7}, by=SUE, at=LATER),
)
BEA: Final[tuple[Step, ...]] = (
    lambda book: book.open("bea", by=SUE, at=NOON),
    lambda book: book.record("bea", {"risk": "low", "remark": "afraid"}, by=LEE, at=NOON),
    lambda book: book.record("bea", {"remark": "less afraid"}, by=LEE, at=NOON + HOUR),
    lambda book: book.take("bea", "acknowledge", by=LEE, at=LATER, idempotency_key="take bea"),
    lambda book: book.override("bea", "go_on", reason="client_preference", by=SUE, at=LATER),
)
CLEO: Final[tuple[Step, ...]] = (
    lambda book: book.open("cleo", by=LEE, at=NOON),
    lambda book: book.record("cleo", {"risk": "none", "remark": "wants to be forgotten"}, by=LEE, at=NOON),
)
DORA: Final[tuple[Step, ...]] = (
    lambda book: book.open("dora", by=LEE, at=NOON),
    lambda book: book.record("dora", {"agrees": True}, by=KIM, at=NOON),
    lambda book: book.hold("dora", by=SUE, at=NOON, reason="a complaint"),
)
STORIES: Final = {"anna": ANNA, "bea": BEA, "cleo": CLEO, "dora": DORA}
CHECKED: Final = {"anna": 4, "bea": 5, "cleo": 3, "dora": 3}
"""How many events of each case the last checkpoint has; what came after it is its affair no more."""


@dataclass(frozen=True, slots=True)
class Target:
    """One copy of the store, in a folder."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "cases.db"

    @property
    def earlier(self) -> Path:
        """The database as it was hours before, just after the first checkpoint."""
        return self.folder / "earlier.db"

    @property
    def away(self) -> Path:
        """Where the checkpoints are: in reality not where the database is."""
        return self.folder / "away"

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint."""
        return self.away / "checkpoint-000002.json"

    @property
    def first_checkpoint(self) -> Path:
        """The one before."""
        return self.away / "checkpoint-000001.json"

    @property
    def key_of_cleo(self) -> Path:
        """What somebody has kept: the key of a case that was erased then."""
        return self.folder / "cleo.key"

    @property
    def copied_keys(self) -> Path:
        """What somebody has kept: the signing key that was in use then."""
        return self.folder / "copied"

    @property
    def keys(self) -> Path:
        """The folder of the keys of all stores."""
        return self.folder / "keys"

    @property
    def keys_of_store(self) -> Path:
        """The folder of the keys of this store."""
        return self.keys / str(self.value("SELECT value FROM store_meta WHERE name = 'store_id'"))

    @property
    def elsewhere(self) -> Path:
        """The folder of another store, with keys of its own, in which cases have the same ids."""
        return self.folder / "elsewhere"

    def book(self) -> Casebook:
        """The casebook that everybody uses."""
        return Casebook(self.file, [ENGINE], keys=self.keys)

    def run(self, *statements: str, **values: object) -> None:
        """Changes the database behind the library's back."""
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("PRAGMA synchronous=OFF")
            database.execute("ATTACH :other AS other", {"other": str(self.elsewhere / "cases.db")})
            for statement in statements:
                database.execute(statement, values)
            database.commit()

    def value(self, query: str, **values: object) -> Any:
        """The first value that a query gives."""
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(query, values).fetchone()[0]


def copied(folder: Path) -> Target:
    """A copy of the store, as it should be, in an empty folder."""
    shutil.copytree(_made(), folder, dirs_exist_ok=True)
    return Target(folder)


@cache
def _made() -> Path:
    """The store as it should be, in a folder that is gone when the process is."""
    target = Target(Path(mkdtemp(prefix="tamper-")))
    atexit.register(shutil.rmtree, target.folder, ignore_errors=True)
    with target.book() as book:
        for steps in (ANNA[:4], BEA[:3], CLEO, DORA[:2]):
            tell(book, steps)
        store: Any = book.store
        target.key_of_cleo.write_bytes(store.vault.case_key("cleo").secret)
        book.erase("cleo", by=SUE, at=NOON + HOUR, basis="her request")
        book.checkpoint(target.away, at=NOON + HOUR)
    shutil.copy(target.file, target.earlier)
    shutil.copytree(target.keys_of_store / "signing", target.copied_keys)
    FileKeys.open(target.keys_of_store).rotate(at=NOON + 2 * HOUR)
    with target.book() as book:
        tell(book, (*BEA[3:], *DORA[2:]))
        for _ in range(2):
            with suppress(TransitionRefused):
                book.take("anna", "go_on", by=SUE, at=LATER)
        book.checkpoint(target.away, at=LATER)
        tell(book, ANNA[4:])
        book.deliver("ehr", lambda _: None)
    _another(Target(target.elsewhere))
    return target.folder


def _another(target: Target) -> None:
    target.folder.mkdir()
    with target.book() as book:
        tell(book, (*ANNA, *BEA))
        for _ in range(2):
            book.checkpoint(target.away, at=LATER)


def tell(book: Casebook, steps: tuple[Step, ...]) -> None:
    """Does one after another."""
    for step in steps:
        step(book)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(mkdtemp(prefix="tamper-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
