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

HEAD = """
format: 1
protocol: riverside
version: 1.0.0
extends: {protocol: standard, version: ">=1,<2"}
states:
"""

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
    assert (
        broken[0].excerpt.strip().startswith("only_by_agreement")
    )  # the line of the base, not of the extension


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
