"""Making a checkpoint of a store, and holding a store against one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from rupture_protocol.errors import shorten
from rupture_protocol.language.facts import is_storable
from rupture_protocol.store import tables
from rupture_protocol.store.case_check import Finding
from rupture_protocol.store.chain import genesis, link
from rupture_protocol.store.checkpoint import (
    LARGEST,
    Checkpoint,
    Head,
    Kept,
    NoCheckpoint,
    differences,
    number_of,
    read_checkpoint,
)
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.errors import (
    IntegrityViolation,
    KeysDamaged,
    KeysMissing,
    StoreBusy,
    StoreCorrupt,
    StoreError,
)
from rupture_protocol.store.keys import files
from rupture_protocol.store.raw import CannotBeRead, Raw
from rupture_protocol.store.sound import sound
from rupture_protocol.store.sql import SqlSession, SqlStore
from rupture_protocol.store.vault import KEY_ID_SIZE

NUMBER = "checkpoint"
"""The name under which a store keeps the number of its last checkpoint."""


def make_checkpoint(store: SqlStore, folder: Path, at: datetime) -> tuple[Checkpoint, Path]:
    """A checkpoint of all cases, in a new file of that folder.

    The number is taken before the file is written: cut off in between, the next one has the number after it.

    Raises:
        IntegrityViolation: The head of a case is not what was written; a checkpoint would hide that.
        KeysMissing: The store's keys are not here.
        StoreError: The store or the folder cannot be written to.
    """
    with _told():
        files.make_folder(folder)
    while True:
        with _told():
            highest = max(map(number_of, folder.iterdir()), default=0)
        with store.session(write=True) as session:
            heads = tuple(_heads(session))
            number = _next_number(session.connection, highest)
            made = Checkpoint(store.id, number, at, heads)
            signature = session.vault.keys.provider.sign(made.signed)
            made = replace(made, signer=signature.key, signature=signature.value)
        file = folder / made.file_name
        with _told(), suppress(FileExistsError):  # another store has just written one of that number
            files.create(file, written(made))
            return made, file


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the system, as they are told of checkpoints."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "it is not known why").lower()
        raise StoreError(
            f"the checkpoint cannot be written: {reason}", help="give a folder that can be written to"
        ) from None


def written(made: Checkpoint) -> bytes:
    """A checkpoint as it is in its file."""
    return (json.dumps(made.to_json(), ensure_ascii=False) + "\n").encode("utf-8")


def check_against(store: SqlStore, checkpoint: Path, case_id: str | None = None) -> tuple[Finding, ...]:
    """What a store has otherwise than a checkpoint, of one case or of all. It answers to any bytes.

    Raises:
        StoreError: The checkpoint cannot be read, or the store is held by others or gone.
    """
    try:
        with checkpoint.open("rb") as file:
            data = file.read(LARGEST)
        said = read_checkpoint(data)
    except OSError as error:
        raise StoreError(
            f"the checkpoint cannot be read: {(error.strerror or 'it is not known why').lower()}",
            help="give the file that `rupture case checkpoint` made",
        ) from None
    except NoCheckpoint as error:
        return (Finding(None, None, f"{error}: `{shorten(checkpoint.name)}`"),)
    found: list[Finding] = []
    try:
        for each in _differences(store, said, case_id):
            found.append(each)  # noqa: PERF402  # what was found before an error stays found
    except (KeysMissing, KeysDamaged, StoreCorrupt) as error:
        found.append(Finding(None, None, f"it cannot be held against checkpoint {said.number}: {error}"))
    except CannotBeRead:
        found.append(Finding(None, None, "a part of the database cannot be read"))
    return tuple(found)


def _differences(store: SqlStore, said: Checkpoint, case_id: str | None) -> Iterator[Finding]:
    known = {head.case: head.version for head in said.heads}
    with store.session() as session:
        connection = session.connection
        yield from differences(
            said,
            store=store.id,
            last=_last_number(connection),
            keys=session.vault.keys.trusted,
            kept=((head, _at(connection, head)) for head in said.heads if case_id in (None, head.case)),
            since=_since(connection, known, case_id),
        )


def _heads(session: SqlSession) -> Iterator[Head]:
    """The heads of all cases, by id, each the hash of what is kept, and signed."""
    event, head = tables.event, tables.case_head
    query = select(event.c.case_id, func.max(event.c.seq)).group_by(event.c.case_id)
    last = dict(sound(session.connection.execute(query), query.selected_columns, lambda *row: row))
    rows = session.connection.execute(select(head))
    heads = {case: (version, hash_) for case, version, hash_ in sound(rows, head.columns, lambda *row: row)}
    for case in sorted({*last, *heads}):
        version, hash_ = heads.get(case, (0, b""))
        if version == 0 or version != last.get(case):
            raise IntegrityViolation(case, version, "its head is of other events")
        entries = _last_two(session, case, version)
        previous = entries[-2].hash if len(entries) > 1 else genesis(session.vault.store_id, case)
        entry = entries[-1]
        wrong = session.vault.signature_is_wrong(entry)
        if entry.hash != hash_ or entry.hash != link(previous, entry.header, entry.payload):
            wrong = "its head is of other events"
        if wrong:
            raise IntegrityViolation(case, version, wrong)
        yield Head(case, version, entry.hash.hex())


def _last_two(session: SqlSession, case: str, version: int) -> list[Entry]:
    event = tables.event
    query = select(event).where(event.c.case_id == case, event.c.seq > version - 2).order_by(event.c.seq)
    return list(sound(session.connection.execute(query), event.columns, Entry))


def _at(connection: Connection, head: Head) -> Kept | None:
    """What is kept where a checkpoint has a head."""
    if not is_storable(head.case) or "\0" in head.case or not 0 < head.version < 2**31:
        return None
    event = tables.event.c
    at = select(event.hash, event.signature).where(event.case_id == head.case, event.seq == head.version)
    found = connection.execute(at).one_or_none()
    return None if found is None else Kept(_hex(found.hash), _hex(found.signature, KEY_ID_SIZE))


def _since(
    connection: Connection, known: Mapping[str, int], case_id: str | None
) -> Iterator[tuple[str, int, str]]:
    """Events beyond those that are known: case, number, and the id of the key that signed them."""
    event = tables.event.c
    for row in Raw(connection).rows(tables.case_head, case_id):
        case, version = row["case_id"], row["version"]
        if isinstance(case, str) and isinstance(version, int) and version > known.get(case, 0):
            after = event.seq > known.get(case, 0)
            query = select(event.seq, event.signature).where(event.case_id == case, after)
            for seq, signature in connection.execute(query):
                yield case, seq, _hex(signature, KEY_ID_SIZE)


def _hex(data: object, size: int | None = None) -> str:
    """Some bytes in hex; whatever is no bytes is none."""
    return data[:size].hex() if isinstance(data, bytes) else ""


def _next_number(connection: Connection, highest: int) -> int:
    last = _last_number(connection)
    number = max(last, highest) + 1
    meta = tables.store_meta
    if not last:
        connection.execute(insert(meta), {"name": NUMBER, "value": str(number)})
        return number
    moved = connection.execute(
        update(meta).where(meta.c.name == NUMBER, meta.c.value == str(last)).values(value=str(number))
    )
    if moved.rowcount != 1:
        raise StoreBusy("somebody else has just made a checkpoint", help="try again")
    return number


def _last_number(connection: Connection) -> int:
    meta = tables.store_meta
    said = connection.execute(select(meta.c.value).where(meta.c.name == NUMBER)).scalar()
    return int(said) if isinstance(said, str) and said.isdecimal() and len(said) < 19 else 0
