"""The store in SQLite or PostgreSQL: one transaction for all that one event changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from rupture_protocol.engine.case import ProtocolRef
from rupture_protocol.language.facts import is_storable
from rupture_protocol.language.library import Text
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.store import drivers, layout, tables
from rupture_protocol.store.connecting import BEGIN, connect
from rupture_protocol.store.entry import Entry, from_bytes, instant
from rupture_protocol.store.errors import (
    Conflict,
    IdempotencyMismatch,
    IntegrityViolation,
    KeysMissing,
    OutcomeUnknown,
    StoreError,
)
from rupture_protocol.store.kept_protocols import files_of
from rupture_protocol.store.key_holder import KeyHolder
from rupture_protocol.store.keys.keys import Keys
from rupture_protocol.store.lists import ListKey
from rupture_protocol.store.sound import sound
from rupture_protocol.store.summary import Agenda, KeptAgenda, Summary, agenda_in, summary_row
from rupture_protocol.store.vault import KeyedVault

DEFAULT_TIMEOUT = 5.0
KEYS, LISTS = "keys", "lists"
"""What a store notes: the id of its first public key, and the generation of the key of its lists."""
_AT_ONCE = 500
"""How many cases are asked for in one statement."""


class SqlStore:
    """Cases in SQLite or PostgreSQL. Safe to share between threads; a forked process connects anew.

    Args:
        url: `sqlite:///cases.db` or `postgresql://host/name`, or the path of a file. One that is not there
            is made.
        timeout: How long to wait for other writers, in seconds.
        module: The database driver, where it is not the usual one.
        keys: What seals and signs: the store's keys, or the folder that they are in; left out, they are in
            the user's data folder, under the store's id. They are made with the first case.

    Raises:
        StoreUnavailable, StoreReadOnly, StoreOutdated, StoreCorrupt: It cannot be used.
    """

    def __init__(
        self,
        url: str | Path,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        module: Any = None,
        keys: Keys | Path | None = None,
    ) -> None:
        self.database = connect(url, timeout=timeout, module=module)
        self._given = keys
        try:
            self.prepare()
        except BaseException:
            self.close()  # nobody else can
            raise

    def __repr__(self) -> str:
        return f"<SqlStore {self.database.dialect.name}>"

    def prepare(self) -> None:
        """Looks at what lies there, and makes a store where nothing does. Raises as making this does."""
        with self._translated():
            self.layout = layout.prepare(self.database)
        self.keys = KeyHolder(self.id, self._given)
        self.vault = KeyedVault(self.id, self.keys)

    @property
    def id(self) -> str:
        """The store's own id, given at random when it was made."""
        return self.layout.store_id

    def close(self) -> None:
        """Closes all connections."""
        self.database.dispose()

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[SqlSession]:
        """One transaction: committed at its end if it writes, undone if anything goes wrong.

        Raises:
            OutcomeUnknown: The commit was cut off.
            StoreError: Any other trouble; nothing was written.
        """
        if write:
            self.layout.check_writable()
        with self._connected(write=write) as connection:
            with self._translated():
                connection.begin()
            with self._translated():
                session = SqlSession(connection, self.vault, write=write)
                if write:
                    session.own_keys(self.keys)
                yield session
            if write:
                _commit(connection)

    @contextmanager
    def _connected(self, *, write: bool) -> Iterator[Connection]:
        with self._translated():
            connection = self.database.connect()
        options: dict[str, Any] = {BEGIN: "BEGIN IMMEDIATE" if write else "BEGIN"}
        if not write and self.database.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"  # the head and its events as they were together
        try:
            with self._translated():
                connection = connection.execution_options(**options)
            yield connection
        finally:
            _close(connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise drivers.ours(error) from None
        except UnicodeDecodeError as error:
            drivers.empty(error)
            raise drivers.damaged() from None
        except UnicodeEncodeError as error:
            drivers.empty(error)
            raise StoreError("an id or a name is text that can be stored as UTF-8") from None

    # As a host's own store would do it -----------------------------------------------------------

    def load(self, case_id: str) -> Sequence[Entry]:
        """All entries of a case, oldest first."""
        with self.session() as session:
            return session.load(case_id)

    def append(self, entry: Entry, *, expected_version: int) -> None:
        """Keeps one more entry.

        Raises:
            Conflict: The case is at another version.
        """
        with self.session(write=True) as session:
            session.append(entry, expected_version=expected_version)


class SqlSession:
    """The store within one transaction."""

    def __init__(self, connection: Connection, vault: KeyedVault, *, write: bool) -> None:
        self.connection = connection
        self.vault = vault
        self._lists: ListKey | None = None
        self._notes: dict[str, str] | None = None
        self._postgres = connection.dialect.name == "postgresql"
        self._locks = write and self._postgres

    def own_keys(self, holder: KeyHolder) -> None:
        """Makes the keys of a store in which nothing is kept yet; afterwards no others are taken for its own.

        Raises:
            KeysMissing: It has keys, and they are not here.
        """
        first = self.first_key
        if first is None and self._locks:
            self.connection.execute(_ONE_BEGINS)
            self._notes = None  # somebody else may have begun it since
            first = self.first_key
        if first is None:
            if not self.is_empty():
                raise KeysMissing("the store does not say which keys are its own", help="`rupture db doctor`")
            if not holder.ready:
                holder.make()
            own = next(iter(holder().trusted))
            self.connection.execute(_NEW[tables.store_meta], {"name": KEYS, "value": own})
            self.begin_lists(self.vault.make_lists(1))
        elif first not in holder().trusted:
            raise _others_keys()

    def is_empty(self) -> bool:
        """Whether no event was ever kept."""
        return self.connection.execute(_ANY_EVENT).first() is None

    @property
    def first_key(self) -> str | None:
        """The id of the first public key of the store; None where nothing is kept yet."""
        return self._meta(KEYS)

    def load(self, case_id: str) -> Sequence[Entry]:
        """All entries of a case, oldest first. One that is to be written to is held until the end."""
        if not is_storable(case_id) or (self._postgres and "\0" in case_id):
            return ()
        head_query = _HEAD_TO_WRITE_TO if self._locks else _HEAD
        head = self.connection.execute(head_query, {"case": case_id}).one_or_none()
        rows = self.connection.execute(_EVENTS, {"case": case_id}).all()
        entries = tuple(sound(rows, tables.event.columns, Entry))
        _check_head(case_id, head, entries)
        return entries

    def append(self, entry: Entry, *, expected_version: int) -> None:
        """Keeps one more entry, with all that one event changes.

        Raises:
            Conflict: The case is at another version.
            IdempotencyMismatch: Its key was used in another case.
        """
        key = from_bytes(entry.header).get("key")
        if isinstance(key, str):
            self._insert_once(
                _NEW[tables.idempotency], IdempotencyMismatch(), key=key, case_id=entry.case, seq=entry.seq
            )
        self._move_head(entry, expected_version)
        self.connection.execute(
            _NEW[tables.event],
            {
                "case_id": entry.case,
                "seq": entry.seq,
                "event_id": entry.event,
                "kind": entry.kind,
                "recorded_at": entry.at,
                "actor": entry.actor,
                "header": entry.header,
                "payload": entry.payload,
                "hash": entry.hash,
                "signature": entry.signature,
            },
        )
        if self._locks:
            # Positions are given in the order of commits: who reads on from one has missed none.
            self.connection.execute(_ONE_AT_A_TIME)
            self._lists = self._notes = None  # somebody may have erased a case while we waited
        self.connection.execute(_NEW[tables.outbox], {"case_id": entry.case, "seq": entry.seq})

    def _move_head(self, entry: Entry, expected_version: int) -> None:
        new = {"version": entry.seq, "hash": entry.hash}
        if expected_version == 0:
            # An error would end the transaction in PostgreSQL, and nobody could ask for the version any more.
            moved = self.connection.execute(_FIRST_HEAD, {"case": entry.case, **new})
        else:
            where = {"case": entry.case, "expected": expected_version}
            moved = self.connection.execute(_MOVE_HEAD, {**where, **new})
        if moved.rowcount != 1:
            raise Conflict(entry.case, actual=self.version(entry.case), expected=expected_version)

    def _insert_once(self, statement: Any, otherwise: Exception, **row: object) -> None:
        try:
            self.connection.execute(statement, row)
        except IntegrityError as error:
            drivers.empty(error)
            raise otherwise from None

    def version(self, case_id: str) -> int:
        """How many entries a case has."""
        head = self.connection.execute(_HEAD, {"case": case_id}).one_or_none()
        return 0 if head is None else int(head.version)

    def kept_under(self, key: str, case_id: str) -> tuple[str, int] | None:  # noqa: ARG002  # in any case
        """The case and the number of the entry that was made under an idempotency key."""
        rows = self.connection.execute(_KEPT_UNDER, {"key": key})
        return next(sound(rows, _KEPT_UNDER.selected_columns, lambda *row: row), None)

    # Protocols -----------------------------------------------------------------------------------

    def keep_protocol(self, protocol: Protocol) -> None:
        """Keeps the files of a protocol, unless they are kept."""
        digest = protocol.digest
        if self._keeps(digest):
            return
        if self._locks:
            # A lock of its own: whoever waits here holds nothing that others need to commit.
            self.connection.execute(_ONE_KEEPS_PROTOCOLS)
            if self._keeps(digest):
                return
        new = {"digest": digest, "id": protocol.id, "version": protocol.version}
        self.connection.execute(insert(tables.protocol), new)
        self.connection.execute(
            insert(tables.protocol_file),
            [
                {
                    "digest": digest,
                    "number": each.key,
                    "folder": each.home,
                    "name": each.name,
                    "data": each.data,
                }
                for each in files_of(protocol)
            ],
        )

    def _keeps(self, digest: str) -> bool:
        return self.connection.execute(_PROTOCOL, {"digest": digest}).first() is not None

    def protocol_files(self, digest: str) -> tuple[Text, ...]:
        """The files of a protocol that was kept; none, where it was not."""
        file = tables.protocol_file.c
        query = select(file.name, file.data, file.number, file.folder).where(file.digest == digest)
        rows = self.connection.execute(query.order_by(file.number))
        return tuple(sound(rows, query.selected_columns, Text))

    # Lists ---------------------------------------------------------------------------------------

    @property
    def lists(self) -> ListKey:
        """The key of the lists as they are now.

        Raises:
            KeysMissing: It is not here.
        """
        if self._lists is None:
            self._lists = self.vault.lists(self.generation)
        return self._lists

    @property
    def generation(self) -> int:
        """The generation of the key of the lists; 0 where there are none yet."""
        said = self._meta(LISTS)
        return int(said) if said is not None and said.isdecimal() and len(said) < 10 else 0

    def describe(self, summary: Summary, agenda: Agenda) -> None:
        """Notes how a case stands and what is due in it, for lists."""
        row = summary_row(summary, agenda, self.lists)
        changed = None
        if summary.version > 1:
            changed = self.connection.execute(_SUMMARIZE, {**row, "case": summary.case}).rowcount
        if not changed:
            self.connection.execute(_NEW[tables.case_summary], row)

    def forget(self, case_id: str) -> None:
        """Takes a case that is erased out of the lists."""
        for table in (tables.case_summary, tables.refusal):
            self.connection.execute(delete(table).where(table.c.case_id == case_id))

    def renew_lists(self) -> None:
        """Seals all lists anew, with a key of the next generation."""
        old, new = self.lists, self.vault.make_lists(self.generation + 1)
        table = tables.case_summary.c
        query = select(table.case_id, table.state, table.agenda)
        masked = cache(lambda state: new.mask(old.unmask(state)))
        rows = [
            {"case": case, "state": masked(state), "agenda": new.seal(case, old.open(case, agenda))}
            for case, state, agenda in sound(
                self.connection.execute(query), query.selected_columns, lambda *row: row
            )
        ]
        if rows:
            self.connection.execute(_SUMMARIZE, rows)
        self.begin_lists(new)

    def begin_lists(self, key: ListKey) -> None:
        """From here on, lists are sealed with that key."""
        meta = tables.store_meta
        moved = update(meta).where(meta.c.name == LISTS).values(value=str(key.generation))
        if self.connection.execute(moved).rowcount != 1:
            self.connection.execute(insert(meta), {"name": LISTS, "value": str(key.generation)})
        self._lists, self._notes = key, None

    def find(
        self, *, state: str | None, protocol: str | None, actor: str | None, cases: set[str] | None
    ) -> tuple[Summary, ...]:
        """How cases stand, by id."""
        if not self.generation:
            return ()
        table = tables.case_summary
        query = select(table).order_by(table.c.case_id)
        if state is not None:
            query = query.where(table.c.state == self.lists.mask(state))
        if protocol is not None:
            query = query.where(table.c.protocol_id == protocol)
        if actor is not None:
            theirs = select(tables.event.c.case_id).where(tables.event.c.actor == actor)
            query = query.where(table.c.case_id.in_(theirs))
        make = partial(_summary, cache(self.lists.unmask))
        if cases is None:
            return tuple(sound(self.connection.execute(query), table.columns, make))
        found: list[Summary] = []
        among = sorted(cases)
        for start in range(0, len(among), _AT_ONCE):
            some = query.where(table.c.case_id.in_(among[start : start + _AT_ONCE]))
            found += sound(self.connection.execute(some), table.columns, make)
        return tuple(found)

    def agendas(self) -> Iterator[tuple[int, KeptAgenda]]:
        """Of cases that have not ended, by id: when each was last written to, and what will be due in it."""
        table = tables.case_summary.c
        query = select(table.case_id, table.updated_at, table.agenda)
        query = query.where(table.ended == 0).order_by(table.case_id)
        return sound(self.connection.execute(query), query.selected_columns, self._agenda)

    def _agenda(self, case_id: str, updated: int, agenda: bytes) -> tuple[int, KeptAgenda]:
        return updated, agenda_in(agenda, case_id, self.lists)

    def _meta(self, name: str) -> str | None:
        """What the store notes under a name. It is asked once: in a transaction it changes by us alone."""
        if self._notes is None:
            rows = self.connection.execute(_META, {"names": [KEYS, LISTS]})
            self._notes = {each.name: each.value for each in rows if isinstance(each.value, str)}
        return self._notes.get(name)


def _others_keys() -> KeysMissing:
    return KeysMissing(
        "the keys that are here are not those of this store", help="bring those here that it was begun with"
    )


def _summary(
    unmask: Callable[[bytes], str],
    case_id: str,
    version: int,
    state: bytes,
    ended: int,
    protocol_id: str,
    protocol_version: str,
    protocol_digest: str,
    opened_at: int,
    updated_at: int,
    overrides: int,
    precautions: int,
    _agenda: bytes,
) -> Summary:
    protocol = ProtocolRef(protocol_id, protocol_version, protocol_digest)
    opened, updated = instant(opened_at), instant(updated_at)
    return Summary(
        case_id, version, unmask(state), bool(ended), protocol, opened, updated, overrides, precautions
    )


def _check_head(case_id: str, head: Row[Any] | None, entries: Sequence[Entry]) -> None:
    """That the head says what its entries are: none cut off, none added."""
    wrong = head_disagrees(None if head is None else (head.version, head.hash), entries)
    if wrong:
        raise IntegrityViolation(case_id, len(entries), wrong)


def head_disagrees(head: tuple[int, bytes] | None, entries: Sequence[Entry]) -> str:
    """What is wrong between the head of a case and its entries; empty, where nothing is."""
    if head is None:
        return "it has events and no head" if entries else ""
    if not entries:
        return "it has a head and no events"
    version, hash_ = head
    if version != len(entries):
        return "its head counts another number of events"
    return "" if entries[-1].hash == hash_ else "its head is of other events"


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except SQLAlchemyError as error:
        failure = drivers.at_commit(error)
        _undo(connection, with_it=isinstance(failure, OutcomeUnknown))
        raise failure from None
    except BaseException:
        # Interrupted in the middle: the driver may still hold the transaction that SQLAlchemy thinks over.
        connection.invalidate()
        raise


def _undo(connection: Connection, *, with_it: bool) -> None:
    """Undoes what was not committed; the connection is thrown away with it, or if it cannot."""
    try:
        connection.rollback()
    except SQLAlchemyError:
        with_it = True
    if with_it:
        connection.invalidate()


def _close(connection: Connection) -> None:
    """Undoes what is still open, and gives the connection back; one that cannot is thrown away."""
    try:
        if connection.in_transaction():
            connection.rollback()
    except SQLAlchemyError:
        connection.invalidate()
    finally:
        connection.close()


# Statements that every write needs, made once: making one takes SQLAlchemy longer than carrying it out.
_NEW = {table: insert(table) for table in tables.metadata.tables.values()}
_head = tables.case_head.c
_HEAD = select(tables.case_head).where(_head.case_id == bindparam("case"))
_HEAD_TO_WRITE_TO = _HEAD.with_for_update()
# What is set are the columns that are given beside `case` and `expected`.
_MOVE_HEAD = update(tables.case_head).where(
    _head.case_id == bindparam("case"), _head.version == bindparam("expected")
)
# SQLAlchemy says this in a way of its own for each database, and reading both takes long.
_FIRST_HEAD = text(
    "INSERT INTO case_head (case_id, version, hash) VALUES (:case, :version, :hash) ON CONFLICT DO NOTHING"
)
_SUMMARIZE = update(tables.case_summary).where(tables.case_summary.c.case_id == bindparam("case"))
_PROTOCOL = select(tables.protocol.c.digest).where(tables.protocol.c.digest == bindparam("digest"))
_meta = tables.store_meta.c
_META = select(_meta.name, _meta.value).where(_meta.name.in_(bindparam("names", expanding=True)))
_event = tables.event.c
_EVENTS = (
    select(
        _event.case_id,
        _event.seq,
        _event.event_id,
        _event.kind,
        _event.recorded_at,
        _event.actor,
        _event.header,
        _event.payload,
        _event.hash,
        _event.signature,
    )
    .where(_event.case_id == bindparam("case"))
    .order_by(_event.seq)
)
_ANY_EVENT = select(_event.seq).limit(1)
_KEPT_UNDER = select(tables.idempotency.c.case_id, tables.idempotency.c.seq).where(
    tables.idempotency.c.key == bindparam("key")
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7817843)")
_ONE_BEGINS = text("SELECT pg_advisory_xact_lock(7817845)")
_ONE_KEEPS_PROTOCOLS = text("SELECT pg_advisory_xact_lock(7817844)")
