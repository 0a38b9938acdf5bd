"""What happened to a case, in words: an event as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupture_protocol.cli import telling
from rupture_protocol.engine.case import EventKind

if TYPE_CHECKING:
    from rupture_protocol.engine.case import Event
    from rupture_protocol.language.protocol import Protocol

HOW = {EventKind.PRECAUTION: ", as a precaution", EventKind.OVERRIDE: ", by override"}
"""What is added to a step of a kind that stands out."""


def said(event: Event, protocol: Protocol, *, show_sensitive: bool) -> list[str]:
    """What an event did, in a line; facts beyond the first line have each their own.

    `protocol` is the one of the event.
    """
    match event.kind:
        case EventKind.OPENED:
            return [f"opens the case: {telling.state_name(protocol, event.to or '')}"]
        case EventKind.MIGRATED:
            return [f"carries the case over to {protocol.id} {protocol.version}"]
        case EventKind.HELD:
            return ["puts the case under a legal hold: it may not be erased"]
        case EventKind.RELEASED:
            return ["ends the legal hold"]
        case EventKind.RECORDED | EventKind.CORRECTED:
            return _written(event, protocol, show_sensitive=show_sensitive)
        case _:
            return [taken(event, protocol)]


def taken(event: Event, protocol: Protocol) -> str:
    """A step: what was taken, how, from where and to where."""
    before = telling.state_name(protocol, event.source or "")
    after = telling.state_name(protocol, event.to or "")
    return f"takes {event.trigger}{HOW.get(event.kind, '')}: {before} → {after}"


def _written(event: Event, protocol: Protocol, *, show_sensitive: bool) -> list[str]:
    if event.withdrawn:
        return [f"withdraws the record of {telling.named(event.facts)}"]
    verb = "corrects" if event.kind is EventKind.CORRECTED else "records"
    facts = telling.shown_facts(protocol, event.facts, show_sensitive=show_sensitive)
    return [f"{verb} {facts[0]}"] if len(facts) == 1 else [f"{verb}:", *facts]
