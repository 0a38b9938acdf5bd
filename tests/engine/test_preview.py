"""Where a case would stand under another version, and why it may not stand there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rupture_protocol import UNKNOWN, Actor, Engine, InvalidCase, TimeRefused, loads
from rupture_protocol.engine.case import Case, Standing
from rupture_protocol.engine.preview import Outcome, Preview, preview, preview_to_json
from rupture_protocol.engine.remarks import MigrationRefused
from rupture_protocol.engine.wire import dumps

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
LEE = Actor("lee", "therapist")
SUE = Actor("sue", "supervisor")

OLD = """\
format: 1
protocol: small
version: 1.0.0
title: Small
roles: {therapist: T, supervisor: S}
facts:
  danger: {type: choice, values: [no, canary_high], by: [therapist, supervisor]}
  severity: {type: scale, values: [none, mild, canary_severe], by: [therapist, supervisor]}
  agrees: boolean
  note: boolean
states:
  aware: {initial: true, transitions: {go: {to: talking}, consult: {to: aware2, despite: all}}}
  aware2: {transitions: {back: {to: aware}}}
  talking:
    transitions:
      finish: {to: ended, not_same_person: [consult]}
      wait_on: {to: aware}
  held: {transitions: {resume: {to: aware}}}
  ended: {final: true}
interrupts: {hold: {to: held, when: {danger: canary_high}}}
deadlines:
  notice: {starts: {fact: severity}, within: 5 days, met_by: {state: ended}}
