"""An extension is proved before anybody gets it."""

from __future__ import annotations

import pytest

from rupture_protocol import InvalidProtocol, Issue, loads
from rupture_protocol.language.codes import FINDINGS, page
from rupture_protocol.prover.extension import broken_by

BEGUN = """
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
"""
HEAD = f"{BEGUN}states:\n"

TIGHTER = f"""{HEAD}
  modified:
    transitions:
      continue: {{when: {{harm_severity: {{below: severe}}}}}}
"""

SHORTCUT = f"""{HEAD}
  consulted:
    transitions:
      go_on_anyway: {{to: continued, when: {{consult_done: true}}}}
"""


def test_an_extension_that_keeps_every_promise_loads() -> None:
    protocol = loads(TIGHTER)
    assert protocol.id == "riverside"
    assert not [issue for issue in broken_by(protocol) if issue.severity == "error"]


def test_one_that_breaks_a_promise_is_refused_with_a_story() -> None:
    with pytest.raises(InvalidProtocol) as refused:
        loads(SHORTCUT)
    broken = [issue for issue in refused.value.issues if issue.code == "broken-promise"]
    assert "only_by_agreement" in broken[0].message
    assert "go_on_anyway" in broken[0].story
    assert "story:" in refused.value.render()
    # The line of the extension, where it can be mended; that of the base, where it was promised, beside it.
    assert broken[0].excerpt.strip().startswith("go_on_anyway")
    assert broken[0].also[0].excerpt.strip().startswith("only_by_agreement")
    assert "added-way" not in {issue.code for issue in refused.value.issues}


def test_what_an_extension_assumes_does_not_save_a_promise_of_its_base() -> None:
    assumed = (
        f"{SHORTCUT}\nassume: [{{client_continuation_choice: continue, therapist_willing_to_continue: true}}]"
    )
    with pytest.raises(InvalidProtocol) as refused:
        loads(assumed)
    assert "broken-promise" in {issue.code for issue in refused.value.issues}


@pytest.mark.parametrize("code", FINDINGS)
def test_every_finding_has_its_page(code: str) -> None:
    assert page(code).startswith(f"# {code}\n\n**{FINDINGS[code].severity.value.capitalize()}:**")


LOOSENINGS = {
    "a shortcut": ("  consulted: {transitions: {go_on: {to: continued}}}", "let `go_on` ask for it, with"),
    "a second entrance": (
        "  paused: {transitions: {pick_up: {to: modified}}}",
        "with `needs: [modify_plan, modify_review_date]`",
    ),
    "a way from everywhere": (
        "anywhere: {carry_on: {to: continued, when: {consult_done: true}}}",
        "with `when: {both_agree: true}`",
    ),
    "an interrupt that asks for more": (
        "interrupts: {hold_for_safety: {when: {safety_suicide_level: high}}}",
        "a wider one has its own name",
    ),
    "an interrupt taken away": ("interrupts: {hold_for_safety: null}", "leave the key out"),
    "an interrupt that is passed by": (
        "  modified: {transitions: {continue: {despite: [hold_for_safety]}}}",
        "name only interrupts that the extension adds itself",
    ),
    "one recorder more": ("facts: {harm_severity: {by: [client, therapist]}}", "keep some of"),
    "one taker more": ("  modified: {transitions: {continue: {by: [manager]}}}", "keep some of"),
    "a longer deadline": (
        "deadlines: {consult_routine: {within: 10 working days}}",
        "as in `2 working days`",
    ),
    "an agreement of one": (
        "conditions: {both_agree: {client_continuation_choice: continue}}",
        "add a condition with a name of its own",
    ),
    "a consultation that waits": (
        "anywhere: {consult: {when: {safety_suicide_level: none}}}",
        "must stay open wherever that was promised",
    ),
}


@pytest.mark.parametrize("edit", LOOSENINGS)
def test_what_loosens_is_refused_at_its_own_line_with_what_to_write_instead(edit: str) -> None:
    written, advice = LOOSENINGS[edit]
    head = HEAD if written.startswith(" ") else BEGUN
    with pytest.raises(InvalidProtocol) as refused:
        loads(head + written, file="riverside.yaml")
    errors = [issue for issue in refused.value.issues if issue.severity == "error"]
    assert {(each.span.file, each.excerpt) for each in errors} == {("riverside.yaml", written)}
    assert any(advice in (each.help or "") for each in errors), [each.help for each in errors]


def test_a_step_that_asks_for_what_its_refusal_advises_keeps_the_promise() -> None:
    shortcut = f"{HEAD}  consulted: {{transitions: {{go_on: {{to: continued}}}}}}"
    advised = shortcut.replace("to: continued", "to: continued, when: {both_agree: true}")
    broken = {text: {issue.message.split("`")[1] for issue in _errors(text)} for text in (shortcut, advised)}
    assert broken[shortcut] - broken[advised] == {"only_by_agreement"}


def test_a_promise_that_an_extension_adds_is_shown_where_it_stands() -> None:
    text = f"""{BEGUN}
promises:
  after_reflection: {{enter: paused, only_after: reflected, says: We reflect before a pause}}
"""
    (error,) = _errors(text)
    assert error.message == "the promise `after_reflection` can be broken: “We reflect before a pause”"
    assert error.excerpt.strip().startswith("after_reflection")


def test_no_step_of_a_story_is_told_twice() -> None:
    first, *others = _errors(f"{HEAD}  consulted: {{transitions: {{go_on: {{to: continued}}}}}}")
    assert first.story.startswith(
        "1. A case begins at “Harm noticed”.\n2. The therapist takes “Consult somebody”"
    )
    for other in others:
        head, _, ends = other.story.partition("\n→ ")
        assert head == "1 to 8. As told above."
        assert ends
        assert ends not in first.story


def test_a_story_is_told_by_the_therapist_as_far_as_they_may_record() -> None:
    first = _errors(f"{HEAD}  consulted: {{transitions: {{go_on: {{to: continued}}}}}}")[0]
    assert "The therapist records “Risk of suicide”: None;" in first.story
    assert "The client records “How the client wants to be contacted”: Any way." in first.story
    assert "“Criminal allegation”: no." in first.story


def _errors(text: str) -> list[Issue]:
    with pytest.raises(InvalidProtocol) as refused:
        loads(text)
    return [issue for issue in refused.value.issues if issue.severity == "error"]
