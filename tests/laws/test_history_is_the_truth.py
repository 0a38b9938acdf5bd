"""Laws: a case is what its history makes of it, and a stored case that was altered is found out.

A dump holds no secret, so whoever rewrites it into another history that could have happened has written
another case; what the law asks is that every dump is either refused as `InvalidCase`, or loads to exactly
the case it describes: nothing in it is dropped, bent into shape, or believed without being checked.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import NOON, Dice, Moment, catches, dice, law, moments

from rupture_protocol import Actor, Case, Engine, Event, InvalidCase
from rupture_protocol.engine import replay as replaying
from rupture_protocol.engine.case import EventKind, ProtocolRef, Visit
from rupture_protocol.engine.wire import decision_to_json
from rupture_protocol.language.facts import UNKNOWN, to_json

pytestmark = pytest.mark.once

LIVED = moments(imagined=False)
Place = tuple[str | int, ...]


@law(40)
@given(LIVED)
def test_replaying_a_history_gives_the_same_case_and_decisions(moment: Moment) -> None:
    engine, case = moment.engine, moment.case
    again = Engine(engine.protocol).replay(case.id, case.history)

    assert again == case
    assert again.version == len(again.history) == again.history[-1].seq
    decision = decision_to_json(engine.decide(case, at=moment.at))
    assert decision_to_json(engine.decide(again, at=moment.at)) == decision


def restored(engine: Engine, events: Sequence[Event]) -> Case | str:
    """The case that events make, put together at once; or why they make none."""
    try:
        return engine.restore("case-1", events)
    except InvalidCase as error:
        return str(error)


def one_by_one(engine: Engine, events: Sequence[Event]) -> Case | str:
    """As `restored`, with a case after each event, which is slower and easier to believe."""
    try:
        return list(replaying.course("case-1", events, [engine]))[-1]
    except InvalidCase as error:
        return str(error)


@law(40)
@given(LIVED)
def test_a_history_put_together_at_once_is_that_put_together_event_by_event(moment: Moment) -> None:
    together = restored(moment.engine, moment.case.history)

    assert isinstance(together, Case)
    assert together == moment.case
    assert list(together.facts) == list(moment.case.facts)
    assert one_by_one(moment.engine, moment.case.history) == moment.case


@law(80)
@given(LIVED, dice())
def test_what_cannot_be_put_together_event_by_event_cannot_be_at_once(moment: Moment, picks: Dice) -> None:
    history = list(moment.case.history)
    at = picks.number(0, len(history) - 1)
    history[at] = replace(history[at], **picks.one(UNFITTING))
    if picks.now_and_then(3):
        history.append(history.pop(picks.number(0, len(history) - 1)))

    assert restored(moment.engine, history) == one_by_one(moment.engine, history)


UNFITTING: list[dict[str, Any]] = [
    {},
    {"seq": 3},
    *({"kind": kind} for kind in EventKind),
    {"to": "later"},
    {"to": "nowhere"},
    {"to": None},
    {"source": "middle"},
    {"facts": {"fact_0": True, "no_such_fact": True}},
    {"facts": {"fact_0": UNKNOWN, "no_such_fact": UNKNOWN}, "withdrawn": True},
    {"occurred": NOON.replace(year=2000)},
    {"protocol": ProtocolRef("other", "1.0.0", "0" * 64)},
]


@law(40)
@given(LIVED)
def test_loading_a_dump_gives_the_same_case(moment: Moment) -> None:
    text = moment.engine.dump_case(moment.case)
    loaded = moment.engine.load_case(text)

    assert loaded == moment.case
    assert moment.engine.dump_case(loaded) == text
    assert moment.engine.load_case(text.encode()) == moment.engine.load_case(json.loads(text)) == loaded


@law(40)
@given(LIVED)
def test_a_case_its_protocol_and_a_decision_can_be_pickled_and_copied(moment: Moment) -> None:
    decision = moment.engine.decide(moment.case, at=moment.at)
    for thing in (moment.case, moment.engine.protocol, moment.case.history, decision):
        assert pickle.loads(pickle.dumps(thing)) == thing
        assert copy.deepcopy(thing) == thing
    elsewhere = pickle.loads(pickle.dumps(decision))
    assert decision_to_json(elsewhere) == decision_to_json(decision)


# Altered dumps ----------------------------------------------------------------------------------------

GARBAGE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 10**30, 1.5, float("nan"), "", "x", "2026-11-24",
    "2026-11-24T12:00:00+00:00",
    "1899-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00", "taken", "recorded", "corrected", "override",
    "precaution", "opened", "start", "ended", "go", "fact_0", "a" * 9000, [], [1], ["x"], [[]], {}, {"x": 1},
    {"fact_0": True}, {"fact_0": None},
    {"id": "x", "role": "client"}, {"id": [], "role": {}}, {"1": {"2": []}},
)  # fmt: skip


def places(data: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a JSON document."""
    yield at
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*at, key))


