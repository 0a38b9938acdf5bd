"""Which small changes of a protocol its scenarios notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rupture_protocol.engine import questions
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import VERDICT_OF, Step, steps_from
from rupture_protocol.language.conditions import Condition, Named, NotHeldBack, parts
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.scenarios import steps as written
from rupture_protocol.scenarios.model import Scenario, Scenarios
from rupture_protocol.scenarios.mutants import Mutant, Part, mutants
from rupture_protocol.scenarios.own import counts
from rupture_protocol.scenarios.running import Look, Result, Runner


@dataclass(frozen=True, slots=True)
class Mutation:
    """Every mutant, and those that no scenario noticed. Some of these may mean the same as the original."""

    mutants: tuple[Mutant, ...]
    unnoticed: tuple[Mutant, ...]

    @property
    def noticed(self) -> int:
        """How many were noticed."""
        return len(self.mutants) - len(self.unnoticed)

    @property
    def share(self) -> float:
        """The share that was noticed, in percent; 100 where there are no mutants."""
        return 100 * self.noticed / len(self.mutants) if self.mutants else 100.0


def mutate(engine: Engine, files: Iterable[Scenarios], *, inherited: bool = False) -> Mutation:
    """Hold the scenarios against every mutant of their protocol.

    Args:
        engine: Of the protocol as it is.
        files: The scenarios; those that do not pass as it is notice nothing.
        inherited: Of an extension, what it inherits is changed, too.
    """
    counted = counts(engine.protocol, inherited=inherited)
    found = tuple(mutant for mutant in mutants(engine.protocol) if counted(mutant.path))
    hunter = _Hunter(engine, tuple(files))
    return Mutation(found, tuple(mutant for mutant in found if not hunter.notices(mutant)))


class _Hunter:
    """A change that shows only in verdicts is looked for where scenarios look; others are run again."""

    def __init__(self, engine: Engine, suites: tuple[Scenarios, ...]) -> None:
        self.engine = engine
        self.suites = suites
        runs = [(suite, result) for suite in suites for result in _results(engine, suite) if result.passed]
        self.passing = [(suite, result.scenario) for suite, result in runs]
        self.looks = [look for _, result in runs for look in result.looks]
        self.steps = _Steps(engine.protocol)
        self.reading: dict[Part, list[tuple[Look, str]]] = {}
        for look in self.looks:
            for trigger in look.triggers:
                for part in self.steps.reads(look.decision.state, trigger):
                    self.reading.setdefault(part, []).append((look, trigger))

    def notices(self, mutant: Mutant) -> bool:
        """Whether some scenario no longer passes."""
        if mutant.part is None:
            return self._runs_differently(mutant)
        looks = self.reading.get(mutant.part, ())
        if not looks:
            return False
        protocol = mutant.make()
        kind, _ = mutant.part
        # A name is looked up when it is evaluated; what an option says itself is a part of its tree.
        changed = self.steps if kind == "condition" else _Steps(protocol)
        lacking = []
        situations: dict[int, Situation] = {}
        for look, trigger in looks:
            situation = situations.get(id(look))
            if situation is None:
                situation = situations[id(look)] = _situation(look, protocol)
            step = changed.step(look.decision.state, trigger)
            verdict = VERDICT_OF[evaluate(step.requirement, situation).truth]
            if verdict not in look.wants[trigger]:
                return True
            if trigger in look.missing:
                lacking.append((step, situation, look.missing[trigger]))
        return any(_lacks_else(*each) for each in lacking)

    def _runs_differently(self, mutant: Mutant) -> bool:
        touched = [
            (suite, scenario)
            for suite, scenario in self.passing
            if mutant.kind != "role" or _is_refused(scenario, mutant)
        ]
        if not touched:
            return False
        engine = Engine(mutant.make(), calendar=self.engine.calendar)
        runners = {id(suite): Runner(engine, suite) for suite in self.suites}
        return any(not runners[id(suite)].result(scenario.name).passed for suite, scenario in touched)


class _Steps:
    """The options of each state of a protocol, worked out when they are first asked for."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self._steps: dict[str, dict[str, Step]] = {}
        self._reads: dict[tuple[str, str], frozenset[Part]] = {}

    def step(self, state: str, trigger: str) -> Step:
        """The option of that trigger in a state."""
        if state not in self._steps:
            self._steps[state] = {step.trigger: step for step in steps_from(self.protocol, state)}
        return self._steps[state][trigger]

    def reads(self, state: str, trigger: str) -> frozenset[Part]:
        """The parts of the protocol that an option's requirement reads, itself included."""
        key = state, trigger
        if key not in self._reads:
            step = self.step(state, trigger)
            itself: Part = ("way", step.defined.path) if step.urgency is None else ("interrupt", trigger)
            self._reads[key] = frozenset({itself, *self._named(step.requirement)})
        return self._reads[key]

    def _named(self, requirement: Condition) -> set[Part]:
        found: set[Part] = set()
        waiting: list[Condition] = [requirement]
        while waiting:
            each = waiting.pop()
            match each:
                case Named(name=name):
                    part: Part = ("condition", name)
                    inner = self.protocol.conditions[name]
                case NotHeldBack(interrupt=name):
                    part, inner = ("interrupt", name), self.protocol.interrupts[name].when
                case _:
                    waiting += parts(each)
                    continue
            if part not in found:
                found.add(part)
                waiting.append(inner)
        return found


def _results(engine: Engine, suite: Scenarios) -> Iterator[Result]:
    runner = Runner(engine, suite)
    return (runner.result(name) for name in suite.cases)


def _situation(look: Look, protocol: Protocol) -> Situation:
    was = look.decision.situation
    return Situation(protocol, was.state, was.facts, was.visits, was.at, was.calendar)


def _lacks_else(step: Step, situation: Situation, wanted: tuple[tuple[str, ...], ...]) -> bool:
    found = {frozenset(each) for each in questions.missing(step, situation)}
    return any(frozenset(each) not in found for each in wanted if each or found)


def _is_refused(scenario: Scenario, mutant: Mutant) -> bool:
    """Whether a scenario has a step that is refused, and that a wider role might let through."""
    name = str(mutant.path[-2])
    for step in scenario.steps:
        match step.action:
            case written.Take(trigger=trigger) | written.Override(trigger=trigger) if trigger == name:
                if step.refused:
                    return True
            case written.Record(facts=facts) if name in facts and step.refused:
                return True
            case written.Correct(fact=fact) if fact == name and step.refused:
                return True
    return False
