"""A case that is lived through in the real engine to tell a story: what is recorded, by whom, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from rupture_protocol.engine.case import Case
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import Verdict
from rupture_protocol.errors import RuptureError
from rupture_protocol.language.facts import UNKNOWN, Unknown, Value
from rupture_protocol.prover.cast import Cast
from rupture_protocol.prover.motion import Motion
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.regions import (
    CALENDAR,
    START,
    ElapsedVariable,
    FactVariable,
    Variable,
    VisitsVariable,
)

MOST_MOMENTS = 6
"""So many moments to wait for are tried before each step."""

WAITING = 5
"""What it costs in a story to let time pass; a record costs 2, and one that says *not known* 3."""

Costs = list[list[int | None]]


@dataclass(slots=True)
class Living:
    """One case at one moment; it is copied where a story may go on in several ways."""

    motion: Motion
    engine: Engine
    case: Case
    at: datetime

    @classmethod
    def begun(cls, reach: Reach, engine: Engine) -> Living:
        """A case that has just been opened."""
        opener = Cast(engine.protocol).opener()
        return cls(reach.motion, engine, engine.open("story", by=opener, at=START), START)

    def situation(self, at: datetime | None = None) -> Situation:
        """What conditions read now, or would at a later moment."""
        case = self.case
        return Situation(self.engine.protocol, case.state, case.facts, case.visits, at or self.at, CALENDAR)

    def take(self, move: Move) -> None:
        """One step: taken where it is open or a precaution, otherwise by override."""
        option = self.engine.decide(self.case, at=self.at)[move.step.trigger]
        override, cast = option.override, Cast(self.engine.protocol)
        if option.verdict is Verdict.OPEN or option.precaution or override is None:
            by = cast.taker(move.step, self.case)
            self.case = self.engine.take(self.case, move.step.trigger, by=by, at=self.at)
        else:
            by = cast.overrider(move.step, override, self.case)
            self.case = self.engine.override(
                self.case, move.step.trigger, reason=override.reasons[0], by=by, at=self.at
            )

    def finish(self, move: Move) -> bool:
        """The last step, unless the net at run time stops it."""
        option = self.engine.decide(self.case, at=self.at)[move.step.trigger]
        if option.verdict is not Verdict.OPEN and not option.precaution:
            return False
        self.take(move)
        return True

    def settled(self, wanted: int) -> Iterator[Living]:
        """Copies of it in a set of situations: after time has passed, and some facts were recorded.

        Those come first in which least is recorded, and nobody waits without need.
        """
        found = []
        for moment in self._moments():
            now = self._regions(moment)
            costs = [self._costs(each, at) for each, at in zip(self.motion.space.variables, now, strict=True)]
            chosen = self.motion.space.sets.cheapest(wanted, costs)
            if chosen is not None:
                cost = sum(costs[level][region] or 0 for level, region in chosen.items())
                found.append((cost + (WAITING if moment > self.at else 0), moment, chosen))
        for _, moment, chosen in sorted(found, key=lambda each: each[:2])[:MOST_MOMENTS]:
            try:
                later = replace(self, at=moment)
                later._record(chosen)
            except RuptureError:
                continue
            if self.motion.space.sets.holds(wanted, later._regions(moment)):
                yield later

    def _moments(self) -> Iterator[datetime]:
        """Now, and the moments from which on some length of time comes to something else."""
        seen: set[tuple[int, ...]] = set()
        for moment in sorted({self.at, *(each for each in self._turns() if each > self.at)}):
            regions = tuple(self._regions(moment))
            if regions not in seen:
                seen.add(regions)
                yield moment

    def _turns(self) -> Iterator[datetime]:
        situation = self.situation()
        for variable in self.motion.space.variables:
            if isinstance(variable, ElapsedVariable):
                visit = situation.visits.get(variable.state)
                if visit is not None and visit.last is not None:
                    yield from variable.timeline.turns(visit.last, CALENDAR)
            elif isinstance(variable, FactVariable):
                yield from _turns_of(variable, situation)

    def _regions(self, at: datetime) -> list[int]:
        situation = self.situation(at)
        return [region_in(each, situation) for each in self.motion.space.variables]

    def _costs(self, variable: Variable, now: int) -> list[int | None]:
        if not isinstance(variable, FactVariable):
            return [0 if at == now else None for at in range(variable.size)]
        fixed = not self.motion.moves(variable)
        return [_cost(variable, at, now, fixed=fixed) for at in range(variable.size)]

    def _record(self, chosen: dict[int, int]) -> None:
        changes = dict(self._changes(chosen))
        for by, facts in Cast(self.engine.protocol).recorders(changes):
            self.case = self.engine.record(self.case, facts, by=by, at=self.at)

    def _changes(self, chosen: dict[int, int]) -> Iterator[tuple[str, Value | Unknown]]:
        now = self._regions(self.at)
        for level, region in chosen.items():
            variable = self.motion.space.variables[level]
            if not isinstance(variable, FactVariable) or region == now[level]:
                continue
            value = UNKNOWN if region == 0 else variable.value_in(region, self.at, CALENDAR)
            if value is None:
                raise RuptureError("no value of that kind at that moment")
            yield variable.fact.name, value


def _turns_of(variable: FactVariable, situation: Situation) -> Iterator[datetime]:
    """When what is known of a fact comes to something else, held against now."""
    reading = situation.read(variable.fact.name)
    if variable.timeline is not None and isinstance(reading.value, date):
        yield from variable.timeline.turns(reading.value, CALENDAR)


def region_in(variable: Variable, situation: Situation) -> int:
    """The region of a variable in a real situation."""
    match variable:
        case VisitsVariable():
            visit = situation.visits.get(variable.state)
            return min(0 if visit is None else visit.count, variable.most)
        case ElapsedVariable():
            visit = situation.visits.get(variable.state)
            if visit is None or visit.last is None:
                return 0
            return variable.timeline.position(visit.last, situation.at, situation.calendar)
        case FactVariable():
            reading = situation.read(variable.fact.name)
            return variable.region_of(
                reading.value, presumed=reading.presumed, at=situation.at, calendar=situation.calendar
            )


def _cost(variable: FactVariable, to: int, now: int, *, fixed: bool) -> int | None:
    if to == now:
        return 0
    never_again = 0 < to < variable.first
    if never_again or (fixed and (to == 0 or now >= variable.first)):
        return None
    return 3 if to == 0 else 2
