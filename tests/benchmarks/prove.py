"""Measures the prover: `python tests/benchmarks/prove.py [--json]`.

Run by hand; exits 1 where a target is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed

from tests.benchmarks.measure import seconds

from rupture_protocol import Protocol, load, loads, shipped
from rupture_protocol.loading import checks
from rupture_protocol.prover import prove
from rupture_protocol.prover.extension import broken_by

STATES, FACTS, TRANSITIONS = 20, 60, 100


@dataclass(frozen=True)
class Figure:
    """How long one proof takes, reading included where it is a `check`, and how long it may."""

    name: str
    milliseconds: float
    target: float

    @property
    def met(self) -> bool:
        """Whether it is as fast as it should be."""
        return self.milliseconds <= self.target


def large_protocol(seed: int = 1) -> Protocol:
    """60 facts, 100 transitions, three interrupts and promises of every form."""
    dice = Random(seed)
    facts = {f"fact_{at}": _fact(dice, at) for at in range(FACTS)}
    names = list(facts)
    states: dict[str, Any] = {f"state_{at}": {"transitions": {}} for at in range(STATES)}
    states["state_0"]["initial"] = True
    for at in range(TRANSITIONS):
        start = at % STATES
        to = (start + 1) % STATES if at < STATES else dice.randrange(STATES)
        target = "end" if at in (40, 75, 90) else f"state_{to}"
        step = {"to": target, "when": {"all": [_part(dice, facts) for _ in range(dice.randint(2, 5))]}}
        states[f"state_{start}"]["transitions"][f"go_{at}"] = step
    states["end"] = {"final": True}
    data = {
        "format": 1,
        "protocol": "large",
        "version": "1.0.0",
        "title": "A large protocol",
        "facts": facts,
        "states": states,
        "interrupts": {f"hold_{at}": {"to": f"state_{at}", "when": _part(dice, facts)} for at in range(3)},
        "promises": {
            "only_if": {"enter": "end", "only_if": _part(dice, facts)},
            "needs": {"enter": "end", "needs": [names[0]]},
            "after": {"enter": "end", "only_after": "state_1"},
            "offered": {"whenever": _part(dice, facts), "offer": "hold_1"},
            "reachable": {"always_reachable": ["end"]},
        },
    }
    return loads(json.dumps(data))


def _fact(dice: Random, at: int) -> dict[str, Any]:
    fact: dict[str, Any] = dice.choice(
        [{"type": "boolean"}, {"type": "scale", "values": ["none", "low", "mid", "high"]}]
    )
    return {**fact, "varies": True} if at % 6 else dict(fact)


def _part(dice: Random, facts: dict[str, Any]) -> dict[str, Any]:
    chosen = dice.sample(list(facts), 2)
    parts = [{name: _asked(dice, facts[name])} for name in chosen]
    return parts[0] if dice.random() < 0.5 else {"any": parts}


def _asked(dice: Random, fact: dict[str, Any]) -> Any:
    return dice.random() < 0.5 if fact["type"] == "boolean" else {"at_least": dice.choice(["low", "mid"])}


RIVERSIDE = """
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
states: {modified: {transitions: {continue: {when: {harm_severity: {below: severe}}}}}}
"""


def figures() -> list[Figure]:
    """Every figure."""
    standard, riverside = load("standard"), loads(RIVERSIDE)
    text = Path(str(shipped.find("standard"))).read_bytes()
    return [
        _figure("standard, in full", partial(prove, standard), 250.0),
        _figure("60 facts x 100 transitions", partial(prove, large_protocol()), 2000.0),
        _figure("an extension, at load", partial(broken_by, riverside), 100.0),
        _figure("an extension, in full", partial(prove, riverside, bases=[standard]), 250.0),
        # A save is answered within 500 ms, and it takes a watch up to 150 to notice it.
        _figure("`check` of standard", partial(checks, text, prove=True), 350.0),
        _figure("`check` of an extension", partial(checks, RIVERSIDE, prove=True), 350.0),
    ]


def _figure(name: str, action: Callable[[], object], target: float) -> Figure:
    (taken,) = seconds(action, rounds=5)
    return Figure(name, taken * 1000, target)


def main() -> int:
    """Measure and print."""
    found = figures()
    if "--json" in sys.argv:
        print(json.dumps([{**asdict(each), "met": each.met} for each in found], indent=2))
    else:
        for each in found:
            sign = "ok " if each.met else "NO "
            took = f"{each.milliseconds:7.0f} ms (target {each.target:.0f})"
            print(f"{sign} {each.name:28} {took}")
    return 0 if all(each.met for each in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
