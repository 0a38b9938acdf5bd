"""`rupture walk`: a case in memory, walked by hand in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, keeping, output
from rupture_protocol.cli.case.options import store_option

if TYPE_CHECKING:
    from datetime import datetime

EPILOG = """
\b
Examples:
  rupture walk
  rupture walk my-clinic.yaml --at 2026-11-24T09:30:00+00:00
  rupture walk --save mine.scenarios.yaml
  rupture walk --keep

At the end it asks whether to keep the case. `h` lists what can be typed.
"""


@click.command("walk", epilog=EPILOG)
@click.argument("protocol", metavar="[PROTOCOL]", default="standard")
@inputs.path_option
@inputs.language_option()
@inputs.at_option
@inputs.save_option("what was walked")
@click.option(
    "--keep", is_flag=True, help="Keep the case without asking, to go on with it as `rupture case`."
)
@store_option
@inputs.sensitive_option
def command(
    protocol: str, at: datetime | None, save: str | None, keep: bool, store: str | None, show_sensitive: bool
) -> int:
    """Walk a case yourself: answer what is asked, take what is open, see why a door is closed.

    It needs a terminal, and says so where there is none. PROTOCOL is the name of a shipped one, or a file.
    """
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()):
        raise output.Failed(
            "`walk` asks questions, and there is no terminal to ask them in",
            code=output.USAGE,
            help="`rupture play SCRIPT` runs steps from a file, `rupture decide` answers once",
            next="rupture play --help",
        )
    if protocol == inputs.STDIN:
        raise output.Failed(
            "`walk` reads its answers from stdin", code=output.USAGE, next="rupture walk --help"
        )
    from rupture_protocol.cli.walking import Walk

    walk = Walk(inputs.load_protocol(protocol), at=at, show_sensitive=show_sensitive)
    walk.run()
    if save is not None:
        from rupture_protocol.cli.saving import save_scenario

        save_scenario(walk.scenario(), protocol, save)
    if keep or (save is None and walk.case.version > 1 and keeping.wants_to_keep()):
        keeping.keep(walk.case, walk.engine, store)
    elif save is None:
        output.emit("Nothing is kept. `rupture walk --save FILE` keeps what is walked as a scenario.")
    return output.DONE
