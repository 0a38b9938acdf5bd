"""`rupture play`: a line for each step, and an exit code that says whether all went as written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Rupture

LEE = '{at: "2026-11-24T10:00:00+00:00", by: {id: lee, role: therapist}'
STORY = f"""
protocol: mini.yaml
steps:
  - {LEE}, record: {{suicide_level: none, reachable: true, aware_on: 2026-11-20, tags: [a, b]}}}}
  - expect: {{state: aware, open: [consult], undecided: [acknowledge], blocked: [hold]}}
  - take: acknowledge
  - {{by: {{id: cam, role: client}}, record: {{severity: mild, choice: unknown}}, note: on the phone}}
  - {LEE}, take: acknowledge}}
  - expect: {{state: acknowledged}}
"""


def story(*steps: str) -> str:
    return "protocol: mini.yaml\nsteps:\n" + "".join(f"  - {step}\n" for step in steps)


def play(rupture: Rupture, text: str, *more: str) -> Any:
    return rupture("play", "-", *more, stdin=text)


def test_each_step_prints_an_event_or_a_refusal_or_what_was_expected(rupture: Rupture) -> None:
    ran = play(rupture, STORY, "--json")
    assert ran.code == 0
    recorded, expected, refused, told, taken, _ = ran.lines
    assert all(line["schema"] == "rupture-step/1" for line in ran.lines)
    assert [line["step"] for line in ran.lines] == [1, 2, 3, 4, 5, 6]
    assert recorded["event"]["kind"] == "recorded"
    assert recorded["event"]["facts"]["aware_on"] == "2026-11-20"
    assert expected["expect"] == "met"
    assert expected["differences"] == []
    assert refused["state"] == "aware"
    assert refused["refusal"]["trigger"] == "acknowledge"
    assert "`severity` is not recorded" in refused["refusal"]["message"]
    assert refused["refusal"]["help"] == "open from here: `consult`"
    assert told["event"]["note"] == "on the phone"
    assert told["event"]["facts"]["choice"] is None
    assert taken["state"] == "acknowledged"
    assert (taken["event"]["from"], taken["event"]["to"]) == ("aware", "acknowledged")


def test_the_same_script_in_json(rupture: Rupture) -> None:
    text = (
        '{"protocol": "mini.yaml", "steps": [{"at": "2026-11-24T10:00:00Z",'
        ' "by": {"id": "l", "role": "therapist"}, "record": {"reachable": null}}, {"take": "consult"}]}'
    )
    assert play(rupture, text, "--json").lines[-1]["state"] == "aware2"


def test_a_refusal_that_nobody_expected_exits_1_and_the_rest_goes_on(rupture: Rupture) -> None:
    ran = play(
        rupture, story(f"{LEE}, take: acknowledge}}", "take: consult", "expect: {state: aware2}"), "--json"
    )
    assert ran.code == 1
    assert [line["state"] for line in ran.lines] == ["aware", "aware2", "aware2"]
    assert ran.lines[0]["expected"] is False


def test_a_step_that_is_there_to_be_refused_and_is_not_exits_1(rupture: Rupture) -> None:
    assert play(rupture, story(f"{LEE}, take: consult, refused: true}}")).code == 1
    assert play(rupture, story(f"{LEE}, take: acknowledge, refused: true}}")).code == 0


def test_only_the_step_right_after_an_expectation_may_be_refused(rupture: Rupture) -> None:
    expect = "expect: {undecided: [acknowledge]}"
    assert play(rupture, story(f"{LEE}, record: {{warning: false}}}}", expect, "take: acknowledge")).code == 0
    later = story(
        f"{LEE}, record: {{warning: false}}}}", expect, "record: {warning: true}", "take: acknowledge"
    )
    assert play(rupture, later).code == 1


def test_an_expectation_that_fails_says_what_is_so_instead(rupture: Rupture) -> None:
    wrong = "expect: {state: held, open: [acknowledge, acknowlege], blocked: [consult]}"
    ran = play(rupture, story(f"{LEE}, record: {{warning: false}}}}", wrong), "--json")
    assert ran.code == 1
    assert ran.lines[-1]["expect"] == "failed"
    differences = ran.lines[-1]["differences"]
    assert differences[0] == "the state is `aware`, not `held`"
    assert differences[1].startswith("`acknowledge` is undecided, not open: ")
    assert differences[2] == "`acknowlege` is not offered in `aware`: did you mean `acknowledge`?"
    assert differences[3].startswith("`consult` is open, not blocked: ")


def test_a_script_may_override_and_correct(rupture: Rupture) -> None:
    sue = "by: {id: sue, role: supervisor}"
    ran = play(
        rupture,
        story(
            f"{LEE}, record: {{suicide_level: low, reachable: false}}}}",
            "{correct: {fact: reachable, to: true, reason: mistyped}}",
            "{correct: {fact: reachable, reason: not sure}, refused: false}",
            f"{{{sue}, override: {{trigger: acknowledge, reason: nonsense}}, refused: true}}",
            "override: {trigger: acknowledge, reason: other}",
        ),
        "--json",
    )
    assert ran.code == 0, ran.out
    assert ran.lines[1]["event"]["corrects"] == 2
    assert ran.lines[2]["event"]["withdrawn"] is True
    assert ran.lines[4]["event"]["kind"] == "override"
    assert ran.lines[4]["state"] == "acknowledged"


@pytest.mark.parametrize(
    "step",
    [
        "record: {severty: mild}",
        "record: {severity: canary_value}",
        "record: {severity: mild}",
        "take: acknowlege",
        "{take: consult, by: {id: x, role: boss}}",
        '{take: consult, at: "2026-11-24T09:00:00+00:00"}',
        '{take: consult, occurred: "2026-11-24T23:00:00+00:00"}',
        "correct: {fact: notice, reason: wrong}",
    ],
)
def test_whatever_a_step_is_refused_for_is_a_line(rupture: Rupture, step: str) -> None:
    ran = play(rupture, story(f"{LEE}, record: {{warning: false}}}}", step), "--json")
    assert ran.code == 1
    assert ran.lines[1]["refusal"]["message"]
    assert "canary" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "<stdin>:1:1: error[wrong-type]: a script is a mapping"),
        ("protocol: mini.yaml", "error[missing-key]: `steps` is missing"),
        ("protocol: mini.yaml\nsteps: []", "<stdin>:2:8: error[wrong-type]: `steps` is a list of steps"),
        ("steps: [{take: a}]", "error[missing-key]: `protocol` is missing"),
        (story("tak: consult"), "<stdin>:3:5: error[unknown-key]: unknown key `tak`"),
        (story("{take: a, record: {b: c}}"), "<stdin>:3:5: error[wrong-value]: a step does 2 things"),
        (story("note: x"), "a step does nothing"),
        (story("{take: a, at: 2026-11-24}"), "<stdin>:3:19: error[bad-date]: `at` is not an instant"),
        (story("{take: a, by: lee}"), "`by` is a mapping with `id`, `role`"),
        (story("{take: a, by: {id: lee}}"), "error[missing-key]: `role` is missing"),
        (story("expect: {opn: [a]}"), "unknown key `opn`"),
        (story("expect: {open: a}"), "`open` is a list of triggers"),
        (story("record: []"), "`record` is a mapping of facts"),
        (story("override: a"), "`override` is a mapping with `trigger`, `reason`"),
        (story("{take: a, refused: maybe}"), "`refused` is `true` or `false`"),
        (story("record: {secret: canary_value"), "error[not-yaml]"),
        (story("record: {secret: canary_value, secret: x}"), "error[duplicate-key]"),
    ],
)
def test_a_script_that_is_none_is_refused_at_its_line(rupture: Rupture, text: str, said: str) -> None:
    ran = play(rupture, text)
    assert ran.code == 3
    assert said in ran.err
    assert ran.err.splitlines()[-1].startswith("next: ")
    assert "canary" not in ran.err


def test_all_that_is_wrong_with_a_script_is_said_at_once(rupture: Rupture) -> None:
    ran = play(rupture, story("tak: consult", "{take: a, at: soon}", "expect: {opn: []}"))
    assert [line.partition(": ")[0] for line in ran.err.splitlines() if line.startswith("<stdin>")] == [
        "<stdin>:3:5",
        "<stdin>:3:5",
        "<stdin>:4:19",
        "<stdin>:5:14",
    ]


def test_a_protocol_is_looked_for_beside_the_script(rupture: Rupture, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "mini.yaml").rename(tmp_path / "below" / "mini.yaml")
    (tmp_path / "below" / "story.yaml").write_text(STORY, "utf-8")
    assert rupture("play", "below/story.yaml").code == 0
    assert rupture("play", str(tmp_path / "below" / "story.yaml")).code == 0


def test_a_script_of_expectations_needs_nobody(rupture: Rupture) -> None:
    assert play(rupture, story("expect: {state: aware, open: [consult]}")).code == 0


def test_a_step_without_a_person_is_refused(rupture: Rupture) -> None:
    ran = play(rupture, story("take: consult"), "--json")
    assert ran.code == 1
    assert ran.lines[0]["refusal"]["message"] == "the step does not say who acts"


def test_at_is_the_clock_of_steps_that_have_none(rupture: Rupture) -> None:
    script = story("{by: {id: l, role: therapist}, take: consult}")
    event = play(rupture, script, "--at", "2026-01-01T10:00:00+02:00", "--json").lines[0]["event"]
    assert event["at"] == "2026-01-01T08:00:00+00:00"


def test_the_story_says_what_happened_and_why(rupture: Rupture) -> None:
    ran = play(rupture, STORY)
    assert ran.code == 0
    assert "takes acknowledge: aware → acknowledged" in ran.out
    assert "tries to take acknowledge: refused, as expected" in ran.out
    assert "why: `severity` is not recorded\n      missing: severity\n" in ran.out
    assert "note: on the phone" in ran.out
    assert "The case stands in acknowledged." in ran.out


def test_the_story_leaves_sensitive_values_out(rupture: Rupture) -> None:
    text = story(f"{LEE}, record: {{secret: canary_value}}}}")
    assert "canary" not in play(rupture, text).out
    assert "canary_value" in play(rupture, text, "--show-sensitive").out


def test_a_text_with_control_characters_cannot_reach_the_terminal(rupture: Rupture) -> None:
    text = '{"protocol": "mini.yaml", "title": "a\\u001b[31mb [bold]c[/bold]", "steps": [{"expect": {}}]}'
    ran = play(rupture, text)
    assert ran.code in (0, 3)
    assert "\x1b" not in ran.out + ran.err
