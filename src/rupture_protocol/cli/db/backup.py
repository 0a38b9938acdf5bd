"""`rupture db backup`: a copy of the database in a new file, verified."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.opening import missing_extra, there
from rupture_protocol.cli.case.options import store_option
from rupture_protocol.cli.failures import typed

if TYPE_CHECKING:
    from rupture_protocol.store.backup import Backup

BACKUP = "rupture-backup/1"
EPILOG = """
\b
Examples:
  rupture db backup cases-2026-11-24.db
  rupture db backup /mnt/backup/cases.db --store cases.db --json
"""


@click.command("backup", epilog=EPILOG)
@click.argument("file", metavar="FILE")
@store_option
@inputs.json_option("Print one JSON document, rupture-backup/1.")
def command(file: str, store: str | None, as_json: bool) -> int:
    """Copy the database of SQLite to FILE, which must not be there, and verify the copy.

    Others may go on writing meanwhile: the copy is as the store was at one moment. It is for its owner alone.
    A database of PostgreSQL is copied by pg_dump, which is told then. Exits 1 when something in the copy is
    not as it was written.
    """
    try:
        from rupture_protocol.store.backup import BackupExists, NotAFile, back_up

        where = there(store)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    try:
        made = back_up(where, Path(file))
    except BackupExists as error:
        raise output.Failed(str(error), code=output.USAGE, next=str(error.help)) from None
    except NotAFile:
        raise output.Failed(
            "a database of PostgreSQL is copied by its own tools",
            code=output.USAGE,
            next=f"pg_dump --format=custom --file={typed(file)} {_for_pg_dump(str(where))}",
        ) from None
    return _told(made, as_json)


def _told(made: Backup, as_json: bool) -> int:
    count = len(made.findings)
    if as_json:
        output.emit_json({"schema": BACKUP, "bytes": made.size, "cases": made.cases, "findings": count})
    elif made.cases is None:
        output.emit("copied; its layout is another version's, so the cases in it were not verified")
    else:
        output.emit(f"copied: {made.cases} case{'' if made.cases == 1 else 's'}, {made.size:,} bytes")
    if count:
        raise output.Failed(
            f"the copy is as the store is, and not all in it is as it was written: {count} findings",
            code=output.REFUSED,
            next="rupture case verify",
        )
    return output.DONE


def _for_pg_dump(address: str) -> str:
    """The address as pg_dump takes it, without a password: it asks for one, or looks where it is kept."""
    from rupture_protocol.store.connecting import without_password

    return typed(without_password(address))
