"""What `diff` calls looser, stricter, asking more, reworded; and how it tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rupture_protocol import load, loads
from rupture_protocol.loading import read_file
from rupture_protocol.prover.diff import diff
from rupture_protocol.prover.diff_report import difference_to_json, render, shifted, summary
from rupture_protocol.prover.difference import Change, Difference, Effect, Shift

GOLDEN = Path(__file__).parent / "golden"
OLD = (GOLDEN / "old.yaml").read_text("utf-8")
NEW = (GOLDEN / "new.yaml").read_text("utf-8")


def edited(*edits: tuple[str, str]) -> Difference:
    """What an edit of the old version changes."""
    text = OLD.replace("version: 1.0.0", "version: 1.1.0")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return diff(loads(OLD), loads(text))


def only(found: Difference) -> Change:
    assert len(found.changes) == 1, [(each.part, each.name, each.says) for each in found.changes]
    return found.changes[0]


def test_the_text_is_the_golden_one() -> None:
    found = diff(loads(OLD), loads(NEW))
    assert render(found) == (GOLDEN / "diff.txt").read_text("utf-8").rstrip("\n")


def test_the_json_is_the_golden_one() -> None:
    written: Any = json.loads(json.dumps(difference_to_json(diff(loads(OLD), loads(NEW)))))
    assert written == json.loads((GOLDEN / "diff.json").read_text("utf-8"))
    assert written["schema"] == "rupture-diff/1"


def test_a_protocol_does_not_differ_from_itself() -> None:
    found = diff(load("standard"), load("standard"))
    assert not found
    assert summary(found) == "no change"
    assert "They are the same." in render(found)


def test_a_guard_that_is_written_differently_and_means_the_same_is_no_change() -> None:
    found = edited(("{severity: {at_least: mild}}", "{severity: [mild, severe]}"))
    assert not found
    assert "Nothing changes in what they mean" in render(found)


PRESUMED = """
format: 1
protocol: tiny
version: 1.0.0
title: Tiny
sources: {law: {title: A law, kind: law}}
facts: {talked: {type: date, presume: "2026-11-20", source: law}}
states:
  start: {initial: true, transitions: {go: {to: done, when: {talked: {within: 2 weeks}}}}}
  done: {final: true}
