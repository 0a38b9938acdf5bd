"""Random protocols, as an author could write them, and random cases of them: what the laws range over.

Everything is picked by one primitive, `Dice`, from bytes that Hypothesis draws many at a time: drawing every
pick by itself costs more than all that the laws then check. Hypothesis still replays and shrinks the picks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from rupture_protocol import UNKNOWN, Actor, Case, Engine, Protocol, Refused, loads
from rupture_protocol.language.facts import Fact, FactType, Unknown, Value

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
THOROUGH = bool(os.environ.get("RUPTURE_THOROUGH"))

T = TypeVar("T")
Data = dict[str, Any]


def law(examples: int) -> settings:
    """How often a law is tried: the same examples every time; if thorough, new ones, thirty times as many."""
    return settings(
        max_examples=examples * 30 if THOROUGH else examples,
        derandomize=not THOROUGH,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def catches(broken: Callable[[T], object], where: st.SearchStrategy[T]) -> bool:
    """Whether a law's check, `broken` by a planted fault, reports anything, however large."""
    tries = settings(law(1), max_examples=2_000, derandomize=True, phases=[Phase.generate])
    try:
        find(where, lambda each: bool(broken(each)), settings=tries)
    except NoSuchExample:
        return False
    return True


_CHUNK = st.binary(min_size=64, max_size=64)


@dataclass(slots=True)
class Dice:
    """Picks, each made of the next few bytes of what Hypothesis draws: zeros pick what is simplest."""

    draw: Callable[[st.SearchStrategy[bytes]], bytes]
    _left: bytes = b""

    def one(self, of: Sequence[T]) -> T:
        """One of these."""
        return of[self._below(len(of))]

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + self._below(high - low + 1)

    def now_and_then(self, one_in: int) -> bool:
        """True once in so many times."""
        return self._below(one_in) == one_in - 1

    def some(self, of: Sequence[T], low: int, high: int) -> list[T]:
        """So many of these, each at most once."""
        left = list(of)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(min(len(of), self.number(low, high)))]

    def _below(self, count: int) -> int:
        if count == 1:
            return 0
        size = 1 if count <= 16 else 4  # enough that all are about as likely
        if len(self._left) < size:
            self._left = self.draw(_CHUNK)
        taken, self._left = self._left[:size], self._left[size:]
        return int.from_bytes(taken) * count >> 8 * size


# Protocols --------------------------------------------------------------------------------------------

