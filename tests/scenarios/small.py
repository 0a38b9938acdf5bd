"""A small protocol, and scenarios of it in a line."""

from __future__ import annotations

from rupture_protocol import Engine, loads
from rupture_protocol.scenarios.model import Scenarios
from rupture_protocol.scenarios.reading import Reading
from rupture_protocol.scenarios.running import Result, run

SMALL = """
format: 1
protocol: small
version: 1.0.0
title: Small
roles: {therapist: The clinician, supervisor: The supervisor}
facts:
  danger: boolean
  a: {type: boolean, by: [therapist]}
  b: {type: boolean, by: [supervisor]}
  level: {type: scale, values: [low, middle, high], lasts: 24 hours}
deadlines:
  tell: {starts: {fact: a}, within: 2 days, met_by: {fact: b}, kind: clinic}
states:
  start:
    initial: true
    transitions:
      go: {to: middle, when: {any: [{a: true}, {b: true}]}, by: [therapist]}
  middle:
    transitions:
      finish: {to: done, when: {level: {at_least: middle}}, needs: [b], not_same_person: [go]}
  held: {transitions: {back: {to: start}}}
  done: {final: true}
interrupts:
  hold: {to: held, when: {danger: true}}
"""

HEAD = "format: 1\nscenarios: small\npeople: {lee: therapist, sue: supervisor}\ncases:\n"


def engine() -> Engine:
    return Engine(loads(SMALL))


def scenarios(cases: str, protocol: Engine | None = None) -> Scenarios:
    read, issues = Reading((HEAD + cases).encode(), file="small.scenarios.yaml").against(
        (protocol or engine()).protocol
    )
    assert read is not None, [str(issue) for issue in issues]
    return read


def issues_of(text: str) -> list[str]:
    """Every issue of a file: line, code and message."""
    _, issues = Reading(text.encode(), file="s.yaml").against(loads(SMALL))
    return [f"{issue.span.line}:{issue.span.column} {issue.code} {issue.message}" for issue in issues]


def results(cases: str) -> tuple[Result, ...]:
    made = engine()
    return run(made, scenarios(cases, made))


def only(cases: str) -> Result:
    (result,) = results(cases)
    return result


def said(result: Result) -> list[str]:
    return [each.message for each in result.differences]
