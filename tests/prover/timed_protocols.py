"""Seeded random protocols in which time decides: with `elapsed` since one state or two, and a date."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.prover.random_protocols import STATES, Data, random_data

from rupture_protocol import loads
from rupture_protocol.language.protocol import Protocol

LENGTHS = ("1 hour", "2 hours")
DATE = "seen"
ALONE = ("a clock", "a date", "a date that varies", "a clock and a date that varies")
"""What a protocol may read of time so that nothing about it need stay undecided."""

TOGETHER = ("two clocks", "a clock and a date")


def timed_protocol(seed: int, kind: str) -> Protocol:
    """The protocol of a seed; always the same."""
    dice = Random(f"{kind} {seed}")
    facts: Data = {"fact_0": {"type": "boolean"}}
    if dice.random() < 0.5:
        facts["fact_0"]["varies"] = True
    data = random_data(dice, facts)
    data.pop("assume", None)
    if "date" in kind:
        data["facts"][DATE] = {"type": "datetime"} | ({"varies": True} if "varies" in kind else {})
    since = dice.sample(STATES[:3], {"a date": 0, "a date that varies": 0, "two clocks": 2}.get(kind, 1))
    for holder, key in _places(data):
        if dice.random() < 0.5:
            holder[key] = _with_time(dice, holder.get(key), since, dated="date" in kind)
    return loads(json.dumps(data))


def _places(data: Data) -> list[tuple[Data, str]]:
    """Where a condition stands, or may stand."""
    states = data["states"].values()
    found = [(step, "when") for state in states for step in state.get("transitions", {}).values()]
    found += [(step, "when") for step in data.get("anywhere", {}).values()]
    found += [(each, "when") for each in data.get("interrupts", {}).values()]
    found += [(state["wait"], "until") for state in states if "until" in state.get("wait", {})]
    for promise in data["promises"].values():
        found += [(promise, key) for key in ("only_if", "whenever") if key in promise]
    return found


def _with_time(dice: Random, before: Data | None, since: list[str], *, dated: bool) -> Data:
    read = _time(dice, since, dated=dated)
    if before is None or dice.random() < 0.4:
        return read
    return {dice.choice(["all", "all", "any"]): [before, read]}


def _time(dice: Random, since: list[str], *, dated: bool) -> Data:
    reads: list[Data] = [_elapsed(dice, state) for state in since]
    if dated:
        reads.append({DATE: {dice.choice(["within", "older_than"]): dice.choice(LENGTHS)}})
    read = dice.choice(reads)
    if len(reads) > 1 and dice.random() < 0.4:
        read = {dice.choice(["all", "any"]): reads}
    return {"not": read} if dice.random() < 0.25 else read


def _elapsed(dice: Random, state: str) -> Data:
    limit: Any = {dice.choice(["at_least", "at_most", "above", "below"]): dice.choice(LENGTHS)}
    if dice.random() < 0.2:
        limit = {"between": list(LENGTHS)}
    return {"elapsed": {"since": state, **limit}}
