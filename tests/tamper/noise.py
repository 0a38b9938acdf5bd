"""Bits flip and values turn into garbage in the database: `python -m tests.tamper.noise --trials 20000`.

Whatever a value is then, verifying must find something, and may never fail to answer.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.tamper.controls import without
from tests.tamper.matrix import PAGE
from tests.tamper.target import ENGINE, copied, scratch

from rupture_protocol import Casebook, CaseNotFound, RuptureError, loads
from rupture_protocol.store import tables
from rupture_protocol.store.checkpointing import check_against

MARK = "<!-- measured: noise -->\n{}<!-- end -->"
LEFT_OUT = (
    *(*tables.store_meta.c, *tables.subscriber.c),
    tables.outbox.c.position,
    *(column for column in tables.protocol_file.c if column.name in ("name", "folder", "number")),
)
"""What the store says of itself, how far others have read, numbers in an order, and names of files."""
LARGEST = 100_000
Value = Any
Change = Callable[[random.Random, Value], Value]


@dataclass(slots=True)
class Tally:
    """How often something was changed, and the changes that nothing found, or that verifying failed on."""

    trials: int = 0
    missed: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the database."""

    table: str
    row: int
    column: str
    case: str | None
    value: Value

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.value) if isinstance(self.value, bytes) else 8

    def put(self, database: sqlite3.Connection, value: Value) -> None:
        """Puts another value here; bytes become a text where one belongs."""
        text = "CAST(:value AS TEXT)" if self.column in _TEXTS[self.table] else ":value"
        database.execute(
            f"UPDATE {self.table} SET {self.column} = {text} WHERE rowid = :row",
            {"value": value, "row": self.row},
        )
        database.commit()


_TEXTS = {
    name: {column.name for column in table.columns if column.type.python_type is str}
    for name, table in tables.metadata.tables.items()
}


def places(database: sqlite3.Connection) -> list[Place]:
    """Every value that there is, texts as their bytes."""
    found = []
    for table in tables.metadata.tables.values():
        for column in table.columns:
            if column in LEFT_OUT:
                continue
            case = "case_id" if "case_id" in table.c else "NULL"
            value = f"CAST({column.name} AS BLOB)" if column.name in _TEXTS[table.name] else column.name
            query = f"SELECT rowid, {case}, {value} FROM {table.name}"
            found += [
                Place(table.name, row, column.name, None if column.name == "case_id" else of, value)
                for row, of, value in database.execute(query)
            ]
    return [each for each in found if each.value is not None]


# What is done to a value ---------------------------------------------------------------------------


