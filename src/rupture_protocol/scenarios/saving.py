"""A case that was walked, as a scenario that walks it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rupture_protocol.engine.case import Actor, Case, Event, EventKind
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.options import Verdict
from rupture_protocol.scenarios.model import Scenario
from rupture_protocol.scenarios.steps import VERDICTS, Action, Correct, Expect, Override, Record, Step, Take


def scenario_of(case: Case, decision: Decision, *, name: str, title: str | None = None) -> Scenario:
    """The events of a case as steps, and at the end what is so then: the state, and what is open."""
    steps = list(_steps(case.history))
    verdicts: dict[str, tuple[str, ...]] = dict.fromkeys(VERDICTS, ())
    verdicts[Verdict.OPEN] = decision.open
    at = decision.at if not steps or decision.at != case.history[-1].at else None
    steps.append(Step(len(steps) + 1, Expect(decision.state, verdicts), at, None))
    return Scenario(name, tuple(steps), title, case.history[0].at)


def people_of(steps: tuple[Step, ...]) -> dict[str, Actor]:
    """Who acts, by id; without those whose id stands for several people."""
    found: dict[str, Actor] = {}
    twice = set()
    for step in steps:
        if step.by is not None and found.setdefault(step.by.id, step.by) != step.by:
            twice.add(step.by.id)
    return {name: who for name, who in found.items() if name not in twice}


def _steps(history: tuple[Event, ...]) -> Iterator[Step]:
    at = history[0].at
    for number, event in enumerate(history[1:], start=1):
        occurred = None if event.occurred == event.at else event.occurred
        yield Step(number, _action(event), _moved(event, at), event.by, occurred, event.note)
        at = event.at


def _moved(event: Event, before: datetime) -> datetime | None:
    return event.at if event.at != before else None


def _action(event: Event) -> Action:
    match event.kind:
        case EventKind.RECORDED:
            return Record(event.facts)
        case EventKind.CORRECTED:
            ((fact, value),) = event.facts.items()
            return Correct(fact, event.reason or "", None if event.withdrawn else value, event.withdrawn)
        case EventKind.OVERRIDE:
            return Override(event.trigger or "", event.reason or "")
        case _:
            return Take(event.trigger or "")
