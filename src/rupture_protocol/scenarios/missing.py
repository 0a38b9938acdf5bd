"""The scenarios that are missing for full coverage, shortest first, ready to be given names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rupture_protocol.engine.case import Actor
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.options import Verdict
from rupture_protocol.language.facts import UNKNOWN
from rupture_protocol.scenarios.coverage import Coverage, Goal, Kind, Meter
from rupture_protocol.scenarios.model import Scenario, Start
from rupture_protocol.scenarios.routes import Origin, Route, Routes
from rupture_protocol.scenarios.running import Look, Result
from rupture_protocol.scenarios.showing import Imagining, Shown
from rupture_protocol.scenarios.steps import VERDICTS, Expect, Step

MOST_TRIES = 6


@dataclass(frozen=True, slots=True)
class Missing:
    """Scenarios that are not there yet, and the goals for which none was found.

    What is left may be possible all the same: the search is bounded, and imagines no time that passes.
    """

    cases: tuple[Scenario, ...]
    left: tuple[Goal, ...]
    coverage: Coverage


def missing(engine: Engine, results: Iterable[Result], *, at: datetime, inherited: bool = False) -> Missing:
    """What would have to be added to these results for full coverage.

    Args:
        results: Of the scenarios that there are.
        at: When imagined cases are asked about.
        inherited: Of an extension, what it inherits is to be shown, too.
    """
    ran = tuple(results)
    meter = Meter(engine.protocol, inherited=inherited)
    meter.watch(ran)
    search = _Search(engine, meter, at)
    found = [*search.routes(ran), *search.atoms()]
    found.sort(key=_length)
    named = tuple(replace(case, name=f"missing_{number}") for number, case in enumerate(found, start=1))
    coverage = meter.coverage()
    return Missing(named, coverage.missing, coverage)


class _Search:
    def __init__(self, engine: Engine, meter: Meter, at: datetime) -> None:
        self.engine = engine
        self.meter = meter
        self.at = at

    # Ways that nobody has gone --------------------------------------------------------------------

    def routes(self, ran: tuple[Result, ...]) -> Iterator[Scenario]:
        """A case for each transition and interrupt that was not taken, and each state not entered."""
        wanted = {goal.path for goal in self.meter.coverage().missing if goal.kind in _WAYS}
        entered = {goal.name for goal in self.meter.coverage().missing if goal.kind is Kind.STATE}
        if entered:
            wanted |= {t.step.defined.path for t in self.meter.guards.trees() if t.step.to in entered}
        if not wanted:
            return
        for _, route in Routes(self.engine, self.meter.guards).to(wanted, self._origins(ran)):
            before = self.meter.coverage().met
            self.meter.walked(route.case)
            if self.meter.coverage().met != before:
                yield self._scenario(route)

    def _origins(self, ran: tuple[Result, ...]) -> list[Origin]:
        role = next(iter(self.engine.protocol.roles), "clinician")
        new = self.engine.open("case", by=Actor(role, role), at=self.at)
        left = [
            Origin(each.case, each.at, each.scenario.name)
            for each in ran
            if each.passed and each.case is not None and each.at is not None and not each.case.imagined
        ]
        return [Origin(new, self.at), *left]

    def _scenario(self, route: Route) -> Scenario:
        last = route.case.history[-1]
        looked = Step(len(route.steps) + 1, Expect(route.case.state), None, None)
        follows = route.origin.name
        at = self.at if follows is None else None
        title = f"{last.trigger} leads from {last.source} to {last.to}"
        return Scenario("missing", (*route.steps, looked), title, at, follows)

    # Atoms that nobody has seen decide ------------------------------------------------------------

    def atoms(self) -> Iterator[Scenario]:
        """Cases in which each atom decides that was not seen to: one for each option and place."""
        imagining = Imagining(self.engine, self.meter.guards, at=self.at)
        together: dict[tuple[str, str, tuple[str, ...]], list[Shown]] = {}
        for number in dict.fromkeys(goal.atom for goal in self.meter.coverage().missing if goal.atom >= 0):
            goals = self.meter.unmet(number)
            for tried, shown in enumerate(imagining.deciding(number)):
                if not goals or tried == MOST_TRIES:
                    break
                for each in self._needed(goals, shown):
                    self.meter.look(Look(each.decision, {each.trigger: frozenset()}))
                    together.setdefault((each.state, each.trigger, each.visited), []).append(each)
                goals = self.meter.unmet(number)
        for shown in together.values():
            yield self._case(shown)

    def _needed(self, goals: list[Goal], shown: list[Shown]) -> list[Shown]:
        """As few of them as meet the most goals."""
        met = [goal for goal in goals if self.meter.would_meet(goal, [each.evaluation for each in shown])]
        kept = list(shown) if met else []
        for each in shown if met else ():
            fewer = [other for other in kept if other is not each]
            if all(self.meter.would_meet(goal, [other.evaluation for other in fewer]) for goal in met):
                kept = fewer
        return kept

    def _case(self, shown: list[Shown]) -> Scenario:
        """One imagined case: what differs from the first situation in it is supposed."""
        open_ones = (each for each in shown if each.decision[each.trigger].verdict is Verdict.OPEN)
        first = next(open_ones, shown[0])
        ordered = {id(each.decision): each for each in (first, *shown)}.values()
        steps = tuple(self._asked(number, each, first) for number, each in enumerate(ordered, start=1))
        start = Start(first.state, first.visited, first.facts)
        title = first.decision[first.trigger].title
        return Scenario("missing", steps, f"What “{title or first.trigger}” turns on", self.at, None, start)

    def _asked(self, number: int, shown: Shown, first: Shown) -> Step:
        changed = {name: value for name, value in shown.facts.items() if first.facts.get(name) != value}
        gone = {name: self._unrecorded(name) for name in first.facts if name not in shown.facts}
        verdicts: dict[str, tuple[str, ...]] = dict.fromkeys(VERDICTS, ())
        verdicts[shown.decision[shown.trigger].verdict] = (shown.trigger,)
        return Step(number, Expect(None, verdicts, suppose={**changed, **gone}), None, None)

    def _unrecorded(self, name: str) -> object:
        """What to suppose of a fact that is not on record there: what is presumed, if anything is."""
        presumed = self.engine.protocol.facts[name].presume
        return UNKNOWN if presumed is None else presumed


_WAYS = (Kind.TRANSITION, Kind.INTERRUPT)


def _length(case: Scenario) -> int:
    facts = len(case.start.facts) if case.start else 0
    return facts + 2 * len(case.steps)