def flipped(chance: random.Random, value: Value) -> Value:
    """A value with one bit that is another one."""
    if isinstance(value, int):
        other = value ^ (1 << chance.randrange(64))
        return other if other < 2**63 else other - 2**64
    at = chance.randrange(8 * len(value)) if value else 0
    return value[: at // 8] + bytes([value[at // 8] ^ 1 << at % 8]) + value[at // 8 + 1 :] if value else b"\0"


def garbage(chance: random.Random, value: Value) -> Value:
    """Something else: noise of any length, or the value cut off, drawn out or with noise in it."""
    if isinstance(value, int):
        return chance.randrange(-(2**63), 2**63)
    noise = chance.randbytes(int(LARGEST ** chance.random()) - 1)
    at = chance.randrange(len(value) + 1)
    return chance.choice([noise, value[:at], value + noise, value[:at] + noise + value[at:]])


def changed(trials: int, change: Change, *, seed: int = 0, weaker: bool = False) -> Tally:
    """So many changes, one at a time; the weaker verification looks at no chain, signature or content."""
    tally, chance = Tally(), random.Random(seed)
    with scratch() as folder:
        target = copied(folder)
        with target.book() as book, closing(sqlite3.connect(target.file)) as database:
            database.execute("PRAGMA synchronous=OFF")
            every = places(database)
            sizes = [each.size for each in every]
            while tally.trials < trials:
                (place,) = chance.choices(every, sizes)
                value = change(chance, place.value)
                with suppress(sqlite3.Error, OverflowError):  # the database itself does not take it
                    database.rollback()
                    place.put(database, value)
                    if _is_other(database, place) and not _means_the_same(place, value):
                        tally.trials += 1
                        _verify(tally, book, place, target.checkpoint, weaker=weaker)
                    place.put(database, place.value)
    return tally


def checkpoints(trials: int, *, seed: int = 0) -> Tally:
    """So many changes of a checkpoint, half of them of one bit."""
    tally, chance = Tally(), random.Random(seed)
    with scratch() as folder:
        target = copied(folder)
        data = target.checkpoint.read_bytes()
        with target.book() as book:
            store: Any = book.store
            while tally.trials < trials:
                other = (flipped if tally.trials % 2 else garbage)(chance, data)
                if _same_json(other, data):
                    continue
                tally.trials += 1
                target.checkpoint.write_bytes(other)
                try:
                    if not check_against(store, target.checkpoint):
                        tally.missed.append("checkpoint")
                except Exception as error:
                    tally.failed.append(f"checkpoint: {type(error).__name__}")
    return tally


def _same_json(one: bytes, other: bytes) -> bool:
    """Whether both say the same: the end of the last line may be cut off."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def _is_other(database: sqlite3.Connection, place: Place) -> bool:
    query = f"SELECT CAST({place.column} AS BLOB) IS NOT CAST(:value AS BLOB) FROM {place.table}"
    return bool(
        database.execute(f"{query} WHERE rowid = :row", {"value": place.value, "row": place.row}).fetchone()[
            0
        ]
    )


def _means_the_same(place: Place, value: Value) -> bool:
    """Whether it is the file of a protocol, and still says what it said: white space is not what counts."""
    if (place.table, place.column) != (tables.protocol_file.name, "data"):
        return False
    try:
        return loads(value.decode()).digest == ENGINE.protocol.digest
    except (RuptureError, UnicodeDecodeError):
        return False


def _verify(tally: Tally, book: Casebook, place: Place, checkpoint: Path, *, weaker: bool) -> None:
    where = f"{place.table}.{place.column}"
    try:
        with without(*(("chain", "signatures", "contents") if weaker else ())):
            found = bool(book.verify(place.case, checkpoint=None if weaker else checkpoint))
    except CaseNotFound:
        found = True
    except Exception as error:
        tally.failed.append(f"{where}: {type(error).__name__}")
        return
    if not found:
        tally.missed.append(where)


def rows(trials: int, *, seed: int = 0) -> Iterator[tuple[str, Tally]]:
    """What came of each kind of noise, and of a verification that was made weaker."""
    yield "one bit of a value flips", changed(trials, flipped, seed=seed)
    yield "a value turns into garbage of any length", changed(trials, garbage, seed=seed)
    yield "a bit of a checkpoint flips, or it turns into garbage", checkpoints(trials, seed=seed)
    few = min(trials, 500)
    yield (
        "control: one bit flips, and nobody looks at chain, signatures and contents",
        changed(few, flipped, seed=seed, weaker=True),
    )


def table(found: list[tuple[str, Tally]]) -> str:
    """The figures in Markdown."""
    lines = ["| what is done | trials | not found | no answer |", "|---|--:|--:|--:|"]
    for name, tally in found:
        lines.append(f"| {name} | {tally.trials:,} | {len(tally.missed):,} | {len(tally.failed):,} |")
    return "\n".join([f"{date.today()}.", "", *lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", action="store_true", help="write the figures to docs/reliability.md")
    given = parser.parse_args()
    found = []
    for name, tally in rows(given.trials, seed=given.seed):
        found.append((name, tally))
        print(name, tally.trials, len(tally.missed), len(tally.failed), flush=True)
        print(*sorted({*tally.missed, *tally.failed})[:8], sep="\n")
    if given.page:
        page = PAGE.read_text(encoding="utf-8")
        made = MARK.format(table(found))
        PAGE.write_text(re.sub(MARK.format("(?s:.*?)"), lambda _: made, page), encoding="utf-8")


if __name__ == "__main__":
    main()
