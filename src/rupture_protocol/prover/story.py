"""The shortest story that leads to a situation, lived through in the real engine before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rupture_protocol.engine.case import Case
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import Verdict
from rupture_protocol.errors import RuptureError, Story
from rupture_protocol.language.facts import UNKNOWN, Unknown, Value
from rupture_protocol.prover.cast import Cast
from rupture_protocol.prover.diagram import EMPTY, Relation
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.regions import (
    CALENDAR,
    MOMENTS,
    ElapsedVariable,
    FactVariable,
    Variable,
    VisitsVariable,
    turning_points,
)
from rupture_protocol.prover.scenario import story_of

MOST_TRIES = 8
"""So many ways of telling a story are tried before it counts as one that the engine cannot replay."""

Costs = list[list[int | None]]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where a story should lead: a set of situations in a state, and perhaps one last move from there.

    `shows` holds the real engine's situation against what the proof says of it; `ends` says it in words.
    """

    state: str
    wanted: int
    ends: Callable[[Situation], str]
    shows: Callable[[Situation], bool]
    last: Move | None = None


@dataclass(slots=True, eq=False)
class Storyteller:
    """Finds and replays stories in one kind of motion."""

    reach: Reach
    engine: Engine
    _back: Relation = field(init=False)

    def __post_init__(self) -> None:
        self._back = self.reach.motion.flow.turned()

    def tell(self, targets: Iterable[Target]) -> tuple[Story, Target] | None:
        """The shortest story to one of the targets; None where the engine can replay none that was tried."""
        sets, sound = self.reach.motion.space.sets, self.reach.motion.space.sound
        wanted = [(each, sets.both(each.wanted, sound)) for each in targets]
        tries = 0
        for length, ring in enumerate(self.reach.rings):
            for target, situations in wanted:
                hit = sets.both(ring.get(target.state, EMPTY), situations)
                if not hit:
                    continue
                tries += 1
                story = self._live(target, self._plan(target.state, hit, length), hit)
                if story is not None:
                    return story, target
                if tries == MOST_TRIES:
                    return None
        return None

    # Backwards: from where each step must be taken ----------------------------------------------------

    def _plan(self, state: str, hit: int, length: int) -> list[tuple[Move, int]]:
        plan: list[tuple[Move, int]] = []
        for at in range(length - 1, -1, -1):
            move, hit = self._step_before(state, hit, at)
            plan.insert(0, (move, hit))
            state = move.state
        return plan

    def _step_before(self, state: str, hit: int, at: int) -> tuple[Move, int]:
        """A move, and the situations in which to make it; an ordinary one where there is one."""
        motion, sets = self.reach.motion, self.reach.motion.space.sets
        entering = sets.before(sets.moved(hit, self._back), motion.into(state))
        ring = self.reach.rings[at]
        leading = [move for move in self.reach.moves if move.to == state and move.state in ring]
        ways = [(move, move.open) for move in leading] + [(move, move.taken) for move in leading]
        for move, factors in ways:
            before = sets.all_of((entering, ring[move.state], motion.space.sound, *factors))
            if before:
                return move, before
        raise AssertionError(f"`{state}` was reached by no move")  # the ring says that there is one

    # Forwards: what is recorded, by whom, when ---------------------------------------------------------

    def _live(self, target: Target, plan: list[tuple[Move, int]], hit: int) -> Story | None:
        living = _Living(self)
        try:
            for move, wanted in plan:
                if not living.settle(wanted):
                    return None
                living.take(move)
            if not living.settle(hit) or not target.shows(living.situation()):
                return None
            ends = target.ends(living.situation())
            stopped = target.last is not None and not living.finish(target.last)
        except RuptureError:
            return None
        return story_of(living.case, self.engine, at=living.at, ends=ends, last=target.last, stopped=stopped)


