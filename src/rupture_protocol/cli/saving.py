"""Keeping a case as a scenario, in a file beside its protocol."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rupture_protocol.cli import output
from rupture_protocol.scenarios.reading import FIRST_MOMENT, SUFFIX
from rupture_protocol.scenarios.saving import people_of
from rupture_protocol.scenarios.writing import write

if TYPE_CHECKING:
    from rupture_protocol.scenarios.model import Scenario

HEAD = "# Kept by `rupture`. Give the case a name, and say in `expect` what must be so."


def save_scenario(scenario: Scenario, protocol: str, file: str) -> None:
    """Write a file of one scenario. `protocol` is the name or path it was loaded by."""
    if not file.endswith(SUFFIX):
        raise output.Failed(
            f"a file of scenarios ends in `{SUFFIX}`", code=output.USAGE, next=f"give it as NAME{SUFFIX}"
        )
    at = scenario.at or FIRST_MOMENT
    name = _from_there(protocol, Path(file).parent)
    text = write(name, [scenario], at=at, people=people_of(scenario.steps), head=HEAD)
    output.save(file, text, anew=True)
    output.talk(f"kept: {output.printable(Path(file).name)}; run it with `rupture test`")


def _from_there(protocol: str, folder: Path) -> str:
    """The protocol's name, or its path as it is seen from the folder of the scenarios."""
    path = Path(protocol)
    return os.path.relpath(path, folder) if path.is_file() else protocol
