"""Each check on two tiny protocols: one that has the defect, and one that has not."""

from __future__ import annotations

import json

import pytest
from tests.prover.tiny import HEAD, codes, proved, the

from rupture_protocol import loads
from rupture_protocol.errors import Severity
from rupture_protocol.prover import Answer, prove, report_to_json

FACTS = """
facts:
  agrees: {type: boolean, varies: true}
  risk: {type: scale, values: [none, low, high], varies: true}
"""


def one_step(step: str, more: str = "") -> str:
    return f"""{FACTS}
states:
  start:
    initial: true
    transitions:
      go: {step}
  done: {{final: true}}
{more}"""


# Promises ---------------------------------------------------------------------------------------------

AGREED = "promises: {agreed: {enter: done, only_if: {agrees: true}}}"


def test_a_guard_that_implies_its_promise_is_proved() -> None:
    report = proved(one_step("{to: done, when: {agrees: true}}", AGREED))
    assert report["agreed"].answer is Answer.PROVED
    assert codes(report) == {"dead-end"}  # nothing is open where they do not agree


def test_a_guard_that_leaves_its_promise_to_the_net_fails_with_a_story() -> None:
    report = proved(one_step("{to: done, when: {risk: none}}", AGREED))
    finding = the(report, "broken-promise")
    assert report["agreed"].answer is Answer.FAILS
    assert (finding.issue.span.line, finding.severity) == (14, Severity.ERROR)
    assert [note.span.line for note in finding.issue.also] == [16]
    assert finding.issue.help == "let `go` ask for it, with `when: {agrees: true}`; or lead it elsewhere"
    assert finding.story is not None
    assert finding.story.sentences == (
        "A case begins at `start`.",
        "Somebody records `risk`: none.",
        "Nothing that `go` asks for is missing. "
        "Only the promise itself would still stop it, as a last safeguard.",
    )
    assert finding.story.ends == "`go` leads from `start` to `done`, though `agrees` is not on record"
    assert finding.story.scenario["steps"][-1] == {
        "at": "2026-11-24T12:00:00+00:00",
        "expect": {"state": "start", "undecided": ["go"]},
    }


def test_not_recorded_is_not_agreed() -> None:
    report = proved(one_step("{to: done, when: {not: {agrees: false}}}", AGREED))
    assert report["agreed"].answer is Answer.PROVED


def test_a_promise_holds_only_where_its_when_is_true() -> None:
    promise = "promises: {agreed: {enter: done, only_if: {agrees: true}, when: {risk: high}}}"
    kept = "{to: done, when: {any: [{agrees: true}, {risk: {below: high}}]}}"
    assert proved(one_step(kept, promise))["agreed"].answer is Answer.PROVED
    assert proved(one_step("{to: done}", promise))["agreed"].answer is Answer.FAILS


def test_what_a_promise_needs_must_be_on_record() -> None:
    promise = "promises: {known: {enter: done, needs: [risk]}}"
    assert proved(one_step("{to: done, needs: [risk]}", promise))["known"].answer is Answer.PROVED
    assert proved(one_step("{to: done, when: {agrees: true}}", promise))["known"].answer is Answer.FAILS


def test_a_presumed_fact_is_not_on_record() -> None:
    text = """
sources: {law: {title: A law, kind: law}}
facts: {able: {type: boolean, presume: true, source: law}}
states:
  start: {initial: true, transitions: {go: {to: done, when: {able: true}}}}
  done: {final: true}
promises:
  holds: {enter: done, only_if: {able: true}}
  known: {enter: done, needs: [able]}
"""
    report = proved(text)
    assert report["holds"].answer is Answer.PROVED
    assert report["known"].answer is Answer.FAILS


def test_what_was_once_recorded_is_never_presumed_again() -> None:
    text = """
sources: {law: {title: A law, kind: law}}
facts: {able: {type: boolean, presume: true, source: law, varies: true}}
states:
  start: {initial: true, transitions: {go: {to: middle, when: {able: false}}}}
  middle: {transitions: {on: {to: done, when: {able: true}}}}
  done: {final: true}
promises: {known: {enter: done, needs: [able]}}
"""
    assert proved(text)["known"].answer is Answer.PROVED


