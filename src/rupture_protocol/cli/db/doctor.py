"""`rupture db doctor`: what a database is like, and what there is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.opening import address_of, missing_extra
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from rupture_protocol.store.checkup import Checkup

DOCTOR = "rupture-doctor/1"
EPILOG = """
\b
Examples:
  rupture db doctor
  rupture db doctor --store cases.db --json
  rupture db doctor --store postgresql://host/clinic
"""


@click.command("doctor", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-doctor/1.")
def command(store: str | None, as_json: bool) -> int:
    """Say what the database is like, and what to do about whatever is not as it should be.

    It changes nothing, and works on a database that is damaged or newer, too. Exits 1 when there is
    something to do. What is kept in it is verified by `rupture case verify`.
    """
    try:
        from rupture_protocol.store.checkup import check_up

        found = check_up(address_of(store))
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    if as_json:
        output.emit_json(_as_json(found))
    else:
        _show(found)
    count = sum(not remark.fine for remark in found.remarks)
    output.talk("ok: nothing to do" if not count else f"{count} thing{'s' if count > 1 else ''} to do")
    return output.REFUSED if count else output.DONE


def _as_json(found: Checkup) -> dict[str, object]:
    remarks = [
        {"about": each.about, "found": each.found, "fine": each.fine, "do": each.do or None}
        for each in found.remarks
    ]
    return {
        "schema": DOCTOR,
        "kind": found.kind,
        "store": found.store,
        "fine": found.fine,
        "remarks": remarks,
    }


def _show(found: Checkup) -> None:
    from rupture_protocol.cli.page import Page

    page = Page()
    page.heading(f"{_KINDS.get(found.kind, 'store')} {found.store}".rstrip())
    for each in found.remarks:
        sign, style = ("✓", "green") if each.fine else ("✗", "red")
        page.line(f"{each.about}: {each.found}", sign=sign, sign_style=style)
        page.labelled("do", each.do, indent=2)


_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
