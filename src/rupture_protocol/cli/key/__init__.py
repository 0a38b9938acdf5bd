"""`rupture key`: the keys of the database. One file per command; each is imported when it runs."""

from __future__ import annotations

import click

from rupture_protocol.cli.group import Commands

LISTED = {
    "new": "Make the keys of a database that has no cases yet.",
    "rotate": "Bring new keys into use; the old ones go on verifying.",
    "list": "List the keys, with the public ones in full.",
}
"""Every command, with its one line of help: listing them imports none."""

EPILOG = """
\b
Examples:
  rupture key list
  rupture key rotate
  rupture key new --store postgresql://host/clinic

\b
Where keys are: in the folder of RUPTURE_KEYS, else in your data folder, under the
id of the database; the secret ones in files for you alone, or in the environment
variables RUPTURE_SIGNING_KEY and RUPTURE_WRAPPING_KEY. Back the folder up, and not
where the database is backed up: without its keys, nobody can read a case.
"""


@click.group(
    "key",
    cls=Commands,
    listed=LISTED,
    package="rupture_protocol.cli.key",
    first="rupture key list",
    epilog=EPILOG,
)
def command() -> None:
    """See to the keys that sign the events of a database, and lock its cases."""
