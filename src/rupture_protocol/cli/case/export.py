"""`rupture case export`: a case with its whole history, to be kept elsewhere."""

from __future__ import annotations

import click

from rupture_protocol.cli import output
from rupture_protocol.cli.case.options import case_argument, store_option

EPILOG = """
\b
Examples:
  rupture case export case-17 > case-17.json
  rupture case export case-17 | rupture case import - --store elsewhere.db
"""


@click.command("export", epilog=EPILOG)
@case_argument
@store_option
def command(case: str, store: str | None) -> None:
    """Print CASE, its whole history and its proof as JSON, rupture-case/1. It holds every value on record.

    Whoever gets it checks the proof with verify_case.py, without this store.
    """
    from rupture_protocol.cli.case.opening import opened
    from rupture_protocol.engine import wire

    with opened(store, about=case) as book:
        proof = book.proof(case)
    output.emit_json({**wire.case_to_json(proof.case), "proof": proof.to_json()})
