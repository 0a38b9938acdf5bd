"""A small protocol and its people, for tests of what keeps cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from rupture_protocol import Actor, Casebook, Engine, loads

NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
LEE: Final = Actor("lee", "therapist")
SUE: Final = Actor("sue", "supervisor")
KIM: Final = Actor("kim", "client")

TEXT: Final = """\
format: 1
protocol: small
version: 1.0.0
title: A small practice
roles: {therapist: A therapist, supervisor: A supervisor, client: The client}
facts:
  risk: {type: scale, values: [none, low, high], by: [therapist, supervisor], lasts: 24 hours}
  agrees: {type: boolean, by: [client]}
  remark: text
  count: {type: integer, minimum: 0, maximum: 100}
states:
  aware:
    initial: true
    transitions:
      acknowledge: {to: acknowledged, by: [therapist, supervisor], needs: [risk]}
      talk: {to: aware, despite: all}
  acknowledged:
    transitions:
      go_on:
        to: continued
        by: [supervisor]
        not_same_person: [acknowledge]
        when: {agrees: true}
        override: {by: [supervisor], reasons: [client_preference]}
  held: {transitions: {resume: {to: aware}}}
  continued: {final: true, outcome: continued}
  referred: {final: true, outcome: referred}
anywhere: {refer: {to: referred, by: [therapist, supervisor], despite: all}}
interrupts:
  hold: {to: held, when: {risk: high}}
deadlines:
  tell: {starts: {state: acknowledged}, within: 2 days, met_by: {fact: agrees}, kind: clinic}
  assess:
    {when: {risk: [low, high]}, starts: {fact: risk}, within: 1 hours, met_by: {state: acknowledged}}
"""


def small_engine(text: str = TEXT) -> Engine:
    """An engine of the small protocol."""
    return Engine(loads(text))


def address(folder: Path, name: str = "cases.db") -> str:
    """The address of a database file in a folder."""
    return f"sqlite:///{folder / name}"


def book_in(folder: Path, *engines: Engine) -> Casebook:
    """A casebook in a file of that folder; with an engine of the small protocol, unless others are given."""
    return book_at(address(folder), *engines)


def book_at(where: str, *engines: Engine) -> Casebook:
    """A casebook at an address, as `book_in`."""
    return Casebook(where, engines or (small_engine(),))
