"""`rupture decide`: the JSON that other programs rely on, and the text that people read."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.running import NOON, Rupture

OPTION: dict[str, type] = {
    "trigger": str,
    "to": str,
    "verdict": str,
    "interrupt": bool,
    "precaution": bool,
    "by": list,
    "missing": list,
    "opens_with": list,
    "presumed": list,
    "because": str,
    "reasons": dict,
    "for": list,
    "against": list,
}
DECISION: dict[str, type] = {
    "schema": str,
    "protocol": dict,
    "state": str,
    "at": str,
    "options": list,
    "also": list,
    "ask": list,
    "deadlines": list,
    "notices": list,
}


def option(decision: Any, trigger: str) -> Any:
    return next(each for each in decision["options"] if each["trigger"] == trigger)


def test_the_json_has_every_name_that_was_promised(rupture: Rupture) -> None:
    ran = rupture("decide", "mini.yaml", "--at", NOON, "--json")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.count("\n") == 1
    decision = ran.json
    assert decision["schema"] == "rupture-decision/1"
    assert decision["at"] == NOON
    assert set(decision["protocol"]) == {"id", "version", "digest"}
    for name, kind in DECISION.items():
        assert isinstance(decision[name], kind), name
    for each in decision["options"]:
        for name, kind in OPTION.items():
            assert isinstance(each[name], kind), name
        assert each["verdict"] in ("open", "blocked", "undecided")
        assert "may" not in each
    for asked in decision["ask"]:
        assert set(asked) == {"fact", "question", "by"}


def test_with_nothing_on_record_an_interrupt_may_be_taken_as_a_precaution(rupture: Rupture) -> None:
    decision = rupture("decide", "mini.yaml", "--json").json
    hold = option(decision, "hold")
    assert (hold["verdict"], hold["interrupt"], hold["precaution"]) == ("undecided", True, True)
    assert option(decision, "consult")["verdict"] == "open"
    assert ["suicide_level"] in hold["missing"]


def test_facts_decide(rupture: Rupture) -> None:
    facts = ("suicide_level=none", "reachable=true", "severity=mild")
    decision = rupture(
        "decide", "mini.yaml", *(part for fact in facts for part in ("--fact", fact)), "--json"
    ).json
    assert option(decision, "acknowledge")["verdict"] == "open"
    assert option(decision, "acknowledge")["presumed"] == ["capacity"]


def test_a_set_is_typed_with_commas(rupture: Rupture) -> None:
    given = ("--fact", "suicide_level=none", "--fact", "choice=go_on", "--fact", "tags=a,b")
    decision = rupture("decide", "mini.yaml", "--state", "acknowledged", *given, "--json").json
    assert option(decision, "go_on")["verdict"] == "open"


def test_unknown_says_that_somebody_was_asked(rupture: Rupture) -> None:
    decision = rupture("decide", "mini.yaml", "--fact", "severity=unknown", "--json").json
    assert "`severity` was asked for, and is not known" in option(decision, "acknowledge")["because"]


@pytest.mark.parametrize(
    "text",
    [
        '{"suicide_level": "none", "reachable": true, "severity": "mild", "tags": ["a"], "warning": null}',
        "suicide_level: none\nreachable: true\nseverity: mild\ntags: [a]\nwarning: unknown\n",
    ],
)
def test_facts_come_from_json_or_yaml_on_stdin(rupture: Rupture, text: str) -> None:
    ran = rupture("decide", "mini.yaml", "--facts", "-", "--json", stdin=text)
    assert option(ran.json, "acknowledge")["verdict"] == "open"


def test_json_facts_may_escape_what_our_yaml_refuses(rupture: Rupture) -> None:
    ran = rupture(
        "decide", "mini.yaml", "--facts", "-", stdin='{"severity": "mil\\u0064", "notice": \n\ttrue}'
    )
    assert ran.code == 0, ran.err


def test_a_typed_fact_counts_more_than_the_file(rupture: Rupture) -> None:
    ran = rupture(
        "decide", "mini.yaml", "--facts", "-", "--fact", "choice=stop", "--json", stdin='{"choice": "go_on"}'
    )
    given = ("--fact", "choice=stop", "--json")
    assert [each["because"] for each in ran.json["options"]] == [
        each["because"] for each in rupture("decide", "mini.yaml", *given).json["options"]
    ]


def test_visited_defaults_to_the_beginning_and_the_state(rupture: Rupture, tmp_path: Any) -> None:
    text = (tmp_path / "mini.yaml").read_text("utf-8")
    text = text.replace(
        "back: {to: aware}", "back: {to: aware, when: {visited: [aware, aware2]}, despite: all}"
    )
    (tmp_path / "been.yaml").write_text(text, "utf-8")
    assert (
        option(rupture("decide", "been.yaml", "--state", "aware2", "--json").json, "back")["verdict"]
        == "open"
    )
    given = ("--state", "aware2", "--visited", "held", "--json")
    assert option(rupture("decide", "been.yaml", *given).json, "back")["verdict"] == "blocked"


def test_a_role_adds_may_and_changes_no_verdict(rupture: Rupture) -> None:
    without = rupture("decide", "mini.yaml", "--at", NOON, "--json").json
    with_role = rupture("decide", "mini.yaml", "--at", NOON, "--role", "supervisor", "--json").json
    assert option(with_role, "acknowledge")["may"] is False
    assert option(with_role, "consult")["may"] is True
    for each in with_role["options"]:
        del each["may"]
    assert with_role == without


@pytest.mark.parametrize(
    ("arguments", "message", "help_"),
    [
        (("--fact", "severty=mild"), "unknown fact `severty`", "did you mean `severity`?"),
        (
            ("--fact", "severity=mildly"),
            "`severity` cannot have that value",
            "one of `none`, `mild`, `severe`",
        ),
        (("--state", "awre"), "unknown state `awre`", "did you mean `aware`?"),
        (("--visited", "aware,hold"), "unknown state `hold`", "did you mean `held`?"),
        (("--role", "superviser"), "unknown role `superviser`", "did you mean `supervisor`?"),
    ],
)
def test_a_name_that_is_not_there_is_refused(
    rupture: Rupture, arguments: tuple[str, ...], message: str, help_: str
) -> None:
    ran = rupture("decide", "mini.yaml", *arguments, "--json")
    assert ran.code == 1
    assert ran.out == ""
    assert message in ran.err
    assert help_ in ran.err
    assert ran.err.splitlines()[-1].startswith("next: rupture ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--at", "2026-11-24T12:00:00"),
        ("--at", "yesterday"),
        ("--at", "2999-12-31T12:00:00Z"),
        ("--fact", "canary_value"),
        ("--fact", "=canary_value"),
        ("--fact", "secret=canary_value", "--fact", "secret=other"),
        ("secret=canary_value",),
        ("--nonsense",),
        ("-", "--facts", "-"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_told_apart(
    rupture: Rupture, arguments: tuple[str, ...]
) -> None:
    protocol = () if arguments[0] == "-" else ("mini.yaml",)
    ran = rupture("decide", *protocol, *arguments, stdin="")
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.splitlines()[-1] == "next: rupture decide --help"
    assert "canary" not in ran.err


def test_at_without_an_offset_says_what_to_write(rupture: Rupture) -> None:
    assert (
        "with its offset, as in `2026-11-24T09:30:00+00:00`"
        in rupture("decide", "mini.yaml", "--at", "now").err
    )


@pytest.mark.parametrize(
    ("source", "stdin"),
    [
        ("nowhere.yaml", None),
        ("nowhere", None),
        ("-", "format: 1\nstates: {}\n"),
        ("-", ""),
    ],
)
def test_what_cannot_be_loaded_exits_3(rupture: Rupture, source: str, stdin: str | None) -> None:
    ran = rupture("decide", source, stdin=stdin)
    assert ran.code == 3
    assert ran.err.splitlines()[-1].startswith("next: ")


@pytest.mark.parametrize(
    "facts",
    [
        '{"secret": "canary_value", "secret": "other"}',
        "secret: &canary_value x",
        "[canary_value]",
        "'canary_value",
    ],
)
def test_a_broken_facts_file_is_told_without_its_values(rupture: Rupture, facts: str) -> None:
    ran = rupture("decide", "mini.yaml", "--facts", "-", stdin=facts)
    assert ran.code == 3
    assert "canary_value" not in ran.err.replace("an anchor, `&canary_value`", "")


def test_a_value_that_is_refused_is_not_repeated(rupture: Rupture) -> None:
    ran = rupture("decide", "mini.yaml", "--facts", "-", stdin='{"severity": "canary_value", "reachable": 7}')
    assert ran.code == 1
    assert "canary" not in ran.err


def test_the_text_says_every_verdict_in_a_word(rupture: Rupture) -> None:
    ran = rupture("decide", "mini.yaml", "--fact", "suicide_level=none", "--fact", "choice=go_on")
    assert ran.code == 0
    assert "● open      consult → aware2" in ran.out
    assert "? undecided acknowledge → acknowledged" in ran.out
    assert "missing: severity, reachable" in ran.out
    assert "Ask next" in ran.out


def test_sensitive_values_are_shown_only_when_asked_for(rupture: Rupture) -> None:
    given = ("decide", "mini.yaml", "--fact", "secret=canary_value")
    assert "canary" not in rupture(*given).out
    assert "secret: canary_value" in rupture(*given, "--show-sensitive").out


def test_the_text_is_readable_at_60_columns(rupture: Rupture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    for ran in (rupture("decide", "standard"), rupture("show", "standard"), rupture("demo")):
        assert max(len(line) for line in ran.out.splitlines()) <= 60
