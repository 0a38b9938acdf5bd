"""`rupture case list`: how each case stands, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import InstantOrNow, store_option

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.store.summary import Summary

SUMMARY = "rupture-summary/1"
EPILOG = """
\b
Examples:
  rupture case list
  rupture case list --overdue
  rupture case list --state consulted --actor dr-lee --json
"""


@click.command("list", epilog=EPILOG)
@click.option("--state", metavar="S", help="Only those that stand in this state.")
@click.option("--protocol", metavar="ID", help="Only those under the protocol of this id.")
@click.option(
    "--overdue",
    type=InstantOrNow(),
    is_flag=False,
    flag_value="now",
    metavar="[INSTANT]",
    help="Only those in which something is due at that moment, and not done. Default: now.",
)
@click.option("--actor", metavar="ID", help="Only those that this person has written to.")
@store_option
@inputs.json_option("Print JSON Lines, one rupture-summary/1 for each case.")
def command(
    state: str | None,
    protocol: str | None,
    overdue: datetime | None,
    actor: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """List cases by their ids. Those with an override or a precaution are marked with `!`."""
    from rupture_protocol.cli.case.opening import NothingKept, nothing_yet, opened

    cases: tuple[Summary, ...] = ()
    try:
        with opened(store) as book:
            cases = book.find(state=state, protocol=protocol, overdue=overdue, actor=actor)
    except NothingKept as missing:
        nothing_yet(missing)
    if as_json:
        for each in cases:
            output.emit_json(summary_json(each))
        return
    from rupture_protocol.cli.case.telling import tell_summary
    from rupture_protocol.cli.page import Page

    page = Page()
    for each in cases:
        tell_summary(each, page)
    if not cases:
        output.talk(
            "no case is kept that fits" if state or protocol or overdue or actor else "no case is kept"
        )


def summary_json(each: Summary) -> dict[str, Any]:
    """How a case stands."""
    from rupture_protocol.engine import wire

    return {
        "schema": SUMMARY,
        "case": each.case,
        "version": each.version,
        "state": each.state,
        "ended": each.ended,
        "protocol": wire.ref_to_json(each.protocol),
        "opened": each.opened.isoformat(),
        "updated": each.updated.isoformat(),
        "overrides": each.overrides,
        "precautions": each.precautions,
    }
