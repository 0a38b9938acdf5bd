"""`rupture db lists`: the lists of a store, made anew."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

LISTS = "rupture-lists/1"
EPILOG = """
\b
Examples:
  rupture db lists
  rupture db lists --store backup.db
"""


@click.command("lists", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-lists/1.")
def command(store: str | None, as_json: bool) -> None:
    """Make the lists of cases and of what is due anew, from the cases themselves.

    Needed after a backup was put back that is older than the last `rupture case erase`: its lists were sealed
    with a key that is gone.
    """
    from rupture_protocol.cli.case.opening import opened

    with opened(store) as book:
        listed, unread = book.make_lists()
    if as_json:
        output.emit_json({"schema": LISTS, "listed": listed, "unreadable": list(unread)})
        return
    from rupture_protocol.cli.page import Page

    page = Page()
    page.line(f"the lists have {listed} case{'s' * (listed != 1)}", sign="✓", sign_style="green")
    for case in unread:
        what = f"{output.printable(case)}: its key is gone, as it was erased since"
        page.line(what, sign="!", sign_style="yellow")
