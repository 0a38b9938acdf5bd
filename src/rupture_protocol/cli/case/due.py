"""`rupture case due`: what is due in all cases, and not done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.store.summary import CaseDue

DUE = "rupture-due/1"
EPILOG = """
\b
Examples:
  rupture case due
  rupture case due --at 2026-12-01T09:00:00+00:00 --json
"""


@click.command("due", epilog=EPILOG)
@inputs.at_option
@store_option
@inputs.json_option("Print JSON Lines, one rupture-due/1 for each thing that is due.")
def command(at: datetime | None, store: str | None, as_json: bool) -> None:
    """List what is due at a moment in all cases, and not done: what was due longest comes first."""
    from rupture_protocol.cli.case.opening import NothingKept, nothing_yet, opened

    moment = at or inputs.now()
    dues: tuple[CaseDue, ...] = ()
    try:
        with opened(store) as book:
            dues = book.due(moment)
    except NothingKept as missing:
        nothing_yet(missing)
    if as_json:
        for each in dues:
            output.emit_json(due_json(each, moment))
        return
    from rupture_protocol.cli.case.telling import tell_due
    from rupture_protocol.cli.page import Page

    page = Page()
    for each in dues:
        tell_due(each, page, moment)
    if not dues:
        output.talk("nothing is due")


def due_json(each: CaseDue, at: datetime) -> dict[str, Any]:
    """Something that is due."""
    return {
        "schema": DUE,
        "case": each.case,
        "deadline": each.deadline,
        "started": each.started.isoformat(),
        "due": None if each.due is None else each.due.isoformat(),
        "overdue": each.overdue(at),
        "certain": each.certain,
    }
