"""A case, field by field, in the forms that a profile has. Alone here: what each form comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Actor, Case, Event, EventKind, ProtocolRef
from rupture_protocol.engine.options import steps_from
from rupture_protocol.exports.profiles import (
    CLIENT,
    DAYS,
    EVENT,
    NAME,
    NUMBER,
    OUT,
    OWN,
    REFUSAL,
    TITLE,
    Form,
    Profile,
    form,
    form_of_value,
    has_kind,
)
from rupture_protocol.language.facts import Fact, Unknown, Value, to_json
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.store.refusing import Refusal

Json = dict[str, Any]
NOT_KNOWN, WITHDRAWN = "asked, and not known", "withdrawn"


@dataclass(frozen=True, slots=True, repr=False)
class Telling:
    """A case as it is told to somebody.

    `protocols` has those of all its events.
    """

    case: Case
    profile: Profile
    sensitive: bool
    protocols: Mapping[ProtocolRef, Protocol]
    people: dict[tuple[str, str], int] = field(default_factory=dict)
    """The number of each person in each role, in the order in which they come up."""

    # The parts of a case -------------------------------------------------------------------------

    def events(self) -> Iterator[Json]:
        """Its events, oldest first."""
        for event in self.case.history:
            if has_kind(event.kind, self.profile):
                yield dict(self._fields("event", EVENT, _OF_EVENT, event))

    def refusals(self, refusals: Iterable[Refusal]) -> Iterator[Json]:
        """What was refused in it, oldest first."""
        for refusal in refusals:
            told = dict(self._fields("refusal", REFUSAL, _OF_REFUSAL, refusal))
            if told:
                yield told

    def protocol(self, ref: ProtocolRef, told: Form) -> object:
        """Which protocol."""
        if told is TITLE:
            return f"{self.protocols[ref].title} ({ref.version})"
        return wire.ref_to_json(ref)

    def state(self, name: str, ref: ProtocolRef, told: Form) -> str:
        """Which state."""
        return name if told is not TITLE else titled(self.protocols[ref].states[name].title, name)

    def _fields(
        self, table: str, rows: Iterable[str], tell: Mapping[str, Callable[..., object]], thing: object
    ) -> Iterator[tuple[str, object]]:
        for name in rows:
            told = form(table, name, self.profile)
            written = None if told is OUT or name not in tell else tell[name](self, thing, told)
            if written is not None:
                yield _named(name, told), written

    # The fields of an event ----------------------------------------------------------------------

    def moment(self, moment: datetime, told: Form) -> object:
        """An instant: as it is, or as whole days since the case was opened."""
        return (moment - self.case.history[0].at).days if told is DAYS else moment.isoformat()

    def person(self, by: Actor) -> Json:
        """Somebody: the role, and whatever is told of the person."""
        written: Json = {}
        told = form("person", "id", self.profile)
        if told is NUMBER:
            written["number"] = self._number(by)
        elif told is not OUT:
            written["id"] = by.id
        told = form("person", "role", self.profile)
        if told is not OUT:
            written["role"] = words(by.role) if told is TITLE else by.role
        return written

    def _number(self, by: Actor) -> int:
        others = sum(role == by.role for _, role in self.people)
        return self.people.setdefault((by.id, by.role), others + 1)

    def facts(self, event: Event) -> Iterator[tuple[Fact, Value | Unknown, Form]]:
        """What an event recorded, and in which form each of it is told; what is left out is not among it."""
        known = self.protocols[event.protocol].facts
        for name, value in event.facts.items():
            fact = known.get(name)
            told = form_of_value(
                fact, self.profile, is_sensitive=self._is_sensitive(name, event), sensitive=self.sensitive
            )
            if fact is not None and told is not OUT and (told is not OWN or event.by.role == CLIENT):
                yield fact, value, told

    def _is_sensitive(self, name: str, event: Event) -> bool:
        """Whether any protocol that the case stood under calls a fact so, under its name then or now."""
        names = {name, *self._later_names(name, event)}
        found = [protocol.facts.get(each) for protocol in self.protocols.values() for each in names]
        return any(fact is not None and fact.sensitive for fact in found)

    def _later_names(self, name: str, event: Event) -> tuple[str, ...]:
        """What a fact is called since a migration; all names of the event, where that is unclear."""
        read = self.case.read[event.seq - 1 : event.seq]
        later = tuple(read[0].facts) if read else ()
        if len(later) != len(event.facts):
            return later
        return (later[tuple(event.facts).index(name)],)

    def value(self, fact: Fact, value: Value | Unknown, told: Form, *, withdrawn: bool = False) -> object:
        """A fact's value."""
        if told is TITLE or told is OWN:
            if isinstance(value, Unknown):
                return WITHDRAWN if withdrawn else NOT_KNOWN
            return fact.label(value)
        if told is DAYS and isinstance(value, date):
            first = self.case.history[0].at
            return (value - first).days if isinstance(value, datetime) else (value - first.date()).days
        return to_json(value)

    def titles_rested_on(self, event: Event) -> list[str]:
        """The titles of the facts that a step was taken on, of those that are told at all."""
        steps = steps_from(self.protocols[event.protocol], event.source or "")
        read = next((step.facts for step in steps if step.trigger == event.trigger), ())
        before = (self.case.history[seq - 1] for seq in event.rests_on)
        found = (fact for each in before for fact, _, _ in self.facts(each))
        return list(dict.fromkeys(titled(fact.title, fact.name) for fact in found if fact.name in read))


