"""`rupture case show`: where a case stands, what may be done and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import case_argument, store_option

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.engine.case import Actor
    from rupture_protocol.engine.decision import Decision

EPILOG = """
\b
Examples:
  rupture case show case-17
  rupture case show case-17 --by sue:supervisor --json
"""


@click.command("show", epilog=EPILOG)
@case_argument
@click.option(
    "--by",
    type=inputs.Person(),
    metavar="ID:ROLE",
    help="Who asks: each option then says whether they may take it.",
)
@inputs.at_option
@inputs.sensitive_option
@store_option
@inputs.json_option("Print one JSON document, rupture-case/1 with `facts` and `decision`.")
def command(
    case: str,
    by: Actor | None,
    at: datetime | None,
    show_sensitive: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Say where CASE stands: what may be done, what not and exactly why, what to ask, what is due."""
    from rupture_protocol.cli.case.opening import opened

    with opened(store, about=case) as book:
        decision = book.decide(case, at=at or inputs.now(), actor=by)
    if as_json:
        output.emit_json(shown_json(decision))
        return
    from rupture_protocol.cli.case.telling import tell_loud
    from rupture_protocol.cli.page import Page
    from rupture_protocol.cli.telling import tell

    page = Page()
    page.heading(f"{decision.case.id}: version {decision.case.version}")
    tell_loud(decision.case, page)
    tell(decision, page, show_sensitive=show_sensitive)


def shown_json(decision: Decision) -> dict[str, Any]:
    """A case with its history, what is on record at the moment, and the decision."""
    from rupture_protocol.engine import wire

    return {
        **wire.case_to_json(decision.case),
        "facts": facts_json(decision),
        "decision": wire.decision_to_json(decision),
    }


def facts_json(decision: Decision) -> dict[str, Any]:
    """What is on record at the moment; null where somebody was asked and it is not known."""
    from rupture_protocol.engine.case import Standing
    from rupture_protocol.language.facts import to_json

    return {
        name: to_json(record.value)
        for name, record in decision.facts.items()
        if record.standing in (Standing.RECORDED, Standing.NOT_KNOWN)
        and (record.expires is None or decision.at < record.expires)
    }
