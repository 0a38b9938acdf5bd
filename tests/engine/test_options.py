"""What a state offers and what holds it back: interrupts, `despite`, `anywhere`, promises, arguments."""

from __future__ import annotations

import pytest
from tests.engine.examples import BLOCKED, HOUR, LEE, NOON, OPEN, SUE, UNDECIDED, engine_of, opened

from rupture_protocol import UNKNOWN, Case, Engine, Refused, TransitionRefused, Verdict
from rupture_protocol.engine.case import EventKind

DANGERS = engine_of("""
facts: {danger: boolean, threat: boolean, note: text}
states:
  start:
    initial: true
    transitions:
      go: {to: middle}
      consult: {to: middle, despite: all}
      protect: {to: middle, despite: [hold]}
  middle: {transitions: {back: {to: start}}}
  held: {transitions: {resume: {to: start}, debrief: {to: middle, despite: all}}}
  guarded: {transitions: {resume_too: {to: start}}}
  done: {final: true}
anywhere:
  end: {to: done, except: [middle]}
  move: {to: middle, only: [start, held, middle]}
interrupts:
  hold: {to: held, when: {danger: true}}
  guard: {to: guarded, when: {threat: true}}
""")

YES, NO = True, False


def verdicts(engine: Engine, state: str = "start", **facts: object) -> dict[str, Verdict]:
    return engine.decide(engine.imagine(state=state, facts=facts), at=NOON).verdicts


# Interrupts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("danger", "threat", "hold", "guard", "go", "consult", "protect"),
    [
        (YES, YES, OPEN, BLOCKED, BLOCKED, OPEN, BLOCKED),
        (YES, NO, OPEN, BLOCKED, BLOCKED, OPEN, OPEN),
        (YES, UNKNOWN, OPEN, BLOCKED, BLOCKED, OPEN, UNDECIDED),
        (NO, YES, BLOCKED, OPEN, BLOCKED, OPEN, BLOCKED),
        (NO, NO, BLOCKED, BLOCKED, OPEN, OPEN, OPEN),
        (NO, UNKNOWN, BLOCKED, UNDECIDED, UNDECIDED, OPEN, UNDECIDED),
        (UNKNOWN, YES, UNDECIDED, UNDECIDED, BLOCKED, OPEN, BLOCKED),
        (UNKNOWN, NO, UNDECIDED, BLOCKED, UNDECIDED, OPEN, OPEN),
        (UNKNOWN, UNKNOWN, UNDECIDED, UNDECIDED, UNDECIDED, OPEN, UNDECIDED),
    ],
)
def test_a_danger_holds_back_all_after_it_while_true_and_leaves_it_undecided_while_unknown(
    danger: object,
    threat: object,
    hold: Verdict,
    guard: Verdict,
    go: Verdict,
    consult: Verdict,
    protect: Verdict,
) -> None:
    found = verdicts(DANGERS, danger=danger, threat=threat)

    assert found["hold"] is hold
    assert found["guard"] is guard
    assert found["go"] is found["end"] is found["move"] is go
    assert found["consult"] is consult
    assert found["protect"] is protect


def test_an_interrupt_is_not_offered_in_its_own_target_but_goes_on_holding_back_what_leaves_it() -> None:
    assert "hold" not in verdicts(DANGERS, "held")
    assert verdicts(DANGERS, "held", danger=True, threat=False)["resume"] is BLOCKED
    assert verdicts(DANGERS, "held", threat=False)["resume"] is UNDECIDED
    assert verdicts(DANGERS, "held", danger=False, threat=False)["resume"] is OPEN
    assert verdicts(DANGERS, "held", danger=True, threat=True)["debrief"] is OPEN


def test_the_less_urgent_that_are_true_as_well_are_listed_under_also() -> None:
    def also(**facts: object) -> tuple[str, ...]:
        return DANGERS.decide(DANGERS.imagine(facts=facts), at=NOON).also

    assert also(danger=True, threat=True) == ("guard",)
    assert also(danger=False, threat=True) == also(threat=True) == also(danger=True) == also() == ()


def test_interrupts_are_offered_first_most_urgent_first() -> None:
    decision = DANGERS.decide(DANGERS.imagine(facts={"danger": True, "threat": True}), at=NOON)

    assert [option.trigger for option in decision.options if option.interrupt] == ["hold", "guard"]
    assert decision.open == ("hold", "consult")


