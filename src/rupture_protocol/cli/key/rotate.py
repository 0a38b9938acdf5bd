"""`rupture key rotate`: new keys come into use."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

EPILOG = """
\b
Examples:
  rupture key rotate
  rupture key rotate --store cases.db --json
"""


@click.command("rotate", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-keys/1.")
def command(store: str | None, as_json: bool) -> int:
    """Bring new keys into use, and destroy the secret ones before them.

    What those signed stays valid, and every case stays readable: its key is locked anew. Others may go on
    writing meanwhile. Should it be cut off, nothing is lost: run it again, and it finishes.
    """
    from rupture_protocol.cli.key.showing import Listed, store_at
    from rupture_protocol.store.keys.keys import rotate_keys

    with store_at(store) as kept:
        rotate_keys(kept.id)
        Listed.of(kept.id).show(as_json=as_json)
    output.talk("rotated; back the keys up again, apart from the database")
    return output.DONE
