"""The verbs: who may write what, when, and what a refusal says."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.engine.examples import (
    BLOCKED,
    DAY,
    HOUR,
    KIM,
    LEE,
    NOON,
    OPEN,
    SUE,
    UNDECIDED,
    engine_of,
    opened,
)

from rupture_protocol import (
    UNKNOWN,
    Actor,
    Calendar,
    Case,
    Engine,
    InvalidCase,
    RecordRefused,
    Refused,
    RuptureError,
    TimeRefused,
    TransitionRefused,
    UnknownName,
    ValueRefused,
)
from rupture_protocol.engine.case import EventKind, Standing
from rupture_protocol.engine.options import steps_from
from rupture_protocol.engine.wire import decision_to_json

TEXT = """
facts:
  harm: {type: scale, values: [none, mild, severe], by: [client, supervisor]}
  agreed: boolean
  danger: {type: boolean, presume: false, source: law}
  plan: text
states:
  start:
    initial: true
    ask: [plan]
    transitions:
      consult: {to: start, by: [supervisor], despite: all}
      go:
        to: middle
        by: [therapist, supervisor]
        when: {agreed: true}
        needs: [harm]
        not_same_person: [consult]
        override: {by: [supervisor], reasons: [not_appropriate, preference]}
      stop: {to: done}
  middle: {transitions: {end: {to: done}}}
  done: {final: true}
