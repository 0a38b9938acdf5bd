"""Running scenarios: what became of each, and every difference from what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.options import Verdict
from rupture_protocol.errors import RuptureError
from rupture_protocol.frozen import NOTHING
from rupture_protocol.scenarios.acting import Difference, act, as_values, differences, look, verdicts_of
from rupture_protocol.scenarios.model import Scenario, Scenarios
from rupture_protocol.scenarios.steps import Expect, Override, Step, Take


class Status(StrEnum):
    """How a scenario went. It is not run where the one that it follows has failed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Look:
    """A decision at which a scenario says what must come of some options.

    `wants` are the verdicts that each of them may have there, without the scenario noticing; all, where it
    says only what it lacks (`missing`).
    """

    decision: Decision = field(repr=False)
    wants: Mapping[str, frozenset[Verdict]]
    missing: Mapping[str, tuple[tuple[str, ...], ...]] = NOTHING

    @property
    def triggers(self) -> tuple[str, ...]:
        """The options it says something about."""
        return tuple(self.wants)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one scenario.

    `looks` are the decisions it says something about, `case` is where it ends, `at` when.
    """

    scenario: Scenario
    status: Status
    differences: tuple[Difference, ...] = ()
    looks: tuple[Look, ...] = field(default=(), repr=False)
    case: Case | None = field(default=None, repr=False)
    at: datetime | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as it says."""
        return self.status is Status.PASSED


def run(engine: Engine, scenarios: Scenarios, *, only: Iterable[str] | None = None) -> tuple[Result, ...]:
    """Run the scenarios of a file, in file order.

    Args:
        engine: Of the protocol that they are about.
        only: The names of those that are wanted; all, where left out.
    """
    runner = Runner(engine, scenarios)
    wanted = scenarios.cases if only is None else only
    return tuple(runner.result(name) for name in wanted)


class Runner:
    """Runs each scenario once, also where several others follow it."""

    def __init__(self, engine: Engine, scenarios: Scenarios) -> None:
        self.engine = engine
        self.scenarios = scenarios
        self._results: dict[str, Result] = {}

    def result(self, name: str) -> Result:
        """What becomes of the scenario of that name."""
        line = [name]  # the scenarios that it follows, too: not by recursion, as there may be many
        while line:
            scenario = self.scenarios.cases[line[-1]]
            if scenario.follows is not None and scenario.follows not in self._results:
                line.append(scenario.follows)
            else:
                self._results.setdefault(scenario.name, self._run(scenario))
                line.pop()
        return self._results[name]

    def _run(self, scenario: Scenario) -> Result:
        before = None if scenario.follows is None else self._results[scenario.follows]
        if before is not None and not before.passed:
            message = f"it begins where `{scenario.follows}` ends, and that did not pass"
            return Result(scenario, Status.NOT_RUN, (Difference(message, (*scenario.path, "follows")),))
        return _Run(self.engine, scenario, self._begin(scenario, before), before).result()

    def _begin(self, scenario: Scenario, before: Result | None) -> datetime:
        if scenario.at is not None:
            return scenario.at
        if before is not None and before.at is not None:
            return before.at
        return self.scenarios.at


class _Run:
    def __init__(self, engine: Engine, scenario: Scenario, at: datetime, before: Result | None) -> None:
        self.engine = engine
        self.scenario = scenario
        self.at = at
        self.looks: list[Look] = []
        self.expected: frozenset[str] = frozenset()
        self.case = before.case if before is not None else None

    def result(self) -> Result:
        found: list[Difference] = []
        try:
            for step in self.scenario.steps:
                self.at = step.moment(self.at, self.engine.calendar)
                action = step.action
                found += self._expect(action, step) if isinstance(action, Expect) else self._act(step)
        except _Stop as stop:
            found.append(stop.difference)
        status = Status.FAILED if found else Status.PASSED
        return Result(self.scenario, status, tuple(found), tuple(self.looks), self.case, self.at)

    def _expect(self, expect: Expect, step: Step) -> Iterator[Difference]:
        self.expected = expect.not_open
        decision = look(expect, self._here(), self.engine, step, at=self.at)
        self._looked(decision, _wants(expect, decision), expect.missing)
        yield from differences(expect, decision, (*step.path, "expect"))

    def _act(self, step: Step) -> tuple[Difference, ...]:
        expected, self.expected = self.expected, frozenset()
        before = self._here()
        trigger = step.action.trigger if isinstance(step.action, Take | Override) else None
        if trigger is not None:
            decision = self.engine.decide(before, at=self.at, actor=step.by)
            refused = step.refused or trigger in expected
            self._looked(decision, {trigger: _may_be(decision, trigger, refused=refused)})
        try:
            self.case = act(step, before, self.engine, at=self.at)
        except RuptureError as error:
            if not (step.refused or trigger in expected):
                raise _Stop(Difference(str(error), step.path, error.help)) from None
            return ()
        if step.refused:
            raise _Stop(Difference(f"{_done(step)}, and was there to be refused", (*step.path, "refused")))
        return ()

    def _here(self) -> Case:
        if self.case is None:
            self.case = self._opened()
        return self.case

    def _opened(self) -> Case:
        start = self.scenario.start
        if start is not None:
            facts = as_values(self.engine.protocol, start.facts)
            return self.engine.imagine(state=start.state, visited=start.visited, facts=facts)
        roles = self.engine.protocol.roles
        somebody = Actor("somebody", next(iter(roles), "clinician"))
        by = next((each.by for each in self.scenario.steps if each.by is not None), somebody)
        return self.engine.open(self.scenario.name, by=by, at=self.at)

    def _looked(
        self,
        decision: Decision,
        wants: Mapping[str, frozenset[Verdict]],
        missing: Mapping[str, tuple[tuple[str, ...], ...]] = NOTHING,
    ) -> None:
        offered = {trigger: verdicts for trigger, verdicts in wants.items() if trigger in decision}
        if offered:
            self.looks.append(Look(decision, offered, missing))


EVERY: Final = frozenset(Verdict)


def _wants(expect: Expect, decision: Decision) -> dict[str, frozenset[Verdict]]:
    others = dict.fromkeys(decision if expect.others is not None else (), verdicts_of(expect.others))
    wants = {**others, **dict.fromkeys(expect.triggers, EVERY)}
    for verdict, triggers in expect.verdicts.items():
        for trigger in triggers:
            wants[trigger] &= {Verdict(verdict)}
    return wants


def _may_be(decision: Decision, trigger: str, *, refused: bool) -> frozenset[Verdict]:
    """The verdicts with which a step would go as it does. One that is open is refused for who takes it."""
    if trigger not in decision:
        return EVERY
    verdict = decision[trigger].verdict
    if refused:
        return EVERY if verdict is Verdict.OPEN else EVERY - {Verdict.OPEN}
    return frozenset({verdict})


class _Stop(Exception):
    """A step that did not go as it should: what comes after it means nothing any more."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.message)
        self.difference = difference


def _done(step: Step) -> str:
    match step.action:
        case Take(trigger=trigger):
            return f"`{trigger}` was taken"
        case Override(trigger=trigger):
            return f"`{trigger}` was overridden"
        case _:
            return "it was done"
