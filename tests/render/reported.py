"""Cases that reports are made of in tests: one with everything that stands out, one from right to left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rupture_protocol import Actor, Case, Engine, loads
from rupture_protocol.render.report import case_report

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
NEXT_DAY = NINE + timedelta(days=1)
LEE, SUE, KIM = Actor("dr-lee", "therapist"), Actor("sue", "supervisor"), Actor("kim", "client")

SMALL = """
format: 1
protocol: small
version: 1.0.0
title: Repair in a small practice
sources: {ours: {title: What we agreed on, kind: clinic}}
roles:
  therapist: The clinician
  supervisor: {about: The supervisor, title: Clinical supervisor}
  client: The client
facts:
  risk:
    {type: scale, values: [none, low, high], title: Risk, labels: {low: Low risk}, by: [therapist],
     sensitive: true}
  seen: {type: datetime, title: Seen, by: [therapist], sensitive: true}
  account: {type: text, title: Account, by: [client, therapist]}
  reachable: {type: boolean, title: Reachable, by: [therapist], lasts: 12 hours}
  choice: {type: choice, values: [go_on, stop], title: Choice, ask: What would you like, by: [client]}
states:
  aware:
    initial: true
    title: Harm noticed
    transitions:
      acknowledge:
        title: Acknowledge it
        to: told
        by: [therapist, supervisor]
        when: {reachable: true, risk: [none, low]}
        override: {by: [supervisor], reasons: [asked_directly]}
  told:
    title: Harm acknowledged
    wait: {reason: it is for the client to choose}
    transitions:
      go_on: {title: Go on together, to: done, when: {choice: go_on}}
      stop: {title: End the work, to: done, when: {risk: high}}
  held: {title: Held, transitions: {resume: {title: Take it up again, to: aware}}}
  done: {final: true, title: Done, outcome: continued}
interrupts:
  hold: {title: Safety first, to: held, when: {risk: high}}
deadlines:
  tell: {title: Tell the client, starts: {fact: seen}, within: 2 hours, met_by: {fact: choice}, kind: clinic}
  ask: {title: Ask the client, starts: {state: told}, within: 2 hours, met_by: {fact: choice}, kind: policy}
"""


def small(**texts: str) -> Engine:
    """The engine of the small protocol; `old="new"` puts other texts into it."""
    text = SMALL
    for old, new in texts.items():
        text = text.replace(old, new)
    return Engine(loads(text))


def eventful(engine: Engine, *, note: str = "They asked, in the room.") -> Case:
    """A case with a precaution, an override, a correction, and something withdrawn."""
    case = engine.open("case-17", by=LEE, at=NINE, note=note)
    case = engine.take(case, "hold", by=LEE, at=NINE, note=note)
    case = engine.take(
        engine.record(case, {"risk": "low"}, by=LEE, at=NINE, note=note), "resume", by=LEE, at=NINE
    )
    early = NINE - timedelta(hours=3)
    case = engine.record(case, {"seen": early, "account": note}, by=LEE, at=NINE, occurred=early)
    case = engine.override(case, "acknowledge", reason="asked_directly", by=SUE, at=NINE, note=note)
    case = engine.correct(case, "risk", to="none", reason="misheard", by=LEE, at=NINE)
    return engine.correct(case, "account", reason=note, by=LEE, at=NINE + timedelta(minutes=5))


def report(case: Case, engine: Engine, **how: Any) -> str:
    """The report of a case, a day later."""
    given: dict[str, Any] = {"at": NEXT_DAY, "made": NEXT_DAY, "library": "9.9.9", "findings": (), **how}
    return case_report(case, [engine], **given)


HEBREW = {
    "title: Repair in a small practice": "title: תיקון בקליניקה קטנה\nlanguage: he",
    "title: Harm noticed": "title: הפגיעה זוהתה",
    "title: Acknowledge it": "title: להכיר בפגיעה",
    "title: Account": "title: תיאור",
    "ask: What would you like": "ask: מה תרצי לעשות",
}
