"""A case that was walked, as a scenario that walks it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from rupture_protocol.engine.case import HOLDS, Actor, Case, Event, EventKind
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.options import Verdict
from rupture_protocol.scenarios.model import Scenario
from rupture_protocol.scenarios.steps import VERDICTS, Action, Correct, Expect, Override, Record, Step, Take


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried and was refused, and how many events the case had by then."""

    events: int
    action: Action
    by: Actor
    at: datetime


def scenario_of(
    case: Case, decision: Decision, *, name: str, title: str | None = None, refused: Iterable[Attempt] = ()
) -> Scenario:
    """The events of a case as steps, and at the end what is so then: the state, and what is open.

    What was `refused` on the way stands where it was tried, as a step that is there to be refused.
    """
    # How many events the case had then, itself included; sorting keeps the order of what is alike.
    done = [(event.seq, _done(event)) for event in case.history[1:] if event.kind not in HOLDS]
    tried = [(each.events, Step(0, each.action, each.at, each.by, refused=True)) for each in refused]
    steps = [step for _, step in sorted([*done, *_once(tried)], key=itemgetter(0))]
    verdicts: dict[str, tuple[str, ...]] = dict.fromkeys(VERDICTS, ())
    verdicts[Verdict.OPEN] = decision.open
    steps.append(Step(0, Expect(decision.state, verdicts), decision.at, None))
    begins = case.history[0].at
    return Scenario(name, tuple(_numbered(steps, begins)), title, begins)


def people_of(steps: tuple[Step, ...]) -> dict[str, Actor]:
    """Who acts, by id; without those whose id stands for several people."""
    found: dict[str, Actor] = {}
    twice = set()
    for step in steps:
        if step.by is not None and found.setdefault(step.by.id, step.by) != step.by:
            twice.add(step.by.id)
    return {name: who for name, who in found.items() if name not in twice}


def _done(event: Event) -> Step:
    occurred = None if event.occurred == event.at else event.occurred
    return Step(0, _action(event), event.at, event.by, occurred, event.note)


def _once(tried: Iterable[tuple[int, Step]]) -> Iterator[tuple[int, Step]]:
    """Without what was tried again at once, by the same person."""
    before = None
    for events, step in tried:
        if (events, step.action, step.by) != before:
            yield events, step
        before = events, step.action, step.by


def _numbered(steps: Iterable[Step], at: datetime | None) -> Iterator[Step]:
    """The steps in order; each says when it happens only where that is another moment than before."""
    for number, step in enumerate(steps, start=1):
        yield replace(step, number=number, at=None if step.at == at else step.at)
        at = step.at


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
