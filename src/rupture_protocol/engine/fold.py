"""A case after one more event: the fold that makes state and facts of a history."""

from __future__ import annotations

from dataclasses import replace

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import STEPS, Case, Event, EventKind, Record, Standing, Visit, entered
from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.facts import Unknown
from rupture_protocol.language.protocol import Protocol


def opened(case_id: str, event: Event) -> Case:
    """The case that an opening event begins."""
    state = event.to or ""
    visits = Frozen({state: Visit(1, event.occurred)})
    return Case(case_id, event.protocol, state, NOTHING, visits, (event,))


def fold(protocol: Protocol, calendar: Calendar, case: Case, event: Event) -> Case:
    """The case after an event that may happen to it."""
    history = (*case.history, event)
    read = (*case.read, event) if case.read else ()
    if event.kind in STEPS:
        return _moved(protocol, case, event, history, read)
    records = {
        name: record_of(protocol, calendar, event, name)
        for name in event.facts
        if not _newer_stands(case.facts.get(name), event)
    }
    if event.kind is EventKind.CORRECTED:
        records = {name: _still_forgotten(record, case.facts[name]) for name, record in records.items()}
    facts = Frozen({**case.facts, **records})
    return Case(case.id, case.protocol, case.state, facts, case.visits, history, read)


def _newer_stands(record: Record | None, event: Event) -> bool:
    """Whether a record of something later stands already.

    What is written down late does not displace what was seen since: yesterday's `none` is no answer to
    today's `high`. A correction says that the record that stands is wrong, so it always displaces it.
    """
    if record is None or record.occurred is None or event.kind is EventKind.CORRECTED:
        return False
    standing = record.standing in (Standing.RECORDED, Standing.NOT_KNOWN)
    return standing and record.occurred > event.occurred


def record_of(protocol: Protocol, calendar: Calendar, event: Event, name: str) -> Record:
    """The record that an event makes of one of its facts."""
    value = event.facts[name]
    if isinstance(value, Unknown):
        standing = Standing.WITHDRAWN if event.withdrawn else Standing.NOT_KNOWN
        return Record(name, None, standing, event.seq, event.by, event.at, event.occurred, None)
    lasts = protocol.facts[name].lasts
    expires = None if lasts is None else after(event.occurred, lasts, calendar)
    return Record(name, value, Standing.RECORDED, event.seq, event.by, event.at, event.occurred, expires)


def _still_forgotten(record: Record, before: Record) -> Record:
    """A correction. Of a record that was forgotten it mends the history, and the fact is asked afresh."""
    if before.standing is not Standing.FORGOTTEN or record.value is None:
        return record
    return replace(record, value=None, standing=Standing.FORGOTTEN, expires=None)


def _moved(
    protocol: Protocol, case: Case, event: Event, history: tuple[Event, ...], read: tuple[Event, ...]
) -> Case:
    state = event.to or case.state
    facts = case.facts
    forgotten = {
        name: replace(facts[name], value=None, standing=Standing.FORGOTTEN, expires=None)
        for name in protocol.states[state].forget
        if name in facts and facts[name].standing is not Standing.WITHDRAWN
    }
    if forgotten:
        facts = Frozen({**facts, **forgotten})
    return Case(
        case.id, case.protocol, state, facts, entered(case.visits, state, event.occurred), history, read
    )