interrupts: {hold: {to: middle, when: {danger: true}, by: [supervisor]}}
"""
ENGINE = engine_of(TEXT)
BOTH = Actor("dr-lee", "supervisor")


def ready(case: Case | None = None) -> Case:
    """A case in which `go` is open."""
    case = ENGINE.record(case or opened(ENGINE), {"harm": "mild"}, by=SUE, at=NOON)
    return ENGINE.record(case, {"agreed": True}, by=LEE, at=NOON)


# Opening ----------------------------------------------------------------------------------------------


def test_opening_a_case_is_its_first_event() -> None:
    case = ENGINE.open("case-1", by=LEE, at=NOON, occurred=NOON - HOUR, note="by phone")
    (event,) = case.history

    assert (case.id, case.state, case.version) == ("case-1", "start", 1)
    assert (event.seq, event.kind, event.at, event.occurred) == (1, EventKind.OPENED, NOON, NOON - HOUR)
    assert (event.by, event.note, event.protocol) == (LEE, "by phone", ENGINE.ref)
    assert case.visits["start"].last == NOON - HOUR


def test_a_case_needs_an_id_and_a_role_that_the_protocol_has() -> None:
    with pytest.raises(RuptureError):
        ENGINE.open("", by=LEE, at=NOON)
    with pytest.raises(UnknownName, match="unknown role") as unknown:
        ENGINE.open("case-1", by=Actor("x", "therapst"), at=NOON)
    assert unknown.value.help == "did you mean `therapist`?"


# Time -------------------------------------------------------------------------------------------------

WRITES: dict[str, Any] = {
    "record": lambda engine, case, **when: engine.record(case, {"agreed": True}, by=LEE, **when),
    "correct": lambda engine, case, **when: engine.correct(case, "agreed", reason="a slip", by=LEE, **when),
    "take": lambda engine, case, **when: engine.take(case, "stop", by=LEE, **when),
    "override": lambda engine, case, **when: engine.override(case, "go", reason="preference", by=SUE, **when),
    "open": lambda engine, _, **when: engine.open("case-2", by=LEE, **when),
}
NAIVE = datetime(2027, 1, 1)


def written() -> Case:
    return ENGINE.record(opened(ENGINE), {"agreed": False}, by=LEE, at=NOON)


@pytest.mark.parametrize("verb", WRITES)
def test_a_naive_instant_is_refused_everywhere(verb: str) -> None:
    with pytest.raises(TimeRefused, match="offset"):
        WRITES[verb](ENGINE, written(), at=NAIVE)
    with pytest.raises(TimeRefused, match="offset"):
        WRITES[verb](ENGINE, written(), at=NOON + DAY, occurred=NAIVE)


def test_a_question_at_a_naive_instant_is_refused() -> None:
    with pytest.raises(TimeRefused):
        ENGINE.decide(written(), at=NAIVE)
    with pytest.raises(ValueError, match="offset"):
        ENGINE.decide(ENGINE.imagine(), at=NAIVE)


@pytest.mark.parametrize("verb", [verb for verb in WRITES if verb != "open"])
def test_nothing_is_written_before_the_last_event(verb: str) -> None:
    with pytest.raises(TimeRefused, match="before the last event"):
        WRITES[verb](ENGINE, written(), at=NOON - timedelta(microseconds=1))


@pytest.mark.parametrize("verb", WRITES)
def test_nothing_has_occurred_that_is_still_to_come(verb: str) -> None:
    with pytest.raises(TimeRefused, match="not happened yet"):
        WRITES[verb](ENGINE, written(), at=NOON, occurred=NOON + timedelta(microseconds=1))


@pytest.mark.parametrize("verb", WRITES)
def test_the_same_instant_is_allowed_for_both(verb: str) -> None:
    case = WRITES[verb](ENGINE, written(), at=NOON, occurred=NOON)

    assert case.history[-1].at == case.history[-1].occurred == NOON


def test_instants_are_compared_as_instants_where_a_clock_shows_an_hour_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 50, tzinfo=berlin)
    second = datetime(
        2026, 10, 25, 2, 10, tzinfo=berlin, fold=1
    )  # twenty minutes later, by the clock earlier
    case = ENGINE.open("case-1", by=LEE, at=first)
    later = ENGINE.record(case, {"agreed": True}, by=LEE, at=second, occurred=first)

    assert later.history[-1].at - later.history[-1].occurred == timedelta(minutes=20)
    with pytest.raises(TimeRefused):
        ENGINE.record(later, {"agreed": True}, by=LEE, at=first)
    assert ENGINE.load_case(ENGINE.dump_case(later)) == later


def test_any_offset_is_the_same_instant() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))

    assert ENGINE.open("case-1", by=LEE, at=tokyo) == ENGINE.open("case-1", by=LEE, at=NOON)
    assert ENGINE.open("case-1", by=LEE, at=tokyo).history[0].at.tzinfo is UTC


@pytest.mark.parametrize("year", [1, 1900, 2999, 9999])
def test_an_instant_that_no_sum_of_times_could_hold_is_refused(year: int) -> None:
    with pytest.raises(TimeRefused):
        ENGINE.open("case-1", by=LEE, at=datetime(year, 1, 1, tzinfo=UTC))


# Recording --------------------------------------------------------------------------------------------


def test_a_record_says_what_when_and_by_whom() -> None:
    case = ENGINE.record(
        opened(ENGINE), {"agreed": True, "plan": "So"}, by=LEE, at=NOON + HOUR, occurred=NOON, note="by phone"
    )
    record, event = case.facts["agreed"], case.history[-1]

    assert (record.value, record.standing, record.seq, record.by) == (True, Standing.RECORDED, 2, LEE)
    assert (record.at, record.occurred) == (NOON + HOUR, NOON)
    assert (event.kind, dict(event.facts), event.note) == (
        EventKind.RECORDED, {"agreed": True, "plan": "So"}, "by phone",
    )  # fmt: skip


def test_facts_are_recorded_all_or_none() -> None:
    case = opened(ENGINE)
    for facts, error in (
        ({"agreed": True, "harm": "mild"}, RecordRefused),
        ({"agreed": True, "plan": ""}, ValueRefused),
        ({"agreed": True, "plam": "x"}, UnknownName),
        ({}, RuptureError),
    ):
        with pytest.raises(error):
            ENGINE.record(case, facts, by=LEE, at=NOON)
    assert case == opened(ENGINE)


def test_only_the_roles_of_a_fact_may_record_it() -> None:
    for by in (SUE, KIM):
        assert ENGINE.record(opened(ENGINE), {"harm": "mild"}, by=by, at=NOON).facts["harm"].value == "mild"
    with pytest.raises(RecordRefused, match="`harm` cannot be recorded by therapist") as refused:
        ENGINE.record(opened(ENGINE), {"harm": "mild"}, by=LEE, at=NOON)
    assert refused.value.help == "it is recorded by client, supervisor"
    with pytest.raises(RecordRefused):
        ENGINE.record(opened(ENGINE), {"harm": UNKNOWN}, by=LEE, at=NOON)


def test_who_acted_in_one_role_cannot_slip_past_a_recorder_rule_in_another() -> None:
    case = opened(ENGINE)  # by dr-lee, the therapist
    with pytest.raises(RecordRefused, match="has acted as therapist"):
        ENGINE.record(case, {"harm": "none"}, by=BOTH, at=NOON)
    case = ENGINE.record(case, {"harm": "none"}, by=SUE, at=NOON)
    with pytest.raises(RecordRefused):
        ENGINE.correct(case, "harm", to="mild", reason="a slip", by=BOTH, at=NOON)
    with pytest.raises(TransitionRefused, match="acted as therapist"):
        ENGINE.override(case, "go", reason="preference", by=BOTH, at=NOON)
    assert ENGINE.record(case, {"agreed": True}, by=BOTH, at=NOON).version == case.version + 1


# Correcting -------------------------------------------------------------------------------------------


def test_a_correction_replaces_the_last_record_and_keeps_it_in_the_history() -> None:
    case = ENGINE.record(opened(ENGINE), {"agreed": False}, by=LEE, at=NOON, occurred=NOON - HOUR)
    corrected = ENGINE.correct(case, "agreed", to=True, reason="misheard", by=KIM, at=NOON + DAY)
    event, record = corrected.history[-1], corrected.facts["agreed"]

    assert (event.kind, event.corrects, event.reason, event.withdrawn) == (
        EventKind.CORRECTED, 2, "misheard", False,
    )  # fmt: skip
    assert (record.value, record.seq, record.occurred) == (True, 3, NOON - HOUR)
    assert corrected.history[1].facts["agreed"] is False
    moved = ENGINE.correct(case, "agreed", to=True, reason="misheard", by=KIM, at=NOON + DAY, occurred=NOON)
    assert moved.facts["agreed"].occurred == NOON


def test_a_withdrawn_fact_is_not_on_record_nor_is_the_one_before_nor_a_presumption() -> None:
    case = ENGINE.record(opened(ENGINE), {"danger": False}, by=LEE, at=NOON)
    case = ENGINE.record(case, {"danger": True}, by=LEE, at=NOON)
    withdrawn = ENGINE.correct(case, "danger", reason="another client", by=LEE, at=NOON)

    assert withdrawn.facts["danger"].standing is Standing.WITHDRAWN
    assert ENGINE.decide(withdrawn, at=NOON)["hold"].verdict is UNDECIDED
    assert "withdrawn" in ENGINE.decide(withdrawn, at=NOON)["hold"].because
    with pytest.raises(Refused, match="no record to correct"):
        ENGINE.correct(withdrawn, "danger", reason="again", by=LEE, at=NOON)
    again = ENGINE.record(withdrawn, {"danger": False}, by=LEE, at=NOON)
    assert ENGINE.decide(again, at=NOON)["hold"].verdict is BLOCKED


def test_a_correction_needs_a_record_and_a_reason_and_somebody_who_may_record() -> None:
    with pytest.raises(Refused, match="no record to correct"):
        ENGINE.correct(opened(ENGINE), "agreed", reason="x", by=LEE, at=NOON)
    with pytest.raises(Refused, match="no record to correct"):  # what is presumed is no record
        ENGINE.correct(opened(ENGINE), "danger", to=True, reason="x", by=LEE, at=NOON)
    with pytest.raises(RuptureError, match="says why"):
        ENGINE.correct(ready(), "agreed", reason="", by=LEE, at=NOON)
    with pytest.raises(RecordRefused):
        ENGINE.correct(ready(), "harm", to="severe", reason="x", by=LEE, at=NOON)
    with pytest.raises(UnknownName):
        ENGINE.correct(ready(), "plam", reason="x", by=LEE, at=NOON)


# Taking -----------------------------------------------------------------------------------------------


def test_an_open_step_is_taken_and_its_event_says_what_it_rested_on() -> None:
    case = ENGINE.take(ready(), "go", by=LEE, at=NOON + HOUR, note="agreed by phone")
    event = case.history[-1]

    assert (case.state, case.visits["middle"].count) == ("middle", 1)
    assert (event.kind, event.trigger, event.source, event.to) == (EventKind.TAKEN, "go", "start", "middle")
    assert (event.verdict, event.rests_on, event.note) == ("open", (2, 3), "agreed by phone")


def test_a_refusal_says_which_of_these_failed() -> None:
    cases = [
        (opened(ENGINE), LEE, "cannot `go` from `start`: `agreed` is not recorded; `harm` is not recorded"),
        (ENGINE.record(ready(), {"agreed": False}, by=LEE, at=NOON), LEE, "`agreed` stands against it"),
        (ENGINE.record(ready(), {"danger": True}, by=LEE, at=NOON), LEE, "`hold` holds it back"),
        (ENGINE.record(ready(), {"danger": UNKNOWN}, by=LEE, at=NOON), LEE, "`hold` cannot be ruled out yet"),
        (ready(), KIM, "it is taken by therapist, supervisor, not by client"),
        (ready(ENGINE.take(opened(ENGINE), "consult", by=SUE, at=NOON)), SUE, "whoever took `consult`"),
        (ENGINE.take(ready(), "go", by=LEE, at=NOON), LEE, "it is not offered here"),
    ]
    for case, by, words in cases:
        with pytest.raises(TransitionRefused) as refused:
            ENGINE.take(case, "go", by=by, at=NOON)
        assert words in str(refused.value)
        assert refused.value.decision.state == case.state
        assert (refused.value.option is None) == ("not offered" in words)
        assert refused.value.help is not None


def test_a_refusal_says_what_is_open_from_here() -> None:
    with pytest.raises(TransitionRefused) as refused:
        ENGINE.take(opened(ENGINE), "go", by=LEE, at=NOON)
    assert refused.value.help == "open from here: `consult`, `stop`"


def test_an_unknown_trigger_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="unknown trigger `og`"):
        ENGINE.take(opened(ENGINE), "og", by=LEE, at=NOON)
    with pytest.raises(LookupError):
        ENGINE.override(opened(ENGINE), "og", reason="preference", by=SUE, at=NOON)


def test_nobody_who_ever_took_a_step_in_any_role_takes_the_one_that_bars_them() -> None:
    case = ready(ENGINE.take(opened(ENGINE), "consult", by=SUE, at=NOON))
    also_therapist = Actor("sue", "therapist")

    assert ENGINE.decide(case, at=NOON, actor=also_therapist)["go"].may is False
    with pytest.raises(TransitionRefused, match="not_same_person"):
        ENGINE.take(case, "go", by=also_therapist, at=NOON)
    assert ENGINE.take(case, "go", by=LEE, at=NOON).state == "middle"


def test_a_decision_says_whether_somebody_may_and_changes_no_verdict() -> None:
    case = ready()
    plain = ENGINE.decide(case, at=NOON)
    assert plain["go"].may is None
    for by, may in ((LEE, True), (SUE, True), (KIM, False)):
        decision = ENGINE.decide(case, at=NOON, actor=by)
        assert decision["go"].may is may
        assert decision.verdicts == plain.verdicts


def test_an_interrupt_is_taken_by_its_roles_too() -> None:
    case = ENGINE.record(opened(ENGINE), {"danger": True}, by=LEE, at=NOON)
    with pytest.raises(TransitionRefused, match="taken by supervisor"):
        ENGINE.take(case, "hold", by=LEE, at=NOON)
    with pytest.raises(TransitionRefused, match="taken by supervisor"):  # as a precaution either
        ENGINE.take(ENGINE.record(case, {"danger": UNKNOWN}, by=LEE, at=NOON), "hold", by=LEE, at=NOON)
    assert ENGINE.take(case, "hold", by=SUE, at=NOON).state == "middle"


# Overriding -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [{}, {"agreed": False}, {"agreed": True}])
def test_an_override_lifts_when_and_needs_on_the_record(facts: dict[str, object]) -> None:
    case = opened(ENGINE)
    if facts:
        case = ENGINE.record(case, facts, by=KIM, at=NOON)
    event = ENGINE.override(case, "go", reason="preference", by=SUE, at=NOON, note="her wish").history[-1]

    assert (event.kind, event.reason, event.note) == (EventKind.OVERRIDE, "preference", "her wish")
    assert event.verdict == ("blocked" if facts.get("agreed") is False else "undecided")


def test_an_override_lifts_nothing_else() -> None:
    consulted = ENGINE.take(opened(ENGINE), "consult", by=SUE, at=NOON)
    refusals = [
        (
            ENGINE.record(opened(ENGINE), {"danger": True}, by=LEE, at=NOON),
            "go",
            SUE,
            "preference",
            "interrupt",
        ),
        (
            ENGINE.record(opened(ENGINE), {"danger": UNKNOWN}, by=LEE, at=NOON),
            "go",
            SUE,
            "preference",
            "interrupt",
        ),
        (consulted, "go", SUE, "preference", "not_same_person"),
        (opened(ENGINE), "go", LEE, "preference", "overridden by supervisor"),
        (opened(ENGINE), "go", SUE, "because", "not_appropriate, preference"),
        (opened(ENGINE), "hold", SUE, "preference", "cannot be overridden"),
        (ready(), "go", SUE, "preference", "needs no override"),
        (opened(ENGINE), "end", SUE, "preference", "not offered here"),
    ]
    for case, trigger, by, reason, words in refusals:
        with pytest.raises(TransitionRefused) as refused:
            ENGINE.override(case, trigger, reason=reason, by=by, at=NOON)
        assert words in f"{refused.value} {refused.value.help}"
    with pytest.raises(TransitionRefused, match="open, and needs no override"):
        ENGINE.override(opened(ENGINE), "stop", reason="preference", by=SUE, at=NOON)


# Asking -----------------------------------------------------------------------------------------------


def test_suppose_is_what_if_and_leaves_the_case_alone() -> None:
    case = ready()
    decision = ENGINE.decide(case, at=NOON, suppose={"agreed": False})

    assert decision["go"].verdict is BLOCKED
    assert "supposed" in [notice.code for notice in decision.notices]
    assert ENGINE.decide(case, at=NOON, suppose={"agreed": UNKNOWN})["go"].verdict is UNDECIDED
    assert ENGINE.decide(case, at=NOON)["go"].verdict is OPEN
    with pytest.raises(UnknownName):
        ENGINE.decide(case, at=NOON, suppose={"agred": True})
    with pytest.raises(ValueRefused):
        ENGINE.decide(case, at=NOON, suppose={"agreed": "yes"})


def test_an_imagined_case_is_for_questions_only() -> None:
    case = ENGINE.imagine(state="middle", visited=["start", "start"], facts={"harm": "mild"})
    assert (case.imagined, case.visits["start"].count, case.visits["middle"].count) == (True, 2, 1)
    assert ENGINE.decide(case, at=NOON)["end"].verdict is OPEN
    assert "imagined" in [notice.code for notice in ENGINE.decide(case, at=NOON).notices]

    for write in list(WRITES.values())[:-1]:
        with pytest.raises(Refused, match="questions only"):
            write(ENGINE, case, at=NOON)
    with pytest.raises(InvalidCase):
        ENGINE.dump_case(case)
    for bad in ({"state": "midle"}, {"visited": ["x"]}, {"facts": {"x": 1}}):
        with pytest.raises(UnknownName):
            ENGINE.imagine(**bad)


def test_the_default_calendar_is_said_in_notices_and_a_given_one_is_not() -> None:
    def codes(engine: Engine) -> list[str]:
        return [notice.code for notice in engine.decide(engine.imagine(), at=NOON).notices]

    assert "default-calendar" in codes(ENGINE)
    assert "default-calendar" not in codes(Engine(ENGINE.protocol, calendar=Calendar()))


def test_a_protocol_past_its_review_date_says_so_in_every_decision() -> None:
    engine = engine_of('about: {review_by: "2026-11-24"}' + TEXT)

    def codes(at: datetime) -> list[str]:
        return [notice.code for notice in engine.decide(engine.imagine(), at=at).notices]

    assert "review-overdue" not in codes(NOON)
    assert "review-overdue" in codes(NOON + DAY)


def test_every_decision_and_every_event_names_the_protocol() -> None:
    decision = decision_to_json(ENGINE.decide(ready(), at=NOON))

    assert decision["protocol"] == {"id": "example", "version": "1.0.0", "digest": ENGINE.protocol.digest}
    assert {event.protocol for event in ready().history} == {ENGINE.ref}


def test_a_case_of_another_protocol_is_refused_by_every_verb() -> None:
    other = engine_of(TEXT.replace("agreed: true", "agreed: false"))
    case = opened(other)
    for write in list(WRITES.values())[:-1]:
        with pytest.raises(InvalidCase, match="opened under"):
            write(ENGINE, case, at=NOON)
    with pytest.raises(InvalidCase):
        ENGINE.decide(case, at=NOON)
    with pytest.raises(InvalidCase):
        ENGINE.dump_case(case)
    with pytest.raises(InvalidCase, match="digest"):
        ENGINE.load_case(other.dump_case(case))


# Values, threads, processes ---------------------------------------------------------------------------


def test_writing_leaves_the_case_before_as_it_was() -> None:
    case = ready()
    before = copy.deepcopy(case)
    ENGINE.take(case, "go", by=LEE, at=NOON)
    ENGINE.record(case, {"agreed": False}, by=LEE, at=NOON)

    assert case == before
    with pytest.raises(TypeError):
        case.facts["agreed"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        case.state = "done"  # type: ignore[misc]


def test_an_engine_a_case_and_a_refusal_travel_to_another_process() -> None:
    engine, case = pickle.loads(pickle.dumps((ENGINE, ready())))
    assert engine.take(case, "go", by=LEE, at=NOON) == ENGINE.take(ready(), "go", by=LEE, at=NOON)
    assert copy.deepcopy(ENGINE).decide(case, at=NOON) == ENGINE.decide(case, at=NOON)
    given = Engine(ENGINE.protocol, calendar=Calendar(closed=frozenset({NOON.date()})))
    assert pickle.loads(pickle.dumps(given)).calendar == given.calendar

    with pytest.raises(TransitionRefused) as refused:
        ENGINE.take(opened(ENGINE), "go", by=LEE, at=NOON)
    again = pickle.loads(pickle.dumps(refused.value))
    assert (str(again), again.help) == (str(refused.value), refused.value.help)
    assert again.option.because == refused.value.option.because if refused.value.option else False


def test_the_sentences_of_a_decision_are_the_same_in_another_process() -> None:
    decision = ENGINE.decide(ready(), at=NOON)
    texts = [reason.text for option in decision.values() for reason in option.reasons.walk()]
    again = pickle.loads(pickle.dumps(decision))

    assert [reason.text for option in again.values() for reason in option.reasons.walk()] == texts


@pytest.mark.parametrize("round_", range(20))
def test_many_threads_may_share_an_engine_from_its_first_question_on(round_: int) -> None:
    engine = Engine(ENGINE.protocol)
    case = ready()
    barrier = threading.Barrier(8)
    found: list[object] = []

    def work() -> None:
        barrier.wait()
        try:
            found.append(engine.take(case, "go", by=LEE, at=NOON))
            found.append(decision_to_json(engine.decide(case, at=NOON)))
        except BaseException as error:
            found.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken = ENGINE.take(case, "go", by=LEE, at=NOON)
    told = decision_to_json(ENGINE.decide(case, at=NOON))
    assert len(found) == 16
    assert all(each in (taken, told) for each in found)


def test_a_state_prepared_by_two_threads_at_once_is_one_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(ENGINE.protocol)
    others: list[object] = []

    def while_another_prepares(*args: Any) -> Any:
        if not others:
            others.append(None)
            others[0] = engine._prepared.offer("start").steps
        return steps_from(*args)

    monkeypatch.setattr("rupture_protocol.engine.prepared.steps_from", while_another_prepares)

    # The machine knows a step by its identity.
    assert engine._prepared.offer("start").steps is others[0]
    assert engine.take(ready(), "go", by=LEE, at=NOON).state == "middle"
