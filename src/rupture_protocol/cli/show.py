"""`rupture show`: a protocol as a table, a diagram, or JSON."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output

PROTOCOL = "rupture-protocol/1"
EPILOG = """
\b
Examples:
  rupture show standard
  rupture show my-clinic.yaml --resolved --origin
  rupture show my-clinic.yaml --mermaid > my-clinic.mmd
  rupture show standard --dot | dot -Tsvg > standard.svg
"""


@click.command("show", epilog=EPILOG)
@click.argument("protocol", metavar="PROTOCOL")
@click.option(
    "--table", "form", flag_value="table", help="States, transitions and guards in words (the default)."
)
@click.option("--mermaid", "form", flag_value="mermaid", help="A Mermaid state diagram.")
@click.option("--dot", "form", flag_value="dot", help="A graph for Graphviz.")
@click.option("--json", "form", flag_value="json", help="One JSON document, rupture-protocol/1.")
@click.option(
    "--resolved", "form", flag_value="resolved", help="The whole protocol as YAML, all that it extends in it."
)
@click.option("--origin", is_flag=True, help="With --resolved: the file and line that each value comes from.")
@inputs.path_option
def command(protocol: str, form: str | None, origin: bool) -> None:
    """Show PROTOCOL: the name of a shipped one, a file, or - for stdin."""
    from importlib import import_module

    loaded = inputs.load_protocol(protocol)
    form = "resolved" if origin else form
    match form:
        case "resolved":
            from rupture_protocol.language.origins import origins

            bases = [f"# {base.id} {base.version} {base.digest}" for base in loaded.bases]
            head = [
                f"# {loaded.id} {loaded.version} {loaded.digest}",
                *(["# extends", *bases] if bases else []),
            ]
            output.emit("\n".join([*head, *origins(loaded, places=origin)]))
        case "json":
            from rupture_protocol.language.dump import written

            output.emit_json(
                {
                    "schema": PROTOCOL,
                    "protocol": {"id": loaded.id, "version": loaded.version, "digest": loaded.digest},
                    "title": loaded.title,
                    "language": loaded.language,
                    "extends": [
                        {"id": base.id, "version": base.version, "digest": base.digest}
                        for base in loaded.bases
                    ],
                    "written": written(loaded),
                }
            )
        case "mermaid" | "dot":
            drawn: str = getattr(import_module(f"rupture_protocol.render.{form}"), form)(loaded)
            output.emit(drawn)
        case _:
            from rupture_protocol.cli.page import columns
            from rupture_protocol.render.table import table

            output.emit(table(loaded, width=columns()))
