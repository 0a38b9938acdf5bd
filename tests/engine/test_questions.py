"""What is missing, what would open what is blocked, and what to ask first: as tables a person can check."""

from __future__ import annotations

import pytest
from tests.engine.examples import LEE, NOON, engine_of, guarded, opened

from rupture_protocol import UNKNOWN

FACTS = "{a: boolean, b: boolean, c: boolean, n: {type: integer, minimum: 0, maximum: 9}, text: text}"


@pytest.mark.parametrize(
    ("when", "facts", "missing"),
    [
        ("{a: true}", {}, (("a",),)),
        ("{a: true}", {"a": True}, ()),
        ("{a: true}", {"a": False}, ()),  # no record that is missing would open it
        ("{a: true, b: true}", {}, (("a", "b"),)),
        ("{a: true, b: true}", {"b": True}, (("a",),)),
        ("{a: true, b: true}", {"b": False}, ()),
        ("{any: [{a: true, b: true}, {c: true}]}", {}, (("c",), ("a", "b"))),
        ("{any: [{a: true}, {b: true}, {c: true}]}", {}, (("a",), ("b",), ("c",))),
        ("{any: [{b: true}, {a: true}]}", {}, (("a",), ("b",))),  # file order of the facts
        ("{not: {a: true}}", {}, (("a",),)),
        ("{n: {above: 9}}", {}, ()),  # no value does it
        ("{n: {above: 3}, not: {n: {below: 5}}}", {}, (("n",),)),
        ("{all: [{a: true}, {a: false}]}", {}, ()),
        ("{any: [{a: true}, {a: false}]}", {}, (("a",),)),
        ("{a: true}", {"a": UNKNOWN}, (("a",),)),
    ],
)
def test_missing_is_the_smallest_sets_that_would_open_it(
    when: str, facts: dict[str, object], missing: tuple[tuple[str, ...], ...]
) -> None:
    engine = guarded(when, FACTS)

    assert engine.decide(engine.imagine(facts=facts), at=NOON)["go"].missing == missing


def test_at_most_eight_are_named() -> None:
    names = [f"f{at}" for at in range(12)]
    facts = "{" + ", ".join(f"{name}: boolean" for name in names) + "}"
    engine = guarded("{any: [" + ", ".join(f"{{{name}: true}}" for name in names) + "]}", facts)

    assert engine.decide(engine.imagine(), at=NOON)["go"].missing == tuple((name,) for name in names[:8])


def test_a_fact_that_is_only_presumed_is_not_recorded_and_may_be_what_is_missing() -> None:
    engine = guarded("{a: true}", "{a: {type: boolean, presume: false, source: law}}")
    option = engine.decide(engine.imagine(), at=NOON)["go"]

    assert option.verdict.value == "blocked"
    assert option.missing == (("a",),)
    assert option.presumed == ("a",)


CHANGING = """
facts:
  a: {type: boolean, by: [supervisor]}
  b: boolean
  level: {type: scale, values: [none, mild, severe]}
  danger: boolean
states:
  start: {initial: true, transitions: {go: {to: done, when: WHEN}}}
  done: {final: true}
interrupts: {hold: {to: done, when: {danger: true}}}
"""


