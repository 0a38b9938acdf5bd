"""`rupture db`: the database that cases are kept in. One file per command; each is imported when it runs."""

from __future__ import annotations

import click

from rupture_protocol.cli.group import Commands

LISTED = {
    "doctor": "Say what the database is like, and what to do.",
    "backup": "Copy the database to a new file, and verify the copy.",
    "upgrade": "Bring the layout of the database up to date.",
    "lists": "Make the lists of cases anew, after an older backup was put back.",
}
"""Every command, with its one line of help: listing them imports none."""

EPILOG = """
\b
Examples:
  rupture db doctor
  rupture db backup cases-2026-11-24.db
  rupture db doctor --store postgresql://host/clinic

\b
Which database: the file or address of --store, else that of RUPTURE_STORE,
else the file in your data folder. It needs the extra `store`.
"""


@click.group(
    "db",
    cls=Commands,
    listed=LISTED,
    package="rupture_protocol.cli.db",
    first="rupture db doctor",
    epilog=EPILOG,
)
def command() -> None:
    """See to the database that cases are kept in."""
