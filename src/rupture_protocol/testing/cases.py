"""Cases in a line, and a clock that stands still."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from rupture_protocol.engine.calendar import after
from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.moments import utc
from rupture_protocol.errors import TimeRefused
from rupture_protocol.language.quantities import DURATION_HELP, parse_duration

NOON: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)


class FrozenClock:
    """A clock that moves only when it is told to. Call it for the moment; hand it to a host as its clock.

    >>> clock = FrozenClock()
    >>> clock.tick(hours=2)
    >>> clock().isoformat()
    '2026-01-05T14:00:00+00:00'
    """

    def __init__(self, at: datetime = NOON) -> None:
        self._at = utc(at)

    def __call__(self) -> datetime:
        return self._at

    def tick(self, **length: float) -> None:
        """Let time pass: `days`, `hours`, `minutes`, `seconds`, as `timedelta` takes them."""
        self._at += timedelta(**length)

    def set(self, at: datetime) -> None:
        """Stand at another moment."""
        self._at = utc(at)


@dataclass(frozen=True, slots=True)
class Builder:
    """A case that is written in a line; each verb returns a new builder.

    Each role is a person of its own, unless `by` says who acts; a fact is recorded by the first who may.
    """

    engine: Engine
    made: Case
    moment: datetime
    actor: Actor | None = field(default=None)

    def by(self, actor: Actor | str) -> Builder:
        """Who acts from here on: a person, or whoever has that role."""
        return replace(self, actor=Actor(actor, actor) if isinstance(actor, str) else actor)

    def anybody(self) -> Builder:
        """From here on, whoever may."""
        return replace(self, actor=None)

    def at(self, at: datetime) -> Builder:
        """When things happen from here on."""
        return replace(self, moment=utc(at))

    def after(self, length: str) -> Builder:
        """Let time pass, as in `after("2 days")`."""
        parsed = parse_duration(length)
        if parsed is None:
            raise TimeRefused("that is not a length of time", help=DURATION_HELP)
        return replace(self, moment=after(self.moment, parsed, self.engine.calendar))

    def recorded(self, **facts: object) -> Builder:
        """With these facts on record."""
        made = self.made
        for name, value in facts.items():
            who = self._who(self.engine.protocol.fact(name).by)
            made = self.engine.record(made, {name: value}, by=who, at=self.moment)
        return replace(self, made=made)

    def taken(self, *triggers: str) -> Builder:
        """After these steps."""
        built = self
        for trigger in triggers:
            decision = built.decision
            allowed = decision[trigger].by if trigger in decision else ()
            made = self.engine.take(built.made, trigger, by=self._who(allowed), at=self.moment)
            built = replace(built, made=made)
        return built

    @property
    def decision(self) -> Decision:
        """The answer to "what now?"."""
        return self.engine.decide(self.made, at=self.moment, actor=self.actor)

    def _who(self, allowed: tuple[str, ...]) -> Actor:
        return self.actor or person(self.engine, allowed)


def person(engine: Engine, allowed: tuple[str, ...] = ()) -> Actor:
    """Somebody in the first role that may, called by that role."""
    role = next(iter(allowed or engine.protocol.roles), "clinician")
    return Actor(role, role)


def case(engine: Engine, case_id: str = "case", *, at: datetime = NOON, by: Actor | None = None) -> Builder:
    """A new case, to be built in a line: `case(engine).recorded(harm_severity="mild").taken("consult")`."""
    return Builder(engine, engine.open(case_id, by=by or person(engine), at=at), utc(at), by)