def _lived(state: str, **facts: object) -> Case:
    """A case in a state; every interrupt is clear on the way there, and then the facts are recorded."""
    case = DANGERS.record(
        opened(DANGERS), {"danger": state == "held", "threat": state == "guarded"}, by=LEE, at=NOON
    )
    if state != "start":
        case = DANGERS.take(case, {"held": "hold", "guarded": "guard"}[state], by=LEE, at=NOON)
    return DANGERS.record(case, {"danger": UNKNOWN, "threat": UNKNOWN} | facts, by=LEE, at=NOON)


@pytest.mark.parametrize(
    ("state", "facts", "trigger", "allowed"),
    [
        ("start", {}, "hold", True),
        ("start", {}, "guard", True),
        ("start", {"danger": False}, "guard", True),
        ("start", {"threat": True}, "guard", True),  # true, and only the more urgent one is in doubt
        ("start", {"danger": True}, "guard", False),  # blocked, not undecided
        ("start", {"danger": False, "threat": False}, "guard", False),
        ("held", {}, "guard", False),  # held for what is not definitely over
        ("held", {"danger": False}, "guard", True),
        ("guarded", {}, "hold", True),  # the more urgent one leads out of the less urgent
        ("start", {}, "go", False),
    ],
)
def test_an_undecided_interrupt_may_be_taken_as_a_precaution(
    state: str, facts: dict[str, object], trigger: str, allowed: bool
) -> None:
    case = _lived(state, **facts)
    decision = DANGERS.decide(case, at=NOON)

    assert decision[trigger].precaution is allowed
    if not allowed:
        with pytest.raises(TransitionRefused):
            DANGERS.take(case, trigger, by=LEE, at=NOON)
        return
    event = DANGERS.take(case, trigger, by=LEE, at=NOON).history[-1]
    assert event.kind is EventKind.PRECAUTION
    assert event.verdict == "undecided"


def test_an_open_interrupt_is_taken_not_a_precaution() -> None:
    case = _lived("start", danger=True)

    assert not DANGERS.decide(case, at=NOON)["hold"].precaution
    assert DANGERS.take(case, "hold", by=LEE, at=NOON).history[-1].kind is EventKind.TAKEN


# Anywhere ---------------------------------------------------------------------------------------------


def test_an_anywhere_transition_is_offered_where_it_says_and_never_in_its_own_target() -> None:
    assert {"end", "move"} <= set(verdicts(DANGERS, "start"))
    assert {"end", "move"} <= set(verdicts(DANGERS, "held"))
    assert "move" not in verdicts(DANGERS, "middle")
    assert "move" not in verdicts(DANGERS, "guarded")
    assert "end" not in verdicts(DANGERS, "middle")
    assert verdicts(DANGERS, "done") == {}


def test_a_final_state_offers_nothing_asks_nothing_and_refuses_every_step() -> None:
    case = DANGERS.take(_lived("start", danger=False, threat=False), "end", by=LEE, at=NOON)
    decision = DANGERS.decide(case, at=NOON)

    assert (len(decision), decision.open, decision.also, decision.ask) == (0, (), (), ())
    for trigger in ("hold", "go", "end"):
        with pytest.raises(TransitionRefused, match="the case has ended") as refused:
            DANGERS.take(case, trigger, by=LEE, at=NOON)
        assert refused.value.option is None


# Promises at run time ---------------------------------------------------------------------------------

PROMISED = """
facts: {{agreed: boolean, plan: text, minor: boolean, danger: boolean}}
states:
  start:
    initial: true
    transitions:
      go: {{to: middle, override: {{by: [supervisor], reasons: [preference]}}}}
      aside: {{to: other}}
  other: {{transitions: {{go: {{to: middle}}}}}}
  middle: {{forget: [agreed, plan], transitions: {{end: {{to: done}}, stay: {{to: middle}}}}}}
  done: {{final: true}}
interrupts: {{hold: {{to: middle, when: {{danger: true}}}}}}
promises: {{kept: {{enter: middle, {}}}}}
"""


