"""Verifying a store: everything that is kept, held against everything else that is kept.

Total: whatever bytes a database holds, the answer is a finding and never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from rupture_protocol.engine.case import ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import shorten
from rupture_protocol.language.facts import is_storable
from rupture_protocol.language.library import Text
from rupture_protocol.store import tables
from rupture_protocol.store.case_check import CaseCheck, EngineOf, Finding, Kept
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.errors import (
    CaseNotFound,
    KeysDamaged,
    KeysMissing,
    StoreCorrupt,
    StoreError,
)
from rupture_protocol.store.kept_protocols import read_again
from rupture_protocol.store.lists import ListKey
from rupture_protocol.store.raw import CannotBeRead, Raw, Row
from rupture_protocol.store.sql import SqlSession, SqlStore
from rupture_protocol.store.vault import NoVault, Vault

_OF_CASES = (
    tables.case_head,
    tables.event,
    tables.idempotency,
    tables.outbox,
    tables.case_summary,
    tables.refusal,
)


def verify_entries(
    case_id: str, entries: Iterable[Any], vault: Vault, engine_of: EngineOf
) -> tuple[Finding, ...]:
    """What is wrong with a case in a host's own store."""
    kept = Kept(case_id, tuple(map(_entry_of, entries)))
    return tuple(_whatever_it_is(case_id, CaseCheck(kept, vault, engine_of).findings))


def verify_store(
    store: SqlStore, engine_of: Callable[[ProtocolRef, SqlSession], Engine], case_id: str | None
) -> tuple[Finding, ...]:
    """What is wrong in a store, or with one case of it.

    Raises:
        CaseNotFound: There is no trace of that case.
        StoreBusy, StoreUnavailable: Nothing can be said, as the store is held by others or gone.
    """
    if case_id is not None and not is_storable(case_id):
        raise CaseNotFound(case_id)
    with store.session() as session:
        raw = Raw(session.connection)
        found = list(_whatever_it_is(None, lambda: _missing_tables(raw)))
        if found:
            return tuple(found)
        known: list[str] = [] if case_id is None else [case_id]
        if case_id is None:
            found += _whatever_it_is(None, lambda: _store_findings(raw))
            found += _whatever_it_is(None, lambda: _protocol_findings(raw))
            found += _whatever_it_is(None, lambda: _known_cases(raw, known))
    vault, without = _vault_of(store)
    found += without
    lists, sealed = _lists_of(store, vault)
    found += sealed
    for each in known:
        # A transaction for each case: writers are not kept waiting until all have been looked at.
        with store.session() as session:
            found += _case_findings(session, vault, lists, each, engine_of, must_be_there=case_id is not None)
    return tuple(found)


def _vault_of(store: SqlStore) -> tuple[Vault, list[Finding]]:
    """What to verify with. That the keys of a store with cases are gone is a finding; the chain is left."""
    if _nothing_was_kept(store):
        return NoVault(store.id), []
    try:
        len(store.vault.keys.trusted)
    except (KeysMissing, KeysDamaged) as error:
        what = f"only the chain was verified, no signature and no content: {error}"
        return NoVault(store.id), [Finding(None, None, what)]
    return store.vault, []


def _nothing_was_kept(store: SqlStore) -> bool:
    try:
        with store.session() as session:
            return session.first_key is None and session.is_empty()
    except StoreCorrupt:
        return False


def _lists_of(store: SqlStore, vault: Vault) -> tuple[ListKey | None, list[Finding]]:
    """What the lists are sealed with. That nobody has it is a finding, and that an older key is left."""
    if isinstance(vault, NoVault):
        return None, []
    try:
        with store.session() as session:
            generation, lists = session.generation, session.lists
            left = session.vault.has_lists(generation - 1)
            known, trusted = session.first_key, session.vault.keys.trusted
    except (KeysMissing, KeysDamaged, StoreCorrupt) as error:
        return None, [Finding(None, None, f"the lists cannot be read: {error}")]
    found = []
    if known not in trusted:
        found.append(Finding(None, None, "it does not say that these keys are its own"))
    if left:
        what = "what a copy of the lists says of an erased case can still be read: erase it again"
        found.append(Finding(None, None, what))
    return lists, found


