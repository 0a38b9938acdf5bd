"""A case after one more event, or after many: the fold that makes state and facts of a history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import (
    STEPS,
    Case,
    Event,
    EventKind,
    ProtocolRef,
    Record,
    Standing,
    Visit,
    entered,
    once_more,
)
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
    state, visits = case.state, case.visits
    if event.kind in STEPS:
        state = event.to or case.state
        visits = entered(case.visits, state, event.occurred)
    changed = _changed(protocol, calendar, case.facts, event, state)
    facts = Frozen({**case.facts, **changed}) if changed else case.facts
    return Case(case.id, case.protocol, state, facts, visits, history, read)


class Folding:
    """A case while many events are put to it: what `fold` makes of them, without a case after each.

    Most events record what happened after all before. Their records wait until they are needed: of the many
    of one fact only the last stands in the end.
    """

    def __init__(self, protocol: Protocol, calendar: Calendar, case: Case) -> None:
        self._protocol, self._calendar = protocol, calendar
        self._before, self._events = case, list[Event]()
        self.state = case.state
        self._facts, self._visits = dict(case.facts), dict(case.visits)
        self._waiting: dict[str, Event] = {}
        self._latest = max(event.occurred for event in case.history)

    @property
    def protocol(self) -> ProtocolRef:
        """Under which protocol it stands."""
        return self._before.protocol

    @property
    def version(self) -> int:
        """How many events made it."""
        return self._before.version + len(self._events)

    def add(self, event: Event) -> None:
        """Puts one more event to it, which may happen to it."""
        if event.kind is EventKind.RECORDED and self._can_wait(event):
            self._waiting.update(dict.fromkeys(event.facts, event))
            self._latest = event.occurred
        else:
            self._add_at_once(event)
        self._events.append(event)

    def _can_wait(self, event: Event) -> bool:
        """Whether nothing later stands in its way, and there is nothing unknown in it."""
        return event.occurred >= self._latest and event.facts.keys() <= self._protocol.facts.keys()

    def _add_at_once(self, event: Event) -> None:
        self._settle()
        if event.kind in STEPS:
            self.state = event.to or self.state
            self._visits[self.state] = once_more(self._visits.get(self.state), event.occurred)
        self._facts.update(_changed(self._protocol, self._calendar, self._facts, event, self.state))
        self._latest = max(self._latest, event.occurred)

    def _settle(self) -> None:
        """Makes the records that wait."""
        for name, event in self._waiting.items():
            self._facts[name] = record_of(self._protocol, self._calendar, event, name)
        self._waiting.clear()

    def case(self) -> Case:
        """The case as it is now."""
        self._settle()
        before, facts = self._before, Frozen(self._facts) if self._facts else NOTHING
        read = (*before.read, *self._events) if before.read else ()
        history = (*before.history, *self._events)
        return Case(before.id, before.protocol, self.state, facts, Frozen(self._visits), history, read)


def _changed(
    protocol: Protocol, calendar: Calendar, facts: Mapping[str, Record], event: Event, state: str
) -> dict[str, Record]:
    """The records that are others after an event, with which the case is in that state."""
    if event.kind in STEPS:
        return _forgotten(facts, protocol.states[state].forget)
    records = {
        name: record_of(protocol, calendar, event, name)
        for name in event.facts
        if not _newer_stands(facts.get(name), event)
    }
    if event.kind is EventKind.CORRECTED:
        return {name: _still_forgotten(record, facts[name]) for name, record in records.items()}
    return records


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


def _forgotten(facts: Mapping[str, Record], names: tuple[str, ...]) -> dict[str, Record]:
    return {
        name: replace(facts[name], value=None, standing=Standing.FORGOTTEN, expires=None)
        for name in names
        if name in facts and facts[name].standing is not Standing.WITHDRAWN
    }
