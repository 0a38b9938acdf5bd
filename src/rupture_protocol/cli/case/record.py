"""`rupture case record`: facts, on record."""

from __future__ import annotations

import click

from rupture_protocol.cli.case.options import Asked, case_argument, given_facts, write_options

EPILOG = """
\b
Examples:
  rupture case record case-17 safety_suicide_level=none --by dr-lee:therapist
  rupture case record case-17 --facts - --by sue:supervisor < facts.json
"""


@click.command("record", epilog=EPILOG)
@case_argument
@click.argument("facts", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--facts", "facts_file", metavar="FILE", help="Facts as a JSON or YAML mapping; - is stdin.")
@write_options()
def command(case: str, facts: tuple[str, ...], facts_file: str | None, asked: Asked) -> None:
    """Record facts of CASE, all or none. A set is a,b; `unknown` says that it is not known.

    What is typed can be read in the list of processes and in the shell's history: --facts keeps it out.
    """
    from rupture_protocol.cli.case.answering import carry_out

    carry_out(
        asked,
        lambda book: book.record(
            case,
            given_facts(book.engine(book.get(case).protocol).protocol, facts, facts_file),
            **asked.arguments,
        ),
        about=case,
    )
