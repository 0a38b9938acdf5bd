"""`rupture schema`: the JSON Schema of protocol files."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output

EPILOG = """
\b
Example: completion and explanations in an editor with yaml-language-server
  rupture schema > protocol.schema.json
  and, as the first line of a protocol:
  # yaml-language-server: $schema=protocol.schema.json
"""


@click.command("schema", epilog=EPILOG)
@inputs.json_option("The schema is JSON in any case.")
def command(as_json: bool) -> None:  # noqa: ARG001  # every command has `--json`
    """Print the JSON Schema (2020-12) of protocol files."""
    from rupture_protocol.language.schema import json_schema

    output.emit_json(json_schema(), indent=2)