@pytest.mark.parametrize(
    ("when", "facts", "changes"),
    [
        ("{a: true}", {"a": False}, [{"a": ((True,), ("supervisor",))}]),
        ("{a: true}", {}, []),  # undecided: that is what `missing` is for
        ("{a: true}", {"a": True}, []),
        ("{a: true, b: true}", {"a": False}, []),  # a change alone would leave it undecided
        ("{level: {below: severe}}", {"level": "severe"}, [{"level": (("none", "mild"), None)}]),
        ("{any: [{a: true}, {b: true}]}", {"a": False, "b": False}, [{"a": None}, {"b": None}]),
        ("{a: true, b: true}", {"a": False, "b": False}, [{"a": None, "b": None}]),
        ("{a: true, danger: false}", {"a": False, "danger": False}, [{"a": None}]),
        ("{b: true}", {"b": True, "danger": True}, []),  # danger is not talked away
        ("{b: true, danger: true}", {"b": True, "danger": False}, []),
    ],
)
def test_opens_with_is_the_smallest_changes_and_who_may_record_them(
    when: str, facts: dict[str, object], changes: list[dict[str, tuple[object, ...] | None]]
) -> None:
    engine = engine_of(CHANGING.replace("WHEN", when))
    found = engine.decide(engine.imagine(facts={"danger": False} | facts), at=NOON)["go"].opens_with

    assert [set(each) for each in found] == [set(each) for each in changes]
    for change, expected in zip(found, changes, strict=True):
        for name, to_and_by in expected.items():
            if to_and_by is not None:
                assert change[name].to == to_and_by[0]
                assert to_and_by[1] is None or change[name].by == to_and_by[1]


ASKING = engine_of("""
facts:
  rarely: boolean
  often: {type: boolean, ask: "Is it so?", by: [client]}
  danger: boolean
  threat: boolean
  listed: boolean
  also_listed: boolean
  never: boolean
states:
  start:
    initial: true
    ask: [also_listed, listed]
    transitions:
      one: {to: done, when: {rarely: true, often: true}}
      two: {to: done, when: {often: true}}
      three: {to: done, needs: [often, listed]}
  done: {final: true}
interrupts:
  hold: {to: done, when: {any: [{threat: true}, {danger: true}]}}
  guard: {to: done, when: {danger: true, rarely: true}}
""")


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, ["threat", "danger", "rarely", "also_listed", "listed", "often"]),
        ({"threat": False, "danger": False}, ["also_listed", "listed", "often", "rarely"]),
        ({"threat": True}, ["danger", "rarely", "also_listed", "listed"]),  # nothing recorded opens the rest
        ({"threat": UNKNOWN, "danger": False}, ["threat", "also_listed", "listed", "often", "rarely"]),
        ({"threat": False, "danger": False, "listed": True}, ["also_listed", "often", "rarely"]),
    ],
)
def test_ask_is_dangers_first_then_the_states_list_then_what_most_options_miss(
    facts: dict[str, object], asked: list[str]
) -> None:
    decision = ASKING.decide(ASKING.imagine(facts=facts), at=NOON)

    assert [question.fact for question in decision.ask] == asked


def test_a_question_says_what_to_ask_and_who_may_answer() -> None:
    questions = {each.fact: each for each in ASKING.decide(ASKING.imagine(), at=NOON).ask}

    assert (questions["often"].question, questions["often"].by) == ("Is it so?", ("client",))
    assert questions["listed"].question == "listed?"
    assert questions["listed"].by == ("therapist", "supervisor", "client")


def test_a_reason_says_the_sentence_the_record_and_the_place() -> None:
    engine = guarded("{a: true, b: true}", FACTS)
    case = engine.record(opened(engine), {"a": True}, by=LEE, at=NOON)
    reasons = list(engine.decide(case, at=NOON)["go"].reasons.walk())
    a = next(reason for reason in reasons if reason.fact == "a")
    b = next(reason for reason in reasons if reason.fact == "b")

    assert (a.text, a.truth.value) == ("`a` is true", "true")
    assert a.record is not None
    assert (a.record.by, a.record.at, a.record.seq) == (LEE, NOON, 2)
    assert (b.text, b.truth.value) == ("whether `b` is true is open: `b` is not recorded", "unknown")
    assert b.record is None
    assert str(a.where).startswith("protocol.yaml:")
    line = next(at for at, text in enumerate(_text(engine), 1) if "go: " in text)
    assert a.where is not None
    assert a.where.line == line


def _text(engine: object) -> list[str]:
    from tests.engine.examples import HEAD

    facts = [f"facts: {FACTS}", "states:", "  start: {initial: true, transitions: {go: {"]
    return [*HEAD.splitlines(), "", *facts]
