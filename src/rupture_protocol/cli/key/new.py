"""`rupture key new`: the keys of a database that has no cases yet."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

EPILOG = """
\b
Examples:
  rupture key new
  rupture key new --store postgresql://host/clinic
"""


@click.command("new", epilog=EPILOG)
@store_option
@inputs.json_option("Print one JSON document, rupture-keys/1.")
def command(store: str | None, as_json: bool) -> int:
    """Make the keys of a database before its first case; the first case would make them, too.

    Where RUPTURE_SIGNING_KEY and RUPTURE_WRAPPING_KEY are set, those are brought into use. A database whose
    keys are gone gets no new ones, as they would open none of its cases.
    """
    from rupture_protocol.cli.key.showing import Listed, has_events, store_at
    from rupture_protocol.store.keys.keys import make_keys

    with store_at(store, makes=True) as kept:
        if Listed.of(kept.id).ring is not None:
            raise output.Failed(
                "this store has keys already",
                code=output.REFUSED,
                help="`rupture key rotate` brings new ones into use",
                next="rupture key list",
            )
        if has_events(kept):
            raise output.Failed(
                "this store has cases, and its keys are not here",
                code=output.REFUSED,
                help="new keys would open none of them: bring the old ones back from a backup",
                next="rupture key --help",
            )
        make_keys(kept.id)
        Listed.of(kept.id).show(as_json=as_json)
    output.talk("made; back them up, apart from the database")
    return output.DONE