def _case_findings(
    session: SqlSession,
    vault: Vault,
    lists: ListKey | None,
    case_id: str,
    engine_of: Callable[[ProtocolRef, SqlSession], Engine],
    *,
    must_be_there: bool,
) -> list[Finding]:
    raw = Raw(session.connection)
    kept = replace(_kept(raw, case_id), lists=lists)
    if must_be_there and not kept.unreadable and not any((kept.beside or {}).values()):
        raise CaseNotFound(case_id)
    check = CaseCheck(kept, vault, lambda ref: engine_of(ref, session))
    return list(_whatever_it_is(case_id, check.findings))


def _kept(raw: Raw, case_id: str) -> Kept:
    beside: dict[str, list[Row]] = {}
    unreadable = []
    for table in _OF_CASES:
        try:
            beside[table.name] = raw.rows(table, case_id)
        except CannotBeRead:
            beside[table.name] = []
            unreadable.append(table.name)
    entries = tuple(_entry_of(row.values()) for row in beside[tables.event.name])
    return Kept(case_id, entries, beside, tuple(unreadable))


_ENTRY: tuple[Any, ...] = (str, int, str, str, int, str, bytes, bytes, bytes, bytes)


def _entry_of(row: Any) -> Entry:
    """An entry of whatever there is: what is of the wrong type becomes nothing, so that no chain agrees."""
    given = (getattr(row, name, None) for name in Entry.__slots__) if isinstance(row, Entry) else row
    values: list[Any] = [
        value if type(value) is kind else kind() for value, kind in zip(given, _ENTRY, strict=True)
    ]
    return Entry(*values)


def _missing_tables(raw: Raw) -> Iterator[Finding]:
    for name in raw.missing(tables.metadata.tables.values()):
        yield Finding(None, None, f"there is no table `{name}`")


def _known_cases(raw: Raw, known: list[str]) -> Iterator[Finding]:
    """Adds the ids of all cases, in order."""
    found = set()
    for case_id in raw.cases(_OF_CASES):
        if isinstance(case_id, str):
            found.add(case_id)
        else:
            yield Finding(None, None, "there is an id of a case that is no text")
    known += sorted(found)


def _store_findings(raw: Raw) -> Iterator[Finding]:
    if raw.damaged():
        yield Finding(None, None, "the database itself is damaged")
    last = raw.highest(tables.outbox.c.position)
    for row in raw.rows(tables.subscriber):
        if not isinstance(row["position"], int) or not 0 <= row["position"] <= last:
            yield Finding(None, None, "a subscriber stands where no event has been")


def _protocol_findings(raw: Raw) -> Iterator[Finding]:
    files: dict[Any, list[Text]] = {}
    for row in raw.rows(tables.protocol_file):
        text = Text(row["name"], row["data"], row["number"], row["folder"])
        files.setdefault(row["digest"], []).append(text)
    for row in raw.rows(tables.protocol):
        digest = row["digest"]
        protocol = read_again(files.pop(digest, []), digest)
        if protocol is None:
            yield Finding(None, None, f"the files that were kept do not make {_named(row)}")
        elif (protocol.id, protocol.version) != (row["id"], row["version"]):
            yield Finding(None, None, f"the files that were kept make another protocol than {_named(row)}")
    if files:
        yield Finding(None, None, "files were kept of a protocol that is not")


def _named(row: Row) -> str:
    said = [shorten(each) if isinstance(each, str) else "?" for each in (row["id"], row["version"])]
    return f"the protocol `{said[0]}` {said[1]}"


def _whatever_it_is(case_id: str | None, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a check; that it cannot be carried out is one, too."""
    try:
        yield from check()
    except (KeysMissing, KeysDamaged) as error:
        yield Finding(case_id, None, f"it cannot be verified: {error}")
    except StoreError:
        raise
    except CannotBeRead:
        yield Finding(case_id, None, "a part of the database cannot be read")
    except Exception:  # INVARIANT: whatever bytes are kept, they are a finding
        yield Finding(case_id, None, "what is kept is nothing that can be verified")
