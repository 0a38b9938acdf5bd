"""What passes, what fails, and what is said of it."""

from __future__ import annotations

from tests.scenarios.small import engine, only, results, said, scenarios

from rupture_protocol.scenarios.running import Status, run


def test_a_case_that_goes_as_it_says_passes() -> None:
    result = only(
        """  one:
    steps:
      - expect: {state: start, undecided: [go, hold], ask: [danger], missing: {go: [danger, a]}}
      - {by: lee, record: {danger: false, a: true}}
      - expect: {open: [go], others: blocked, due: {tell: running}}
      - {after: 3 days, expect: {due: {tell: overdue}}}
      - {by: sue, take: go, refused: true}
      - {by: lee, take: go}
      - {by: lee, record: {b: true}, refused: true}
      - {by: sue, record: {b: true, level: high}}
      - {by: lee, take: finish, refused: true}
      - expect: {state: middle, due: {tell: met late}}
      - {by: sue, take: finish}
      - expect: {state: done}
"""
    )
    assert said(result) == []
    assert result.status is Status.PASSED


def test_every_expectation_that_is_not_so_is_said_with_its_reason_and_place() -> None:
    made = engine()
    read = scenarios(
        """  one:
    steps:
      - {by: lee, record: {a: true}}
      - expect: {state: middle, open: [go], ask: [a], due: {tell: overdue}, missing: {go: [a]}, others: open}
""",
        made,
    )
    (result,) = run(made, read)

    assert said(result) == [
        "the state is `start`, not `middle`",
        "`go` is undecided, not open: `hold` cannot be ruled out yet (`danger`)",
        "`hold` is undecided, not open: `danger` is not recorded",
        "`go` does not lack just `a`: it lacks `danger`",
        "what is asked first is `danger`, not `a`",
        "`tell` is running, not overdue",
    ]
    assert {read.span(each.path).line for each in result.differences} == {8}
    assert str(read.span(result.differences[1].path)) == "small.scenarios.yaml:8:40"


def test_a_refusal_that_was_not_expected_ends_the_case() -> None:
    result = only("  one: {steps: [{by: lee, take: go}, {expect: {state: done}}]}\n")

    assert said(result) == ["cannot `go` from `start`: `hold` cannot be ruled out yet (`danger`); "
                            "`a` is not recorded; `b` is not recorded"]  # fmt: skip
    assert result.differences[0].help == "nothing is open from here"


def test_what_was_there_to_be_refused_and_is_not_ends_the_case() -> None:
    result = only("  one: {steps: [{by: lee, record: {a: true}, refused: true}]}\n")
    assert said(result) == ["it was done, and was there to be refused"]


def test_after_an_expectation_that_it_is_not_open_a_step_may_be_refused() -> None:
    assert only("  one: {steps: [{by: lee, expect: {undecided: [go]}}, {by: lee, take: go}]}\n").passed
    assert not only("  one: {steps: [{by: lee, expect: {undecided: [hold]}}, {by: lee, take: go}]}\n").passed


def test_a_case_goes_on_where_the_one_it_follows_ends_whatever_their_order() -> None:
    later, first = results(
        """  later: {follows: first, steps: [{after: 1 hour, by: sue, expect: {state: held}}]}
  first: {steps: [{by: lee, take: hold}]}
"""
    )
    assert later.passed
    assert first.passed
    assert later.at is not None
    assert first.at is not None
    assert (later.at - first.at).total_seconds() == 3600


def test_what_follows_a_case_that_fails_is_not_run() -> None:
    _, later = results(
        """  first: {steps: [{by: lee, take: go}]}
  later: {follows: first, steps: [{expect: {state: start}}]}
"""
    )
    assert later.status is Status.NOT_RUN
    assert said(later) == ["it begins where `first` ends, and that did not pass"]


def test_a_long_line_of_cases_is_no_trouble() -> None:
    cases = "  c0: {steps: [{expect: {state: start}}]}\n" + "".join(
        f"  c{at}: {{follows: c{at - 1}, steps: [{{expect: {{state: start}}}}]}}\n" for at in range(1, 1200)
    )
    made = engine()
    assert all(result.passed for result in run(made, scenarios(cases, made), only=["c1199"]))


def test_an_imagined_case_answers_questions() -> None:
    assert only(
        """  one:
    start: {state: middle, visited: [start], facts: {danger: false, b: true}}
    steps:
      - expect: {undecided: [finish], missing: {finish: [level]}}
      - expect: {suppose: {level: high}, open: [finish]}
      - expect: {suppose: {level: low}, blocked: [finish]}
      - expect: {suppose: {danger: unknown, level: high}, undecided: [finish]}
"""
    ).passed


def test_a_record_that_was_wrong_is_corrected() -> None:
    assert only(
        """  one:
    steps:
      - {by: lee, record: {danger: true}}
      - {by: lee, correct: {fact: danger, to: false, reason: typed the wrong line}}
      - {by: lee, record: {a: true}}
      - expect: {open: [go]}
      - {by: lee, correct: {fact: danger, reason: about somebody else}}
      - expect: {undecided: [go]}
"""
    ).passed
