"""Running a script: each step's event or refusal, and whether it was expected.

Alone here: what counts as an expected refusal, and who opens the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.cli.script import Script
from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Case, Event
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.refusal import TransitionRefused
from rupture_protocol.errors import RuptureError
from rupture_protocol.scenarios.acting import act, differences, look
from rupture_protocol.scenarios.steps import Action, Expect, Override, Step, Take

STEP = "rupture-step/1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step.

    Exactly one of `event`, `refusal` and `differences` is set. `before` is the decision that the step was
    taken on, `after` the one that follows. `failed`: it did not go as the script says.
    """

    step: Step
    state: str
    at: datetime
    failed: bool
    case: Case
    before: Decision | None = None
    after: Decision | None = None
    event: Event | None = None
    refusal: RuptureError | None = None
    differences: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """One line of `rupture play --json`."""
        written: dict[str, Any] = {"schema": STEP, "step": self.step.number, "state": self.state}
        if self.event is not None:
            written["event"] = wire.event_to_json(self.event)
            if self.failed:
                written["expected"] = False
        elif self.refusal is not None:
            written["refusal"] = _refusal(self.refusal, self.step.action)
            written["expected"] = not self.failed
        else:
            written["expect"] = "failed" if self.failed else "met"
            written["differences"] = list(self.differences or ())
        return written


def _refusal(error: RuptureError, action: Action) -> dict[str, Any]:
    written: dict[str, Any] = {"message": str(error), "help": error.help}
    if isinstance(action, Take | Override):
        written["trigger"] = action.trigger
    if isinstance(error, TransitionRefused) and error.option is not None:
        written["verdict"] = error.option.verdict.value
        written["missing"] = [list(group) for group in error.option.missing]
    return written


def play(script: Script, engine: Engine, *, clock: datetime) -> Iterator[Outcome]:
    """Run the steps one after another; a refused one leaves the case as it was.

    Args:
        clock: The moment of steps before any that says `at`, where no step says it.
    """
    at = next((step.at for step in script.steps if step.at is not None), clock)
    opener = next((step.by for step in script.steps if step.by is not None), None)
    case: Case | None = None
    expected: frozenset[str] = frozenset()
    for step in script.steps:
        at = step.moment(at, engine.calendar)
        if case is None and opener is not None:
            try:
                case = engine.open(script.case, by=step.by or opener, at=at)
            except RuptureError as error:
                yield _refused(step, engine.imagine(), at, error, None)
                continue
        outcome = _play(step, case or engine.imagine(), engine, at, expected)
        if outcome.event is not None:
            case = outcome.case
        expected = step.action.not_open if isinstance(step.action, Expect) else frozenset()
        yield outcome


def _play(step: Step, case: Case, engine: Engine, at: datetime, expected: frozenset[str]) -> Outcome:
    action = step.action
    if isinstance(action, Expect):
        return _look(action, step, case, engine, at)
    decision = engine.decide(case, at=at, actor=step.by)
    try:
        after = act(step, case, engine, at=at)
    except RuptureError as error:
        trigger = action.trigger if isinstance(action, Take | Override) else None
        return _refused(step, case, at, error, decision, expected=trigger in expected)
    then = engine.decide(after, at=at, actor=step.by)
    return Outcome(step, after.state, at, step.refused, after, decision, then, event=after.history[-1])


def _look(expect: Expect, step: Step, case: Case, engine: Engine, at: datetime) -> Outcome:
    try:
        decision = look(expect, case, engine, step, at=at)
    except RuptureError as error:  # what is supposed cannot be
        return _refused(step, case, at, error, None)
    found = tuple(each.message for each in differences(expect, decision))
    return Outcome(step, case.state, at, bool(found), case, decision, differences=found)


def _refused(
    step: Step,
    case: Case,
    at: datetime,
    error: RuptureError,
    decision: Decision | None,
    *,
    expected: bool = False,
) -> Outcome:
    failed = not (step.refused or expected)
    return Outcome(step, case.state, at, failed, case, decision, refusal=error)
