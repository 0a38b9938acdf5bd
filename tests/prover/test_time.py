"""Time in proofs: what is exact, what is not decided, and what is never said."""

from __future__ import annotations

from tests.prover.tiny import proved, the

from rupture_protocol.errors import Severity
from rupture_protocol.prover import Answer, Report


def test_a_story_lets_time_pass() -> None:
    text = """
facts: {seen: {type: boolean, varies: true, lasts: 24 hours}}
states:
  start: {initial: true, transitions: {go: {to: middle, when: {seen: true}}}}
  middle: {transitions: {on: {to: done, when: {elapsed: {since: middle, at_least: 3 days}}}}}
  done: {final: true}
promises: {still: {enter: done, only_if: {seen: true}}}
"""
    story = the(proved(text), "broken-promise").story
    assert story is not None
    assert [step["at"][:10] for step in story.scenario["steps"]] == [
        *["2026-11-24"] * 2,
        "2026-11-27",
    ]
    assert "Time passes: 3 days." in story.sentences


def test_a_story_can_begin_with_waiting() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: done, when: {elapsed: {since: start, above: 2 weeks}}}}}
  other: {transitions: {on: {to: done}}}
  done: {final: true}
promises: {other: {enter: done, only_after: other}}
"""
    story = the(proved(text), "broken-promise").story
    assert story is not None
    assert story.sentences[1] == "Time passes: 14 days."


def test_a_date_against_now_is_cut_at_its_lengths() -> None:
    text = """
facts: {talked: {type: date}}
states:
  start: {initial: true, transitions: {go: {to: done, when: {talked: {within: 2 weeks}}}}}
  done: {final: true}
promises:
  month: {enter: done, only_if: {talked: {within: 1 month}}}
  week: {enter: done, only_if: {talked: {within: 1 week}}}
"""
    report = proved(text)
    assert report["week"].answer is Answer.FAILS
    assert the(report, "broken-promise").story is not None
    assert report["month"].answer is Answer.PROVED


def test_a_story_that_the_engine_cannot_replay_is_not_decided() -> None:
    text = """
states:
  start:
    initial: true
    transitions:
      go:
        to: done
        when: {elapsed: {since: start, at_least: 3 days}, not: {elapsed: {since: other, at_least: 1 day}}}
      stray: {to: other}
  other: {transitions: {back: {to: start}}}
  done: {final: true}
promises: {never: {enter: done, only_if: {visits: {state: other, below: 1}}}}
"""
    # Who comes back to `start` has left `other` before, so three days there are more than a day since.
    report = proved(text)
    assert report["never"].answer is Answer.NOT_DECIDED
    assert the(report, "not-decided").severity is Severity.WARNING


def test_a_presumed_date_grows_older_until_it_is_recorded() -> None:
    text = """
sources: {law: {title: A law, kind: law}}
facts: {talked: {type: date, presume: "2026-11-20", source: law}}
states:
  start:
    initial: true
    transitions:
      go: {to: done, when: {talked: {within: 2 weeks}}}
      wait: {to: middle, when: {talked: {older_than: 2 weeks}}}
  middle: {transitions: {on: {to: done, when: {talked: {within: 1 week}}, needs: [talked]}}}
  done: {final: true}
promises:
  week: {enter: done, only_if: {talked: {within: 1 week}}}
  month: {enter: done, only_if: {talked: {within: 1 month}}}
  sooner: {enter: middle, only_if: {talked: {older_than: 1 week}}}
"""
    report = proved(text)
    assert report["week"].answer is Answer.FAILS
    assert report["month"].answer is Answer.PROVED
    assert report["sooner"].answer is Answer.PROVED


# Several lengths of time ------------------------------------------------------------------------------

TWO_CLOCKS = """
states:
  start: {initial: true, transitions: {go: {to: middle}}}
  middle:
    transitions:
      out: {to: done, when: {all: [{elapsed: {since: start, FIRST}}, {elapsed: {since: middle, SECOND}}]}}
      back: {to: start}
  done: {final: true}