"""


def test_a_date_that_is_presumed_and_held_against_now_is_compared() -> None:
    old = loads(PRESUMED)
    assert not diff(old, loads(PRESUMED.replace("1.0.0", "1.0.1")))
    shorter = diff(old, loads(PRESUMED.replace("2 weeks", "1 week")))
    assert {effect for change in shorter.changes for effect in change.effects} == {Effect.STRICTER}


def test_a_date_that_each_version_presumes_to_be_another_is_not_decided() -> None:
    other = PRESUMED.replace("2026-11-20", "2026-11-10").replace("2 weeks", "1 week")
    found = diff(loads(PRESUMED), loads(other))
    assert Effect.NOT_DECIDED in {effect for change in found.changes for effect in change.effects}


# Options ------------------------------------------------------------------------------------------------


def test_a_wider_guard_is_looser_and_says_where() -> None:
    change = only(edited(("severity: {below: severe}, ", "severity: {at_most: severe}, ")))
    assert (change.name, change.states) == ("continue", ("acknowledged",))
    assert change.effects == (Effect.LOOSER, Effect.OTHER)
    opened = change.shifts[0]
    assert (opened.was, opened.now) == (("blocked", "undecided"), "open")
    assert [rule.says for rule in opened.rules] == ["“Severity” is “severe”"]
    assert opened.rules[0].literals[0].values == ("severe",)
    case = opened.rules[0].case
    assert dict(case.facts) == {"risk": "none", "severity": "severe", "agrees": True}
    assert dict(case.visits) == {"consulted": 1}


def test_a_narrower_guard_is_stricter() -> None:
    change = only(edited(("{severity: {at_least: mild}}", "{severity: severe}")))
    assert change.effects == (Effect.STRICTER, Effect.OTHER)
    assert change.shifts[0].now == "blocked"


def test_a_fact_more_that_must_be_on_record_asks_more() -> None:
    change = only(edited(("{severity: {at_least: mild}}}", "{severity: {at_least: mild}}, needs: [plan]}")))
    assert change.effects == (Effect.STRICTER, Effect.ASKS_MORE)
    assert [rule.says for rule in change.shifts[0].rules] == ["`plan` is not on record"]


def test_an_interrupt_that_opens_less_often_is_looser_and_so_is_what_it_held_back() -> None:
    found = edited(("unsafe: {risk: high}", "unsafe: {risk: high, agrees: false}"))
    assert {each.name for each in found.of(Effect.LOOSER)} >= {"hold", "leave", "refer", "continue"}
    held = next(each for each in found.changes if each.name == "leave")
    assert held.through == ("hold",)


def test_a_new_interrupt_is_stricter_and_its_own_offer_is_not_looser() -> None:
    hold = "  hold: {to: held, when: {unsafe: true}}\n"
    found = edited((hold, f"{hold}  stop: {{to: held, when: {{agrees: false}}}}\n"))
    assert not found.of(Effect.LOOSER)
    assert {(each.part, each.name) for each in found.of(Effect.STRICTER)} >= {("interrupt", "stop")}


def test_an_added_way_into_a_state_is_looser() -> None:
    leave = "      leave: {to: referred}\n"
    change = only(edited((leave, f"{leave}      jump: {{to: continued, when: {{agrees: true}}}}\n")))
    assert change.effects == (Effect.LOOSER,)
    assert change.says == "is offered now, and leads to `continued`"


def test_a_way_that_is_gone_is_stricter_and_one_that_leads_elsewhere_is_both() -> None:
    gone = only(edited(("      leave: {to: referred}\n", "")))
    assert gone.effects == (Effect.STRICTER,)
    moved = edited(("leave: {to: referred}", "leave: {to: acknowledged}"))
    assert [each.says for each in moved.changes] == ["now leads to `acknowledged`; it led to `referred`"]
    assert moved.changes[0].effects == (Effect.LOOSER, Effect.STRICTER)


def test_a_new_state_with_a_way_into_an_old_one_is_looser() -> None:
    found = edited(("  held:\n", "  detour:\n    transitions:\n      slip: {to: continued}\n  held:\n"))
    assert [(each.name, each.states) for each in found.of(Effect.LOOSER)] == [("slip", ("detour",))]


def test_a_way_that_is_reworded_says_in_which_state() -> None:
    change = only(edited(("refer: {to: referred}", "refer: {to: referred, title: Refer them}")))
    assert (change.name, change.states, change.effects) == ("refer", ("acknowledged",), (Effect.REWORDED,))


# Rights, deadlines, promises ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "effects"),
    [
        ("by: [therapist, supervisor]", "by: [supervisor]", {Effect.STRICTER}),
        ("by: [therapist, supervisor]", "by: [client, therapist, supervisor]", {Effect.LOOSER}),
        ("by: [client, supervisor]", "by: [client, therapist]", {Effect.LOOSER, Effect.STRICTER}),
        ("        not_same_person: [consult]\n", "", {Effect.LOOSER}),
        ("not_same_person: [consult]", "not_same_person: [consult, acknowledge]", {Effect.STRICTER}),
        ("override: {by: [supervisor], reasons: [other]}, ", "", {Effect.STRICTER}),
        ("reasons: [other]", "reasons: [other, another]", {Effect.LOOSER}),
        ("lasts: 24 hours", "lasts: 12 hours", {Effect.STRICTER}),
        ("lasts: 24 hours", "lasts: 2 weeks", {Effect.LOOSER}),
        (", lasts: 24 hours", "", {Effect.LOOSER}),
        ("within: 10 working days", "within: 5 working days", {Effect.STRICTER}),
        ("within: 10 working days", "within: 11 working days", {Effect.LOOSER}),
        ("within: 10 working days", "within: 10 days", {Effect.LOOSER, Effect.STRICTER}),
        ("presume: \"yes\", source", "source", {Effect.STRICTER}),
        ("  way_out: {always_reachable: [referred]}\n", "", {Effect.LOOSER}),
        ("reachable: [referred]", "reachable: [continued]", {Effect.LOOSER, Effect.STRICTER}),
        ("    forget: [agrees]\n", "", {Effect.LOOSER}),
        ("forget: [agrees]", "forget: [agrees, severity]", {Effect.ASKS_MORE}),
        ("ask: [severity]", "ask: [severity, risk]", {Effect.ASKS_MORE}),
        ("title: Harm noticed", "title: Harm was noticed", {Effect.REWORDED}),
        ("title: Severity", "title: How bad", {Effect.REWORDED}),
        ("  therapist: T\n", "  therapist: Tee\n", {Effect.REWORDED}),
    ],
)  # fmt: skip
def test_each_change_is_told_by_what_it_does(old: str, new: str, effects: set[Effect]) -> None:
    found = {effect for change in edited((old, new)).changes for effect in change.effects}
    assert found - {Effect.OTHER} == effects


def test_a_promise_that_asks_for_more_is_stricter() -> None:
    found = edited(("only_if: {agrees: true}}", "only_if: {agrees: true}, needs: [plan]}"))
    assert ("promise", "agreed", "promises more") in {
        (each.part, each.name, each.says) for each in found.changes
    }


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (1.0, "100 %"),
        (0.9999, "over 99.9 %"),
        (0.9961, "over 99 %"),
        (0.331, "33 %"),
        (0.00001, "under 0.01 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_to_nothing(share: float, says: str) -> None:
    shift = Shift(("open",), "blocked", share, share, (), besides=False)
    assert shifted(shift) == f"was open, now blocked: {says} of all kinds of situation"


# Past the budget ------------------------------------------------------------------------------------------


def test_past_the_budget_an_option_is_not_decided_and_never_silently_the_same() -> None:
    found = diff(loads(OLD), loads(NEW), budget=20)
    undecided = {each.name for each in found.of(Effect.NOT_DECIDED)}
    assert {"acknowledge", "continue"} <= undecided
    assert found.fails_on(["looser"])
    assert found.fails_on(["stricter"])
    assert "Not decided" in render(found)


def test_what_fails() -> None:
    looser = edited((", lasts: 24 hours", ""))
    assert looser.fails_on(["looser"])
    assert looser.fails_on(["any"])
    assert not looser.fails_on(["stricter"])
    assert not looser.fails_on([])
    assert edited(("title: Severity", "title: How bad")).fails_on(["any"])


def test_a_rule_dropped_from_standard_is_found() -> None:
    data, name = read_file("standard")
    text = data.decode("utf-8")
    dropped = text.replace('              client_benefit: "yes"\n', "", 1)
    assert dropped != text
    found = diff(loads(text, file=name), loads(dropped, file=name))
    change = only(found)
    assert (change.name, change.states, change.effects[0]) == ("continue", ("modified",), Effect.LOOSER)
    assert [each.about for each in change.shifts[0].rules[0].literals] == ["client_benefit"]


def test_of_one_state_the_shares_and_cases_are_its_own() -> None:
    found = diff(loads(OLD), loads(NEW), state="held")
    assert {change.name for change in found.changes} == {"resume"}
    assert {change.states for change in found.changes} == {("held",)}
    cases = [rule.case for change in found.changes for each in change.shifts for rule in each.rules]
    assert {case.state for case in cases} == {"held"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "      consult: {to: consulted, despite: all}\n      leave: {to: referred}\n",
            "      leave: {to: referred}\n      consult: {to: consulted, despite: all}\n",
            "lists its options in another order",
        ),
        ("  unsafe: {risk: high}", "  unsafe: {risk: high, title: Unsafe}", "is worded differently: title"),
    ],
)
def test_what_only_looks_different_is_told_too(old: str, new: str, says: str) -> None:
    assert only(edited((old, new))).says == says
