"""The law of extensions: what an extension opens, all that it extends opens, interrupts excepted.

Extensions are made of tightenings and of attempts to loosen; whatever the loader accepts must keep the law.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shelf import Shelf
from tests.strategies import (
    LENGTHS,
    NOON,
    ROLES,
    STATES,
    TRIGGERS,
    Data,
    Dice,
    Moment,
    Names,
    catches,
    condition_data,
    imagine,
    law,
    live,
    protocol_data,
)

from rupture_protocol import Case, Engine
from rupture_protocol.engine.calendar import after
from rupture_protocol.engine.case import Record
from rupture_protocol.frozen import Frozen
from rupture_protocol.language import additions, extend, inheriting
from rupture_protocol.language.bases import assemble

pytestmark = pytest.mark.once

Change = Callable[[Dice, Data, Names, Data], None]

# Extensions -------------------------------------------------------------------------------------------


def extension_data(
    dice: Dice, base: Data, name: str, extends: Any, changes: Sequence[Change], most: int = 4
) -> Data:
    """An extension as the data of its file: something added, something tightened, now and then loosened."""
    own = f"own_{name}"
    facts = {**base["facts"], own: {"type": "boolean"}}
    interrupts = tuple(base.get("interrupts", {}))
    names = Names(facts, tuple(base.get("conditions", {})), interrupts)
    data: Data = {
        "format": 1,
        "protocol": name,
        "version": "1.0.0",
        "extends": extends,
        "facts": {own: "boolean"},
    }
    for _ in range(dice.number(1, most)):
        dice.one(changes)(dice, base, names, data)
    return data


def _tighten_step(dice: Dice, base: Data, names: Names, data: Data) -> None:
    _some_step(dice, base, data).update(_tightened(dice, names))


def _tighten_anywhere(dice: Dice, base: Data, names: Names, data: Data) -> None:
    if "anywhere" in base:
        _inner(data, "anywhere", dice.one(sorted(base["anywhere"]))).update(_tightened(dice, names))


def _tightened(dice: Dice, names: Names) -> Data:
    return dice.one(
        [
            {"when": condition_data(dice, names)},
            {"when": condition_data(dice, names)},
            {"needs": dice.some(sorted(names.facts), 1, 2)},
            {"by": dice.some(ROLES, 1, 2)},
            {"not_same_person": [dice.one(TRIGGERS)]},
        ]
    )


def _tighten_fact(dice: Dice, base: Data, names: Names, data: Data) -> None:
    fact = _inner(data, "facts", dice.one(sorted(base["facts"])))
    fact |= dice.one([{"lasts": dice.one(LENGTHS)}, {"lasts": "1 hour"}, {"by": dice.some(ROLES, 1, 2)}])


def _add_step(dice: Dice, base: Data, names: Names, data: Data) -> None:
    state = dice.one([*STATES[:3], "added"])
    trigger = dice.one([*TRIGGERS, "new_1", "new_2", "anyhow_0"])
    despite = {"despite": dice.one(["all", ["hold_0"], ["hold_new"]])} if dice.now_and_then(3) else {}
    _inner(data, "states", state, "transitions", trigger).update(
        {"to": dice.one([*STATES, "added"])} | despite
    )
    _inner(data, "states", "added")


def _add_interrupt(dice: Dice, base: Data, names: Names, data: Data) -> None:
    _inner(data, "interrupts", "hold_new").update(to=dice.one(STATES), when=condition_data(dice, names))


def _loosen(dice: Dice, base: Data, names: Names, data: Data) -> None:
    dice.one([_go_on_despite, _mean_otherwise, _change_step])(dice, base, names, data)


def _go_on_despite(dice: Dice, base: Data, names: Names, data: Data) -> None:
    step = {"despite": dice.one(["all", list(names.interrupts) or "all"])}
    _some_step(dice, base, data).update(step)


def _mean_otherwise(dice: Dice, base: Data, names: Names, data: Data) -> None:
    if "conditions" in base:
        data["conditions"] = {name: condition_data(dice, names, depth=0) for name in base["conditions"]}


def _change_step(dice: Dice, base: Data, names: Names, data: Data) -> None:
    override = {"by": ["therapist"], "reasons": ["preference"]}
    change: list[Data] = [{"to": dice.one(STATES)}, {"when": None}, {"override": override}]
    _some_step(dice, base, data).update(dice.one(change))


def _some_step(dice: Dice, base: Data, data: Data) -> Data:
    state = dice.one(STATES[:3])
    return _inner(
        data, "states", state, "transitions", dice.one(sorted(base["states"][state]["transitions"]))
    )


_CHANGES: list[Change] = [
    *[_tighten_step] * 4,
    _tighten_anywhere,
    _tighten_fact,
    _tighten_fact,
    _add_step,
    _add_step,
    _add_interrupt,
    _loosen,
]


def _inner(data: Data, *path: str) -> Data:
    for key in path:
        data = data.setdefault(key, {})
    return data


# The law ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """An extension, and situations of what it extends."""

    top: Engine
    moments: tuple[Moment, ...]


@st.composite
def samples(
    draw: Callable[[st.SearchStrategy[Any]], Any], changes: Sequence[Change] = tuple(_CHANGES)
) -> Sample | None:
    """An extension of a random protocol, straight or through two others; None where the loader refuses it."""
    dice = Dice(draw)
    base = draw(protocol_data(most_facts=4))
    files: dict[str, Data] = {"base": base | {"protocol": "base"}}
    middle = ["one", "two"] if dice.now_and_then(3) else []
    for name in middle:
        files[name] = extension_data(dice, base, name, {"file": "base.yaml"}, changes, most=2)
    extends = [{"file": f"{name}.yaml"} for name in middle or ["base"]]
    files["top"] = extension_data(dice, base, "top", extends, changes)
    shelf = Shelf({f"{name}.yaml": json.dumps(data) for name, data in files.items()})
    top = assemble(shelf.text("top.yaml"), shelf).protocol
    if top is None:
        return None
    below = [assemble(shelf.text(f"{name}.yaml"), shelf).protocol for name in list(files)[:-1]]
    engines = [Engine(each) for each in below if each is not None]
    return Sample(Engine(top), tuple(_moment(dice, engine) for engine in engines for _ in range(3)))


def _moment(dice: Dice, engine: Engine) -> Moment:
    return live(dice, engine, most=6) if dice.now_and_then(4) else Moment(engine, imagine(dice, engine), NOON)


def violations(sample: Sample | None) -> list[str]:
    """Where the extension opens what something that it extends does not open."""
    return [wrong for moment in (sample.moments if sample else ()) for wrong in _opened(moment, sample)]


def _opened(moment: Moment, sample: Sample | None) -> list[str]:
    assert sample is not None
    base = moment.engine
    below = base.decide(moment.case, at=moment.at)
    above = sample.top.decide(_case_of(sample.top, moment.case), at=moment.at)
    known = {step.trigger for step in base._prepared.every_step()} - set(base.protocol.interrupts)
    return [trigger for trigger in above.open if trigger in known and trigger not in below.open]


def _case_of(engine: Engine, case: Case) -> Case:
    """The same situation under the extension: records hold for as long as it says."""
    facts = {name: _held(engine, record) for name, record in case.facts.items()}
    return replace(case, protocol=engine.ref, facts=Frozen(facts))


def _held(engine: Engine, record: Record) -> Record:
    lasts = engine.protocol.facts[record.fact].lasts
    if lasts is None or record.occurred is None or record.value is None:
        return record
    return replace(record, expires=after(record.occurred, lasts, engine.calendar))


@law(150)
@given(samples())
def test_what_an_extension_opens_all_that_it_extends_opens(sample: Sample | None) -> None:
    assert violations(sample) == []


def test_the_loader_accepts_enough_of_them_and_refuses_some() -> None:
    verdicts: list[bool] = []

    @law(60)
    @given(samples())
    def look(sample: Sample | None) -> None:
        verdicts.append(sample is not None)

    look()
    assert 15 < sum(verdicts) < len(verdicts) - 5


# Planted faults ---------------------------------------------------------------------------------------


def _replaced(_merge: object, slot: Any) -> Any:
    return slot.own or slot.base


def test_the_law_catches_a_guard_that_replaces_the_inherited_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inheriting.TRANSITION, "when", _replaced)

    assert catches(violations, samples([_tighten_step]))


def test_the_law_catches_a_step_that_goes_on_despite_an_inherited_interrupt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(additions.Additions, "_against_interrupts", lambda _self: iter(()))

    assert catches(violations, samples([_go_on_despite]))


def test_the_law_catches_a_trigger_that_is_offered_in_other_inherited_states(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(additions.Additions, "_second_meaning", lambda _self, _path: False)

    assert catches(violations, samples([_add_step]))


def test_the_law_catches_a_named_condition_that_means_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extend._PROTOCOL, "conditions", extend._by_name("conditions", _replaced))

    assert catches(violations, samples([_mean_otherwise]))
