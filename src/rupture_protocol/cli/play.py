"""`rupture play`: the steps of a script, an event or a refusal for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.cli.script import Script
    from rupture_protocol.language.protocol import Protocol

EPILOG = """
\b
A script:
  protocol: standard
  steps:
    - {at: "2026-11-24T10:00:00+00:00", by: {id: sue, role: supervisor}, record: {harm_severity: mild}}
    - expect: {state: aware, undecided: [acknowledge]}
    - take: consult

\b
Besides record, take and expect, a step may be
  override: {trigger, reason}      taken though it is not open
  correct: {fact, to, reason}      a wrong record; without `to` it is withdrawn
and may say occurred, note, and `refused: true` where it is there to be refused. Who and when are those of the
step before where a step does not say.

\b
Examples:
  rupture play case.yaml
  rupture play - --json < case.yaml
"""


@click.command("play", epilog=EPILOG)
@click.argument("script", metavar="SCRIPT")
@inputs.path_option
@inputs.language_option()
@inputs.at_option
@inputs.sensitive_option
@inputs.json_option("Print JSON Lines, one rupture-step/1 for each step.")
def command(script: str, at: datetime | None, show_sensitive: bool, as_json: bool) -> int:
    """Run the steps of SCRIPT (a YAML or JSON file, - for stdin) on a case in memory.

    Exits 1 when something that is expected is not so, or a step is refused that was not expected to be: after
    an `expect` that lists its trigger as blocked or undecided, or with `refused: true`, it is.
    """
    from rupture_protocol.cli.script import read_script

    data, name = inputs.read_bytes(script)
    read = read_script(data, file=name)
    protocol = _protocol_of(read, script)
    return perform(read, protocol, at=at or inputs.now(), show_sensitive=show_sensitive, as_json=as_json)


def perform(script: Script, protocol: Protocol, *, at: datetime, show_sensitive: bool, as_json: bool) -> int:
    """Run a script, printing as it goes; the exit code."""
    from rupture_protocol import Engine
    from rupture_protocol.cli.playing import play

    failures = 0
    if as_json:
        for outcome in play(script, Engine(protocol), clock=at):
            output.emit_json(outcome.to_json())
            failures += outcome.failed
    else:
        from rupture_protocol.cli.page import Page
        from rupture_protocol.cli.story import Story

        story = Story(script, protocol, Page(), show_sensitive=show_sensitive)
        for outcome in play(script, Engine(protocol), clock=at):
            story.tell(outcome)
            failures += outcome.failed
        story.end()
    if failures:
        steps = "1 step" if failures == 1 else f"{failures} steps"
        raise output.Failed(
            f"{steps} did not go as the script says",
            code=output.REFUSED,
            help="a step that is there to be refused says `refused: true`",
            next=f"rupture explain {protocol.id}" if _is_shipped(protocol) else "rupture play --help",
        )
    return output.DONE


def _is_shipped(protocol: Protocol) -> bool:
    from rupture_protocol import shipped

    return protocol.id in shipped.names()


def _protocol_of(script: Script, source: str) -> Protocol:
    """The script's protocol: a shipped name, or a path from the script's folder, or from here."""
    from rupture_protocol import shipped

    written = script.protocol
    if written == inputs.STDIN:
        raise output.Failed(
            "a script's protocol is a name or a path", code=output.CANNOT_LOAD, next="rupture protocols"
        )
    if source != inputs.STDIN and shipped.find(written) is None:
        beside = Path(source).parent / written
        if beside.is_file():
            return inputs.load_protocol(beside)
    return inputs.load_protocol(written)