THROUGH = """
states:
  start: {initial: true, transitions: {go: {to: middle}, skip: {to: done, when: {SKIP}}}}
  middle: {transitions: {on: {to: done}}}
  done: {final: true}
promises: {through: {enter: done, only_after: middle}}
"""


def test_a_shortcut_breaks_an_order() -> None:
    finding = the(proved(THROUGH.replace("{SKIP}", "{not: {visited: middle}}")), "broken-promise")
    assert finding.story is not None
    assert finding.story.ends.endswith("though the case was never at `middle`")
    assert proved(THROUGH.replace("{SKIP}", "{visited: middle}"))["through"].answer is Answer.PROVED


DANGER = """
states:
  start: {initial: true, transitions: {go: {to: done, when: {agrees: true}, despite: DESPITE}}}
  held: {transitions: {back: {to: start}}}
  done: {final: true}
interrupts: {hold: {to: held, when: HELD}}
promises:
  safe: {enter: done, only_if: {risk: {below: high}}}
  held: {whenever: {risk: high}, offer: hold}
"""


def danger(held: str = "{risk: high}", despite: str = "[]") -> str:
    text = FACTS + DANGER.replace("HELD", held)
    return text.replace(", despite: DESPITE", "" if despite == "[]" else f", despite: {despite}")


def test_an_interrupt_proves_a_promise() -> None:
    report = proved(danger())
    assert (report["safe"].answer, report["held"].answer) == (Answer.PROVED, Answer.PROVED)
    assert report["interrupts_open"].answer is Answer.PROVED


def test_a_transition_that_goes_on_despite_an_interrupt_breaks_it() -> None:
    assert proved(danger(despite="all"))["safe"].answer is Answer.FAILS


def test_an_interrupt_that_asks_for_more_is_not_offered_where_it_is_promised() -> None:
    report = proved(danger(held="{risk: high, agrees: false}"))
    assert report["held"].answer is Answer.FAILS
    assert report["safe"].answer is Answer.FAILS


def test_what_is_promised_but_offered_nowhere_else_fails() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: middle}, ask: {to: start}}}
  middle: {transitions: {on: {to: done}}}
  done: {final: true}
promises: {asking: {whenever: {visited: start}, offer: ask}}
"""
    story = the(proved(text), "broken-promise").story
    assert story is not None
    assert story.ends == "`ask` is not offered in `middle`, where the promise asks for it"


def test_what_lacks_only_a_need_is_offered() -> None:
    promise = "promises: {going: {whenever: {agrees: true}, offer: go}}"
    assert proved(one_step("{to: done, needs: [risk]}", promise))["going"].answer is Answer.PROVED
    assert proved(one_step("{to: done, when: {risk: none}}", promise))["going"].answer is Answer.FAILS


# Ways out ---------------------------------------------------------------------------------------------

WAYS = """
facts: {kind: {type: choice, values: [one, other]VARIES}}
states:
  start: {initial: true, transitions: {go: {to: middle, needs: [kind]}}}
  middle: {FORGET transitions: {on: {to: done, when: {kind: one}}}}
  done: {final: true}