class _Living:
    """A case that is lived through to tell a story."""

    def __init__(self, teller: Storyteller) -> None:
        self._motion = teller.reach.motion
        self._engine = teller.engine
        self._cast = Cast(teller.engine.protocol)
        self.at = MOMENTS[0]
        self.case: Case = self._engine.open("story", by=self._cast.opener(), at=self.at)

    def situation(self) -> Situation:
        """What conditions read now."""
        case = self.case
        return Situation(self._engine.protocol, case.state, case.facts, case.visits, self.at, CALENDAR)

    def take(self, move: Move) -> None:
        """One step: taken where it is open or a precaution, otherwise by override."""
        decision = self._engine.decide(self.case, at=self.at)
        option = decision[move.step.trigger]
        override = option.override
        if option.verdict is Verdict.OPEN or option.precaution or override is None:
            by = self._cast.taker(move.step, self.case)
            self.case = self._engine.take(self.case, move.step.trigger, by=by, at=self.at)
        else:
            by = self._cast.overrider(move.step, override, self.case)
            self.case = self._engine.override(
                self.case, move.step.trigger, reason=override.reasons[0], by=by, at=self.at
            )

    def finish(self, move: Move) -> bool:
        """The last step, unless the net at run time stops it."""
        option = self._engine.decide(self.case, at=self.at)[move.step.trigger]
        if option.verdict is not Verdict.OPEN and not option.precaution:
            return False
        self.take(move)
        return True

    def settle(self, wanted: int) -> bool:
        """Let time pass, and record what brings the case into a set of situations, changing least."""
        chosen = self._choose(wanted, waiting=True)
        if chosen is None or not self._wait(chosen):
            return False
        chosen = self._choose(wanted, waiting=False)
        if chosen is None:
            return False
        changes = dict(self._changes(chosen))
        for by, facts in self._cast.recorders(changes):
            self.case = self._engine.record(self.case, facts, by=by, at=self.at)
        return self._motion.space.sets.holds(wanted, [max(each, 0) for each in self._regions()])

    def _choose(self, wanted: int, *, waiting: bool) -> dict[int, int] | None:
        now = self._regions()
        costs: Costs = [
            self._costs(variable, now[level], waiting=waiting)
            for level, variable in enumerate(self._motion.space.variables)
        ]
        return self._motion.space.sets.cheapest(wanted, costs)

    def _regions(self) -> list[int]:
        situation = self.situation()
        return [region_in(each, situation) for each in self._motion.space.variables]

    def _costs(self, variable: Variable, now: int, *, waiting: bool) -> list[int | None]:
        match variable:
            case VisitsVariable():
                return [0 if at == now else None for at in range(variable.size)]
            case ElapsedVariable():
                return [
                    0 if at == now else 5 if waiting and at > now else None for at in range(variable.size)
                ]
            case FactVariable():
                fixed = not self._motion.moves(variable)
                return [_cost(variable, at, now, fixed=fixed) for at in range(variable.size)]

    def _changes(self, chosen: dict[int, int]) -> Iterator[tuple[str, Value | Unknown]]:
        now = self._regions()
        for level, region in chosen.items():
            variable = self._motion.space.variables[level]
            if not isinstance(variable, FactVariable) or region == now[level]:
                continue
            value = UNKNOWN if region == 0 else variable.value_in(region, self.at, CALENDAR)
            if value is None:
                raise RuptureError("no value of that kind at that moment")
            yield variable.fact.name, value

    def _wait(self, chosen: dict[int, int]) -> bool:
        """Let time pass until every length of time is as chosen; False where no moment is."""
        lengths = [
            (variable, region)
            for level, region in chosen.items()
            if isinstance(variable := self._motion.space.variables[level], ElapsedVariable)
            and variable.state in self.case.visits
        ]
        for moment in [self.at, *self._later(variable for variable, _ in lengths)]:
            if all(
                variable.region_of(_last(self.case, variable.state), moment, CALENDAR) == region
                for variable, region in lengths
            ):
                self.at = moment
                return True
        return False

    def _later(self, variables: Iterable[ElapsedVariable]) -> list[datetime]:
        moments: set[datetime] = set()
        for each in variables:
            turns = turning_points(_last(self.case, each.state), each.leaves, CALENDAR)
            moments |= {turn + timedelta(seconds=shift) for turn in turns for shift in (0, 1)}
        return sorted(moment for moment in moments if moment > self.at)


def _last(case: Case, state: str) -> datetime:
    last = case.visits[state].last
    if last is None:
        raise AssertionError("a lived case knows when each state was entered")
    return last


def region_in(variable: Variable, situation: Situation) -> int:
    """The region of a variable in a real situation; -1 for one that no proof told apart."""
    match variable:
        case VisitsVariable():
            visit = situation.visits.get(variable.state)
            return min(0 if visit is None else visit.count, variable.most)
        case ElapsedVariable():
            visit = situation.visits.get(variable.state)
            if visit is None or visit.last is None:
                return 0
            return variable.region_of(visit.last, situation.at, situation.calendar)
        case FactVariable():
            reading = situation.read(variable.fact.name)
            return variable.region_of(
                reading.value, presumed=reading.presumed, at=situation.at, calendar=situation.calendar
            )


def _cost(variable: FactVariable, to: int, now: int, *, fixed: bool) -> int | None:
    if to == now:
        return 0
    never_again = variable.presumed is not None and to == 1
    if never_again or (fixed and (to == 0 or now >= variable.first)):
        return None
    return 3 if to == 0 else 2
