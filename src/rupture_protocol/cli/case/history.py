"""`rupture case history`: what happened to a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import case_argument, store_option

if TYPE_CHECKING:
    from rupture_protocol.engine.case import Event

EVENT = "rupture-event/1"
EPILOG = """
\b
Examples:
  rupture case history case-17
  rupture case history case-17 --json | tail -1
"""


@click.command("history", epilog=EPILOG)
@case_argument
@inputs.sensitive_option
@store_option
@inputs.json_option("Print JSON Lines, one rupture-event/1 for each event.")
def command(case: str, show_sensitive: bool, store: str | None, as_json: bool) -> None:
    """List what happened to CASE, oldest first. Overrides and precautions are marked with `!`."""
    from rupture_protocol.cli.case.opening import opened

    with opened(store, about=case) as book:
        events = book.history(case)
        protocols = {
            ref: book.engine(ref).protocol for ref in dict.fromkeys(each.protocol for each in events)
        }
    if as_json:
        for event in events:
            output.emit_json(event_json(case, event))
        return
    from rupture_protocol.cli.case.telling import tell_event
    from rupture_protocol.cli.page import Page

    page = Page()
    page.heading(f"{case}: version {len(events)}")
    for event in events:
        tell_event(event, protocols[event.protocol], page, show_sensitive=show_sensitive)


def event_json(case: str, event: Event) -> dict[str, Any]:
    """An event, with the case and the protocol that it belongs to."""
    from rupture_protocol.engine import wire

    return {
        "schema": EVENT,
        "case": case,
        "protocol": wire.ref_to_json(event.protocol),
        **wire.event_to_json(event),
    }
