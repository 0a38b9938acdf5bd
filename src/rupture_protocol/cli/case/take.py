"""`rupture case take`: a step."""

from __future__ import annotations

import click

from rupture_protocol.cli.case.options import Asked, case_argument, write_options

EPILOG = """
\b
Examples:
  rupture case take case-17 consult --by dr-lee:therapist
  rupture case take case-17 consult --by dr-lee:therapist --expect 4 --key form-8812 --json
"""


@click.command("take", epilog=EPILOG)
@case_argument
@click.argument("trigger", metavar="TRIGGER")
@write_options()
def command(case: str, trigger: str, asked: Asked) -> None:
    """Take the step TRIGGER of CASE, if it is open, or an undecided interrupt as a precaution.

    It is decided on the case as it is at that moment, whoever has written to it since you looked.
    """
    from rupture_protocol.cli.case.answering import carry_out

    carry_out(asked, lambda book: book.take(case, trigger, **asked.arguments), about=case)
