"""A case: one client's way through one protocol. Its history is the truth; all else is a fold of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.facts import Unknown, Value


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in what role. The host has made sure of both."""

    id: str
    role: str

    def __str__(self) -> str:
        return f"{self.id} ({self.role})"


@dataclass(frozen=True, slots=True)
class ProtocolRef:
    """Which protocol, exactly: id, version, and the digest of what it means."""

    id: str
    version: str
    digest: str

    def __str__(self) -> str:
        return f"`{self.id}` {self.version}, digest {self.digest[:12]}"


class Standing(StrEnum):
    """What became of the last record of a fact; only `RECORDED` is on record (unless it has expired)."""

    RECORDED = "recorded"
    NOT_KNOWN = "not known"
    FORGOTTEN = "forgotten"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """The last record of a fact in a case. `value` is None where the fact is not on record.

    `expires` is the first instant at which it no longer holds. `seq` is the event that made it,
    0 for one that is only supposed; `by` and the times are None then.
    """

    fact: str
    value: Value | None
    standing: Standing
    seq: int
    by: Actor | None
    at: datetime | None
    occurred: datetime | None
    expires: datetime | None

    def __repr__(self) -> str:
        return f"<Record {self.fact} {self.standing} #{self.seq}>"


@dataclass(frozen=True, slots=True)
class Visit:
    """How often a state was entered, and when last (None where a case is imagined)."""

    count: int
    last: datetime | None


class EventKind(StrEnum):
    """What happened to a case."""

    OPENED = "opened"
    RECORDED = "recorded"
    CORRECTED = "corrected"
    TAKEN = "taken"
    PRECAUTION = "precaution"
    OVERRIDE = "override"
    MIGRATED = "migrated"
    HELD = "held"
    RELEASED = "released"


STEPS = frozenset({EventKind.TAKEN, EventKind.PRECAUTION, EventKind.OVERRIDE})
"""The kinds of event that move a case from one state to another."""
HOLDS = frozenset({EventKind.HELD, EventKind.RELEASED})
"""The kinds of event that say whether a case may be erased, and change nothing else."""


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """One thing that happened to a case: what, when, recorded when, by whom, under which protocol.

    `facts` are the values recorded (`UNKNOWN`: asked, and not known); a correction that withdraws
    holds its fact with `UNKNOWN` and `withdrawn`. A step has `trigger`, `source`, `to`, the `verdict`
    it was taken on and `rests_on`, the sequence numbers of the records it read. `reason` is that of a
    correction, an override, or a legal hold and its release, `corrects` the event that was wrong.
    """

    seq: int
    kind: EventKind
    at: datetime
    occurred: datetime
    by: Actor
    protocol: ProtocolRef
    note: str | None = None
    facts: Mapping[str, Value | Unknown] = NOTHING
    withdrawn: bool = False
    trigger: str | None = None
    source: str | None = None
    to: str | None = None
    verdict: str | None = None
    rests_on: tuple[int, ...] = ()
    reason: str | None = None
    corrects: int | None = None

    def __repr__(self) -> str:
        what = self.trigger or ", ".join(self.facts) or self.to
        return f"<Event #{self.seq} {self.kind} {what}>"


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One client's way through one protocol, at one moment; every verb of the engine returns a new one.

    INVARIANT: `history[-1].seq == len(history)`, and `history` is empty only for a case that is imagined.
    Every instant in it is in UTC.
    """

    id: str
    protocol: ProtocolRef
    state: str
    facts: Mapping[str, Record]
    visits: Mapping[str, Visit]
    history: tuple[Event, ...] = ()
    read: tuple[Event, ...] = ()
    """Of a case that was migrated: its history in the names of its present protocol, for deadlines."""

    def __repr__(self) -> str:
        return f"<Case {self.id} in {self.state}, {len(self.history)} events>"

    @property
    def version(self) -> int:
        """How many events made it."""
        return len(self.history)

    @property
    def held(self) -> bool:
        """Whether it is under a legal hold: whoever keeps it may not erase it."""
        holds = (event.kind for event in reversed(self.history) if event.kind in HOLDS)
        return next(holds, None) is EventKind.HELD

    @property
    def imagined(self) -> bool:
        """Whether it has no history, and serves for questions only."""
        return not self.history

    def roles_of(self, actor: Actor) -> frozenset[str]:
        """Every role in which that person has acted in this case, the present one included."""
        return frozenset({actor.role, *(event.by.role for event in self.history if event.by.id == actor.id)})

    def has_taken(self, person: str, triggers: tuple[str, ...]) -> str | None:
        """The first of these triggers that the person ever took in this case."""
        if not triggers:
            return None
        taken = {event.trigger for event in self.history if event.by.id == person and event.trigger}
        return next((trigger for trigger in triggers if trigger in taken), None)


def entered(visits: Mapping[str, Visit], state: str, at: datetime) -> Frozen[str, Visit]:
    """The visits after entering a state."""
    return Frozen({**visits, state: once_more(visits.get(state), at)})


def once_more(before: Visit | None, at: datetime) -> Visit:
    """The visits to a state after entering it."""
    return Visit(1 if before is None else before.count + 1, at)
