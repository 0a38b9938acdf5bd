"""No fact's value appears in a message, a repr, a log or a warning: planted canaries prove it.

Every value here is one that nothing else says: a choice value that no condition writes, a number with its
own digits, a day and an instant that the clock never shows, a text, a note. Whoever asks for a value
(`record.value`, `event.facts`, a dump) gets it; whoever prints, logs or catches something does not.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from tests.engine.examples import DAY, HOUR, KIM, LEE, NOON, SUE, engine_of, opened

from rupture_protocol import UNKNOWN, Actor, Case, Decision, RuptureError
from rupture_protocol.engine.machine import Position

ENGINE = engine_of("""
facts:
  pick: {type: choice, values: [a, b, c, d, e, f, g, h, i, j, k, l, canarychoice], by: [client, supervisor]}
  level: {type: scale, values: [low, high, c, d, e, f, g, h, i, j, k, l, canaryscale]}
  many: {type: set, values: [x, b, c, d, e, f, g, h, i, j, k, l, canaryset]}
  count: integer
  ratio: {type: number, minimum: 0, maximum: 99}
  day: date
  instant: {type: datetime, lasts: 36 hours}
  plan: text
  danger: boolean
states:
  start:
    initial: true
    ask: [plan]
    transitions:
      go:
        to: middle
        by: [therapist]
        when:
          pick: a
          level: {at_most: high}
          many: {is: [x]}
          count: {below: 3}
          ratio: {above: 90}
          day: {within: 1 day}
          instant: {older_than: 1 month}
        needs: [plan]
        not_same_person: [stay]
        override: {by: [supervisor], reasons: [preference]}
        against: [{when: {count: {above: 3}}, because: It has happened too often}]
      stay: {to: start, by: [supervisor], when: {level: {above: low}}}
  middle: {forget: [pick], transitions: {end: {to: done}}}
  done: {final: true}
interrupts: {hold: {to: middle, when: {danger: true, level: {above: low}}}}
deadlines:
  from_day: {starts: {fact: day}, within: 3 days, met_by: {fact: plan}}
  from_instant: {starts: {fact: instant}, within: 3 days, met_by: {fact: instant}}