ROLES = ("therapist", "supervisor", "client")
STATES = ("start", "middle", "later", "ended")
TRIGGERS = ("go", "state", "trigger", "may_go", "to_middle", "model")
LENGTHS = ("3 hours", "1 day", "2 days", "1 week", "1 month", "90 minutes")
VALUES = ("low", "mid", "high")
ORDER = ("at_least", "at_most", "above", "below")
TYPES = (
    "boolean",
    "choice",
    "scale",
    "set",
    "integer",
    "number",
    "date",
    "datetime",
    "boolean",
    "scale",
    "text",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the rest of a protocol may refer to."""

    facts: dict[str, Data]
    conditions: tuple[str, ...] = ()
    interrupts: tuple[str, ...] = ()

    @property
    def readable(self) -> list[str]:
        """The facts that a condition may read."""
        return [name for name, fact in self.facts.items() if fact["type"] != "text"]


@st.composite
def protocol_data(
    draw: Callable[[st.SearchStrategy[Any]], Any], *, most_facts: int = 5, most_interrupts: int = 2
) -> Data:
    """A protocol as the data of its file: every type of fact, every form of condition, all its parts."""
    dice = Dice(draw)
    facts = {f"fact_{at}": _fact(dice) for at in range(dice.number(2, most_facts))}
    conditions: Data = {}
    for at in range(dice.number(0, 2)):
        conditions[f"named_{at}"] = condition_data(dice, Names(facts, tuple(conditions)))
    interrupts = tuple(f"hold_{at}" for at in range(dice.number(0, most_interrupts)))
    names = Names(facts, tuple(conditions), interrupts)
    data: Data = {
        "format": 1,
        "protocol": "random",
        "version": "1.0.0",
        "title": "A random protocol",
        "sources": {"law": {"title": "A law", "kind": "law"}},
        "roles": {role: f"The {role}" for role in ROLES},
        "facts": facts,
        "conditions": conditions,
        "states": {name: _state(dice, name, names) for name in STATES},
        "anywhere": {f"anyhow_{at}": _anywhere(dice, names) for at in range(dice.number(0, 2))},
        "interrupts": {name: _interrupt(dice, names) for name in interrupts},
        "deadlines": {f"due_{at}": _deadline(dice, names) for at in range(dice.number(0, 2))},
        "promises": {f"promise_{at}": _promise(dice, names) for at in range(dice.number(0, 2))},
    }
    return {key: value for key, value in data.items() if value != {}}


def protocols(*, most_facts: int = 5, most_interrupts: int = 2) -> st.SearchStrategy[Protocol]:
    """A protocol that `loads` accepts."""
    return protocol_data(most_facts=most_facts, most_interrupts=most_interrupts).map(
        lambda data: loads(json.dumps(data))
    )


def _fact(dice: Dice) -> Data:
    kind = dice.one(TYPES)
    fact: Data = {"type": kind}
    if kind in ("choice", "scale", "set"):
        fact["values"] = list(VALUES[: dice.number(2, 3)])
    if kind == "scale" and dice.now_and_then(2):
        fact["also"] = ["not_assessable"]
    if kind in ("integer", "number") and dice.now_and_then(2):
        fact |= {"minimum": 0, "maximum": 5}
    if dice.now_and_then(3):
        fact["lasts"] = dice.one(LENGTHS)
    if kind != "text" and dice.now_and_then(4):
        fact |= {"presume": _operand(dice, fact), "source": "law"}
    return fact | _by(dice)


def _by(dice: Dice) -> Data:
    return dice.one([{}, {}, {}, {"by": ["therapist", "supervisor"]}, {"by": ["supervisor"]}])


def _operand(dice: Dice, fact: Data) -> Any:
    """One value of a fact, as YAML holds it."""
    match fact["type"]:
        case "boolean":
            return dice.now_and_then(2)
        case "choice":
            return dice.one(fact["values"])
        case "scale":
            return dice.one(fact["values"] + fact.get("also", []))
        case "set":
            return dice.some(fact["values"], 1, 2)
        case "integer":
            return dice.number(0, 5)
        case "number":
            return dice.one([0, 1, 2.5, 5])
        case "date":
            return dice.one(["2026-11-10", "2026-11-23", "2026-11-24", "2026-12-01"])
        case _:
            return dice.one(["2026-11-23T11:00:00+00:00", "2026-11-24T10:00:00+01:00"])


def condition_data(dice: Dice, names: Names, *, depth: int = 2) -> Data:
    """A condition as YAML holds it."""
    return dict(_entry(dice, names, depth) for _ in range(dice.one([1, 1, 1, 2])))


def _entry(dice: Dice, names: Names, depth: int) -> tuple[str, Any]:
    forms = ["fact"] * 8 if names.readable else []
    forms += ["named"] * 2 if names.conditions else []
    forms += ["all", "any", "any", "not", "not"] if depth else []
    form = dice.one([*forms, "visited", "visits", "elapsed"])
    match form:
        case "fact":
            name = dice.one(names.readable)
            return name, _comparison(dice, names.facts[name])
        case "named":
            return dice.one(names.conditions), dice.now_and_then(2)
        case "all" | "any":
            return form, [condition_data(dice, names, depth=depth - 1) for _ in range(dice.number(1, 3))]
        case "not":
            return form, condition_data(dice, names, depth=depth - 1)
        case "visits":
            return form, {"state": dice.one(STATES), dice.one(["is", *ORDER]): dice.number(0, 3)}
        case "elapsed":
            return form, {"since": dice.one(STATES), dice.one(ORDER): dice.one(LENGTHS)}
        case _:
            return form, dice.one([*STATES, ["start", "middle"]])


def _comparison(dice: Dice, fact: Data) -> Any:
    kind = fact["type"]
    if kind == "set":
        return {dice.one(["is", "is_not", "includes", "includes"]): dice.some(fact["values"], 1, 2)}
    operators = ["plain", "list", "is", "is_not", "one_of", "none_of"]
    if kind in ("scale", "integer", "number", "date", "datetime"):
        operators += [*ORDER, "between"]
    if kind in ("date", "datetime"):
        operators += ["within", "older_than"] * 2
    operator = dice.one(operators)
    in_order = fact | {"also": []} if operator in (*ORDER, "between") else fact
    value = _operand(dice, in_order)
    match operator:
        case "plain":
            return value
        case "list":
            return [value, _operand(dice, fact)]
        case "one_of" | "none_of":
            return {operator: [value, _operand(dice, fact)]}
        case "between":
            key = fact["values"].index if kind == "scale" else _comparable
            return {operator: sorted([value, _operand(dice, in_order)], key=key)}
        case "within" | "older_than":
            return {operator: dice.one(LENGTHS)}
        case _:
            return {operator: value}


def _comparable(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else value


def _state(dice: Dice, name: str, names: Names) -> Data:
    if name == "ended":
        return {"final": True, "outcome": "ended"}
    facts = sorted(names.facts)
    state: Data = {"initial": True} if name == "start" else {}
    if dice.now_and_then(2):
        state["ask"] = dice.some(facts, 1, 2)
    if dice.now_and_then(3):
        state["forget"] = dice.some(facts, 1, 2)
    state["transitions"] = {trigger: _transition(dice, names) for trigger in dice.some(TRIGGERS, 1, 3)}
    return state


def _transition(dice: Dice, names: Names) -> Data:
    facts = sorted(names.facts)
    step: Data = {"to": dice.one(STATES), **_by(dice)}
    if not dice.now_and_then(4):
        step["when"] = condition_data(dice, names)
    if dice.now_and_then(4):
        step["needs"] = dice.some(facts, 1, 2)
    if names.interrupts and dice.now_and_then(2):
        step["despite"] = dice.one(["all", [names.interrupts[0]], list(names.interrupts)])
    if dice.now_and_then(4):
        step["override"] = {"by": ["supervisor"], "reasons": ["not_appropriate", "preference"]}
    if names.interrupts and dice.now_and_then(4):
        step["not_same_person"] = [dice.one(names.interrupts)]
    for side in ("for", "against"):
        if dice.now_and_then(4):
            when = condition_data(dice, names, depth=0)
            step[side] = [{"because": "So it is", "when": when, "strength": dice.one(["strong", "plain"])}]
    return step


def _anywhere(dice: Dice, names: Names) -> Data:
    placed: Data = dice.one([{}, {"except": ["start"]}, {"only": ["middle", "later"]}])
    return _transition(dice, names) | placed


def _interrupt(dice: Dice, names: Names) -> Data:
    return {"to": dice.one(STATES), "when": condition_data(dice, names, depth=1), **_by(dice)}


def _deadline(dice: Dice, names: Names) -> Data:
    marks: list[Data] = [{"state": name} for name in STATES] + [{"fact": name} for name in names.facts]
    deadline: Data = {"starts": dice.one(marks), "met_by": dice.one(marks)}
    if not dice.now_and_then(3):
        deadline["within"] = dice.one([*LENGTHS, "2 working days"])
    if dice.now_and_then(2):
        deadline["when"] = condition_data(dice, names, depth=1)
    return deadline


def _promise(dice: Dice, names: Names) -> Data:
    promise: Data = {"enter": dice.one(STATES)}
    asked = dice.some(["only_if", "needs", "only_after"], 1, 2)
    if "only_if" in asked:
        promise["only_if"] = condition_data(dice, names, depth=1)
    if "needs" in asked:
        promise["needs"] = [dice.one(sorted(names.facts))]
    if "only_after" in asked:
        promise["only_after"] = dice.one(STATES[:3])
    if dice.now_and_then(2):
        promise["when"] = condition_data(dice, names, depth=0)
    return promise


# Cases ------------------------------------------------------------------------------------------------

PEOPLE = (
    *(Actor(f"{role}-{at}", role) for role in ROLES for at in (1, 2)),
    Actor("therapist-1", "supervisor"),
)


def value_of(dice: Dice, fact: Fact) -> Value:
    """A value that a fact can have, near those that conditions are written with."""
    match fact.type:
        case FactType.BOOLEAN:
            return dice.now_and_then(2)
        case FactType.CHOICE | FactType.SCALE:
            return dice.one(fact.values + fact.also)
        case FactType.SET:
            return frozenset(dice.some(fact.values, 0, 3))
        case FactType.INTEGER:
            return dice.number(0, 5)
        case FactType.NUMBER:
            return Decimal(dice.one(["0", "1", "1.5", "2.5", "4", "5"]))
        case FactType.DATE:
            return NOON.date() + timedelta(days=dice.one([-40, -14, -2, -1, 0, 1, 7]))
        case FactType.DATETIME:
            return NOON + timedelta(hours=dice.one([-800, -100, -49, -25, -24, -4, -3, -2, 0, 1, 30]))
        case FactType.TEXT:
            return dice.one(["a plan", "another plan"])


def values_for(dice: Dice, protocol: Protocol, low: int = 0) -> dict[str, Value | Unknown]:
    """Values for some facts; asked, and not known, among them."""
    names = dice.some(sorted(protocol.facts), low, len(protocol.facts))
    return {name: UNKNOWN if dice.now_and_then(6) else value_of(dice, protocol.facts[name]) for name in names}


def imagine(dice: Dice, engine: Engine) -> Case:
    """A case without a history, anywhere."""
    names = list(engine.protocol.states)
    return engine.imagine(
        state=dice.one(names[:3]),
        visited=[dice.one(names) for _ in range(dice.number(0, 4))],
        facts=values_for(dice, engine.protocol),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """A case of an engine, and a moment at which it may be asked about or written to."""

    engine: Engine
    case: Case
    at: datetime


def live(dice: Dice, engine: Engine, most: int = 10) -> Moment:
    """A case with a history: facts recorded, not known, corrected, withdrawn, forgotten, expired; steps."""
    at = NOON - timedelta(days=2)
    case = engine.open("case-1", by=dice.one(PEOPLE), at=at)
    for _ in range(dice.number(2, most)):
        at += timedelta(hours=dice.one([0, 0, 1, 4, 30]))
        try:
            case = _written(dice, engine, case, at)
        except Refused:
            continue
    return Moment(engine, case, at + timedelta(hours=dice.one([0, 0, 1, 4, 30, 800])))


def _written(dice: Dice, engine: Engine, case: Case, at: datetime) -> Case:
    by = dice.one(PEOPLE)
    more: Data = {
        "by": by,
        "at": at,
        "occurred": dice.one([None, None, at, at - timedelta(hours=2)]),
        "note": dice.one([None, None, "a note"]),
    }
    verb = dice.one(["record"] * 5 + ["take"] * 5 + ["correct", "withdraw", "override"])
    if verb in ("take", "override"):
        return _stepped(dice, engine, case, verb, more)
    if verb == "record":
        given = values_for(dice, engine.protocol, 1)
        allowed = {
            name: value for name, value in given.items() if _may_record(engine.protocol.facts[name], case, by)
        }
        return engine.record(case, allowed, **more) if allowed else case
    if not case.facts:
        return case
    name = dice.one(sorted(case.facts))
    to = UNKNOWN if verb == "withdraw" else value_of(dice, engine.protocol.facts[name])
    return engine.correct(case, name, to=to, reason="a slip", **more)


def _stepped(dice: Dice, engine: Engine, case: Case, verb: str, more: Data) -> Case:
    decision = engine.decide(case, at=more["at"])
    takeable = sorted(
        trigger for trigger in decision if trigger in decision.open or decision[trigger].precaution
    )
    options = sorted(decision) if verb == "override" or dice.now_and_then(8) else takeable
    if not options:
        return case
    trigger = dice.one(options)
    if verb == "override":
        return engine.override(case, trigger, reason="preference", **more)
    return engine.take(case, trigger, **more)


def _may_record(fact: Fact, case: Case, by: Actor) -> bool:
    return not fact.by or case.roles_of(by) <= set(fact.by)


@st.composite
def dice(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Dice:
    """Dice to go on with, where a law picks something of its own."""
    return Dice(draw)


@st.composite
def moments(
    draw: Callable[[st.SearchStrategy[Any]], Any],
    *,
    most_facts: int = 5,
    most_interrupts: int = 2,
    imagined: bool = True,
) -> Moment:
    """A random case of a random protocol at a moment: lived, or imagined."""
    engine = Engine(draw(protocols(most_facts=most_facts, most_interrupts=most_interrupts)))
    picks = Dice(draw)
    if imagined and picks.now_and_then(3):
        return Moment(engine, imagine(picks, engine), NOON)
    return live(picks, engine)
