"""Measures `diff`: `python tests/benchmarks/diff.py [--json]`.

Run by hand; exits 1 where a target is missed. Loading is not counted.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed

from tests.benchmarks.measure import seconds

from rupture_protocol import Protocol, loads
from rupture_protocol.loading import read_file
from rupture_protocol.prover.diff import diff

TARGET = 300.0
EDITS: dict[str, list[tuple[str, str]]] = {
    "the version alone": [],
    "one guard": [('              client_benefit: "yes"\n', "")],
    "a part of an interrupt dropped": [("      - safety_suicide_level: high\n", "")],
    "an interrupt wider, two guards, a title": [
        ('              client_benefit: "yes"\n', ""),
        ("      - safety_self_harm: current\n", "      - safety_self_harm: [current, recent]\n"),
        ("        needs: [modify_plan, modify_review_date]\n", "        needs: [modify_plan]\n"),
        ("title: Plan changed", "title: Plan was changed"),
    ],
}


@dataclass(frozen=True)
class Figure:
    """How long one comparison takes, and how long it may."""

    name: str
    milliseconds: float
    target: float
    changes: int

    @property
    def met(self) -> bool:
        """Whether it is as fast as it should be."""
        return self.milliseconds <= self.target


def versions(edits: list[tuple[str, str]]) -> tuple[Protocol, Protocol]:
    """`standard`, and an edit of it."""
    text = read_file("standard")[0].decode("utf-8")
    edited = text.replace("version: 1.0.0", "version: 1.1.0", 1)
    for old, new in edits:
        if old not in edited:
            raise ValueError(f"not in `standard`: {old}")
        edited = edited.replace(old, new, 1)
    return loads(text), loads(edited)


def measured(name: str) -> Figure:
    """One comparison of two versions of `standard`."""
    old, new = versions(EDITS[name])
    (taken,) = seconds(partial(diff, old, new), rounds=9)
    return Figure(name, taken * 1000, TARGET, len(diff(old, new).changes))


def main() -> int:
    """Print the figures; 1 where a target is missed."""
    figures = [measured(name) for name in EDITS]
    if "--json" in sys.argv:
        print(json.dumps([asdict(each) | {"met": each.met} for each in figures], indent=2))
    else:
        for each in figures:
            sign = "✓" if each.met else "✗"
            took = f"{each.milliseconds:6.0f} ms (≤ {each.target:.0f})"
            print(f"{sign} {each.name:42} {took}, {each.changes} changes")
    return 0 if all(each.met for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
