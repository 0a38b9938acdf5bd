"""`rupture key list`: which keys a database has and had."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

EPILOG = """
\b
Examples:
  rupture key list
  rupture key list --store cases.db --json
"""


@click.command("list", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-keys/1.")
def command(store: str | None, as_json: bool) -> int:
    """List the keys of the database: what each is for, since when, and until when.

    Public keys are printed in full, and may be published: whoever has one can tell that an event was signed
    here. Nothing secret is printed, or even read.
    """
    from rupture_protocol.cli.key.showing import Listed, has_events, store_at
    from rupture_protocol.store.errors import KeysMissing

    with store_at(store) as kept:
        listed = Listed.of(kept.id)
        if listed.ring is None and has_events(kept):
            raise KeysMissing(
                "the keys of this store are not here",
                help="bring them back from a backup, or say with `RUPTURE_KEYS` where they are",
            )
    if listed.ring is None:
        output.talk("no keys yet: they are made with the first case, or by `rupture key new`")
    if listed.ring is not None or as_json:
        listed.show(as_json=as_json)
    return output.DONE
