"""`rupture demo`: a whole case on the shipped protocol; a play script, so what it shows is what happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from rupture_protocol.cli.script import Script

SCRIPTS = {"continued": "demo_continued.yaml", "referred": "demo_referred.yaml"}
EPILOG = """
\b
Examples:
  rupture demo
  rupture demo --ending referred
  rupture demo --json | head -3
"""


@click.command("demo", epilog=EPILOG)
@click.option(
    "--ending",
    type=click.Choice(tuple(SCRIPTS)),
    default="continued",
    help="How the case ends. Default: continued.",
)
@inputs.language_option()
@inputs.at_option
@inputs.save_option("the case")
@inputs.json_option("Print JSON Lines, one rupture-step/1 for each step.")
def command(ending: str, at: datetime | None, save: str | None, as_json: bool) -> int:
    """Walk a made-up case on the shipped protocol `standard`, step by step, with the reasons.

    From noticing harm to an ending: what is open, what is refused and why. Nothing is asked, nothing is
    written (but with --save), and it is the same every time: its clock begins in March 2026, or at --at.
    """
    from rupture_protocol.cli.play import perform
    from rupture_protocol.cli.script import read_script

    file = Path(__file__).with_name(SCRIPTS[ending])
    script = read_script(file.read_bytes(), file=file.name)
    if at is not None:
        script = _beginning(script, at)
    protocol = inputs.load_protocol(script.protocol)
    # Nobody is behind this case, so its sensitive values are shown.
    code = perform(script, protocol, at=at or inputs.now(), show_sensitive=True, as_json=as_json)
    if save is not None:
        _save(script, save)
    output.talk("next: rupture walk                           do it yourself")
    output.talk("      rupture decide standard --state aware  ask about a situation")
    output.talk("      rupture explain standard               what the protocol is, and its sources")
    return code


def _save(script: Script, file: str) -> None:
    """The script as a file of scenarios."""
    from rupture_protocol.cli.saving import save_scenario
    from rupture_protocol.scenarios.model import Scenario

    first = next((step.at for step in script.steps if step.at is not None), None)
    save_scenario(Scenario("demo", script.steps, script.title, first), script.protocol, file)


def _beginning(script: Script, at: datetime) -> Script:
    """The script with all its instants moved, so that it begins at `at`."""
    from dataclasses import replace

    from rupture_protocol.cli.script import Record

    first = next(step.at for step in script.steps if step.at is not None)
    move = at - first
    steps = []
    for step in script.steps:
        action = step.action
        if isinstance(action, Record):
            action = Record({name: _moved(value, move) for name, value in action.facts.items()})
        steps.append(replace(step, at=step.at and step.at + move, action=action))
    return replace(script, steps=tuple(steps))


def _moved(value: object, by: timedelta) -> object:
    from rupture_protocol.language.quantities import parse_date, parse_datetime

    if isinstance(value, str):
        moment = parse_datetime(value) or parse_date(value)
        return value if moment is None else (moment + by).isoformat()
    return value
