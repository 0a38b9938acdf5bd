"""Random protocols with everything around the rules, too: titles, questions, guidance, promises of all forms.

The laws of the engine range over `tests.strategies`; what is written and read back is more than they need.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.strategies import LENGTHS, STATES, Data, Dice, Names, condition_data, protocol_data

TEXTS = (
    "A plain sentence.",
    "yes",
    "12:30",
    "1e3",
    "~",
    "# no comment",
    "- no list: no mapping",
    '"quoted" and \\ escaped \\n',
    "two lines\nand a\ttab",
    " space around ",
    "مرحبا",
    "謝罪と修復",
    "{a: [b, c]}?",
    "&anchor *alias !tag %directive @ ` | >",
)
"""Texts that are read as something else where they are not quoted as they should be."""


@st.composite
def dressed_data(draw: Any) -> Data:
    """A protocol as the data of its file, with all keys of the format somewhere."""
    dice = Dice(draw)
    data: Data = draw(protocol_data())
    names = Names(dict(data["facts"]), tuple(data.get("conditions", ())), tuple(data.get("interrupts", ())))
    data["sources"]["1e3"] = {"title": _text(dice), "kind": "research", "url": "https://example.org/?a=b#c"}
    data |= dice.one([{}, {"about": {}}, {"about": _about(dice)}])
    data |= dice.one([{}, {"language": "de-CH", "derived_from": _text(dice)}])
    data["facts"] = {name: _fact(dice, fact) for name, fact in names.facts.items()}
    if dice.now_and_then(2):
        data["roles"]["client"] = {"about": _text(dice), "title": _text(dice)}
    for condition in data.get("conditions", {}).values():
        condition |= _title(dice)
    for state in data["states"].values():
        _dress_state(dice, state, names)
    for step in [*data.get("anywhere", {}).values(), *data.get("interrupts", {}).values()]:
        _dress_step(dice, step)
    for deadline in data.get("deadlines", {}).values():
        deadline |= _title(dice) | _source(dice) | {"kind": dice.one(["law", "policy", "clinic"])}
    data["promises"] = data.get("promises", {}) | _promises(dice, data, names)
    if dice.now_and_then(2):
        data["assume"] = [tangled(dice, names) for _ in range(dice.number(0, 3))]
    return data


def tangled(dice: Dice, names: Names) -> Data:
    """A condition in which one thing is compared several times, or a list holds one condition."""
    one, other = condition_data(dice, names), condition_data(dice, names)
    low, high = {"at_least": dice.number(0, 1)}, {"at_most": dice.number(2, 3)}
    spans: Data = {"at_least": dice.one(LENGTHS), "below": dice.one(LENGTHS)}
    return dice.one(
        [
            {"all": [one]},
            {"any": [one]},
            {"all": [one, other]},
            {"all": [one, {"all": [one, one]}], **other},
            {"not": {"all": [one]}},
            {"visits": {"state": dice.one(STATES), **low, **high}},
            {"all": [{"visits": {"state": dice.one(STATES), **low}}, {"visits": {"state": "start", **high}}]},
            {"elapsed": {"since": dice.one(STATES), **spans}},
            {"all": [{"elapsed": {"since": dice.one(STATES), **spans}}, one]},
            {"visited": ["start"], "visits": {"state": "middle", "between": [1, 2]}},
        ]
    )


def _text(dice: Dice) -> str:
    return dice.one(TEXTS)


def _title(dice: Dice) -> Data:
    return dice.one([{}, {"title": _text(dice)}])


def _source(dice: Dice) -> Data:
    return dice.one([{}, {"source": "law"}, {"source": ["1e3", "law"]}])


def _about(dice: Dice) -> Data:
    return {
        "purpose": _text(dice),
        "intended_users": dice.one([_text(dice), [_text(dice), "others"]]),
        "not_for": [_text(dice)],
        "authors": _text(dice),
        "reviewed": "2026-11-01",
        "review_by": "2027-11-01",
    }


def _fact(dice: Dice, fact: Data) -> Data | str:
    if set(fact) == {"type"} and dice.now_and_then(2):
        return str(fact["type"])
    made = fact | _title(dice) | dice.one([{}, {"ask": _text(dice)}])
    made |= dice.one([{}, {"varies": True}, {"sensitive": True, "varies": False}])
    if fact["type"] == "number" and "minimum" in fact:
        made |= dice.one([{}, {"minimum": -0.5, "unit": "mg/dL"}, {"maximum": "12345678901234567890.125"}])
    if fact["type"] == "set" and dice.now_and_then(2):
        made |= {"presume": [], "source": ["law"]}
    if "values" in fact and dice.now_and_then(2):
        made["labels"] = {fact["values"][0]: _text(dice)}
    if fact["type"] == "boolean" and dice.now_and_then(2):
        made |= {"labels": {"true": _text(dice)}, "presume": False, "source": "law"}
    return made


def _dress_state(dice: Dice, state: Data, names: Names) -> None:
    state |= _title(dice)
    for step in state.get("transitions", {}).values():
        _dress_step(dice, step)
    if "transitions" in state and dice.now_and_then(3):
        until = dice.one([{}, {"until": tangled(dice, names)}])
        state["wait"] = {"reason": _text(dice), **until}


def _dress_step(dice: Dice, step: Data) -> None:
    step |= _title(dice) | _source(dice)
    step |= dice.one([{}, {"guidance": _text(dice)}, {"guidance": {}}, {"guidance": _guidance(dice)}])
    for argument in [*step.get("for", ()), *step.get("against", ())]:
        argument |= _source(dice)


def _guidance(dice: Dice) -> Data:
    return {"text": _text(dice), "say": _text(dice), "avoid": [_text(dice)], "steps": [_text(dice), "and on"]}


def _promises(dice: Dice, data: Data, names: Names) -> Data:
    triggers = [*data["states"]["start"]["transitions"], *data.get("interrupts", ())]
    forms: list[Data] = [
        {"whenever": tangled(dice, names), "offer": dice.one(triggers)},
        {"always_reachable": dice.one(["ended", ["ended", "later"]])},
        {"enter": ["middle", "later"], "needs": [dice.one(sorted(names.facts))], "only_after": ["start"]},
    ]
    said = dice.one([{}, {"says": _text(dice), "when": tangled(dice, names)}])
    return {
        f"more_{at}": form | said | _title(dice) | _source(dice)
        for at, form in enumerate(dice.some(forms, 0, 2))
    }
