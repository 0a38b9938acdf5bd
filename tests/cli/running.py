"""What a command line came to, and the protocol that the tests of it use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MINI = (Path(__file__).parent / "mini.yaml").read_text("utf-8")
NOON = "2026-11-24T12:00:00+00:00"


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Rupture = Callable[..., Ran]
