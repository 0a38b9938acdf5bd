"""`rupture case verify`: whatever is kept and is not as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from rupture_protocol.store.case_check import Finding

VERIFY = "rupture-verify/1"
EPILOG = """
\b
Examples:
  rupture case verify
  rupture case verify case-17 --json
  rupture case verify --checkpoint /media/archive/checkpoint-000003.json
"""


@click.command("verify", epilog=EPILOG)
@click.argument("case", metavar="[CASE]", required=False)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A checkpoint to hold the store against, too.",
)
@store_option
@inputs.json_option("Print one JSON document, rupture-verify/1.")
def command(case: str | None, checkpoint: Path | None, store: str | None, as_json: bool) -> int:
    """Find whatever is kept and is not as it was written, in CASE or in all of the store.

    Everything that is kept is held against everything else, and each step of each history is decided again.
    Exits 1 when anything is found.
    """
    findings = found_in(store, case, checkpoint)
    if as_json:
        listed = [{"case": each.case, "seq": each.seq, "what": each.what} for each in findings]
        output.emit_json({"schema": VERIFY, "findings": listed})
        return output.REFUSED if findings else output.DONE
    from rupture_protocol.cli.page import Page

    page = Page()
    for each in findings:
        where = [output.printable(each.case)] if each.case is not None else []
        where += [f"event {each.seq}"] if each.seq is not None else []
        page.line(f"{', '.join(where) or 'the store'}: {each.what}", sign="✗", sign_style="red")
    if findings:
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        raise output.Failed(
            f"what is kept is not what was written: {count}",
            code=output.REFUSED,
            help="keep the store as it is, and compare it with a backup",
            next="rupture db doctor",
        )
    page.line("everything kept is as it was written", sign="✓", sign_style="green")
    return output.DONE


def found_in(store: str | None, case: str | None, checkpoint: Path | None) -> tuple[Finding, ...]:
    """The findings; that the database cannot be read at all is one."""
    from rupture_protocol.cli.case.opening import NothingKept, nothing_yet, opened
    from rupture_protocol.store.errors import StoreCorrupt

    try:
        with opened(store, about=case) as book:
            return book.verify(case, checkpoint=checkpoint)
    except NothingKept as missing:
        nothing_yet(missing)
        return ()
    except StoreCorrupt as error:
        from rupture_protocol.store.case_check import Finding

        return (Finding(None, None, str(error)),)