promises: {out: {always_reachable: [done]}}
"""


def ways(varies: str = "", forget: str = "") -> str:
    return WAYS.replace("VARIES", varies).replace("FORGET", forget)


def test_what_stays_as_it_was_recorded_can_close_the_way_out() -> None:
    report = proved(ways())
    assert report["out"].answer is Answer.FAILS
    assert {"dead-end", "broken-promise"} <= codes(report)
    story = the(report, "broken-promise").story
    assert story is not None
    assert story.ends == "from `start`, `done` cannot be reached any more"


@pytest.mark.parametrize("text", [ways(varies=", varies: true"), ways(varies=", lasts: 2 days")])
def test_what_varies_or_expires_leaves_the_way_out(text: str) -> None:
    assert proved(text)["out"].answer is Answer.PROVED


def test_what_a_state_forgets_is_asked_afresh() -> None:
    again = ways(forget="FORGET").replace("{on:", "{again: {to: middle}, on:")
    assert proved(again.replace("FORGET", ""))["out"].answer is Answer.FAILS
    assert proved(again.replace("FORGET", "forget: [kind],"))["out"].answer is Answer.PROVED


def test_a_dead_end_is_excused_where_waiting_is_right() -> None:
    waiting = ways().replace("middle: {", "middle: {wait: {reason: it takes time},")
    assert "dead-end" in codes(proved(ways()))
    assert "dead-end" not in codes(proved(waiting))
    until = ways().replace("middle: {", "middle: {wait: {reason: it takes time, until: {kind: other}},")
    assert "dead-end" in codes(proved(until))


def test_a_circle_without_an_exit_is_a_trap() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: left}, out: {to: done}}}
  left: {transitions: {on: {to: right}}}
  right: {transitions: {on: {to: left}}}
  done: {final: true}
"""
    finding = the(proved(text), "trap")
    assert "`left`, `right`" in finding.issue.message
    assert finding.story is not None
    assert "trap" not in codes(
        proved(text.replace("right: {transitions: {", "right: {transitions: {out: {to: done}, "))
    )


def test_an_override_is_a_way_out_but_opens_nothing() -> None:
    text = """
roles: {lead: Somebody who may}
facts: {kind: {type: boolean}}
states:
  start:
    initial: true
    transitions:
      go: {to: done, when: {kind: true}, override: {by: [lead], reasons: [it_was_right]}}
  done: {final: true}
promises: {out: {always_reachable: [done]}}
"""
    report = proved(text)
    assert report["out"].answer is Answer.PROVED
    assert "dead-end" in codes(report)


# What can be reached ------------------------------------------------------------------------------------


def test_a_state_that_nothing_leads_to_is_unreachable() -> None:
    text = """
states:
  start: {initial: true, transitions: {go: {to: done}}}
  lost: {transitions: {on: {to: done}}}
  done: {final: true}
"""
    report = proved(text)
    assert "`lost`" in the(report, "unreachable-state").issue.message
    assert "never-open" not in codes(report)  # what leaves it is no issue of its own
    assert proved(text.replace("{go: {to: done}}", "{go: {to: done}, stray: {to: lost}}")).errors == ()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("{to: done, when: {all: [{agrees: true}, {agrees: false}]}}", "contradicts itself"),
        ("{to: done, when: {visited: done}}", "where it is offered"),
    ],
)
def test_a_guard_that_is_never_true_is_never_open(step: str, why: str) -> None:
    more = one_step(f"{{to: done}}\n      stuck: {step}")
    finding = the(proved(more), "never-open")
    assert "`stuck`" in finding.issue.message
    assert why in (finding.issue.help or "")


def test_a_promise_can_keep_a_transition_closed() -> None:
    text = one_step("{to: done, when: {agrees: false}}", AGREED)
    assert "promise" in (the(proved(text), "never-open").issue.help or "")


# assume -------------------------------------------------------------------------------------------------


def test_an_assumption_leaves_out_what_contradicts_it_and_says_so() -> None:
    text = one_step(
        "{to: done, when: {risk: high}}", AGREED + "\nassume: [{not: {risk: high, agrees: false}}]"
    )
    report = proved(text)
    (said,) = report.assumes
    assert "`agrees`, `risk`" in said or "`risk`, `agrees`" in said
    assert report["agreed"].answer is Answer.FAILS  # not recorded is not ruled out
    sound = one_step("{to: done, when: {risk: high}, needs: [agrees]}", AGREED)
    assert proved(sound)["agreed"].answer is Answer.FAILS
    assert proved(sound + "\nassume: [{not: {risk: high, agrees: false}}]")["agreed"].answer is Answer.PROVED


def test_an_assumption_that_cannot_hold_is_an_error() -> None:
    report = proved(one_step("{to: done}", "assume: [{agrees: true}, {agrees: false}]"))
    assert the(report, "assume-cannot-hold").severity is Severity.ERROR
    assert "assume-cannot-hold" not in codes(proved(one_step("{to: done}", "assume: [{agrees: true}]")))


# Warnings -----------------------------------------------------------------------------------------------


