"""A running case goes on under another version of its protocol, by an event of its own, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rupture_protocol import Actor, Engine, InvalidCase, Refused, loads
from rupture_protocol.engine.case import Case, EventKind, Standing
from rupture_protocol.loading import checks

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEE = Actor("lee", "therapist")
SUE = Actor("sue", "supervisor")

OLD = """\
format: 1
protocol: small
version: 1.4.0
title: Small
roles: {therapist: T, supervisor: S}
facts:
  severity: {type: choice, values: [mild, severe], by: [therapist, supervisor]}
  agrees: boolean
  dropped: boolean
states:
  noticed: {initial: true, transitions: {go: {to: reflecting}}}
  reflecting: {transitions: {finish: {to: ended}}}
  ended: {final: true}
"""
NEW = """\
format: 1
protocol: small
version: 2.0.0
title: Small
roles: {therapist: T, supervisor: S}
facts:
  harm: {type: scale, values: [none, mild, severe], by: [therapist, supervisor], lasts: 1 day}
  agrees: {type: boolean, by: [supervisor]}
states:
  aware: {initial: true, transitions: {go: {to: reflected}}}
  reflected: {transitions: {finish: {to: ended, when: {harm: mild, visited: aware}}}}
  ended: {final: true}
deadlines:
  soon: {starts: {fact: harm}, within: 2 days, met_by: {state: ended}}
  later: {starts: {state: reflected}, within: 2 days, met_by: {state: ended}}
migrates:
  - {from: ">=1,<2", states: {noticed: aware, reflecting: reflected}, facts: {severity: harm}}
"""


def running(old: Engine, severity: str = "mild") -> Case:
    """A case in `reflecting`, with something on record."""
    case = old.open("case-1", by=LEE, at=NOON)
    case = old.record(case, {"severity": severity, "agrees": True, "dropped": True}, by=LEE, at=NOON)
    return old.take(case, "go", by=LEE, at=NOON + timedelta(hours=1))


def engines(new: str = NEW) -> tuple[Engine, Engine]:
    return Engine(loads(OLD)), Engine(loads(new))


def test_a_case_goes_on_under_the_names_of_now() -> None:
    old, new = engines()
    later = NOON + timedelta(hours=2)
    case = old.migrate(running(old), to=new, by=SUE, at=later, note="the new version")

    assert (case.state, case.protocol) == ("reflected", new.ref)
    assert {name: visit.count for name, visit in case.visits.items()} == {"aware": 1, "reflected": 1}
    assert (case.facts["harm"].value, case.facts["harm"].expires) == ("mild", NOON + timedelta(days=1))
    assert "dropped" not in case.facts
    assert new.decide(case, at=later).open == ("finish",)
    assert new.take(case, "finish", by=LEE, at=later).state == "ended"


def test_the_event_is_of_its_own_kind_and_the_history_stays() -> None:
    old, new = engines()
    before = running(old)
    case = old.migrate(before, to=new, by=SUE, at=NOON + timedelta(hours=2))

    assert case.history[:-1] == before.history
    assert (case.history[-1].kind, case.history[-1].protocol) == (EventKind.MIGRATED, new.ref)


def test_a_case_that_was_migrated_is_put_together_again_as_it_is() -> None:
    old, new = engines()
    case = old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))
    case = new.record(case, {"harm": "severe"}, by=LEE, at=NOON + timedelta(hours=3))

    assert new.restore(case.id, case.history, before=[old]) == case
    assert case.read[-1] == case.history[-1]


def test_deadlines_go_on_from_where_they_started() -> None:
    old, new = engines()
    case = old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))
    soon, later = new.decide(case, at=NOON + timedelta(hours=2)).deadlines

    assert soon.due == NOON + timedelta(days=2)
    assert later.due == NOON + timedelta(days=2, hours=1)


def test_a_record_by_somebody_who_may_no_longer_make_it_is_asked_afresh() -> None:
    old, new = engines()
    case = old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))

    assert case.facts["agrees"].standing is Standing.FORGOTTEN


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("noticed: aware, ", "", "been in `noticed`, which has no counterpart"),
        ("[none, mild, severe]", "[none, severe]", "on record of `severity` is nothing that `harm` can be"),
        ('from: ">=1,<2"', 'from: "<1.4"', "does not say how a case of 1.4.0 goes on"),
        ("protocol: small", "protocol: other", "another protocol"),
        ("reflecting: reflected", "reflecting: ended", "would end by this"),
    ],
)
def test_what_is_not_safe_is_refused(before: str, after: str, why: str) -> None:
    text = NEW.replace(before, after)
    old, new = engines(text.replace("harm: mild", "harm: severe"))

    with pytest.raises(Refused, match=why):
        old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))


def test_a_case_that_has_ended_is_not_migrated() -> None:
    old, new = engines()
    ended = old.take(running(old), "finish", by=LEE, at=NOON + timedelta(hours=1))

    with pytest.raises(Refused, match="has ended"):
        old.migrate(ended, to=new, by=SUE, at=NOON + timedelta(hours=2))


def test_no_message_holds_a_value() -> None:
    old, new = engines(
        NEW.replace("[none, mild, severe]", "[none, grave]").replace("harm: mild", "harm: grave")
    )

    with pytest.raises(Refused) as refused:
        old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))
    assert "mild" not in str(refused.value)


def test_it_is_replayed_and_kept_with_the_engines_of_before() -> None:
    old, new = engines()
    case = old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))
    case = new.record(case, {"harm": "severe"}, by=LEE, at=NOON + timedelta(hours=3))

    assert new.replay("case-1", case.history, before=[old]) == case
    assert new.load_case(new.dump_case(case), before=[old]) == case
    with pytest.raises(InvalidCase, match="migrated from digest"):
        new.load_case(new.dump_case(case))
    with pytest.raises(InvalidCase, match="another protocol"):
        new.replay("case-1", case.history)
    with pytest.raises(InvalidCase, match="another protocol"):
        old.replay("case-1", case.history, before=[new])


def test_a_case_is_migrated_again_and_again() -> None:
    old, new = engines()
    third = Engine(
        loads(
            NEW.replace("version: 2.0.0", "version: 3.0.0")
            .replace('">=1,<2"', '"2"')
            .replace("noticed: aware, ", "")
        )
    )
    case = old.migrate(running(old), to=new, by=SUE, at=NOON + timedelta(hours=2))
    case = new.migrate(case, to=third, by=SUE, at=NOON + timedelta(hours=3))

    assert third.decide(case, at=NOON + timedelta(hours=3)).deadlines[0].due == NOON + timedelta(days=2)
    assert third.load_case(third.dump_case(case), before=[old, new]) == case


@pytest.mark.parametrize(
    ("migrates", "code"),
    [
        ('{from: "^1"}', "bad-range"),
        ("{from: 1}", "wrong-type"),
        ("{states: {a: aware}}", "missing-key"),
        ('{from: ">=1", states: {a: awar}}', "unknown-state"),
        ('{from: ">=1", facts: {a: har}}', "unknown-fact"),
        ('{from: ">=1", facts: {a: harm, b: harm}}', "repeated"),
        ('{from: ">=1", triggers: {a: go}}', "unknown-key"),
    ],
)
def test_what_migrates_says_is_checked(migrates: str, code: str) -> None:
    text = NEW[: NEW.index("  - {from")] + f"  - {migrates}\n"

    assert code in [issue.code for issue in checks(text).errors]
