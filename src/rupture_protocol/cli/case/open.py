"""`rupture case open`: a new case under a protocol."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs
from rupture_protocol.cli.case.options import Asked, write_options

EPILOG = """
\b
Examples:
  rupture case open standard --by dr-lee:therapist
  rupture case open ./clinic.yaml --by dr-lee:therapist --id case-17 --json
"""


@click.command("open", epilog=EPILOG)
@click.argument("protocol", metavar="PROTOCOL")
@click.option(
    "--id", "case_id", metavar="ID", help="Your own id, nothing that names a client. Default: random."
)
@inputs.path_option
@write_options(expects=False)
def command(protocol: str, case_id: str | None, asked: Asked) -> None:
    """Open a case under PROTOCOL: the name of a shipped one, a file, or - for stdin.

    All that is written to the case later needs no file: the store keeps it, with all that it extends.
    """
    from rupture_protocol import Engine
    from rupture_protocol.cli.case.answering import carry_out

    engine = Engine(inputs.load_protocol(protocol))
    made = new_id(asked) if case_id is None else None
    carry_out(
        asked,
        lambda book: book.open(case_id or made or "", protocol=engine.ref.id, **asked.arguments),
        engines=[engine],
        made=made,
    )


def new_id(asked: Asked) -> str:
    """An id for a case: random; of a key that was given, always the same, so that it can be repeated."""
    import hashlib

    return f"case-{hashlib.sha256(asked.key.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
