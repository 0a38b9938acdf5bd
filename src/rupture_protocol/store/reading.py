"""Entries → a case: chain and signature are verified, contents opened, and the case is put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rupture_protocol.engine.case import Actor, Case, Event, ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import RuptureError
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import (
    ERASED,
    Entry,
    digest_of_content,
    event_of,
    from_bytes,
    instant,
    ref_of,
)
from rupture_protocol.store.erasure import Erasure
from rupture_protocol.store.errors import CaseErased, IntegrityViolation
from rupture_protocol.store.vault import CaseKey, Unreadable, Vault

EngineOf = Callable[[ProtocolRef], Engine]


def case_of(case_id: str, entries: Sequence[Entry], vault: Vault, engine_of: EngineOf) -> Case:
    """The case that entries make.

    Raises:
        CaseErased: It was erased.
        IntegrityViolation: They are not what was written.
        KeysMissing: The store's keys, or that of the case, are not here.
        ProtocolNotFound: The protocol of one of them is not to be had.
    """
    return read(case_id, entries, vault, engine_of)[0]


def read(
    case_id: str, entries: Sequence[Entry], vault: Vault, engine_of: EngineOf
) -> tuple[Case, tuple[bytes, ...]]:
    """The case that entries make, and their contents. Raises as `case_of`."""
    headers = check_chain(case_id, entries, vault)
    check_not_erased(entries)
    # One kind of thing at a time: that is faster than all there is to an event, event by event.
    found = _sound_contents(case_id, entries, headers, vault)
    of_each = _engines(case_id, headers, engine_of)
    events = [
        _event(case_id, header, content, engine)
        for header, content, engine in zip(headers, found, of_each, strict=True)
    ]
    try:
        return of_each[-1].restore(case_id, events, before=dict.fromkeys(of_each)), found
    except RuptureError as error:
        raise IntegrityViolation(case_id, len(entries), str(error)) from None


def _sound_contents(
    case_id: str, entries: Sequence[Entry], headers: Sequence[Mapping[str, Any]], vault: Vault
) -> tuple[bytes, ...]:
    found = []
    for entry, (content, wrong) in zip(entries, contents(case_id, entries, headers, vault), strict=True):
        if wrong:
            raise IntegrityViolation(case_id, entry.seq, wrong)
        found.append(content)
    return tuple(found)


def _engines(case_id: str, headers: Sequence[Mapping[str, Any]], engine_of: EngineOf) -> list[Engine]:
    """The engine of each event: mostly that of the one before."""
    found: list[Engine] = []
    under: ProtocolRef | None = None
    for number, header in enumerate(headers, start=1):
        try:
            ref = ref_of(header)
        except (LookupError, TypeError):
            raise IntegrityViolation(case_id, number, "it does not say its protocol") from None
        found.append(found[-1] if ref is under else engine_of(ref))
        under = ref
    return found


def check_chain(case_id: str, entries: Sequence[Entry], vault: Vault) -> list[dict[str, Any]]:
    """The headers of entries that follow each other, and whose last is signed.

    Raises:
        IntegrityViolation: They are not what was written.
    """
    headers = []
    for entry, (header, wrong) in zip(
        entries, verified(entries, store_id=vault.store_id, case_id=case_id), strict=True
    ):
        if wrong:
            raise IntegrityViolation(case_id, entry.seq, wrong)
        headers.append(header)
    # The head's signature is over all before it: each hash is over the one before.
    wrong = vault.signature_is_wrong(entries[-1])
    if wrong:
        raise IntegrityViolation(case_id, len(entries), wrong)
    return headers


def contents(
    case_id: str, entries: Sequence[Entry], headers: Sequence[Mapping[str, Any]], vault: Vault
) -> Iterator[tuple[bytes, str]]:
    """The content of each entry, and what is wrong with it: empty, where nothing is.

    Raises:
        KeysMissing: The key of the case is not here.
    """
    key = vault.case_key(case_id)
    another = "" if headers[0].get("case_key", "") == key.commitment else _ANOTHER_KEY
    for entry, header in zip(entries, headers, strict=True):
        content, wrong = _opened(entry, header, key)
        yield content, another or wrong


def _opened(entry: Entry, header: Mapping[str, Any], key: CaseKey) -> tuple[bytes, str]:
    try:
        content = key.open(entry.seq, entry.kind, entry.payload)
    except Unreadable:
        return b"", "its payload cannot be opened"
    if digest_of_content(content) != header.get("content"):
        return content, "its content is not what its header says"
    return content, ""


def asked_for(entries: Sequence[Entry], vault: Vault) -> object:
    """The digest of the request that the last entry was made for.

    Raises:
        IntegrityViolation: Its content cannot be read.
        KeysMissing: The key of the case is not here.
    """
    last = entries[-1]
    try:
        return from_bytes(vault.case_key(last.case).open(last.seq, last.kind, last.payload)).get("request")
    except (Unreadable, ValueError):
        raise IntegrityViolation(last.case, last.seq, "its content cannot be read") from None


def erasure_of(entries: Sequence[Entry]) -> Erasure | None:
    """That a case was erased, as its last entry says; None where it was not.

    Raises:
        IntegrityViolation: It does not say by whom, when and why.
    """
    if not entries or entries[-1].kind != ERASED:
        return None
    last = entries[-1]
    try:
        header = from_bytes(last.header)
        by, basis = header["by"], header["basis"]
        return Erasure(last.case, last.seq, instant(last.at), Actor(by["id"], by["role"]), basis)
    except (LookupError, TypeError, ValueError, OverflowError):
        raise IntegrityViolation(last.case, last.seq, "it does not say by whom and why") from None


def check_not_erased(entries: Sequence[Entry]) -> None:
    """That there is something to read.

    Raises:
        CaseErased: There is not.
    """
    erasure = erasure_of(entries)
    if erasure is not None:
        raise CaseErased(erasure)


def _event(case_id: str, header: Mapping[str, Any], content: bytes, engine: Engine) -> Event:
    try:
        return event_of(header, from_bytes(content), engine.protocol)
    except (RuptureError, LookupError, TypeError, ValueError, AttributeError):
        raise IntegrityViolation(case_id, header["seq"], "its content cannot be read") from None


_ANOTHER_KEY = "its key is not the one that it was opened with"
