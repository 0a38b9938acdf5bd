"""Ways through a protocol that were not walked yet, shortest first, as steps that the engine has taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rupture_protocol.engine.case import Actor, Case, Visit
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import Step as Way
from rupture_protocol.errors import RuptureError
from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.conditions import Elapsed, Visited, Visits
from rupture_protocol.language.quantities import Duration
from rupture_protocol.language.source import Path
from rupture_protocol.scenarios.guards import Guards
from rupture_protocol.scenarios.solving import Facts, leaves, solve
from rupture_protocol.scenarios.steps import Record, Step, Take

MOST_PLACES = 20_000
Place = tuple[str, Frozen[str, int]]
"""A state, and how often the states that some guard asks for were entered, as far as it matters."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a way may begin: a case that a scenario leaves behind (or a new one), and when."""

    case: Case
    at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The steps from an origin, all of which the engine has taken."""

    origin: Origin
    steps: tuple[Step, ...]
    case: Case


Came = tuple[Place, Way] | Origin
"""How a place was reached: from another by a way, or the search began there."""


class Routes:
    """Finds ways through a protocol."""

    def __init__(self, engine: Engine, guards: Guards) -> None:
        self.engine = engine
        self.protocol = engine.protocol
        self._ways: dict[str, list[Way]] = {state: [] for state in self.protocol.states}
        for tree in guards.trees():
            self._ways[tree.step.state].append(tree.step)
        self._most = self._counted()
        self._asked: dict[int, frozenset[str] | None] = {}
        self._possible: dict[tuple[int, Frozen[str, int]], bool] = {}

    def to(self, goals: set[Path], origins: list[Origin]) -> Iterator[tuple[Path, Route]]:
        """A shortest way that takes each of these options, as far as there is one."""
        waiting = set(goals)
        before: dict[Place, Came] = {}
        queue: deque[Place] = deque()
        for origin in origins:
            place = self._place(origin.case)
            if place not in before:
                before[place] = origin
                queue.append(place)
        while queue and waiting and len(before) < MOST_PLACES:
            place = queue.popleft()
            for way in self._ways[place[0]]:
                if not self._is_possible(way, place):
                    continue
                if way.defined.path in waiting:
                    route = self._walk(place, way, before)
                    if route is not None:
                        waiting.discard(way.defined.path)
                        yield way.defined.path, route
                after = self._entered(place, way.to)
                if after not in before:
                    before[after] = place, way
                    queue.append(after)

    def _counted(self) -> dict[str, int]:
        """The states that some guard asks for, and up to which number it counts their visits."""
        most: dict[str, int] = {}
        for ways in self._ways.values():
            for way in ways:
                for leaf in leaves(way.requirement, self.protocol):
                    if isinstance(leaf, Visited):
                        most.setdefault(leaf.state, 1)
                    elif isinstance(leaf, Visits):
                        most[leaf.state] = max(most.get(leaf.state, 0), *leaf.values) + 1
                    elif isinstance(leaf, Elapsed):
                        most.setdefault(leaf.since, 1)
        return most

    def _place(self, case: Case) -> Place:
        counts = {name: visit.count for name, visit in case.visits.items()}
        return case.state, self._cut(counts)

    def _entered(self, place: Place, state: str) -> Place:
        counts = dict(place[1])
        counts[state] = counts.get(state, 0) + 1
        return state, self._cut(counts)

    def _cut(self, counts: Mapping[str, int]) -> Frozen[str, int]:
        known = {state: most for state, most in self._most.items() if state in counts}
        return Frozen({state: min(counts[state], most) for state, most in known.items()})

    def _is_possible(self, way: Way, place: Place) -> bool:
        """Whether some facts open a way there. A guard on time is taken to be possible: walking will tell."""
        asked = self._asks(way)
        if asked is None:
            return True
        # Places that differ only in what the way does not ask for are one, and there are far fewer of these.
        key = id(way), Frozen({state: count for state, count in place[1].items() if state in asked})
        if key not in self._possible:
            visits = Frozen({state: Visit(count, None) for state, count in key[1].items()})
            visits = visits.with_({} if way.state in visits else {way.state: Visit(1, None)})
            at = datetime.fromisoformat("2026-01-05T09:00:00+00:00")
            situation = Situation(self.protocol, way.state, NOTHING, visits, at, self.engine.calendar)
            self._possible[key] = solve(way.requirement, situation) is not None
        return self._possible[key]

    def _asks(self, way: Way) -> frozenset[str] | None:
        """The states of which a way asks whether they were entered; None if it asks how long ago."""
        if id(way) not in self._asked:
            found = leaves(way.requirement, self.protocol)
            timed = any(isinstance(leaf, Elapsed) for leaf in found)
            states = frozenset(leaf.state for leaf in found if isinstance(leaf, Visited | Visits))
            self._asked[id(way)] = None if timed else states
        return self._asked[id(way)]

    # Walking what was found -----------------------------------------------------------------------

    def _walk(self, place: Place, last: Way, before: Mapping[Place, Came]) -> Route | None:
        ways = [last]
        came = before[place]
        while not isinstance(came, Origin):
            place, way = came
            ways.append(way)
            came = before[place]
        walk = _Walk(self.engine, came.case, came.at)
        if all(walk.take(way) for way in reversed(ways)):
            return Route(came, tuple(walk.steps), walk.case)
        return None


class _Walk:
    """Takes ways one after another, recording what each needs."""

    def __init__(self, engine: Engine, case: Case, at: datetime) -> None:
        self.engine = engine
        self.case = case
        self.at = at
        self.steps: list[Step] = []

    def take(self, way: Way) -> bool:
        """Whether it could be taken."""
        waits: list[Duration | None] = [None]
        for leaf in leaves(way.requirement, self.engine.protocol):
            if isinstance(leaf, Elapsed):
                waits += leaf.values
        return any(self._take(way, wait) for wait in waits)

    def _take(self, way: Way, wait: Duration | None) -> bool:
        at = Step(0, Take(way.trigger), None, None, after=wait).moment(self.at, self.engine.calendar)
        case, steps = self.case, list(self.steps)
        facts = solve(way.requirement, self.engine.decide(case, at=at).situation)
        if facts is None:
            return False
        try:
            for who, some in self._recorders(facts).items():
                case = self.engine.record(case, some, by=who, at=at)
                steps.append(Step(len(steps) + 1, Record(dict(some)), None, who, after=wait))
                wait = None
            who = self._taker(way, case)
            case = self.engine.take(case, way.trigger, by=who, at=at)
        except RuptureError:
            return False
        steps.append(Step(len(steps) + 1, Take(way.trigger), None, who, after=wait))
        self.case, self.steps, self.at = case, steps, at
        return True

    def _recorders(self, facts: Facts) -> dict[Actor, dict[str, object]]:
        """Who records what: each role is a person of its own, and as few of them as the protocol lets."""
        by: dict[Actor, dict[str, object]] = {}
        for name, value in facts.items():
            roles = self.engine.protocol.facts[name].by or ("clinician",)
            chosen = next((role for role in roles if Actor(role, role) in by), roles[0])
            by.setdefault(Actor(chosen, chosen), {})[name] = value
        return by

    def _taker(self, way: Way, case: Case) -> Actor:
        role = next(iter(way.defined.by or self.engine.protocol.roles), "clinician")
        if case.has_taken(role, way.not_same_person):
            return Actor(f"another_{role}", role)
        return Actor(role, role)
