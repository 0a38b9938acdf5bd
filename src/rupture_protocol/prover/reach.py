"""Which situations can be reached, and from which something can: two fixpoints, unbounded.

Sets here tell situations apart only by what does not move freely (`Motion.blur`); whatever a fact that
moves freely is at one step, it may be anything at the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rupture_protocol.prover.diagram import EMPTY
from rupture_protocol.prover.motion import Motion
from rupture_protocol.prover.moves import Move, Moves

Sets = dict[str, int]
"""A set of situations for each state; a state without one has none."""


@dataclass(frozen=True, slots=True)
class Way:
    """Every move that leads to one state under the same conditions, and from which states."""

    taken: int
    to: str
    sources: tuple[str, ...]


@dataclass(eq=False)
class Reach:
    """What can be reached from the beginning: `total`, for each state."""

    motion: Motion
    moves: Moves
    ways: tuple[Way, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.ways = self._ways()

    @cached_property
    def rings(self) -> list[Sets]:
        """What is new after so many steps: only a story needs to know."""
        rings: list[Sets] = []
        so_far: Sets = {}
        ring = self.start()
        while ring:
            rings.append(ring)
            for state, new in ring.items():
                so_far[state] = self.motion.space.sets.either(so_far.get(state, EMPTY), new)
            ring = self._next(ring, so_far)
        return rings

    def start(self) -> Sets:
        """Where a case may be before its first step."""
        start = self.motion.space.protocol.initial
        return {start: self.motion.after(self._beginning(start))}

    @cached_property
    def total(self) -> Sets:
        """The fixpoint, from all that is reached so far: sets that only grow have the smallest diagrams."""
        sets = self.motion.space.sets
        total = self.start()
        leaving: dict[str, list[Way]] = {}
        for way in self.ways:
            for state in way.sources:
                leaving.setdefault(state, []).append(way)
        waiting = list(total)
        while waiting:
            # What much is known of goes on first: then less is found piece by piece.
            state = max(waiting, key=lambda each: sets.share(total[each]))
            waiting.remove(state)
            for way in leaving.get(state, ()):
                stepping = sets.both(total[state], way.taken)
                if stepping:
                    grown = sets.either(total.get(way.to, EMPTY), self.motion.entered(stepping, way.to))
                    if grown != total.get(way.to, EMPTY):
                        total[way.to] = grown
                        if way.to not in waiting:
                            waiting.append(way.to)
        return total

    def at(self, state: str) -> int:
        """Every situation in which a case may be in a state, sound ones only."""
        space = self.motion.space
        return space.sets.both(self.total.get(state, EMPTY), space.sound)

    def projected(self, move: Move) -> int:
        """Where a move can be taken from, as far as `motion` tells situations apart."""
        return self.motion.project((*move.taken, self.motion.space.sound))

    def leading_to(self, goals: Mapping[str, int]) -> Sets:
        """From which situations one of the goals can be reached, whatever is recorded meanwhile.

        Args:
            goals: Sets of situations by state, blurred.
        """
        sets = self.motion.space.sets
        found: Sets = {state: self.motion.before(goal) for state, goal in goals.items() if goal}
        changed = set(found)
        while changed:
            ways = [way for way in self.ways if way.to in changed]
            changed = set()
            for way in ways:
                entering = sets.before(found[way.to], self.motion.into(way.to))
                new = self.motion.before(sets.both(way.taken, entering))
                for state in way.sources:
                    grown = sets.either(found.get(state, EMPTY), new)
                    if grown != found.get(state, EMPTY):
                        found[state] = grown
                        changed.add(state)
        return found

    def _ways(self) -> tuple[Way, ...]:
        grouped: dict[tuple[int, str], list[str]] = {}
        for move in self.moves:
            taken = self.projected(move)
            if taken:
                grouped.setdefault((taken, move.to), []).append(move.state)
        return tuple(Way(taken, to, tuple(sources)) for (taken, to), sources in grouped.items())

    def _next(self, ring: Sets, so_far: Sets) -> Sets:
        sets = self.motion.space.sets
        new: Sets = {}
        for way in self.ways:
            stepping = sets.both(sets.any_of(ring.get(state, EMPTY) for state in way.sources), way.taken)
            if stepping:
                new[way.to] = sets.either(new.get(way.to, EMPTY), self.motion.entered(stepping, way.to))
        fresh = {state: sets.without(each, so_far.get(state, EMPTY)) for state, each in new.items()}
        return {state: each for state, each in fresh.items() if each}

    def _beginning(self, start: str) -> int:
        sets = self.motion.space.sets
        variables = enumerate(self.motion.space.variables)
        return sets.all_of(
            sets.regions(level, self.motion.begins(variable, start))
            for level, variable in variables
            if level not in self.motion.loose
        )
