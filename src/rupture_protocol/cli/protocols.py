"""`rupture protocols`: those that are shipped."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output

PROTOCOLS = "rupture-protocols/1"
EPILOG = """
\b
Examples:
  rupture protocols
  rupture protocols --json
"""


@click.command("protocols", epilog=EPILOG)
@inputs.json_option("Print one JSON document, rupture-protocols/1.")
def command(as_json: bool) -> None:
    """List the protocols that are shipped: name, version, title."""
    from rupture_protocol import loading, shipped

    loaded = [(name, loading.load(name)) for name in shipped.names()]
    if as_json:
        listed = [
            {
                "name": name,
                "id": each.id,
                "version": each.version,
                "title": each.title,
                "language": each.language,
                "digest": each.digest,
            }
            for name, each in loaded
        ]
        output.emit_json({"schema": PROTOCOLS, "protocols": listed})
        return
    widest = max((len(name) for name, _ in loaded), default=0)
    for name, each in loaded:
        output.emit(f"{name:<{widest}}  {each.version}  {each.title}")
    output.talk("next: rupture explain standard")