def titled(title: str | None, name: str) -> str:
    """A title; the name in words, where there is none."""
    return title or words(name)


def words(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ").capitalize()


def _named(name: str, told: Form) -> str:
    """What a field is called in an export, by the names that a `rupture-case/1` has."""
    if told is DAYS:
        return _DAYS[name]
    return "from" if name == "source" else name


_DAYS = {"at": "day", "occurred": "occurred_day"}
_SAID = {
    EventKind.OPENED: "The case was opened",
    EventKind.RECORDED: "Something was recorded",
    EventKind.CORRECTED: "A record was corrected",
    EventKind.TAKEN: "A step was taken",
    EventKind.PRECAUTION: "A step was taken as a precaution",
    EventKind.OVERRIDE: "A step was taken as an exception",
    EventKind.MIGRATED: "A newer version of the rules took over",
    EventKind.HELD: "A legal hold began",
    EventKind.RELEASED: "A legal hold ended",
}


def _kind(_telling: Telling, event: Event, told: Form) -> str:
    return _SAID[event.kind] if told is TITLE else event.kind.value


def _protocol(telling: Telling, event: Event, told: Form) -> object:
    """Said where it changes."""
    changes = event.kind in (EventKind.OPENED, EventKind.MIGRATED)
    return telling.protocol(event.protocol, told) if changes else None


def _trigger(telling: Telling, event: Event, told: Form) -> str | None:
    if event.trigger is None or told is not TITLE:
        return event.trigger
    protocol = telling.protocols[event.protocol]
    steps = steps_from(protocol, event.source or "")
    title = next((step.defined.title for step in steps if step.trigger == event.trigger), None)
    return titled(title, event.trigger)


def _source(telling: Telling, event: Event, told: Form) -> str | None:
    return None if event.source is None else telling.state(event.source, event.protocol, told)


def _to(telling: Telling, event: Event, told: Form) -> str | None:
    return None if event.to is None else telling.state(event.to, event.protocol, told)


def _rests_on(telling: Telling, event: Event, told: Form) -> object:
    if event.trigger is None:
        return None
    return (telling.titles_rested_on(event) or None) if told is TITLE else list(event.rests_on)


def _facts(telling: Telling, event: Event, _told: Form) -> object:
    """The facts, each with its name and, where it is told, its value."""
    if not event.facts:
        return None
    written = []
    for fact, value, told in telling.facts(event):
        in_words = told is TITLE or told is OWN
        each: Json = {"fact": titled(fact.title, fact.name) if in_words else fact.name}
        if told is not NAME:
            each["value"] = telling.value(fact, value, told, withdrawn=event.withdrawn)
        written.append(each)
    return written


def _reason(telling: Telling, event: Event, _told: Form) -> str | None:
    if event.reason is None:
        return None
    told = form("reason", "coded" if event.kind is EventKind.OVERRIDE else "words", telling.profile)
    if told is TITLE:
        return words(event.reason)
    return _own(event.reason, event, told)


def _note(_telling: Telling, event: Event, told: Form) -> str | None:
    return _own(event.note, event, told)


def _own(text: str | None, event: Event, told: Form) -> str | None:
    """A text; one of somebody else's, only to those who get everybody's."""
    return None if told is OUT or (told is OWN and event.by.role != CLIENT) else text


_OF_EVENT: Mapping[str, Callable[[Telling, Event, Form], object]] = {
    "seq": lambda _, event, _told: event.seq,
    "kind": _kind,
    "at": lambda telling, event, told: telling.moment(event.at, told),
    "occurred": lambda telling, event, told: telling.moment(event.occurred, told),
    "by": lambda telling, event, _: telling.person(event.by),
    "protocol": _protocol,
    "trigger": _trigger,
    "source": _source,
    "to": _to,
    "verdict": lambda _, event, _told: event.verdict,
    "rests_on": _rests_on,
    "facts": _facts,
    "withdrawn": lambda _, event, _told: event.withdrawn or None,
    "corrects": lambda _, event, _told: event.corrects,
    "reason": _reason,
    "note": _note,
}
_OF_REFUSAL: Mapping[str, Callable[[Telling, Refusal, Form], object]] = {
    "version": lambda _, refusal, _told: refusal.version,
    "at": lambda telling, refusal, told: telling.moment(refusal.at, told),
    "by": lambda telling, refusal, _: telling.person(refusal.by),
    "verb": lambda _, refusal, _told: refusal.verb,
    "about": lambda _, refusal, _told: list(refusal.about),
    "why": lambda _, refusal, _told: refusal.why,
}
