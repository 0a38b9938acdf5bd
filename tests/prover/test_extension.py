"""An extension is proved before anybody gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from rupture_protocol import InvalidProtocol, Issue, check, load, loads
from rupture_protocol.language.codes import FINDINGS, page
from rupture_protocol.loading import check_file
from rupture_protocol.prover import Answer, prove
from rupture_protocol.prover.extension import broken_by, news

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
    assert broken[0].story is not None
    assert "go_on_anyway" in broken[0].story.ends
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


BASE = """
format: 1
protocol: base
version: 1.0.0
title: Base
facts: {agrees: boolean, danger: boolean}
states:
  start:
    initial: true
    transitions:
      go: {to: done, when: {danger: true, agrees: true}}
      stop: {to: stopped}
      end: {to: stopped}
  done: {final: true}
  stopped: {final: true}
promises: {agreed: {enter: done, only_if: {agrees: true}}}
"""
CLINIC = """
format: 1
protocol: clinic
version: 1.0.0
title: Clinic
extends: {file: base.yaml}
"""
SHORT = "states: {start: {transitions: {on: {to: done, when: {danger: true}, needs: [agrees]}}}}\n"
ASSUMED = "assume: [{not: {danger: true, agrees: false}}]\n"


@pytest.fixture
def clinic(tmp_path: Path) -> Callable[[str], Path]:
    """Writes an extension of a small base."""
    (tmp_path / "base.yaml").write_text(BASE, "utf-8")

    def written(more: str) -> Path:
        (tmp_path / "clinic.yaml").write_text(CLINIC + more, "utf-8")
        return tmp_path / "clinic.yaml"

    return written


def codes(issues: Iterable[Issue]) -> list[str]:
    return [issue.code for issue in issues if issue.severity == "error"]


@pytest.mark.parametrize("full", [True, False])
def test_an_assumption_counts_for_the_promises_beside_it(clinic: Callable[[str], Path], full: bool) -> None:
    own = "promises: {ours: {enter: done, only_if: {agrees: true}, when: {visited: start}}}\n"
    (broken,) = check_file(clinic(SHORT + own + ASSUMED), prove=full).errors
    assert "`agreed`" in broken.message  # that of the base; our own is proved
    without = check_file(clinic(SHORT + own), prove=full).errors
    assert ["`agreed`" in each.message for each in without] == [True, False]


def test_what_counts_beside_it_only_is_said_of_an_assumption(clinic: Callable[[str], Path]) -> None:
    (said,) = prove(load(clinic(ASSUMED))).assumes
    assert said.endswith(
        "leaves out 0.11 of all kinds of situation, by `danger`, `agrees`, for the promises beside it only"
    )


def test_an_assumption_of_an_extension_that_cannot_hold_refuses_it(clinic: Callable[[str], Path]) -> None:
    with pytest.raises(InvalidProtocol) as refused:
        load(clinic("assume: [{agrees: true}, {agrees: false}]\n"))
    assert codes(refused.value.issues) == ["assume-cannot-hold"]


def test_a_warning_that_a_base_has_by_itself_is_no_news(clinic: Callable[[str], Path]) -> None:
    def overlapping(path: Path) -> list[str]:
        return [
            issue.message for issue in check(path) if issue.code in ("trigger-shadowed", "triggers-overlap")
        ]

    path = clinic("")
    (theirs,) = overlapping(path.with_name("base.yaml"))
    assert overlapping(path) == []
    ours = overlapping(clinic("states: {start: {transitions: {leave: {to: stopped, when: {danger: true}}}}}"))
    assert ours
    assert all("`leave`" in each and each != theirs for each in ours)


def test_what_is_not_decided_is_told_of_an_extension_too(clinic: Callable[[str], Path]) -> None:
    found = check_file(clinic(""))
    assert found.protocol is not None
    report = prove(found.protocol, budget=5)
    assert {issue.code for issue in news(report, found.bases, budget=5)} == {"not-decided"}


def test_a_check_in_full_holds_an_extension_to_the_law(clinic: Callable[[str], Path]) -> None:
    found = check_file(clinic("states: {start: {transitions: {go: {when: {danger: false}}}}}\n"), prove=True)
    assert found.proof is not None
    assert found.proof["the_law_of_base"].answer is Answer.PROVED


def test_what_opens_more_is_an_error_of_a_check(clinic: Callable[[str], Path]) -> None:
    # No file can say it: here is a base that is tighter than what was extended.
    protocol = load(clinic(""))
    tighter = loads(
        BASE.replace("{danger: true, agrees: true}", "{danger: true, agrees: true, visited: stopped}")
    )
    report = prove(protocol, bases=[tighter])
    assert report["the_law_of_base"].answer is Answer.FAILS
    assert "opens-more" in codes(news(report, [tighter]))


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
    # What stays shut by it may leave states of the base a dead end; that is told where these stand.
    blamed = {(each.span.file, each.excerpt) for each in errors if each.code != "dead-end"}
    assert blamed == {("riverside.yaml", written)}
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
    told = _story(first)
    assert told.startswith("1. A case begins at “Harm noticed”.\n2. The therapist takes “Consult somebody”")
    for other in others:
        head, _, ends = _story(other).partition("\n→ ")
        assert head == "1 to 8. As told above."
        assert ends
        assert ends not in told


def test_a_story_is_told_by_the_therapist_as_far_as_they_may_record() -> None:
    told = _story(_errors(f"{HEAD}  consulted: {{transitions: {{go_on: {{to: continued}}}}}}")[0])
    assert "The therapist records “Risk of suicide”: None;" in told
    assert "The client records “How the client wants to be contacted”: Any way." in told
    assert "“Criminal allegation”: no." in told


def _story(issue: Issue) -> str:
    assert issue.story is not None
    return issue.story.render()


def _errors(text: str) -> list[Issue]:
    with pytest.raises(InvalidProtocol) as refused:
        loads(text)
    return [issue for issue in refused.value.issues if issue.severity == "error"]
