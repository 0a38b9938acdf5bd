"""Small protocols for the tests of the engine: written short, read by the real loader."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime, timedelta
from typing import Any

from rupture_protocol import Actor, Calendar, Case, Engine, Verdict, loads

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

LEE = Actor("dr-lee", "therapist")
SUE = Actor("sue", "supervisor")
KIM = Actor("kim", "client")

OPEN, BLOCKED, UNDECIDED = Verdict.OPEN, Verdict.BLOCKED, Verdict.UNDECIDED

HEAD = """\
format: 1
protocol: example
version: 1.0.0
title: An example
roles: {therapist: A therapist, supervisor: A supervisor, client: A client}
sources: {law: {title: A law, kind: law}}
"""


def engine_of(text: str, *, calendar: Calendar | None = None) -> Engine:
    """The engine of a protocol of which only what matters is written; the rest is `HEAD`."""
    return Engine(loads(HEAD + textwrap.dedent(text)), calendar=calendar)


def guarded(when: str, facts: str, *, more: str = "", calendar: Calendar | None = None) -> Engine:
    """One step, `go`, under a guard: from `start` to `middle`, which leads back and to `done`."""
    return engine_of(
        f"""
        facts: {facts}
        states:
          start: {{initial: true, transitions: {{go: {{to: middle, when: {when}}}}}}}
          middle: {{transitions: {{back: {{to: start}}, end: {{to: done}}}}}}
          done: {{final: true}}
        {more}
        """,
        calendar=calendar,
    )


def opened(engine: Engine, *, at: datetime = NOON) -> Case:
    """A new case."""
    return engine.open("case-1", by=LEE, at=at)


def imagined(engine: Engine, **facts: Any) -> Case:
    """A case in the initial state with these facts on record."""
    return engine.imagine(facts=facts)


def verdict(engine: Engine, trigger: str = "go", *, at: datetime = NOON, **facts: Any) -> Verdict:
    """What an option of the initial state comes to with these facts on record."""
    return engine.decide(imagined(engine, **facts), at=at)[trigger].verdict
