"""What a step of a scenario or of a play script may be, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import Actor
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.quantities import Duration
from rupture_protocol.language.source import Path

VERDICTS: Final = ("open", "blocked", "undecided")
NOT_OPEN: Final = "not open"


@dataclass(frozen=True, slots=True)
class Record:
    """Facts that are recorded, as they are written."""

    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Take:
    """A step that is taken."""

    trigger: str


@dataclass(frozen=True, slots=True)
class Override:
    """A step that is taken though it is not open."""

    trigger: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correct:
    """A record that was wrong; without `to` it is withdrawn."""

    fact: str
    reason: str
    to: object = None
    withdraw: bool = True


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be so here; what is left out is not looked at.

    `missing` lists, for a trigger, sets of facts that must be among those that would decide it. `ask` are
    the first questions, in this order. `due` says how deadlines stand. `others` is the verdict of every
    option that is not named (`not open`: any other than open). All of it is asked with the facts in
    `suppose` as if they were recorded now.
    """

    state: str | None = None
    verdicts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(VERDICTS, ()))
    missing: Mapping[str, tuple[tuple[str, ...], ...]] = NOTHING
    ask: tuple[str, ...] = ()
    due: Mapping[str, str] = NOTHING
    suppose: Mapping[str, object] = NOTHING
    others: str | None = None

    @property
    def not_open(self) -> frozenset[str]:
        """The triggers of which a refusal in the next step is expected."""
        return frozenset(self.verdicts["blocked"] + self.verdicts["undecided"])

    @property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger of which it says something."""
        return tuple(
            dict.fromkeys((*(each for some in self.verdicts.values() for each in some), *self.missing))
        )


Action = Record | Take | Override | Correct | Expect


@dataclass(frozen=True, slots=True)
class Step:
    """One step; who and when are those of the step before where it does not say.

    `at` is when, or `after` how long after the step before. `refused` says that the step is there to be
    refused. `path` is where it is written.
    """

    number: int
    action: Action
    at: datetime | None
    by: Actor | None
    occurred: datetime | None = None
    note: str | None = None
    refused: bool = False
    after: Duration | None = None
    path: Path = field(default=(), compare=False, repr=False)

    def moment(self, before: datetime, calendar: Calendar) -> datetime:
        """When it happens, after a step at `before`."""
        if self.at is not None:
            return self.at
        return before if self.after is None else after(before, self.after, calendar)
