"""The history of a case, event by event, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from rupture_protocol.engine.case import Event, EventKind
from rupture_protocol.render.report.telling import Telling, plain

_LOUD = {EventKind.OVERRIDE: "Override", EventKind.PRECAUTION: "Precaution"}
_HOW = {EventKind.OVERRIDE: " by override", EventKind.PRECAUTION: " as a precaution"}
_SAID = {
    EventKind.HELD: "Put the case under a legal hold",
    EventKind.RELEASED: "Ended the legal hold",
}
"""What an event of a kind did, where that is all that there is to say."""


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """One event as it stands in the timeline."""

    seq: int
    recorded: str
    happened: str
    """When it happened, if that was earlier than it was recorded."""
    person: str
    role: str
    says: str
    facts: tuple[tuple[str, str], ...]
    reason: str
    note: str
    left_out: str
    """What of its texts is left out."""
    loud: str
    """The word for an event that stands out."""


def told(event: Event, telling: Telling) -> Told:
    """An event, in the words of its own protocol."""
    hidden = telling.hides_texts_of(event)
    texts = [name for name, text in (("reason", event.reason), ("note", event.note)) if text]
    reason = event.reason or ""
    return Told(
        seq=event.seq,
        recorded=telling.moment(event.at),
        happened="" if event.occurred == event.at else telling.moment(event.occurred),
        person=event.by.id,
        role=telling.roles([event.by.role]),
        says=_says(event, telling),
        facts=() if event.withdrawn else _facts(event, telling),
        reason="" if hidden else plain(reason) if event.kind is EventKind.OVERRIDE else reason,
        note="" if hidden else event.note or "",
        left_out=" and ".join(texts) if hidden else "",
        loud=_LOUD.get(event.kind, ""),
    )


def _facts(event: Event, telling: Telling) -> tuple[tuple[str, str], ...]:
    return tuple((telling.fact(name), telling.value(name, value)) for name, value in event.facts.items())


def _says(event: Event, telling: Telling) -> str:
    match event.kind:
        case EventKind.HELD | EventKind.RELEASED:
            return _SAID[event.kind]
        case EventKind.OPENED:
            return f"Opened the case in “{telling.state(event.to or '')}”"
        case EventKind.MIGRATED:
            return f"Carried the case over to {event.protocol.id} {event.protocol.version}"
        case EventKind.RECORDED:
            return "Recorded"
        case EventKind.CORRECTED:
            did = "Withdrew" if event.withdrawn else "Corrected"
            what = ", ".join(f"“{telling.fact(name)}”" for name in event.facts)
            return f"{did} what event {event.corrects} says of {what}"
        case _:
            before, after = telling.state(event.source or ""), telling.state(event.to or "")
            step = telling.step(event.trigger or "", event.source or "")
            return f"Took “{step}”{_HOW.get(event.kind, '')}: from “{before}” to “{after}”"
