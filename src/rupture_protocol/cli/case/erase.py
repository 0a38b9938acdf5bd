"""`rupture case erase`: what is kept of a client, gone for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import case_argument, key_option, store_option

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.engine.case import Actor
    from rupture_protocol.store.erasure import Erasure

ERASURE = "rupture-erasure/1"
EPILOG = """
\b
Examples:
  rupture case erase case-17 --by max:records --basis "retention of 10 years is over"
"""


@click.command("erase", epilog=EPILOG)
@case_argument
@click.option(
    "--basis",
    metavar="TEXT",
    required=True,
    help="On what: the rule, or whose request. It stays readable, so nothing of the client belongs in it.",
)
@inputs.by_option
@key_option
@click.option(
    "--expect",
    type=click.IntRange(min=1),
    metavar="VERSION",
    help="The version of the case that you have seen: refused if it is at another one.",
)
@inputs.at_option
@store_option
@inputs.json_option("Print one JSON document, rupture-erasure/1.")
def command(
    case: str,
    basis: str,
    by: Actor,
    key: str | None,
    expect: int | None,
    at: datetime | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Erase what is kept of CASE: for ever, for everybody, in every copy of the database.

    The key that opens it is destroyed. What stays is its id, and when, by whom and of which kind its events
    were; `rupture case verify` still verifies them. Copies of the folder of keys must go, too.
    """
    from rupture_protocol.cli.case.opening import opened

    with opened(store, about=case) as book:
        done = book.erase(
            case, by=by, at=at or inputs.now(), basis=basis, expected_version=expect, idempotency_key=key
        )
    if as_json:
        output.emit_json(erasure_json(done))
        return
    from rupture_protocol.cli.page import Page
    from rupture_protocol.cli.telling import instant

    page = Page()
    page.line(f"{done.case} was erased by {done.by}, {instant(done.at)}", sign="✓", sign_style="green")
    page.labelled("basis", done.basis, indent=2)
    output.talk("copies of the folder of keys, as in a backup, still open it: erase it there, too")


def erasure_json(done: Erasure) -> dict[str, Any]:
    """That a case was erased."""
    return {
        "schema": ERASURE,
        "case": done.case,
        "version": done.seq,
        "at": done.at.isoformat(),
        "by": {"id": done.by.id, "role": done.by.role},
        "basis": done.basis,
    }
