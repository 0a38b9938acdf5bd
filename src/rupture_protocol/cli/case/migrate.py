"""`rupture case migrate`: a case under another version of its protocol."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs
from rupture_protocol.cli.case.options import Asked, case_argument, write_options

EPILOG = """
\b
Examples:
  rupture case migrate case-17 --to ./clinic.yaml --by sue:supervisor
"""


@click.command("migrate", epilog=EPILOG)
@case_argument
@click.option("--to", "protocol", metavar="PROTOCOL", required=True, help="The version to go on under.")
@inputs.path_option
@write_options()
def command(case: str, protocol: str, asked: Asked) -> None:
    """Carry CASE over to another version of its protocol, which says how in its `migrates`."""
    from rupture_protocol import Engine
    from rupture_protocol.cli.case.answering import carry_out

    engine = Engine(inputs.load_protocol(protocol))
    carry_out(asked, lambda book: book.migrate(case, to=engine, **asked.arguments), about=case)
