"""`rupture db upgrade`: an older layout becomes today's."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.opening import missing_extra, there
from rupture_protocol.cli.case.options import store_option

UPGRADE = "rupture-upgrade/1"
EPILOG = """
\b
Examples:
  rupture db backup before.db && rupture db upgrade
  rupture db upgrade --store postgresql://host/clinic --json
"""


@click.command("upgrade", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-upgrade/1.")
def command(store: str | None, as_json: bool) -> int:
    """Bring the layout of the database up to what this version writes: wholly, or not at all.

    Make a backup first, and stop whatever else writes to it. Histories stay as they are, byte for byte.
    """
    try:
        from rupture_protocol.store.upgrading import upgrade

        where = there(store)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    done = upgrade(where)
    if as_json:
        output.emit_json({"schema": UPGRADE, "before": done.before, "after": done.after})
    elif done.before == done.after:
        output.emit(f"nothing to do: the layout is {done.after}")
    else:
        output.emit(f"upgraded: the layout was {done.before}, and is {done.after}")
    return output.DONE