def altered(data: Any, picks: Dice) -> Any:
    """The document with one thing in it replaced, removed, repeated or moved."""
    data = copy.deepcopy(data)
    place = picks.one([each for each in places(data) if each])
    *way, last = place
    holder = data
    for step in way:
        holder = holder[step]
    match picks.one(["replace"] * 6 + ["remove", "repeat", "swap", "add"]):
        case "remove":
            del holder[last]
        case "repeat" if isinstance(holder, list):
            holder.insert(int(last), copy.deepcopy(holder[int(last)]))
        case "swap" if isinstance(holder, list) and len(holder) > 1:
            holder.append(holder.pop(int(last)))
        case "add" if isinstance(holder, dict):
            holder[picks.one(["trigger", "facts", "corrects", "reason", "withdrawn", "x"])] = picks.one(
                GARBAGE
            )
        case _:
            values = [*GARBAGE, *_others(data, last)]
            holder[last] = picks.one(values)
    return data


def _others(data: Any, key: str | int) -> list[Any]:
    """What stands under the same key elsewhere: the alterations that are hardest to see."""
    found = []
    for place in places(data):
        if place and place[-1] == key:
            value = data
            for step in place:
                value = value[step]
            found.append(copy.deepcopy(value))
    return found


def undetected(moment: Moment, picks: Dice) -> list[str]:
    """Why an altered dump was not dealt with as it should be."""
    original = json.loads(moment.engine.dump_case(moment.case))
    return believed(moment.engine, original, altered(original, picks))


def believed(engine: Engine, original: Any, changed: Any) -> list[str]:
    """Why a dump, changed, is neither refused nor loaded as what it says."""
    text = json.dumps(changed)
    try:
        loaded = engine.load_case(text)
    except InvalidCase:
        return []
    except Exception as error:
        return [f"{type(error).__name__} from {text}"]
    written = json.loads(engine.dump_case(loaded))
    if written not in (original, _settled(changed, engine)):
        return [f"{text} was loaded as {written}"]
    return [] if relived(engine, loaded) == loaded else [f"{text} could not have happened"]


def relived(engine: Engine, case: Case) -> Case:
    """The case that comes of doing again, verb by verb, what its events say was done."""
    again = None
    for event in case.history:
        when: dict[str, Any] = {
            "by": event.by, "at": event.at, "occurred": event.occurred, "note": event.note,
        }  # fmt: skip
        if again is None:
            again = engine.open(case.id, **when)
        elif event.kind is EventKind.RECORDED:
            again = engine.record(again, event.facts, **when)
        elif event.kind is EventKind.CORRECTED:
            ((name, to),) = event.facts.items()
            again = engine.correct(again, name, to=to, reason=str(event.reason), **when)
        elif event.kind is EventKind.OVERRIDE:
            again = engine.override(again, str(event.trigger), reason=str(event.reason), **when)
        else:
            again = engine.take(again, str(event.trigger), **when)
    assert again is not None
    return again


def _settled(data: Any, engine: Engine) -> Any:
    """The same document as a dump writes it: instants in UTC, values as they are kept, nothing said twice."""
    for event in data["history"]:
        for key in ("at", "occurred"):
            event[key] = datetime.fromisoformat(event[key]).astimezone(UTC).isoformat()
        facts = event.get("facts", {})
        for name in facts:
            if facts[name] is not None:
                facts[name] = to_json(engine.protocol.facts[name].parse(facts[name]))
        for key in [key for key, value in event.items() if value in (None, False, {}, [])]:
            if key != "rests_on" or "trigger" not in event:
                del event[key]
    return data


@law(200)
@given(LIVED, dice())
def test_an_altered_dump_is_refused_or_means_exactly_what_it_says(moment: Moment, picks: Dice) -> None:
    assert not undetected(moment, picks)


