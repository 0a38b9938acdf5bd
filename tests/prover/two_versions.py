"""Two versions of a protocol by brute force: what each makes of one situation, by the naive evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.prover.random_protocols import Data, random_data
from tests.strategies import NOON

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Standing, Visit
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import VERDICT_OF, Verdict, steps_from
from rupture_protocol.errors import ValueRefused
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.facts import Fact, FactType, Value
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.regions import FactVariable, VisitsVariable

NEVER, OFF = "never recorded", "not on record"
Known = Mapping[tuple[str, FactType], Any]
"""What is recorded of each fact: `NEVER`, `OFF`, or a value. A fact of another type is another fact."""


@dataclass(frozen=True)
class Spot:
    """A situation that both versions can be asked about."""

    state: str
    known: Known
    visits: Mapping[str, Visit]


def situation(protocol: Protocol, spot: Spot) -> Situation:
    """A spot as one version sees it: a value that it does not know cannot be on record there."""
    records = {}
    for fact in protocol.facts.values():
        value = spot.known.get((fact.name, fact.type), NEVER)
        if value is OFF or (value is not NEVER and not takes(fact, value)):
            records[fact.name] = Record(fact.name, None, Standing.NOT_KNOWN, 1, None, None, None, None)
        elif value is not NEVER:
            records[fact.name] = Record(fact.name, value, Standing.RECORDED, 1, None, None, None, None)
    visits = {name: visit for name, visit in spot.visits.items() if name in protocol.states}
    return Situation(protocol, spot.state, Frozen(records), Frozen(visits), NOON, Calendar())


def takes(fact: Fact, value: Value) -> bool:
    try:
        return fact.parse(value) == value
    except ValueRefused:
        return False


def verdicts(protocol: Protocol, spot: Spot) -> dict[str, Verdict]:
    seen = situation(protocol, spot)
    steps = steps_from(protocol, spot.state) if spot.state in protocol.states else ()
    return {step.trigger: VERDICT_OF[evaluate(step.requirement, seen).truth] for step in steps}


def regions(joint: Joint, spot: Spot) -> list[int]:
    """Where a spot lies in the sets of two versions."""
    found = []
    for variable in joint.variables:
        if isinstance(variable, FactVariable):
            value = spot.known.get((variable.fact.name, variable.fact.type), NEVER)
            if value is OFF or (value is NEVER and not variable.never):
                found.append(0)
            elif value is NEVER:
                presumed = variable.fact.presume
                found.append(variable.region_of(presumed, presumed=True, at=NOON, calendar=Calendar()))
            else:
                found.append(variable.region_of(value, presumed=False, at=NOON, calendar=Calendar()))
        elif isinstance(variable, VisitsVariable):
            visit = spot.visits.get(variable.state)
            found.append(min(visit.count if visit else 0, variable.most))
        else:
            visit = spot.visits.get(variable.state)
            if visit is None or visit.last is None:
                found.append(0)
                continue
            found.append(variable.timeline.position(visit.last, NOON, Calendar()))
    return found


# Pairs of protocols ---------------------------------------------------------------------------------


def two_versions(seed: int) -> tuple[Data, Data]:
    """A random protocol, and an edit of it: guards, interrupts, promises, facts and states change."""
    dice = Random(seed)
    old = random_data(dice)
    other = random_data(dice)
    new = deepcopy(old)
    new["version"] = "1.1.0"
    for edit in dice.sample(EDITS, dice.randint(1, 3)):
        edit(dice, new, other)
    return old, new


def _guard(dice: Random, new: Data, other: Data) -> None:
    for step in _steps(new):
        if dice.random() < 0.4:
            step.pop("when", None)
            if dice.random() < 0.7:
                step["when"] = {dice.choice(sorted(new["facts"])): None}
                _fill(dice, new, step["when"])


def _interrupt(dice: Random, new: Data, other: Data) -> None:
    for each in new.get("interrupts", {}).values():
        each["when"] = {dice.choice(sorted(new["facts"])): None}
        _fill(dice, new, each["when"])


def _more_values(dice: Random, new: Data, other: Data) -> None:
    for fact in new["facts"].values():
        if "values" in fact and dice.random() < 0.7:
            fact["values"] = dice.choice([["low", "mid", "high", "top"], ["nil", "low", "mid", "high"]])
        if fact["type"] == "integer":
            fact |= {"minimum": 0, "maximum": 3}


def _presume(dice: Random, new: Data, other: Data) -> None:
    for fact in new["facts"].values():
        if fact.pop("presume", None) is not None:
            continue
        if fact["type"] == "boolean":
            fact |= {"presume": dice.random() < 0.5, "source": "law"}


def _fact(dice: Random, new: Data, other: Data) -> None:
    new["facts"]["fact_9"] = {"type": "boolean"}
    for step in _steps(new):
        if dice.random() < 0.3:
            step["needs"] = [*step.get("needs", []), "fact_9"]
        elif dice.random() < 0.3:
            step["when"] = {
                "all": [{"fact_9": dice.random() < 0.5}, step["when"]]
                if "when" in step
                else [{"fact_9": True}]
            }


def _way(dice: Random, new: Data, other: Data) -> None:
    state = dice.choice(["start", "middle", "later"])
    new["states"][state].setdefault("transitions", {})["more"] = {"to": dice.choice(["middle", "done"])}


def _promise(dice: Random, new: Data, other: Data) -> None:
    fact = dice.choice(sorted(new["facts"]))
    new["promises"]["promise_9"] = {"enter": ["middle", "done"], "needs": [fact]}


EDITS = [_guard, _interrupt, _more_values, _presume, _fact, _way, _promise]


def _steps(data: Data) -> Iterator[Data]:
    for state in data["states"].values():
        yield from state.get("transitions", {}).values()


def _fill(dice: Random, data: Data, condition: Data) -> None:
    for name in condition:
        match data["facts"][name]["type"]:
            case "boolean":
                condition[name] = dice.random() < 0.5
            case "integer":
                condition[name] = dice.choice([1, {"at_least": 2}])
            case "set":
                condition[name] = {"includes": dice.choice(["low", "mid"])}
            case _:
                condition[name] = dice.choice(["mid", {"at_least": "mid"}, {"is_not": "low"}])
