"""Entries → a case: the chain is verified, the events are read, and the case is put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rupture_protocol.engine.case import Case, Event, ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import RuptureError
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import Entry, event_of, from_bytes, ref_of
from rupture_protocol.store.errors import IntegrityViolation

EngineOf = Callable[[ProtocolRef], Engine]


def case_of(case_id: str, entries: Sequence[Entry], store_id: str, engine_of: EngineOf) -> Case:
    """The case that entries make.

    Raises:
        IntegrityViolation: They are not what was written.
        ProtocolNotFound: The protocol of one of them is not to be had.
    """
    events = []
    engines: dict[ProtocolRef, Engine] = {}
    headers = verified(entries, store_id=store_id, case_id=case_id)
    for entry, (header, wrong) in zip(entries, headers, strict=True):
        if wrong:
            raise IntegrityViolation(case_id, entry.seq, wrong)
        try:
            ref = ref_of(header)
        except (LookupError, TypeError):
            raise IntegrityViolation(case_id, entry.seq, "it does not say its protocol") from None
        if ref not in engines:
            engines[ref] = engine_of(ref)
        events.append(_event(case_id, entry, header, engines[ref]))
    *before, last = engines.values()
    try:
        return engines[events[-1].protocol].restore(case_id, events, before=(*before, last))
    except RuptureError as error:
        raise IntegrityViolation(case_id, len(entries), str(error)) from None


def _event(case_id: str, entry: Entry, header: dict[str, object], engine: Engine) -> Event:
    try:
        return event_of(header, from_bytes(entry.payload), engine.protocol)
    except (RuptureError, LookupError, TypeError, ValueError, AttributeError):
        raise IntegrityViolation(case_id, entry.seq, "its payload cannot be read") from None