"""
NEW = OLD.replace("version: 1.0.0", "version: 2.0.0") + 'migrates: [{from: "1"}]\n'


def version(before: str = "", after: str = "", *, more: str = "") -> Engine:
    """The new version, with something written otherwise."""
    assert before in NEW
    return Engine(loads(NEW.replace(before, after, 1) + more))


def talking(**facts: object) -> Case:
    """A case in `talking`, with these on record before the step."""
    engine = Engine(loads(OLD))
    case = engine.open("case-1", by=LEE, at=NOON)
    case = engine.record(case, {"danger": "no", "severity": "mild", **facts}, by=LEE, at=NOON)
    return engine.take(case, "go", by=LEE, at=NOON)


def been_to(engine: Engine) -> Case:
    """A case in `aware` that has been in `aware2`."""
    case = engine.record(engine.open("case-2", by=LEE, at=NOON), {"danger": "no"}, by=LEE, at=NOON)
    return engine.take(engine.take(case, "consult", by=LEE, at=NOON), "back", by=LEE, at=NOON)


def look(case: Case, to: Engine, at: datetime = LATER) -> Preview:
    return preview(Engine(loads(OLD)), case, to=to, by=SUE, at=at)


def codes(found: Preview) -> list[str]:
    return [each.code for each in found.reasons]


def changes(found: Preview) -> dict[str, str]:
    return {each.code: each.about for each in found.changes}


def test_a_version_that_changes_nothing_changes_nothing() -> None:
    found = look(talking(), version())

    assert (found.outcome, found.reasons, found.changes) == (Outcome.MIGRATES, (), ())
    assert found.migrated is not None
    assert found.migrated.state == "talking"


def test_what_it_says_is_what_migrating_does() -> None:
    old, to, case = Engine(loads(OLD)), version(), talking()

    assert look(case, to).migrated == old.migrate(case, to=to, by=SUE, at=LATER)


# What is refused -------------------------------------------------------------------------------------


def test_every_reason_is_told_not_only_the_first() -> None:
    to = version("none, mild, canary_severe", "none, canary_severe")
    case = Engine(loads(OLD)).take(talking(), "wait_on", by=LEE, at=NOON)
    gone = Engine(
        loads(NEW.replace("none, mild, canary_severe", "none, canary_severe").replace("talking", "spoken"))
    )

    assert codes(look(talking(), to)) == ["value-lost"]
    assert codes(look(case, gone)) == ["state-gone", "value-lost"]
    with pytest.raises(MigrationRefused, match=r"been in `talking`.*\(and 1 more\)"):
        Engine(loads(OLD)).migrate(case, to=gone, by=SUE, at=LATER)


PROMISE = "promises: {agreed: {enter: talking, only_if: {agrees: true}}}\n"


def test_a_case_is_not_put_where_a_promise_would_not_have_let_it_in() -> None:
    found = look(talking(), version(more=PROMISE))

    assert (codes(found), found.outcome) == (["promise-not-met"], Outcome.REFUSED)
    assert "the promise `agreed` is not met" in found.reasons[0].text
    assert found.reasons[0].help == "it asks about `agrees`"
    assert found.after is not None
    assert found.after.state == "talking"


def test_a_promise_is_met_as_it_was_when_the_case_came_there_or_as_it_is_now() -> None:
    to, old = version(more=PROMISE), Engine(loads(OLD))
    then = old.record(talking(agrees=True), {"agrees": False}, by=LEE, at=NOON)
    now = old.record(talking(), {"agrees": True}, by=LEE, at=NOON)
    never = old.record(talking(agrees=False), {"agrees": UNKNOWN}, by=LEE, at=NOON)

    assert [codes(look(each, to)) for each in (then, now, never)] == [[], [], ["promise-not-met"]]


def test_what_somebody_recorded_who_may_no_longer_does_not_meet_a_promise() -> None:
    to = version("agrees: boolean", "agrees: {type: boolean, by: [supervisor]}", more=PROMISE)

    assert codes(look(talking(agrees=True), to)) == ["promise-not-met"]


def test_a_promise_about_where_the_case_has_been_counts_its_way() -> None:
    old, to = Engine(loads(OLD)), version(more="promises: {first: {enter: talking, only_after: aware2}}\n")
    been = old.take(been_to(old), "go", by=LEE, at=NOON)

    assert codes(look(talking(), to)) == ["promise-not-met"]
    assert codes(look(been, to)) == []


def test_a_precaution_needs_no_proof() -> None:
    old = Engine(loads(OLD))
    to = version(more="promises: {agreed: {enter: held, only_if: {agrees: true}}}\n")
    case = old.take(old.open("case-2", by=LEE, at=NOON), "hold", by=LEE, at=NOON)
    proved = old.record(old.open("case-3", by=LEE, at=NOON), {"danger": "canary_high"}, by=LEE, at=NOON)

    assert codes(look(case, to)) == []
    assert codes(look(old.take(proved, "hold", by=LEE, at=NOON), to)) == ["promise-not-met"]


def test_a_danger_that_holds_a_case_back_is_not_let_go() -> None:
    old = Engine(loads(OLD))
    case = old.record(talking(), {"danger": "canary_high"}, by=LEE, at=NOON)
    none = version("interrupts: {hold: {to: held, when: {danger: canary_high}}}\n", "")
    other = version("when: {danger: canary_high}", "when: {danger: canary_high, note: true}")
    narrower = old.record(case, {"note": False}, by=LEE, at=NOON)

    assert codes(look(case, none)) == ["let-go"]
    assert codes(look(narrower, other)) == ["let-go"]
    assert codes(look(case, other)) == []  # undecided: it goes on holding back
    assert changes(look(case, other))["interrupt-undecided"] == "hold"


def test_a_record_that_would_contradict_what_is_assumed_is_refused_once() -> None:
    assuming = "assume: [{agrees: true}]\n"
    old = Engine(loads(OLD + assuming))
    case = old.record(old.open("case-4", by=LEE, at=NOON), {"agrees": False}, by=LEE, at=NOON)

    assert codes(look(talking(agrees=False), version(more=assuming))) == ["assumption-contradicted"]
    assert codes(look(talking(agrees=True), version(more=assuming))) == []
    assert preview(old, case, to=version(more=assuming), by=SUE, at=LATER).outcome is Outcome.MIGRATES


def test_a_case_is_not_put_where_every_way_out_is_closed() -> None:
    closed = "finish: {to: ended, when: {agrees: true}}\n      wait_on: {to: aware, when: {agrees: true}}"
    open_now = "finish: {to: ended, not_same_person: [consult]}\n      wait_on: {to: aware}"
    waiting = f"wait: {{reason: It takes time}}\n    transitions:\n      {closed}"

    assert codes(look(talking(agrees=False), version(open_now, closed))) == ["dead-end"]
    assert codes(look(talking(), version(open_now, closed))) == []
    assert codes(look(talking(agrees=False), version(f"transitions:\n      {open_now}", waiting))) == []


@pytest.mark.parametrize(
    ("at", "by", "code"),
    [(NOON - timedelta(hours=1), SUE, "time"), (LATER, Actor("sue", "nobody"), "unknown-role")],
)
def test_a_moment_before_the_last_event_and_a_role_that_is_not_there_are_reasons(
    at: datetime, by: Actor, code: str
) -> None:
    found = preview(Engine(loads(OLD)), talking(), to=version(), by=by, at=at)

    assert (codes(found), found.after) == ([code], None)


def test_where_there_is_nothing_to_do_it_says_so() -> None:
    old, to = Engine(loads(OLD)), version()
    ended = old.take(talking(), "finish", by=LEE, at=NOON)
    there = to.open("case-9", by=LEE, at=NOON)

    assert look(ended, to).outcome is Outcome.ENDED
    assert preview(to, there, to=to, by=SUE, at=LATER).outcome is Outcome.ALREADY_THERE


def test_a_case_of_another_protocol_and_a_naive_instant_are_mistakes() -> None:
    with pytest.raises(InvalidCase):
        preview(version(), talking(), to=version(), by=SUE, at=LATER)
    with pytest.raises(TimeRefused):
        look(talking(), version(), at=datetime(2026, 12, 1))  # no offset


# What changes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "code", "about"),
    [
        ("  agrees: boolean\n", "", "fact-gone", "agrees"),
        ("agrees: boolean", "agrees: {type: boolean, by: [supervisor]}", "asked-afresh", "agrees"),
        ("agrees: boolean", "agrees: {type: boolean, lasts: 1 day}", "no-longer-holds", "agrees"),
        ("when: {danger: canary_high}", "when: {agrees: true}", "interrupt-true", "hold"),
        ("when: {danger: canary_high}", "when: {note: true}", "interrupt-undecided", "hold"),
        ("wait_on: {to: aware}", "wait_on: {to: aware, when: {agrees: false}}", "option-closes", "wait_on"),
        ("wait_on: {to: aware}", "wait_on: {to: aware, needs: [note]}", "option-undecided", "wait_on"),
        ("      wait_on: {to: aware}\n", "", "option-gone", "wait_on"),
        ("      wait_on: {to: aware}\n", "      rest: {to: aware}\n", "option-new", "rest"),
        ("within: 5 days", "within: 2 days", "deadline-overdue", "notice"),
        ("within: 5 days", "within: 4 days", "deadline-moves", "notice"),
        ("met_by: {state: ended}", "met_by: {state: talking}", "deadline-changes", "notice"),
        ("notice: {starts: {fact: severity}", "other: {starts: {fact: note}", "deadline-gone", "notice"),
    ],
)
def test_what_is_otherwise_is_told_by_name(before: str, after: str, code: str, about: str) -> None:
    found = look(talking(agrees=True), version(before, after))

    assert found.outcome is Outcome.MIGRATES, found.reasons
    assert changes(found).get(code) == about


def test_a_fact_that_is_called_otherwise_is_told() -> None:
    renamed = NEW.replace("agrees: boolean", "consents: boolean").replace(
        '{from: "1"}', '{from: "1", facts: {agrees: consents}}'
    )
    found = look(talking(agrees=True), Engine(loads(renamed)))

    assert [each.text for each in found.changes] == ["`agrees` is `consents` in 2.0.0"]


def test_an_option_that_opens_and_an_interrupt_that_ends_are_told() -> None:
    old = Engine(loads(OLD.replace("wait_on: {to: aware}", "wait_on: {to: aware, needs: [note]}")))
    case = old.open("case-5", by=LEE, at=NOON)
    case = old.take(old.record(case, {"danger": "no"}, by=LEE, at=NOON), "go", by=LEE, at=NOON)
    case = old.record(case, {"danger": UNKNOWN}, by=LEE, at=NOON)
    found = preview(
        old, case, to=version("danger: canary_high}}", "agrees: true, severity: mild}}"), by=SUE, at=LATER
    )
    ended = preview(
        old, case, to=version("when: {danger: canary_high}", "when: {visited: held}"), by=SUE, at=LATER
    )

    assert found.changes == ()
    assert changes(ended) == {"interrupt-false": "hold", "option-opens": "wait_on"}


def test_a_step_that_a_rule_about_persons_named_is_told_when_its_name_is_gone() -> None:
    case = been_to(Engine(loads(OLD)))
    to = Engine(loads(NEW.replace("consult", "ask_somebody")))

    assert changes(look(case, to))["person-forgotten"] == "consult"
    assert "person-forgotten" not in changes(look(case, version()))


# What leaves it --------------------------------------------------------------------------------------


def test_neither_text_nor_json_holds_a_value() -> None:
    old = Engine(loads(OLD))
    case = old.record(talking(severity="canary_severe"), {"danger": "canary_high"}, by=LEE, at=NOON)
    for to in (
        version(),
        version("none, mild, canary_severe", "none, mild, other"),
        version("interrupts: {hold: {to: held, when: {danger: canary_high}}}\n", ""),
        version(more="promises: {mild: {enter: talking, only_if: {severity: mild}}}\n"),
    ):
        found = look(case, to)
        assert "canary" not in f"{found!r}{dumps(preview_to_json(found))}"


def test_the_json_names_both_versions_and_where_the_case_stands() -> None:
    written = preview_to_json(
        look(talking(), version("wait_on: {to: aware}", "wait_on: {to: aware, needs: [note]}"))
    )

    assert (written["schema"], written["outcome"]) == ("rupture-migration/1", "migrates")
    assert (written["from"]["version"], written["to"]["version"]) == ("1.0.0", "2.0.0")
    assert written["before"]["open"] == ["finish", "wait_on"]
    assert written["after"]["undecided"] == ["wait_on"]
    assert written["after"]["deadlines"] == [{"deadline": "notice", "state": "running"}]
    assert [each["code"] for each in written["changes"]] == ["option-undecided"]


def test_an_earlier_value_that_is_no_value_now_does_not_bring_back_the_one_before() -> None:
    old = Engine(loads(OLD))
    case = old.open("case-7", by=LEE, at=NOON)
    case = old.record(case, {"danger": "no", "severity": "none"}, by=LEE, at=NOON)
    case = old.record(case, {"severity": "canary_severe"}, by=LEE, at=NOON)
    case = old.take(case, "go", by=LEE, at=NOON)
    case = old.correct(case, "severity", to="mild", reason="misread", by=LEE, at=NOON)
    to = version(
        "none, mild, canary_severe",
        "none, mild",
        more="promises: {p: {enter: talking, only_if: {severity: none}}}\n",
    )

    assert codes(look(case, to)) == ["promise-not-met"]


def test_a_forgotten_record_stays_forgotten() -> None:
    old = Engine(loads(OLD.replace("aware2: {", "aware2: {forget: [agrees], ")))
    case = old.record(old.open("case-8", by=LEE, at=NOON), {"agrees": True}, by=LEE, at=NOON)
    case = old.take(case, "consult", by=LEE, at=NOON)
    migrated = preview(old, case, to=version(), by=SUE, at=LATER).migrated

    assert migrated is not None
    assert migrated.facts["agrees"].standing is Standing.FORGOTTEN