@pytest.mark.parametrize(
    ("promise", "facts", "expected"),
    [
        ("only_if: {agreed: true}", {}, UNDECIDED),
        ("only_if: {agreed: true}", {"agreed": True}, OPEN),
        ("only_if: {agreed: true}", {"agreed": False}, BLOCKED),
        ("needs: [plan]", {}, UNDECIDED),
        ("needs: [plan]", {"plan": "As agreed"}, OPEN),
        ("only_after: other", {}, BLOCKED),
        ("only_if: {agreed: true}, when: {minor: true}", {"minor": False}, OPEN),
        ("only_if: {agreed: true}, when: {minor: true}", {"minor": True}, UNDECIDED),
        ("only_if: {agreed: true}, when: {minor: true}", {"minor": True, "agreed": False}, BLOCKED),
        ("only_if: {agreed: true}, when: {minor: true}", {}, UNDECIDED),
        ("only_if: {agreed: true}, when: {minor: true}", {"agreed": True}, OPEN),
        ("only_if: {agreed: true}, needs: [plan]", {"agreed": True}, UNDECIDED),
        ("only_if: {agreed: true}, needs: [plan]", {"plan": "As agreed", "agreed": False}, BLOCKED),
    ],
)
def test_every_way_into_a_state_keeps_its_promises(
    promise: str, facts: dict[str, object], expected: Verdict
) -> None:
    engine = engine_of(PROMISED.format(promise))
    case = engine.imagine(facts={"danger": False} | facts)

    assert engine.decide(case, at=NOON)["go"].verdict is expected


def test_a_promise_is_read_before_forget() -> None:
    engine = engine_of(PROMISED.format("only_if: {agreed: true}, needs: [plan]"))
    case = engine.record(opened(engine), {"danger": False, "agreed": True, "plan": "So"}, by=LEE, at=NOON)
    case = engine.take(case, "go", by=LEE, at=NOON)

    assert engine.decide(case, at=NOON)["stay"].verdict is UNDECIDED  # asked afresh
    assert {case.facts[name].standing.value for name in ("agreed", "plan")} == {"forgotten"}
    assert {question.fact for question in engine.decide(case, at=NOON).ask} >= {"agreed", "plan"}


def test_only_after_asks_for_all_of_them_to_have_been_visited_before() -> None:
    engine = engine_of(PROMISED.format("only_after: [other, start]"))

    def go(*visited: str, state: str = "start") -> Verdict:
        case = engine.imagine(state=state, visited=visited, facts={"danger": False})
        return engine.decide(case, at=NOON)["go"].verdict

    assert go() is BLOCKED
    assert go("other") is OPEN
    assert go(state="other") is BLOCKED
    assert go("start", state="other") is OPEN


def test_a_promise_never_holds_back_an_interrupt_and_no_override_lifts_it() -> None:
    engine = engine_of(PROMISED.format("only_if: {agreed: true}"))
    case = engine.record(opened(engine), {"danger": False, "agreed": False}, by=LEE, at=NOON)
    with pytest.raises(TransitionRefused, match="neither an interrupt nor a promise"):
        engine.override(case, "go", reason="preference", by=SUE, at=NOON)

    case = engine.record(case, {"danger": True}, by=LEE, at=NOON)
    assert engine.take(case, "hold", by=LEE, at=NOON).state == "middle"


# Forget -----------------------------------------------------------------------------------------------


def test_a_forgotten_fact_is_asked_afresh_and_not_presumed_again() -> None:
    engine = engine_of("""
        facts: {agreed: {type: boolean, presume: true, source: law}}
        states:
          start: {initial: true, transitions: {go: {to: middle}}}
          middle: {forget: [agreed], transitions: {end: {to: done, when: {agreed: true}}}}
          done: {final: true}
    """)
    never = engine.take(opened(engine), "go", by=LEE, at=NOON)
    assert engine.decide(never, at=NOON)["end"].presumed == ("agreed",)  # nothing was recorded to forget

    case = engine.record(opened(engine), {"agreed": True}, by=LEE, at=NOON)
    case = engine.take(case, "go", by=LEE, at=NOON)
    assert engine.decide(case, at=NOON)["end"].verdict is UNDECIDED
    assert "must be asked afresh" in engine.decide(case, at=NOON)["end"].because
    assert case.history[1].facts["agreed"] is True  # and kept


