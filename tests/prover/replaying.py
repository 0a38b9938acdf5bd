"""Stories, lived through once more: as `rupture play` reads their scenario."""

from __future__ import annotations

import json

from tests.strategies import NOON

from rupture_protocol import Engine
from rupture_protocol.cli.playing import play
from rupture_protocol.cli.script import read_script
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover import Story


def assert_replays(protocol: Protocol, story: Story) -> None:
    """Every step of the scenario goes as it says, and it ends in the state that it says."""
    script = read_script(json.dumps(dict(story.scenario)).encode(), file="story.yaml")
    outcomes = list(play(script, Engine(protocol), clock=NOON))
    assert not [outcome for outcome in outcomes if outcome.failed], story.render()