promises: {kept: {enter: middle, only_if: {ratio: {above: 1}}}}
assume: [{count: {below: 3}}]
""")

INSTANT = datetime(2026, 11, 22, 3, 47, 19, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "pick": "canarychoice",
    "level": "canaryscale",
    "many": ["canaryset"],
    "count": 7654321,
    "ratio": Decimal("87.6543219"),
    "day": "2019-04-13",
    "instant": INSTANT,
    "plan": "canarytext about the client",
    "danger": False,
}
REFUSED: dict[str, Any] = {
    "pick": "canarywrong",
    "level": "canarywrong",
    "many": ["x", "canarywrong"],
    "count": Decimal("7654321.5"),
    "ratio": Decimal("187.6543219"),
    "day": "2019-04-13canary",
    "instant": "2026-11-22T03:47:19canary",
    "plan": "canarywrong" * 2_000,
    "danger": "canarywrong",
}
NOTE = "canarynote"
CANARIES = (
    "canary", "7654321", "87.6543219", "6543219", "2019-04-13", "2019, 4, 13", "03:47:19", "3, 47, 19",
)  # fmt: skip


def found_in(text: str) -> list[str]:
    """The canaries in a text."""
    return [canary for canary in CANARIES if canary in text]


def full() -> Case:
    """A case in which every fact has a canary for its value, and every event a note."""
    case = opened(ENGINE, at=NOON - DAY)
    case = ENGINE.record(case, VALUES, by=SUE, at=NOON - HOUR, note=NOTE)
    return ENGINE.correct(
        case, "plan", to="canarytext, mended", reason="canaryreason", by=LEE, at=NOON, note=NOTE
    )


# Everything that can be printed -----------------------------------------------------------------------


def printed(thing: object, depth: int = 6) -> Iterator[str]:
    """`repr` and `str` of a thing of ours, and of all that its attributes lead to."""
    if depth == 0 or isinstance(thing, str | int | bytes | Decimal | datetime | type(None)):
        return
    yield f"{thing!r}\n{thing}"
    for name in _public(thing):
        value = getattr(thing, name)
        if name in ("value", "note", "reason", "facts"):
            continue  # asked for by name
        for each in value if isinstance(value, tuple | list) else (value,):
            if type(each).__module__.startswith("rupture_protocol"):
                yield from printed(each, depth - 1)


def _public(thing: object) -> list[str]:
    protocol = ("protocol", "decided_under", "wording")  # what its author wrote is no secret
    names = [name for name in dir(thing) if not name.startswith("_") and name not in protocol]
    return [name for name in names if not callable(getattr(type(thing), name, None))]


def things() -> Iterator[object]:
    case = full()
    for at in (NOON, NOON + 9 * DAY):
        for supposed in ({}, {"danger": True}, {"level": UNKNOWN}, {"count": 1, "ratio": "98.7"}):
            decision = ENGINE.decide(case, at=at, actor=KIM, suppose=supposed)
            yield decision
            for option in decision.options:
                yield option
                yield from option.reasons.walk()
                yield from (option.missing, option.opens_with, option.because, option.presumed)
            yield from (
                decision.ask,
                decision.deadlines,
                decision.notices,
                decision.also,
                decision.interrupts,
            )
            yield decision.situation
            yield from (decision.situation.read(name) for name in VALUES)
    yield from (case, case.facts, case.history, ENGINE, ENGINE.machine)
    yield from (*case.facts.values(), *case.history, ENGINE.imagine(facts=VALUES))


def test_nothing_that_is_printed_shows_a_value() -> None:
    seen = 0
    for thing in things():
        for text in printed(thing):
            seen += 1
            assert not found_in(text), (type(thing).__name__, found_in(text))
    assert seen > 500


def test_no_sentence_shows_a_value() -> None:
    decision = ENGINE.decide(full(), at=NOON)
    for option in decision.values():
        for text in (option.because, *(reason.text for reason in option.reasons.walk())):
            assert not found_in(text)


# Everything that can be refused -----------------------------------------------------------------------

Refuses = Callable[[], object]


def refusals() -> Iterator[tuple[str, Refuses]]:
    """Every way in which the engine refuses, with canaries wherever it was given something."""
    case = full()
    more: dict[str, Any] = {"by": SUE, "at": NOON, "note": NOTE}
    for name, value in REFUSED.items():
        yield f"record {name}", partial(ENGINE.record, case, {name: value}, **more)
        yield f"correct {name}", partial(ENGINE.correct, case, name, to=value, reason=NOTE, **more)
        yield f"suppose {name}", partial(ENGINE.decide, case, at=NOON, suppose={name: value})
        yield f"imagine {name}", partial(ENGINE.imagine, facts={name: value})
        yield f"parse {name}", partial(ENGINE.protocol.fact(name).parse, value)
        yield f"parse text {name}", partial(ENGINE.protocol.fact(name).parse_text, f"{value}canary")
    yield "float", lambda: ENGINE.record(case, {"ratio": 87.6543219}, **more)
    yield "unknown fact", lambda: ENGINE.record(case, {"plam": VALUES["plan"]}, **more)
    yield "recorder", lambda: ENGINE.record(case, {"pick": VALUES["pick"]}, by=LEE, at=NOON, note=NOTE)
    naive = INSTANT.replace(tzinfo=None)
    yield "naive", lambda: ENGINE.record(case, VALUES, by=SUE, at=naive, note=NOTE)
    yield "before", lambda: ENGINE.record(case, VALUES, by=SUE, at=INSTANT, note=NOTE)
    yield "to come", lambda: ENGINE.record(case, VALUES, occurred=INSTANT + 99 * DAY, **more)
    yield (
        "nothing to correct",
        lambda: ENGINE.correct(opened(ENGINE), "plan", to="canary", reason=NOTE, **more),
    )
    yield "take", lambda: ENGINE.take(case, "go", by=LEE, at=NOON, note=NOTE)
    yield "take by nobody", lambda: ENGINE.take(case, "go", by=KIM, at=NOON, note=NOTE)
    yield "take elsewhere", lambda: ENGINE.take(case, "end", by=KIM, at=NOON, note=NOTE)
    yield "take unknown", lambda: ENGINE.take(case, "og", by=KIM, at=NOON, note=NOTE)
    yield "override", lambda: ENGINE.override(case, "go", reason="canaryreason: she said", **more)
    yield "override open", lambda: ENGINE.override(case, "stay", reason="preference", **more)
    held = ENGINE.record(case, {"danger": True}, **more)
    yield "override held", lambda: ENGINE.override(held, "go", reason="preference", **more)
    yield "take held", lambda: ENGINE.take(held, "go", by=LEE, at=NOON)
    yield (
        "other protocol",
        lambda: engine_of("states: {s: {initial: true}, t: {final: true}}").dump_case(case),
    )
    yield "imagined", lambda: ENGINE.dump_case(ENGINE.imagine(facts=VALUES))
    yield from broken_dumps(case)


def broken_dumps(case: Case) -> Iterator[tuple[str, Refuses]]:
    """A dump with a canary put in every place, one after another; and cut off after every few characters."""
    text = ENGINE.dump_case(case)
    for cut in range(0, len(text) - 1, 97):
        yield f"cut at {cut}", partial(ENGINE.load_case, text[:cut])
    data = json.loads(text)
    for at, event in enumerate(data["history"]):
        for key in (*event, "corrects", "trigger", "canarykey"):
            for wrong in ("canarywrong", ["canarywrong"], {"canarywrong": "canarywrong"}, 7654321):
                if key in ("note", "reason") and isinstance(wrong, str):
                    continue  # any text will do there
                changed = copy.deepcopy(data)
                changed["history"][at][key] = wrong
                yield f"event {at + 1} {key} {wrong!r}", partial(ENGINE.load_case, changed)
    for name in VALUES:
        changed = copy.deepcopy(data)
        changed["history"][1]["facts"][name] = "canarywrong" * 1_000
        yield f"fact {name}", partial(ENGINE.load_case, json.dumps(changed))
    for key in ("schema", "case", "version", "state", "protocol"):
        if key != "case":
            yield f"top {key}", partial(ENGINE.load_case, data | {key: {"canarywrong": 7654321}})


def test_no_refusal_shows_a_value() -> None:
    count = 0
    for what, refuses in refusals():
        with pytest.raises(RuptureError) as refused:
            refuses()
        error = refused.value
        told = [str(error), repr(error), str(error.help), *traceback.format_exception(error)]
        assert not found_in(_without_source("".join(told))), (what, str(error))
        assert not found_in(str(pickle.loads(pickle.dumps(error)))), what
        count += 1
    assert count > 150


def _without_source(text: str) -> str:
    """A traceback without the lines of this file, which names the canaries itself."""
    lines = text.splitlines()
    mine = {at + 1 for at, line in enumerate(lines) if "test_no_value_escapes" in line}
    return "\n".join(line for at, line in enumerate(lines) if at not in mine)


# Everything that is logged ----------------------------------------------------------------------------


def test_nothing_is_logged_or_warned_that_shows_a_value(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        case = full()
        for trigger in ("stay", "go"):
            model = Position("start")
            ENGINE.machine.events[trigger].trigger(model, case=case, at=NOON, by=SUE, note=NOTE)
        moved = ENGINE.take(case, "stay", by=SUE, at=NOON, note=NOTE)
        ENGINE.load_case(ENGINE.dump_case(moved))
        for _, refuses in refusals():
            with pytest.raises(RuptureError):
                refuses()

    for record in caplog.records:
        assert not found_in(f"{record.getMessage()} {record.args} {record.exc_text}")
    assert not [warning for warning in warned if found_in(str(warning.message))]


# The control ------------------------------------------------------------------------------------------


def test_the_search_would_find_a_value() -> None:
    case = full()
    dumped = ENGINE.dump_case(case)
    for name, value in VALUES.items():
        if name != "danger":
            assert found_in(f"{name}: {value!r}") or found_in(f"{name}: {value}"), name
    assert set(found_in(dumped)) >= {"canary", "7654321", "87.6543219", "2019-04-13", "03:47:19"}
    assert found_in(repr(case.facts["day"].value))

    class Careless:
        def __init__(self, decision: Decision) -> None:
            self.decision = decision

        def __repr__(self) -> str:
            return f"<{self.decision.case.facts['plan'].value}>"

    assert any(found_in(text) for text in printed(Careless(ENGINE.decide(case, at=NOON))))


def test_the_search_would_find_a_value_in_an_error() -> None:
    with pytest.raises(ValueError, match="canary") as refused:
        raise ValueError(f"plan={VALUES['plan']}")
    assert found_in(_without_source("".join(traceback.format_exception(refused.value))))


def test_a_person_is_named_by_id_and_role_only() -> None:
    assert str(Actor("dr-lee", "therapist")) == "dr-lee (therapist)"
