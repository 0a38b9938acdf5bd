"""`rupture case override`: a step that is not open, on the record."""

from __future__ import annotations

import click

from rupture_protocol.cli.case.options import Asked, case_argument, write_options

EPILOG = """
\b
Examples:
  rupture case override case-17 continue --reason client_preference --by sue:supervisor
"""


@click.command("override", epilog=EPILOG)
@case_argument
@click.argument("trigger", metavar="TRIGGER")
@click.option("--reason", metavar="CODE", required=True, help="One of those that the protocol lists for it.")
@write_options()
def command(case: str, trigger: str, reason: str, asked: Asked) -> None:
    """Take the step TRIGGER of CASE though it is not open, by somebody who may.

    It never lifts an interrupt, a promise, or that somebody else must take it. It stands out ever after.
    """
    from rupture_protocol.cli.case.answering import carry_out

    carry_out(asked, lambda book: book.override(case, trigger, reason=reason, **asked.arguments), about=case)
