"""`rupture case checkpoint`: what all cases are now, signed, for somebody else to keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from datetime import datetime

EPILOG = """
\b
Examples:
  rupture case checkpoint --to /media/archive
  rupture case verify --checkpoint /media/archive/checkpoint-000003.json
"""


@click.command("checkpoint", epilog=EPILOG)
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where its file goes: best where those who can write to the store cannot.",
)
@inputs.at_option
@store_option
@inputs.json_option("Print one JSON document: the checkpoint without its heads, and its file.")
def command(folder: Path, at: datetime | None, store: str | None, as_json: bool) -> None:
    """Write what all cases are now into a new file in FOLDER, signed.

    It holds their ids, how many events each has, and a hash of them, and nothing of a client. With it,
    `rupture case verify --checkpoint FILE` finds what was shortened, rewritten or lost since.
    """
    from rupture_protocol.cli.case.opening import opened

    with opened(store) as book:
        made, file = book.checkpoint(folder, at=at or inputs.now())
    if as_json:
        said = made.to_json()
        del said["heads"]
        output.emit_json({**said, "file": str(file)})
        return
    from rupture_protocol.cli.page import Page

    page = Page()
    cases = "1 case" if len(made.heads) == 1 else f"{len(made.heads)} cases"
    page.line(
        f"checkpoint {made.number} of {cases}: {output.printable(str(file))}", sign="✓", sign_style="green"
    )
    output.talk("next: keep it where those who can write to the store cannot")
