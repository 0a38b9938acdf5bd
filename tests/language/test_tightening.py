"""What an extension may add and tighten is accepted, and does what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.shelf import BASE, HEAD, checked, protocol

from rupture_protocol import Protocol
from rupture_protocol.errors import Severity
from rupture_protocol.language.conditions import All


@dataclass(frozen=True)
class Tightening:
    """What an extension writes, and what is then so."""

    name: str
    written: str
    holds: Callable[[Any], bool]


def go(found: Protocol) -> Any:
    return found.states["aware"].transitions["go"]


TIGHTENINGS = [
    Tightening("nothing is added", "", lambda p: len(p.states) == 6 and p.title == "Our clinic"),
    Tightening("a title of its own", "about: {purpose: Ours}", lambda p: p.about.purpose == "Ours"),
    Tightening(
        "more that it is not for",
        "about: {not_for: [children]}",
        lambda p: p.about.not_for == ("emergencies", "children"),
    ),
    Tightening(
        "an earlier review",
        'about: {review_by: "2027-05-01"}',
        lambda p: p.about.review_by.isoformat() == "2027-05-01" and p.about.purpose == "To repair",
    ),
    Tightening(
        "fewer recorders", "facts: {agrees: {by: [client]}}", lambda p: p.facts["agrees"].by == ("client",)
    ),
    Tightening(
        "fewer recorders of what all may record",
        "facts: {seen: {by: [supervisor]}}",
        lambda p: p.facts["seen"].by == ("supervisor",),
    ),
    Tightening(
        "a shorter hold", "facts: {danger: {lasts: 1 day}}", lambda p: str(p.facts["danger"].lasts) == "1 day"
    ),
    Tightening(
        "a shorter hold in another unit",
        "facts: {danger: {lasts: 24 hours}}",
        lambda p: str(p.facts["danger"].lasts) == "24 hours",
    ),
    Tightening(
        "a hold where there was none",
        "facts: {seen: {lasts: 1 month}}",
        lambda p: str(p.facts["seen"].lasts) == "1 month",
    ),
    Tightening("a sensitive fact", "facts: {seen: {sensitive: true}}", lambda p: p.facts["seen"].sensitive),
    Tightening(
        "a question where there was none",
        'facts: {seen: {ask: "Seen?"}}',
        lambda p: p.facts["seen"].ask == "Seen?",
    ),
    Tightening(
        "a label where there was none",
        "facts: {harm: {labels: {severe: Grave}}}",
        lambda p: dict(p.facts["harm"].labels) == {"mild": "Mild", "severe": "Grave"},
    ),
    Tightening(
        "a source of a fact",
        "sources: {ours: {title: O, kind: clinic}}\nfacts: {capacity: {source: ours}}",
        lambda p: p.facts["capacity"].source == ("code-1", "ours"),
    ),
    Tightening("a fact of its own", "facts: {told: boolean}", lambda p: p.facts["told"].by == tuple(p.roles)),
    Tightening(
        "the same again",
        "facts: {agrees: {type: boolean, by: [therapist, client]}}",
        lambda p: p.facts["agrees"].by == ("therapist", "client"),
    ),
    Tightening(
        "a role of its own",
        "roles: {nurse: N}\nfacts: {told: boolean}",
        lambda p: (
            "nurse" not in p.facts["seen"].by
            and "nurse" in p.facts["told"].by
            and "nurse" not in p.interrupts["hold"].by
        ),
    ),
    Tightening(
        "a guard",
        "states: {aware: {transitions: {go: {when: {seen: true}}}}}",
        lambda p: isinstance(go(p).when, All) and len(go(p).when.parts) == 2,
    ),
    Tightening(
        "a guard where there was none",
        "states: {talking: {transitions: {finish: {when: {seen: true}}}}}",
        lambda p: p.states["talking"].transitions["finish"].when.fact == "seen",
    ),
    Tightening(
        "a guard from anywhere",
        "anywhere: {refer: {when: {seen: true}}}",
        lambda p: p.anywhere["refer"].when is not None,
    ),
    Tightening(
        "more that is needed",
        "states: {aware: {transitions: {go: {needs: [seen, harm]}}}}",
        lambda p: go(p).needs == ("harm", "seen"),
    ),
    Tightening(
        "fewer who may take it",
        "states: {aware: {transitions: {go: {by: [supervisor]}}}}",
        lambda p: go(p).by == ("supervisor",),
    ),
    Tightening(
        "another person",
        "states: {talking: {transitions: {finish: {not_same_person: [refer]}}}}",
        lambda p: p.states["talking"].transitions["finish"].not_same_person == ("go", "refer"),
    ),
    Tightening(
        "fewer who may override",
        "states: {talking: {transitions: {finish: {override: {by: [supervisor]}}}}}",
        lambda p: p.states["talking"].transitions["finish"].override.by == ("supervisor",),
    ),
    Tightening(
        "fewer reasons to override",
        "states: {talking: {transitions: {finish: {override: {reasons: [preference]}}}}}",
        lambda p: p.states["talking"].transitions["finish"].override.reasons == ("preference",),
    ),
    Tightening(
        "more states in which it is not offered",
        "anywhere: {refer: {except: [held]}}",
        lambda p: p.anywhere["refer"].exclude == ("aware", "held"),
    ),
    Tightening(
        "fewer states in which it is offered",
        "anywhere: {leave: {except: [talking]}}",
        lambda p: p.anywhere["leave"].only == ("consulted",),
    ),
    Tightening(
        "more guidance",
        "states: {aware: {transitions: {go: {guidance: {say: [Thank you], steps: [Sit down]}}}}}",
        lambda p: go(p).guidance.say == ("I am sorry", "Thank you") and go(p).guidance.steps == ("Sit down",),
    ),
    Tightening(
        "guidance in one text",
        "states: {aware: {transitions: {go: {guidance: Slowly}}}}",
        lambda p: go(p).guidance.text == "Slowly" and go(p).guidance.say == ("I am sorry",),
    ),
    Tightening(
        "more to ask", "states: {aware: {ask: [seen]}}", lambda p: p.states["aware"].ask == ("danger", "seen")
    ),
    Tightening(
        "a title where there was none",
        "states: {held: {title: Held}}",
        lambda p: p.states["held"].title == "Held",
    ),
    Tightening(
        "guidance for an interrupt",
        "interrupts: {hold: {guidance: Call us}}",
        lambda p: p.interrupts["hold"].guidance.text == "Call us",
    ),
    Tightening(
        "a wider interrupt",
        "interrupts: {hold_more: {to: held, when: {danger: {at_least: some}}}}",
        lambda p: list(p.interrupts) == ["hold", "hold_more"],
    ),
    Tightening(
        "an inherited step goes on despite its own interrupt",
        "interrupts: {pause: {to: held, when: {seen: false}}}\n"
        "states: {aware: {transitions: {go: {despite: [pause]}}}}",
        lambda p: go(p).despite == ("pause",),
    ),
    Tightening(
        "a state of its own",
        "states: {checked: {transitions: {on: {to: new_end}}}, new_end: {final: true}}",
        lambda p: list(p.states)[-2:] == ["checked", "new_end"],
    ),
    Tightening(
        "a step into a state of its own",
        "states: {aware: {transitions: {look: {to: checked}}}, checked: {wait: {reason: We look}}}",
        lambda p: "look" in p.states["aware"].transitions,
    ),
    Tightening(
        "an earlier deadline",
        "deadlines: {notice: {within: 5 working days}}",
        lambda p: str(p.deadlines["notice"].within) == "5 working days",
    ),
    Tightening(
        "a limit where there was none",
        "deadlines: {call: {within: 2 days}}",
        lambda p: str(p.deadlines["call"].within) == "2 days",
    ),
    Tightening(
        "a deadline of its own",
        "deadlines: {ours: {starts: {state: held}, met_by: {fact: seen}, within: 1 day}}",
        lambda p: "ours" in p.deadlines,
    ),
    Tightening(
        "a promise of its own",
        "promises: {ours: {enter: ended, needs: [seen]}}",
        lambda p: "ours" in p.promises,
    ),
    Tightening(
        "a condition of its own", "conditions: {ready: {seen: true}}", lambda p: "ready" in p.conditions
    ),
    Tightening(
        "what it assumes itself",
        "promises: {ours: {enter: ended, needs: [seen]}}\nassume: [{seen: true}]",
        lambda p: (
            len(p.assume) == 2
            and p.assumed_for("safe") == p.assume[:1] == p.assumed_for()
            and p.assumed_for("ours") == p.assume
        ),
    ),
]


@pytest.mark.parametrize("tightening", TIGHTENINGS, ids=lambda each: each.name)
def test_it_is_accepted_and_does_what_it_says(tightening: Tightening) -> None:
    assert tightening.holds(protocol(f"{HEAD}{tightening.written}\n", base=BASE))


def test_there_are_enough_of_them() -> None:
    assert len(TIGHTENINGS) >= 30


def test_a_new_way_into_an_inherited_state_is_a_warning_with_both_places() -> None:
    found = checked(f"{HEAD}states: {{aware: {{transitions: {{skip: {{to: ended}}}}}}}}\n", base=BASE)

    (issue,) = [each for each in found.issues if each.code == "added-way"]
    assert issue.severity is Severity.WARNING
    assert str(issue.span) == "clinic.yaml:6:43"
    assert [str(note.span) for note in issue.also] == ["base.yaml:61:3"]


def test_a_condition_beside_another_keeps_its_own_place() -> None:
    found = protocol(
        f"{HEAD}states: {{aware: {{transitions: {{go: {{when: {{seen: true}}}}}}}}}}\n", base=BASE
    )
    when = found.states["aware"].transitions["go"].when

    assert isinstance(when, All)
    assert [str(found.span(part.path)) for part in when.parts if part.path] == [
        "base.yaml:41:24", "clinic.yaml:6:50",
    ]  # fmt: skip


def test_the_warnings_of_a_base_are_its_authors() -> None:
    found = checked(HEAD, base=BASE)

    assert not [issue for issue in found.issues if issue.span.file == "base.yaml"]


def test_an_extension_of_an_extension_tightens_further() -> None:
    middle = HEAD.replace("protocol: clinic", "protocol: middle") + "facts: {danger: {lasts: 1 day}}\n"
    top = HEAD.replace("base.yaml", "middle.yaml") + "facts: {danger: {lasts: 2 hours}}\n"
    found = protocol(top, middle=middle, base=BASE)

    assert str(found.facts["danger"].lasts) == "2 hours"
    assert [base.id for base in found.bases] == ["base", "middle"]


def test_a_base_that_changed_changes_the_digest() -> None:
    before = protocol(HEAD, base=BASE)
    after = protocol(HEAD, base=BASE.replace("lasts: 2 days", "lasts: 1 day"))

    assert before.digest != after.digest
    assert before.bases[0].digest != after.bases[0].digest
