"""Everything wrong in a file of scenarios is found at once, at its place."""

from __future__ import annotations

import pytest
from tests.scenarios.small import HEAD, issues_of, scenarios

from rupture_protocol.scenarios.steps import Expect


def test_everything_that_is_wrong_is_found_at_once_in_file_order() -> None:
    found = issues_of(
        """format: 1
scenarios: small
people: {lee: therapst}
cases:
  one:
    steps:
      - {by: lee, recrd: {a: true}}
      - expect: {open: [goo], state: strt, due: {tel: running}, missing: {go: [c]}, ask: [d]}
  Two:
    follows: oone
    steps: []
"""
    )

    assert [each.split()[1] for each in found] == [
        "unknown-role",
        "missing-key",
        "unknown-key",
        "unknown-trigger",
        "unknown-state",
        "unknown-deadline",
        "unknown-fact",
        "unknown-fact",
        "bad-name",
        "unknown-case",
        "wrong-type",
    ]


@pytest.mark.parametrize(
    ("case", "issue"),
    [
        ("{steps: [{record: {a: 1}}]}", "wrong-value `a` cannot have that value"),
        ("{steps: [{record: {aa: true}}]}", "unknown-fact unknown fact `aa`"),
        ("{steps: [{by: bob, take: go}]}", "unknown-person unknown person `bob`"),
        ("{steps: [{by: {id: x, role: boss}, take: go}]}", "unknown-role unknown role `boss`"),
        ("{steps: [{take: go, after: soon}]}", "bad-duration `after` is not a length of time"),
        ("{steps: [{take: go, at: noon}]}", "bad-date `at` is not an instant"),
        (
            '{steps: [{take: go, after: 1 hour, at: "2026-01-01T09:00:00Z"}]}',
            "wrong-value `at` and `after` do not go together",
        ),
        ("{steps: [{take: go, record: {a: true}}]}", "wrong-value a step does 2 things"),
        ("{steps: [{note: hello}]}", "missing-key a step does nothing"),
        ("{steps: [{expect: {others: shut}}]}", "wrong-value `others` is a verdict, or `not open`"),
        ("{steps: [{expect: {due: {tell: late}}}]}", "wrong-value a deadline does not stand like that"),
        (
            "{steps: [{expect: {missing: {go: a}}}]}",
            "wrong-type `go` is a list of facts, as in `[one, another]`",
        ),
        (
            "{start: {state: start}, steps: [{by: lee, take: go}]}",
            "wrong-value nothing happens in a case that is imagined",
        ),
        (
            "{start: {}, follows: one, steps: [{expect: {state: start}}]}",
            "wrong-value `follows` and `start` do not go together",
        ),
        ("{follows: one, steps: [{take: go}]}", "circular-case `one` follows a case that follows it"),
        ("{title: Nothing}", "missing-key `steps` is missing"),
        ("[]", "wrong-type `one` is a mapping with `steps`"),
    ],
)  # fmt: skip
def test_what_a_case_cannot_say_is_an_issue(case: str, issue: str) -> None:
    assert any(each.endswith(issue) for each in issues_of(f"{HEAD}  one: {case}\n"))


@pytest.mark.parametrize("value", ["2", "true", '"1"'])
def test_another_format_is_refused(value: str) -> None:
    assert any(
        "format-version" in each for each in issues_of(f"format: {value}\nscenarios: small\ncases: {{}}\n")
    )


def test_what_is_no_mapping_is_said_to_be_none() -> None:
    assert issues_of("[1]\n") == ["1:1 wrong-type a file of scenarios is a mapping"]
    assert "not-yaml" in issues_of("format: [\n")[0]


def test_missing_takes_one_set_of_facts_or_several() -> None:
    read = scenarios("  one: {steps: [{expect: {missing: {go: [a], finish: [[b], [a, level]]}}}]}\n")
    expect = read.cases["one"].steps[0].action

    assert isinstance(expect, Expect)
    assert expect.missing == {"go": (("a",),), "finish": (("b",), ("a", "level"))}
