"""`rupture case correct`: a record that was wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli.case.options import Asked, case_argument, write_options

if TYPE_CHECKING:
    from rupture_protocol.engine.case import Case
    from rupture_protocol.store.casebook import Casebook

EPILOG = """
\b
Examples:
  rupture case correct case-17 harm_severity --to moderate --reason "wrong form" --by sue:supervisor
  rupture case correct case-17 harm_severity --reason "of another client" --by sue:supervisor
"""


@click.command("correct", epilog=EPILOG)
@case_argument
@click.argument("fact", metavar="FACT")
@click.option("--to", metavar="VALUE", help="What is right. Left out, the record is withdrawn.")
@click.option("--reason", metavar="TEXT", required=True, help="Why it was wrong.")
@write_options()
def command(case: str, fact: str, to: str | None, reason: str, asked: Asked) -> None:
    """Correct the last record of FACT in CASE. The wrong one stays in the history."""
    from rupture_protocol.cli.case.answering import carry_out

    def correct(book: Casebook) -> Case:
        from rupture_protocol import UNKNOWN

        known = book.engine(book.get(case).protocol).protocol.fact(fact)
        right = UNKNOWN if to is None else known.parse_text(to)
        return book.correct(case, known.name, to=right, reason=reason, **asked.arguments)

    carry_out(asked, correct, about=case)