promises: {out: {always_reachable: [done]}}
"""


def two_clocks(first: str, second: str) -> Report:
    return proved(TWO_CLOCKS.replace("FIRST", first).replace("SECOND", second))


def test_a_way_out_that_only_waits_is_proved_with_several_clocks_too() -> None:
    report = two_clocks("at_least: 3 days", "at_least: 1 week")
    assert report["out"].answer is Answer.PROVED
    assert report["no_traps"].answer is Answer.PROVED
    assert report["triggers_open"].answer is Answer.PROVED


def test_a_way_out_that_only_seems_to_be_one_is_never_proved() -> None:
    # `middle` was entered after `start`, so the time since then is never the longer one.
    report = two_clocks("below: 1 day", "at_least: 2 days")
    for name in ("out", "no_traps", "triggers_open", "states_reachable"):
        assert report[name].answer is Answer.NOT_DECIDED
        assert "several lengths of time" in (report[name].why or "")


def test_what_two_clocks_show_together_in_one_case_is_proved_to_be_possible() -> None:
    report = two_clocks("below: 2 days", "at_least: 1 day")
    assert report["triggers_open"].answer is Answer.PROVED
    assert report["states_reachable"].answer is Answer.PROVED


def test_a_story_waits_before_a_step_for_what_it_needs_after_it() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: middle}}}
  middle:
    transitions:
      out:
        to: done
        when: {all: [{elapsed: {since: start, at_least: 3 days}}, {elapsed: {since: middle, below: 1 day}}]}
      on: {to: other}
  other: {transitions: {out: {to: done}}}
  done: {final: true}
promises: {other: {enter: done, only_after: other}}
"""
    story = the(proved(text), "broken-promise").story
    assert story is not None
    assert story.sentences[1:3] == (
        "Time passes: 3 days.",
        "Somebody takes `go`. The case is now at `middle`.",
    )


def test_a_date_that_stays_gets_older_and_closes_the_way_out() -> None:
    text = """
facts: {seen: {type: dateVARIES}}
states:
  start: {initial: true, transitions: {go: {to: middle, needs: [seen]}}}
  middle: {transitions: {out: {to: done, when: {seen: {within: 10 days}}}}}
  done: {final: true}
promises: {out: {always_reachable: [done]}}
"""
    report = proved(text.replace("VARIES", ""))
    assert report["out"].answer is Answer.FAILS
    assert proved(text.replace("VARIES", ", varies: true"))["out"].answer is Answer.PROVED


def test_a_date_that_stays_comes_by_itself() -> None:
    text = """
facts: {planned: {type: date}}
states:
  start: {initial: true, transitions: {go: {to: middle, needs: [planned]}}}
  middle: {transitions: {out: {to: done, when: {planned: {older_than: 10 days}}}}}
  done: {final: true}
promises: {out: {always_reachable: [done]}}
"""
    assert proved(text)["out"].answer is Answer.PROVED


def test_a_dead_end_may_take_time_to_come() -> None:
    text = """
facts: {seen: {type: date}}
states:
  start: {initial: true, transitions: {go: {to: done, when: {seen: {within: 10 days}}}}}
  done: {final: true}
"""
    story = the(proved(text), "dead-end").story
    assert story is not None
    assert "nothing is open" in story.ends


def test_what_counts_in_hours_and_in_days_may_be_over_in_either_order() -> None:
    text = """
states:
  start:
    initial: true
    transitions:
      go: {to: done, when: {elapsed: {since: start, at_least: 24 hours}}}
      on: {to: other, when: {elapsed: {since: start, at_least: 1 day}}}
  other: {transitions: {out: {to: done}}}
  done: {final: true}
promises:
  day: {enter: done, only_if: {elapsed: {since: start, at_least: 1 day}}, when: {not: {visited: other}}}
"""
    # On the day on which clocks are put back, 24 hours are less than a day: so it is not proved.
    assert proved(text)["day"].answer is Answer.NOT_DECIDED
    assert proved(text.replace("24 hours", "48 hours"))["day"].answer is Answer.PROVED


def test_visits_are_counted_as_far_as_anything_tells_them_apart() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: middle}}}
  middle:
    transitions:
      again: {to: start, when: {visits: {state: middle, below: 3}}}
      out: {to: done, when: {visits: {state: middle, at_least: LEAST}}}
  done: {final: true}
promises:
  out: {always_reachable: [done]}
  never_four: {enter: done, only_if: {visits: {state: middle, at_most: 3}}}
  three: {enter: done, only_if: {visits: {state: middle, is: 3}}}
"""
    report = proved(text.replace("LEAST", "3"))
    assert {report[name].answer for name in ("out", "never_four", "three")} == {Answer.PROVED}
    report = proved(text.replace("LEAST", "4"))
    assert report["out"].answer is Answer.FAILS
    report = proved(text.replace("LEAST", "2"))
    assert (report["never_four"].answer, report["three"].answer) == (Answer.PROVED, Answer.FAILS)


def test_what_was_found_counts_although_another_state_is_not_decided() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: middle}, on: {to: other}}}
  middle: {transitions: {out: {to: done, when: {any: [STARTED, MIDDLE]}}}}
  other: {transitions: {out: {to: done, when: {visited: middle}}}}
  done: {final: true}
"""
    long_ago = "{elapsed: {since: start, at_least: 1 day}}"
    just_now = "{elapsed: {since: middle, below: 1 day}}"
    report = proved(text.replace("STARTED", long_ago).replace("MIDDLE", just_now))
    assert report["no_dead_ends"].answer is Answer.FAILS
    assert "`other`" in the(report, "dead-end").issue.message
