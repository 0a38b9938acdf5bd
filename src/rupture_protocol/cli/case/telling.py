"""Cases, their events and what is due in them, in lines. Overrides and precautions stand out in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rupture_protocol.cli import events
from rupture_protocol.cli.telling import instant, named
from rupture_protocol.engine.case import EventKind

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.cli.page import Page
    from rupture_protocol.engine.case import Case, Event
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.store.summary import CaseDue, Summary

LOUD = frozenset({EventKind.OVERRIDE, EventKind.PRECAUTION})
"""The kinds of event that stand out wherever events are shown."""
_DID = {
    EventKind.OPENED: "opened",
    EventKind.RECORDED: "recorded",
    EventKind.CORRECTED: "corrected",
    EventKind.TAKEN: "taken",
    EventKind.PRECAUTION: "taken as a precaution",
    EventKind.OVERRIDE: "taken by override",
    EventKind.MIGRATED: "migrated",
    EventKind.HELD: "put under a legal hold",
    EventKind.RELEASED: "released from its legal hold",
}


def did(event: Event) -> str:
    """What an event did, in a few words without any value."""
    what = event.trigger or named(event.facts)
    how = "withdrawn" if event.withdrawn else _DID[event.kind]
    return f"{how}: {what}" if what else how


def tell_event(event: Event, protocol: Protocol, page: Page, *, show_sensitive: bool) -> None:
    """One event of a history."""
    page.line(f"{instant(event.at)}  {event.by}", sign=f"{event.seq:>2}.", style="dim", sign_style="dim")
    first, *more = events.said(event, protocol, show_sensitive=show_sensitive)
    loud = event.kind in LOUD
    page.line(first, sign="!" if loud else "·", sign_style="yellow" if loud else "", indent=4)
    for each in more:
        page.line(each, indent=8)
    if event.corrects is not None:
        page.labelled("corrects", f"event {event.corrects}", indent=6)
    page.labelled("reason", event.reason or "", indent=6)
    page.labelled("note", event.note or "", indent=6)
    if event.occurred != event.at:
        page.labelled("happened", instant(event.occurred), indent=6)


def tell_loud(case: Case, page: Page) -> None:
    """The overrides and precautions of a case, and that it is held, a line each."""
    if case.held:
        page.line("under a legal hold: it may not be erased", sign="!", sign_style="yellow")
    for event in case.history:
        if event.kind in LOUD:
            reason = f" ({event.reason})" if event.reason else ""
            page.line(
                f"event {event.seq} {did(event)}{reason}, by {event.by}, {instant(event.at)}",
                sign="!",
                sign_style="yellow",
            )


def tell_summary(each: Summary, page: Page) -> None:
    """How a case stands, in a line."""
    counted = ((each.overrides, "override"), (each.precautions, "precaution"))
    loud = [f"{count} {word}{'s' * (count > 1)}" for count, word in counted if count]
    page.line(
        f"{each.case}  {each.state}{' (ended)' if each.ended else ''}  "
        f"{each.protocol.id} {each.protocol.version}  version {each.version}, {instant(each.updated)}"
        + (f"  {named(loud)}" if loud else ""),
        sign="!" if loud else "·",
        sign_style="yellow" if loud else "",
    )


def tell_due(each: CaseDue, page: Page, at: datetime) -> None:
    """Something that is due, in a line."""
    late = each.overdue(at)
    when = "as soon as practicable" if each.due is None else f"due {instant(each.due)}"
    sure = "" if each.certain else "; not known whether it applies"
    page.line(
        f"{'overdue' if late else 'due'}  {each.case}  {each.deadline}, {when}, "
        f"since {instant(each.started)}{sure}",
        sign="!" if late else "·",
        sign_style="red" if late else "",
    )