def test_named_conditions_that_do_not_vary_are_told() -> None:
    named = """
conditions:
  never: {all: [{risk: high}, {risk: low}]}
  always: {any: [{risk: {at_least: low}}, {risk: {below: high}}]}
  fine: {risk: high}
"""
    report = proved(one_step("{to: done}", named))
    assert "`never`" in the(report, "never-true").issue.message
    assert "`always`" in the(report, "always-true").issue.message


def test_a_part_that_changes_nothing_is_told_at_its_place() -> None:
    report = proved(one_step("{to: done, when: {all: [{risk: {at_least: low}}, {risk: high}]}}"))
    finding = the(report, "never-matters")
    assert (finding.issue.span.line, finding.issue.span.column) == (14, 43)
    assert "never-matters" not in codes(proved(one_step("{to: done, when: {risk: high, agrees: true}}")))


def test_a_part_that_asks_for_a_record_matters() -> None:
    anything = "{to: done, when: {all: [{risk: [none, low, high]}, {agrees: true}]}}"
    assert "never-matters" not in codes(proved(one_step(anything)))


def test_triggers_that_do_the_same_are_told() -> None:
    both = "{to: done, when: {agrees: true}}\n      also: {to: done, when: WHEN}"
    shadowed = proved(one_step(both.replace("WHEN", "{agrees: true, risk: none}")))
    assert the(shadowed, "trigger-shadowed").issue.message.startswith("`also` is open")
    assert "triggers-overlap" in codes(proved(one_step(both.replace("WHEN", "{risk: none}"))))
    apart = codes(proved(one_step(both.replace("WHEN", "{agrees: false}"))))
    assert not apart & {"triggers-overlap", "trigger-shadowed"}


def test_a_question_that_nothing_reads_is_told() -> None:
    text = """
facts: {kind: {type: boolean, ask: "Which?"}}
states: {start: {initial: true, transitions: {go: {to: done}}}, done: {final: true}}
"""
    assert "`kind`" in the(proved(text), "question-never-needed").issue.message
    asked = text.replace("initial: true,", "initial: true, ask: [kind],")
    assert "question-never-needed" not in codes(proved(asked))


# Reports, and the budget ------------------------------------------------------------------------------


def test_a_story_says_which_change_it_needs() -> None:
    text = f"""{FACTS}
states:
  start: {{initial: true, transitions: {{go: {{to: middle, when: {{agrees: true}}}}}}}}
  middle: {{transitions: {{on: {{to: done, when: {{agrees: false}}}}}}}}
  done: {{final: true}}
promises: {{agreed: {{enter: done, only_if: {{agrees: true}}}}}}
"""
    story = the(proved(text), "broken-promise").story
    assert story is not None
    assert "Somebody records `agrees`: no now (before: yes)." in story.sentences


def test_without_what_only_warns_the_errors_are_the_same() -> None:
    protocol = loads(HEAD + one_step("{to: done, when: {risk: none}}", AGREED))
    assert prove(protocol, full=False).errors == prove(protocol).errors != ()


def test_a_report_is_data_that_json_takes_and_says_what_it_does_not_prove() -> None:
    report = proved(one_step("{to: done, when: {risk: none}}", AGREED))
    written = json.loads(json.dumps(report_to_json(report)))
    assert written["schema"] == "rupture-proof/1"
    assert [each["answer"] for each in written["results"] if each["promise"]] == ["fails"]
    assert written["findings"][0]["story"]["scenario"]["protocol"] == "tiny"
    for said in (written["note"], report.render()):
        assert "does not prove that the protocol is clinically right" in said


def test_a_report_equals_another_of_the_same_proof() -> None:
    text = one_step("{to: done}", AGREED)
    assert proved(text) == proved(text)


def test_past_its_budget_nothing_is_silently_fine() -> None:
    report = proved(one_step("{to: done, when: {agrees: true, risk: none}}", AGREED), budget=4)
    assert {result.answer for result in report.promises} == {Answer.NOT_DECIDED}
    assert "not-decided" in codes(report)
    assert Answer.PROVED not in {
        report[name].answer for name in ("no_dead_ends", "no_traps", "states_reachable")
    }