@law(80)
@given(LIVED, dice())
def test_an_altered_event_is_refused_by_replay(moment: Moment, picks: Dice) -> None:
    history = list(moment.case.history)
    at = picks.number(0, len(history) - 1)
    event = history[at]
    changes: list[dict[str, Any]] = [
        {"seq": event.seq + 1},
        {"by": Actor("x", "nobody")},
        {"to": "later" if event.to != "later" else "middle"},
        {"source": "later" if event.source != "later" else "middle"},
        {"verdict": "open" if event.verdict != "open" else "blocked"},
        {"rests_on": (*event.rests_on, 99)},
        {"corrects": 99},
        {"withdrawn": not event.withdrawn},
        {"protocol": replace(event.protocol, digest="0" * 64)},
        {"protocol": replace(event.protocol, version="9.9.9")},
        {"at": event.at.replace(tzinfo=None)},
        {"occurred": event.at.replace(year=2030)},
    ]
    history[at] = replace(event, **picks.one(changes))

    with pytest.raises(InvalidCase):
        moment.engine.replay(moment.case.id, history)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("schema", "case", "version", "state", "protocol", "history")


@law(150)
@given(st.one_of(st.text(), st.binary(), JSON.map(json.dumps), st.dictionaries(st.sampled_from(KEYS), JSON)))
def test_garbage_is_no_case_and_nothing_worse(data: Any) -> None:
    with pytest.raises(InvalidCase):
        SMALL.load_case(data)


@law(100)
@given(st.dictionaries(st.sampled_from(KEYS[1:4] + KEYS[5:]), JSON), st.lists(JSON, max_size=3))
def test_garbage_under_the_right_keys_is_no_case_and_nothing_worse(
    data: dict[str, Any], history: Any
) -> None:
    ref = {"id": "small", "version": "1.0.0", "digest": SMALL.protocol.digest}
    for given_data in (data, data | {"history": history}):
        whole = {"schema": "rupture-case/1", "protocol": ref, **given_data}
        with pytest.raises(InvalidCase):
            SMALL.load_case(whole)
        with pytest.raises(InvalidCase):
            SMALL.load_case(json.dumps(whole))


def _small() -> Engine:
    from rupture_protocol import loads

    return Engine(
        loads(
            "{format: 1, protocol: small, version: 1.0.0, title: Small, "
            "states: {start: {initial: true, transitions: {go: {to: done}}}, done: {final: true}}}"
        )
    )


SMALL = _small()


# Planted faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("once_more", lambda _, at: Visit(1, at)),
        ("Folding._can_wait", lambda *_: True),
        ("Folding._settle", lambda _: None),
    ],
)
def test_the_law_catches_a_history_that_is_put_together_at_once_and_wrongly(
    name: str, fault: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def differs(moment: Moment) -> bool:
        return restored(moment.engine, moment.case.history) != moment.case

    monkeypatch.setattr(f"rupture_protocol.engine.fold.{name}", fault)

    assert catches(differs, LIVED)


def _small_dump(**changes: Any) -> Any:
    case = SMALL.open("case-1", by=Actor("x", "anybody"), at=NOON)
    case = SMALL.take(case, "go", by=Actor("x", "anybody"), at=NOON)
    data = json.loads(SMALL.dump_case(case))
    data["history"][-1] |= changes
    return data


def test_a_number_in_the_place_of_a_text_is_not_made_one() -> None:
    for number in ("1.5", "1e999999999999999999999", "NaN", "17"):
        text = json.dumps(_small_dump()).replace('"case-1"', number)

        with pytest.raises(InvalidCase):
            SMALL.load_case(text)


def test_the_law_catches_a_replay_that_believes_what_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = _small_dump(verdict="blocked")
    assert not believed(SMALL, _small_dump(), changed)

    def believing(engine: Engine, case_id: str, events: list[Event]) -> Case:
        said = Case(case_id, events[0].protocol, "", {}, {}, tuple(events))
        return replace(relived(engine, said), history=said.history)

    monkeypatch.setattr("rupture_protocol.engine.engine.replay", believing)

    assert believed(SMALL, _small_dump(), changed)


def test_the_law_catches_a_reader_that_lets_other_errors_out(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = _small_dump(trigger="stop")
    assert not believed(SMALL, _small_dump(), changed)

    def careless(*_: Any) -> Any:
        raise KeyError

    monkeypatch.setattr(replaying, "_again", careless)

    assert believed(SMALL, _small_dump(), changed)
