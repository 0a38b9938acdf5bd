"""`rupture case hold`: a case that may not be erased."""

from __future__ import annotations

import click

from rupture_protocol.cli.case.options import Asked, case_argument, write_options

EPILOG = """
\b
Examples:
  rupture case hold case-17 --reason "complaint 2026/12" --by max:records
"""


@click.command("hold", epilog=EPILOG)
@case_argument
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@write_options()
def command(case: str, reason: str, asked: Asked) -> None:
    """Put CASE under a legal hold: until `rupture case release`, it may not be erased. All else goes on."""
    from rupture_protocol.cli.case.answering import carry_out

    carry_out(asked, lambda book: book.hold(case, reason=reason, **asked.arguments), about=case)
