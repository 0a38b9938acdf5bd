"""How a report calls things: people, steps, states, facts, instants. Alone here: what is left out of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Event, EventKind
from rupture_protocol.language.facts import DATED, Unknown, Value
from rupture_protocol.language.protocol import Deadline, Protocol

LEFT_OUT = "on record; left out of this report"


@dataclass(frozen=True, slots=True)
class Telling:
    """The words of one protocol. `sensitive`: whether values are told that it calls so."""

    protocol: Protocol
    calendar: Calendar
    sensitive: bool

    def moment(self, at: datetime) -> str:
        """An instant as a person reads it, in the clinic's time zone."""
        local = at.astimezone(self.calendar.zone)
        return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"

    def state(self, name: str) -> str:
        """What a state is called."""
        return self.protocol.states[name].title or name

    def step(self, trigger: str, state: str) -> str:
        """What a step out of a state is called."""
        interrupt = self.protocol.interrupts.get(trigger)
        if interrupt is not None:
            return interrupt.title or trigger
        ways = self.protocol.transitions_from(state) if state in self.protocol.states else ()
        return next((each.title for each in ways if each.trigger == trigger and each.title), trigger)

    def fact(self, name: str) -> str:
        """What a fact is called."""
        return self.protocol.facts[name].title or name

    def roles(self, names: Iterable[str]) -> str:
        """Roles in a row."""
        roles = self.protocol.roles
        called = (roles[name].title or plain(name) if name in roles else plain(name) for name in names)
        return ", ".join(called)

    def value(self, name: str, value: Value | Unknown) -> str:
        """A recorded value, or that it is left out."""
        if isinstance(value, Unknown):
            return "asked for, and not known"
        if self.hides(name):
            return LEFT_OUT
        fact = self.protocol.facts[name]
        if isinstance(value, bool) and not fact.labels:
            return "yes" if value else "no"
        said = self.moment(value) if isinstance(value, datetime) else fact.label(value)
        return f"{said} {fact.unit}" if fact.unit else said

    def hides(self, name: str) -> bool:
        """Whether what is recorded as a fact is left out."""
        return self.protocol.facts[name].sensitive and not self.sensitive

    def hides_texts_of(self, event: Event) -> bool:
        """Whether the note and the reason of an event are left out, as they may say what its facts do."""
        if event.kind not in (EventKind.RECORDED, EventKind.CORRECTED):
            return False
        return any(self.hides(name) for name in event.facts)

    def hides_times_of(self, deadline: Deadline) -> bool:
        """Whether the instants of a deadline are left out, as they are what a fact says."""
        named = (mark.fact for mark in (deadline.starts, deadline.met_by) if mark.fact is not None)
        return any(self.protocol.facts[name].type in DATED and self.hides(name) for name in named)


def plain(name: str) -> str:
    """A coded name as words."""
    return name.replace("_", " ")
