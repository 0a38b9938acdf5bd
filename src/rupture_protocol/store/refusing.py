"""Refused attempts: who tried what and why it was refused, kept beside the history, and sealed as it is.

They are notes, not evidence: nothing chains them, so that one who was refused changes no version of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from rupture_protocol.engine.case import Actor
from rupture_protocol.store import tables
from rupture_protocol.store.entry import from_bytes, instant, microseconds, to_bytes
from rupture_protocol.store.errors import IntegrityViolation
from rupture_protocol.store.sound import sound
from rupture_protocol.store.vault import CaseKey, Unreadable

KIND = "refusal"


@dataclass(frozen=True, slots=True, repr=False)
class Refusal:
    """Something that was tried and refused.

    `version` is that of the case then, `verb` what was asked of the casebook, `about` the trigger or the
    facts by their names, `why` the reason that was given; it holds no value.
    """

    case: str
    version: int
    at: datetime
    by: Actor
    verb: str
    about: tuple[str, ...]
    why: str

    def __repr__(self) -> str:
        return f"<Refusal {self.case} at version {self.version}: {self.verb}>"


def keep(connection: Connection, refusal: Refusal, key: CaseKey) -> None:
    """Keeps one more."""
    row = tables.refusal.c
    last = select(func.coalesce(func.max(row.number), 0)).where(row.case_id == refusal.case)
    number = connection.execute(last).scalar_one() + 1
    content = to_bytes(
        {
            "version": refusal.version,
            "at": microseconds(refusal.at),
            "by": {"id": refusal.by.id, "role": refusal.by.role},
            "verb": refusal.verb,
            "about": list(refusal.about),
            "why": refusal.why,
        }
    )
    connection.execute(
        insert(tables.refusal),
        {
            "case_id": refusal.case,
            "number": number,
            "recorded_at": microseconds(refusal.at),
            "actor": refusal.by.id,
            "payload": key.seal(number, KIND, content),
        },
    )


def kept(connection: Connection, case_id: str, key: CaseKey) -> Iterator[Refusal]:
    """What was refused in a case, in order.

    Raises:
        IntegrityViolation: What is kept is not what was written.
    """
    table = tables.refusal
    query = select(table).where(table.c.case_id == case_id).order_by(table.c.number)
    for row in sound(connection.execute(query), table.columns, _Row):
        try:
            yield _read(row, key)
        except _IS_NONE:
            raise IntegrityViolation(case_id, 0, f"refusal {row.number} cannot be read") from None


def disagreements(rows: Iterable[Mapping[str, Any]], key: CaseKey) -> Iterator[str]:
    """What is wrong with the refusals of a case, given as rows of any values."""
    for expected, row in enumerate((_Row(*each.values()) for each in rows), start=1):
        try:
            _read(row, key)
        except Exception:  # whatever the bytes are, they are a finding
            yield f"refusal {row.number} cannot be read"
            continue
        if row.number != expected:
            yield f"refusal {row.number} is not in its place"


def _read(row: _Row, key: CaseKey) -> Refusal:
    said = from_bytes(key.open(row.number, KIND, row.payload))
    by = Actor(said["by"]["id"], said["by"]["role"])
    if (by.id, said["at"]) != (row.actor, row.at):
        raise ValueError("its columns are not what it says")
    about = tuple(said["about"])
    return Refusal(row.case, said["version"], instant(row.at), by, said["verb"], about, said["why"])


class _Row(NamedTuple):
    case: str
    number: int
    at: int
    actor: str
    payload: bytes


_IS_NONE = (Unreadable, LookupError, TypeError, ValueError, OverflowError)
