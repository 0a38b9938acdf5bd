"""`rupture case export`: a case for whoever may have it, to be kept or read elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rupture_protocol.exports.profiles import Profile
    from rupture_protocol.store.casebook import Casebook

PROFILES = ("full", "client", "supervision", "audit", "research")
EPILOG = """
\b
Examples:
  rupture case export case-17 > case-17.json
  rupture case export case-17 | rupture case import - --store elsewhere.db
  rupture case export case-17 --profile client --format csv --output for-the-client.csv
  rupture case export --all --profile research --format csv
"""


@click.command("export", epilog=EPILOG)
@click.argument("case", metavar="[CASE]", required=False)
@click.option("--all", "every", is_flag=True, help="Every case that is kept; JSON Lines, or one table.")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="full",
    show_default=True,
    help="For whom: what each of them gets is in docs/exports.md.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "csv")),
    default="json",
    show_default=True,
    help="In which form.",
)
@click.option("--sensitive", is_flag=True, help="Also the values of facts that the protocol calls sensitive.")
@click.option("--output", "file", metavar="FILE", help="Write a new file that only you can read.")
@store_option
def command(
    case: str | None,
    every: bool,
    profile: str,
    form: str,
    sensitive: bool,
    file: str | None,
    store: str | None,
) -> None:
    """Print CASE as JSON or as a table: by default its whole history with every value and its proof.

    That is a rupture-case/1: it can be imported again, and verify_case.py checks its proof without this
    store. The other profiles leave out what their reader may not see, and say what: rupture-export/1.
    """
    from rupture_protocol.cli.case.opening import opened
    from rupture_protocol.cli.cases import write_new
    from rupture_protocol.exports.profiles import SENSITIVE, Profile
    from rupture_protocol.exports.table import as_csv

    if every == (case is not None):
        raise _misused("give a case or `--all`, not both" if every else "give a case, or `--all`")
    wanted = Profile(profile)
    if sensitive and wanted not in SENSITIVE:
        raise _misused(f"`{profile}` never has sensitive values")
    with opened(store, about=case) as book:
        as_table = form == "csv"
        exports = _exports(book, case, wanted, sensitive=sensitive, as_table=as_table)
        if as_table:
            pieces = as_csv(exports, wanted, sensitive=sensitive)
        else:
            pieces = (f"{output.as_json(each)}\n" for each in exports)
        if file is not None:
            output.talk(f"written: {write_new(pieces, Path(file))}")
        else:
            output.emit_table(pieces)


def _exports(
    book: Casebook, case: str | None, profile: Profile, *, sensitive: bool, as_table: bool
) -> Iterator[dict[str, Any]]:
    from rupture_protocol.exports.document import all_exported, exported, told

    at = inputs.now()
    if case is None:
        yield from all_exported(book, profile, at=at, sensitive=sensitive, as_table=as_table)
        return
    export = told if as_table else exported
    yield export(book, case, profile, at=at, sensitive=sensitive)


def _misused(message: str) -> output.Failed:
    return output.Failed(message, code=output.USAGE, next="rupture case export --help")