def test_a_correction_of_a_forgotten_record_does_not_put_it_on_record_again() -> None:
    engine = engine_of("""
        facts: {agreed: boolean}
        states:
          start: {initial: true, transitions: {go: {to: middle}}}
          middle: {forget: [agreed], transitions: {end: {to: done, when: {agreed: true}}}}
          done: {final: true}
    """)
    case = engine.record(opened(engine), {"agreed": False}, by=LEE, at=NOON)
    case = engine.take(case, "go", by=LEE, at=NOON)
    corrected = engine.correct(case, "agreed", to=True, reason="a slip", by=LEE, at=NOON + HOUR)

    assert engine.decide(corrected, at=NOON + HOUR)["end"].verdict is UNDECIDED
    recorded = engine.record(corrected, {"agreed": True}, by=LEE, at=NOON + HOUR)
    assert engine.decide(recorded, at=NOON + HOUR)["end"].verdict is OPEN


def test_what_was_withdrawn_stays_withdrawn_when_it_would_be_forgotten() -> None:
    engine = engine_of("""
        facts: {agreed: boolean}
        states:
          start: {initial: true, transitions: {go: {to: middle}}}
          middle: {forget: [agreed], transitions: {end: {to: done}}}
          done: {final: true}
    """)
    case = engine.record(opened(engine), {"agreed": False}, by=LEE, at=NOON)
    case = engine.correct(case, "agreed", reason="another client", by=LEE, at=NOON)
    case = engine.take(case, "go", by=LEE, at=NOON)

    assert case.facts["agreed"].standing.value == "withdrawn"
    with pytest.raises(Refused, match="no record to correct"):
        engine.correct(case, "agreed", to=True, reason="a slip", by=LEE, at=NOON)


# Arguments --------------------------------------------------------------------------------------------

ARGUED = engine_of("""
facts: {gain: boolean, cost: boolean, fit: boolean}
states:
  start:
    initial: true
    transitions:
      plain: {to: done}
      weak:
        to: done
        for: [{when: {gain: true}, because: It helps, source: law}]
        against: [{when: {cost: true}, because: It costs much, strength: strong}]
      strong: {to: done, for: [{when: {gain: true}, because: It helps much, strength: strong}]}
      shut: {to: done, when: {fit: true}, for: [{because: Always so}]}
  done: {final: true}
""")


@pytest.mark.parametrize(
    ("facts", "order"),
    [
        ({}, ("plain", "weak", "strong")),
        ({"gain": True}, ("strong", "weak", "plain")),
        ({"gain": False, "cost": False}, ("plain", "weak", "strong")),
        ({"gain": True, "cost": True}, ("strong", "plain", "weak")),
        ({"cost": True}, ("plain", "strong", "weak")),
        ({"fit": True}, ("shut", "plain", "weak", "strong")),
    ],
)
def test_open_options_are_offered_by_net_strength_then_file_order(
    facts: dict[str, object], order: tuple[str, ...]
) -> None:
    assert ARGUED.decide(ARGUED.imagine(facts=facts), at=NOON).open == order


def test_arguments_are_shown_where_they_are_true_and_never_open_or_block() -> None:
    decision = ARGUED.decide(ARGUED.imagine(facts={"gain": True, "cost": True, "fit": False}), at=NOON)

    assert [each.because for each in decision["weak"].arguments_for] == ["It helps"]
    assert decision["weak"].arguments_for[0].source == ("law",)
    assert [each.because for each in decision["weak"].arguments_against] == ["It costs much"]
    assert decision["weak"].verdict is OPEN
    assert decision["shut"].verdict is BLOCKED
    nothing = ARGUED.decide(ARGUED.imagine(), at=NOON)
    assert nothing["weak"].arguments_for == nothing["weak"].arguments_against == ()


def test_what_is_assumed_and_contradicted_is_said_in_every_decision() -> None:
    engine = engine_of("""
        facts: {a: boolean, b: boolean}
        states:
          start: {initial: true, transitions: {go: {to: done}}}
          done: {final: true}
        assume: [{any: [{a: true}, {b: true}]}]
    """)

    def codes(**facts: object) -> list[str]:
        return [notice.code for notice in engine.decide(engine.imagine(facts=facts), at=NOON).notices]

    assert "assumption-contradicted" in codes(a=False, b=False)
    assert "assumption-contradicted" not in codes(a=False)
    assert "assumption-contradicted" not in codes(a=True, b=False)
