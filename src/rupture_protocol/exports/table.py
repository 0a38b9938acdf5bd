"""Exports as a table, RFC 4180: a row for each fact of an event, for each other event, for each refusal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rupture_protocol.exports.cells import as_cell, defused
from rupture_protocol.exports.profiles import DAYS, NAME, NUMBER, OUT, Profile, form, left_out

Json = Mapping[str, Any]
REFUSED = "refused"
_COLUMNS = (
    ("case", "case", "id"),
    ("seq", "event", "seq"),
    ("kind", "event", "kind"),
    ("at", "event", "at"),
    ("occurred", "event", "occurred"),
    ("person", "person", "id"),
    ("role", "person", "role"),
    ("protocol", "event", "protocol"),
    ("trigger", "event", "trigger"),
    ("from", "event", "source"),
    ("to", "event", "to"),
    ("verdict", "event", "verdict"),
    ("rests_on", "event", "rests_on"),
    ("fact", "event", "facts"),
    ("value", "value", "choice"),
    ("withdrawn", "event", "withdrawn"),
    ("corrects", "event", "corrects"),
    ("reason", "event", "reason"),
    ("note", "event", "note"),
    ("asked", "refusal", "verb"),
    ("about", "refusal", "about"),
    ("why", "refusal", "why"),
    ("version", "refusal", "version"),
)
_LEFT_OUT = "left_out"
_AS_DAYS = {"at": "day", "occurred": "occurred_day"}


def columns(profile: Profile) -> list[str]:
    """The columns of a profile's table: those of which it gets anything."""
    shown = []
    for name, table, field in _COLUMNS:
        told = form(table, field, profile)
        if told is not OUT and told is not NAME:
            shown.append(_AS_DAYS.get(name, name) if told is DAYS else name)
    return [*shown, _LEFT_OUT]


def as_csv(exports: Iterable[Json], profile: Profile, *, sensitive: bool = False) -> Iterator[str]:
    """The table, piece by piece: a head, the rows of every export, and what is left out of them."""
    names = columns(profile)
    yield _line(names)
    for export in exports:
        for row in _rows(export, profile):
            yield _line(row.get(name) for name in names)
    for each in (*left_out(profile, sensitive=sensitive), *_not_in_a_table(profile)):
        yield _line([*("" for _ in names[:-1]), each])


def _rows(export: Json, profile: Profile) -> Iterator[Json]:
    for event in export["events"]:
        row = {**event, "case": export["case"], **_person(event, profile), **_protocol(event)}
        facts: Sequence[Json] = event.get("facts") or ({},)
        yield from ({**row, **each} for each in facts)
    for refusal in export.get("refusals", ()):
        row = {**refusal, "case": export["case"], "kind": REFUSED, **_person(refusal, profile)}
        yield {**row, "asked": refusal["verb"]}


def _person(written: Json, profile: Profile) -> Json:
    by = written["by"]
    return {
        "person": by.get("number" if form("person", "id", profile) is NUMBER else "id"),
        "role": by["role"],
    }


def _protocol(event: Json) -> Json:
    ref = event.get("protocol")
    return {"protocol": f"{ref['id']} {ref['version']}" if isinstance(ref, Mapping) else ref}


def _not_in_a_table(profile: Profile) -> tuple[str, ...]:
    has_proof = profile in (Profile.FULL, Profile.AUDIT)
    return ("the proof (it is in the JSON of the same profile)",) if has_proof else ()


def _line(cells: Iterable[object]) -> str:
    """One row. A number cannot lead it: whatever splits elsewhere would begin with it."""
    first, *rest = cells
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(
        [defused("" if first is None else str(first)), *map(as_cell, rest)]
    )
    return written.getvalue()
