"""`rupture case release`: a legal hold that has ended."""

from __future__ import annotations

import click

from rupture_protocol.cli.case.options import Asked, case_argument, write_options

EPILOG = """
\b
Examples:
  rupture case release case-17 --reason "complaint 2026/12 is closed" --by max:records
"""


@click.command("release", epilog=EPILOG)
@case_argument
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@write_options()
def command(case: str, reason: str, asked: Asked) -> None:
    """End the legal hold of CASE."""
    from rupture_protocol.cli.case.answering import carry_out

    carry_out(asked, lambda book: book.release(case, reason=reason, **asked.arguments), about=case)
