"""Seeded random protocols, small enough that every situation of theirs can be looked at one by one."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from rupture_protocol import loads
from rupture_protocol.language.protocol import Protocol

Data = dict[str, Any]
STATES = ("start", "middle", "later", "done")


def random_protocol(seed: int) -> Protocol:
    """The protocol of a seed; always the same."""
    return loads(json.dumps(random_data(Random(seed))))


def random_data(dice: Random, facts: Data | None = None) -> Data:
    """A protocol as the data of its file; with random facts where none are given."""
    facts = facts or {f"fact_{at}": _fact(dice) for at in range(dice.randint(1, 3))}
    conditions: Data = {"named": _condition(dice, facts, 2)} if dice.random() < 0.5 else {}
    names = facts | {"": conditions}
    interrupts = {
        f"hold_{at}": {"to": dice.choice(STATES[:3]), "when": _condition(dice, names, 1)}
        for at in range(dice.randint(0, 2))
    }
    data: Data = {
        "format": 1,
        "protocol": "random",
        "version": "1.0.0",
        "title": "A random protocol",
        "sources": {"law": {"title": "A law", "kind": "law"}},
        "roles": {"therapist": "One", "supervisor": "Two"},
        "facts": facts,
        "conditions": conditions,
        "states": {name: _state(dice, name, names, interrupts) for name in STATES},
        "anywhere": {"anyhow": _transition(dice, names, interrupts)} if dice.random() < 0.3 else {},
        "interrupts": interrupts,
        "promises": {f"promise_{at}": _promise(dice, names, interrupts) for at in range(dice.randint(1, 3))},
        "assume": [_condition(dice, names, 1)] if dice.random() < 0.2 else [],
    }
    return {key: value for key, value in data.items() if value not in ({}, [])}


def _fact(dice: Random) -> Data:
    kind = dice.choice(["boolean", "boolean", "scale", "integer", "set"])
    fact: Data = {"type": kind}
    if kind in ("scale", "set"):
        fact["values"] = ["low", "mid", "high"][: 3 if kind == "scale" else 2]
    if kind == "scale" and dice.random() < 0.3:
        fact["also"] = ["not_assessable"]
    if dice.random() < 0.5:
        fact["varies"] = True
    elif dice.random() < 0.2:
        fact["lasts"] = "2 days"
    if kind in ("boolean", "scale") and dice.random() < 0.25:
        fact |= {"presume": True if kind == "boolean" else "mid", "source": "law"}
    if dice.random() < 0.3:
        fact["by"] = [dice.choice(["therapist", "supervisor"])]
    return fact


def _condition(dice: Random, names: Data, depth: int) -> Data:
    form = dice.choice(
        ["fact"] * 6 + (["all", "any", "any", "not"] if depth else []) + ["visited", "named", "visits"]
    )
    if form in ("all", "any"):
        return {form: [_condition(dice, names, depth - 1) for _ in range(dice.randint(1, 3))]}
    if form == "not":
        return {"not": _condition(dice, names, depth - 1)}
    if form == "visited":
        return {"visited": dice.choice(STATES[:3])}
    if form == "visits" and dice.random() < 0.4:
        return {
            "visits": {
                "state": dice.choice(STATES[:3]),
                dice.choice(["at_least", "below", "is"]): dice.randint(1, 2),
            }
        }
    if form == "named" and names.get(""):
        return {"named": dice.random() < 0.5}
    name = dice.choice([name for name in names if name])
    return {name: _comparison(dice, names[name])}


def _comparison(dice: Random, fact: Data) -> Any:
    match fact["type"]:
        case "boolean":
            return dice.random() < 0.5
        case "scale":
            value = dice.choice(["low", "mid", "high"])
            return dice.choice([value, {"at_least": value}, {"below": value}, {"is_not": value}])
        case "integer":
            return dice.choice([1, {"at_least": 2}, {"below": 2}, {"between": [1, 2]}])
        case _:
            return dice.choice([{"includes": "low"}, {"includes": ["low", "mid"]}, {"is": ["mid"]}])


def _state(dice: Random, name: str, names: Data, interrupts: Data) -> Data:
    if name == "done":
        return {"final": True}
    state: Data = {"initial": True} if name == "start" else {}
    facts = [each for each in names if each]
    if dice.random() < 0.3:
        state["forget"] = [dice.choice(facts)]
    if dice.random() < 0.2:
        state["wait"] = {"reason": "it takes time"}
        if dice.random() < 0.6:
            state["wait"]["until"] = _condition(dice, names, 1)
    triggers = dice.sample(["go", "on", "back"], dice.randint(0 if dice.random() < 0.2 else 1, 3))
    state["transitions"] = {trigger: _transition(dice, names, interrupts) for trigger in triggers}
    return {key: value for key, value in state.items() if value != {}}


def _transition(dice: Random, names: Data, interrupts: Data) -> Data:
    step: Data = {"to": dice.choice(STATES)}
    if dice.random() < 0.8:
        step["when"] = _condition(dice, names, 2)
    if dice.random() < 0.25:
        step["needs"] = [dice.choice([each for each in names if each])]
    if interrupts and dice.random() < 0.3:
        step["despite"] = dice.choice(["all", [min(interrupts)]])
    if dice.random() < 0.15:
        step["override"] = {"by": ["supervisor"], "reasons": ["it_was_right"]}
    if dice.random() < 0.2:
        step["by"] = [dice.choice(["therapist", "supervisor"])]
    return step


def _promise(dice: Random, names: Data, interrupts: Data) -> Data:
    form = dice.choice(["only_if", "needs", "only_after", "offer", "reach"])
    promise: Data
    match form:
        case "only_if":
            promise = {"enter": dice.choice(STATES[1:]), "only_if": _condition(dice, names, 1)}
        case "needs":
            promise = {
                "enter": dice.choice(STATES[1:]),
                "needs": [dice.choice([each for each in names if each])],
            }
        case "only_after":
            promise = {"enter": dice.choice(STATES[1:]), "only_after": dice.choice(STATES[:3])}
        case "offer" if interrupts:
            promise = {"whenever": _condition(dice, names, 1), "offer": dice.choice(sorted(interrupts))}
        case _:
            promise = {"always_reachable": [dice.choice(STATES[1:])]}
    if dice.random() < 0.25:
        promise["when"] = _condition(dice, names, 0)
    return promise
