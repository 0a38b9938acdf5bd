"""The shortest story that leads to a situation, lived through in the real engine before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.errors import RuptureError, Story
from rupture_protocol.prover.diagram import EMPTY
from rupture_protocol.prover.living import Living
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.scenario import story_of

MOST_TRIES = 8
"""So many stories are tried before it counts as one that the engine cannot replay."""

MOST_STEPS = 200
"""So many steps are taken to find the moments at which one story can be told."""


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
    _left: int = MOST_STEPS

    def tell(self, targets: Iterable[Target]) -> Story | None:
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
                    return story
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
        entering = sets.before(motion.before(hit), motion.into(state))
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
        moves, wanted = [move for move, _ in plan], [*(each for _, each in plan), hit]
        self._left = MOST_STEPS
        for living in self._lived(moves, wanted, Living.begun(self.reach, self.engine)):
            try:
                if not target.shows(living.situation()):
                    continue
                ends = target.ends(living.situation())
                stopped = target.last is not None and not living.finish(target.last)
            except RuptureError:
                continue
            return story_of(
                living.case, self.engine, at=living.at, ends=ends, last=target.last, stopped=stopped
            )
        return None

    def _lived(self, moves: Sequence[Move], wanted: Sequence[int], living: Living) -> Iterator[Living]:
        """Every way tried to go through the moves, each from where it is wanted, and to settle at the end.

        Of the moments to wait for, the cheapest are tried first, and others only where those lead nowhere.
        """
        for settled in living.settled(wanted[0]):
            if not moves:
                yield settled
                continue
            if not self._left:
                return
            self._left -= 1
            try:
                settled.take(moves[0])
            except RuptureError:
                continue
            yield from self._lived(moves[1:], wanted[1:], settled)
