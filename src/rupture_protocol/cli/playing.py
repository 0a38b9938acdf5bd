"""Running a script: each step's event or refusal, and whether it was expected.

Alone here: what counts as an expected refusal, and who opens the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.cli import inputs
from rupture_protocol.cli.script import Action, Correct, Expect, Override, Record, Script, Step, Take
from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Case, Event
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.refusal import TransitionRefused
from rupture_protocol.errors import RuptureError, shorten
from rupture_protocol.language.facts import UNKNOWN
from rupture_protocol.language.nearest import did_you_mean

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
    first_at = next((step.at for step in script.steps if step.at is not None), clock)
    opener = next((step.by for step in script.steps if step.by is not None), None)
    case: Case | None = None
    expected: frozenset[str] = frozenset()
    for step in script.steps:
        at = step.at or first_at
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
    decision = engine.decide(case, at=at, actor=step.by)
    if isinstance(action, Expect):
        differences = tuple(_differences(action, decision))
        return Outcome(step, case.state, at, bool(differences), case, decision, differences=differences)
    try:
        after = _act(action, step, case, engine, at)
    except RuptureError as error:
        trigger = action.trigger if isinstance(action, Take | Override) else None
        return _refused(step, case, at, error, decision, expected=trigger in expected)
    then = engine.decide(after, at=at, actor=step.by)
    return Outcome(step, after.state, at, step.refused, after, decision, then, event=after.history[-1])


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


def _act(action: Action, step: Step, case: Case, engine: Engine, at: datetime) -> Case:
    by = step.by
    if by is None:
        raise RuptureError("the step does not say who acts", help="write `by: {id: lee, role: therapist}`")
    common: dict[str, Any] = {"by": by, "at": at, "occurred": step.occurred, "note": step.note}
    match action:
        case Record(facts=written):
            values = {name: inputs.as_value(engine.protocol, name, value) for name, value in written.items()}
            return engine.record(case, values, **common)
        case Take(trigger=trigger):
            return engine.take(case, trigger, **common)
        case Override(trigger=trigger, reason=reason):
            return engine.override(case, trigger, reason=reason, **common)
        case Correct():
            value = UNKNOWN if action.withdraw else inputs.as_value(engine.protocol, action.fact, action.to)
            return engine.correct(case, action.fact, to=value, reason=action.reason, **common)
        case Expect():
            raise TypeError("an expectation does nothing")


def _differences(expect: Expect, decision: Decision) -> Iterator[str]:
    if expect.state is not None and expect.state != decision.state:
        known = decision.protocol.states
        hint = "" if expect.state in known else f"; there is no `{shorten(expect.state)}`"
        yield f"the state is `{decision.state}`, not `{shorten(expect.state)}`{hint}"
    for verdict, triggers in expect.verdicts.items():
        for trigger in triggers:
            if trigger not in decision:
                advice = did_you_mean(trigger, list(decision))
                yield f"`{shorten(trigger)}` is not offered in `{decision.state}`" + (
                    f": {advice}" if advice else ""
                )
            elif decision[trigger].verdict != verdict:
                option = decision[trigger]
                yield f"`{trigger}` is {option.verdict}, not {verdict}: {option.because}"
