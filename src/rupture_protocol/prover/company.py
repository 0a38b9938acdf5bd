"""How far the people of a clinic can bring a case: some in each role, who stay who they are throughout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain

from rupture_protocol.language.protocol import Transition
from rupture_protocol.prover.diagram import EMPTY, TooLarge
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.regions import FactVariable

MOST_PLACES = 4096


class Crew(Enum):
    """How many there are in a role: of many, there is always one who took nothing yet."""

    NOBODY = 0
    ONE = 1
    MANY = 2


Took = frozenset[tuple[str, str]]
"""Which of the triggers that somebody else must not have taken were taken by the only one in a role."""

Place = tuple[str, Took]
"""A state, and what the people took on the way there."""

Factors = tuple[int, ...]


@dataclass(eq=False)
class Company:
    """Asks how far people can come in one proof."""

    proof: Proof
    _apart: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._apart = frozenset(chain.from_iterable(move.step.not_same_person for move in self.proof.moves))

    def finishes(self, crews: Mapping[str, Crew]) -> bool:
        """Whether people, so many in each role, can bring a case to a final state."""
        protocol = self.proof.protocol
        unrecorded = self._unrecorded(crews)
        # Without what happened before first: where even that leads to no end, the rest need not be looked at.
        if not any(protocol.states[state].final for state in self._within_sight(crews, unrecorded)):
            return False
        return any(protocol.states[state].final for state, _ in self._places(crews, unrecorded))

    def _within_sight(self, crews: Mapping[str, Crew], unrecorded: Mapping[int, int]) -> Iterator[str]:
        """The states that may be reached as far as each move by itself goes."""
        seen = [self.proof.protocol.initial]
        for state in seen:
            yield state
            for move in self.proof.moves.by_state[state]:
                if move.to not in seen and any(
                    self.proof.possible(self.proof.safety, state, self._limited(factors, unrecorded))
                    for factors, roles in _ways(move)
                    if any(_present(crews, roles))
                ):
                    seen.append(move.to)

    def _places(self, crews: Mapping[str, Crew], unrecorded: Mapping[int, int]) -> Iterator[Place]:
        """Every place that they can bring a case to, each where something new comes to it."""
        sets, motion = self.proof.space.sets, self.proof.safety.motion
        nobody: Took = frozenset()
        total = {(state, nobody): each for state, each in self.proof.safety.start().items()}
        waiting = list(total)
        while waiting:
            place = waiting.pop()
            yield place
            state, took = place
            for move in self.proof.moves.by_state[state]:
                for factors, roles in _ways(move):
                    taken = (*self._limited(factors, unrecorded), self.proof.space.sound)
                    stepping = sets.both(total[place], motion.project(taken))
                    if not stepping:
                        continue
                    entered = motion.entered(stepping, move.to)
                    for after in self._after(move, _present(crews, roles), took):
                        before = total.get((move.to, after), EMPTY)
                        grown = sets.either(before, entered)
                        if grown != before:
                            total[move.to, after] = grown
                            waiting.append((move.to, after))
            if len(total) > MOST_PLACES:
                raise TooLarge("there are more ways to share the steps among people than can be told apart")

    def _after(self, move: Move, present: Iterable[tuple[str, Crew]], took: Took) -> Iterator[Took]:
        """What has been taken after a move, for each one who may take it."""
        for role, crew in present:
            if crew is Crew.MANY:
                yield took
            elif not any((role, trigger) in took for trigger in move.step.not_same_person):
                yield took | {(role, move.step.trigger)} if move.step.trigger in self._apart else took

    def _unrecorded(self, crews: Mapping[str, Crew]) -> dict[int, int]:
        """For each fact that none of these people may record, the situations in which it is not on record."""
        return {
            level: self.proof.space.sets.regions(level, range(variable.first))
            for level, variable in enumerate(self.proof.space.variables)
            if isinstance(variable, FactVariable)
            and variable.fact.by
            and not any(_present(crews, variable.fact.by))
        }

    def _limited(self, factors: Factors, unrecorded: Mapping[int, int]) -> Factors:
        """Where a move can be taken, though nobody may record some of the facts that it reads."""
        levels = frozenset[int]().union(*(self.proof.space.sets.support(factor) for factor in factors))
        return (*factors, *(unrecorded[level] for level in sorted(levels) if level in unrecorded))


def _ways(move: Move) -> Iterator[tuple[Factors, tuple[str, ...]]]:
    """Where a move can be taken, and by which roles; none named: by any."""
    defined = move.step.defined
    if not isinstance(defined, Transition) or defined.override is None:
        yield move.taken, defined.by
    else:
        yield move.open, defined.by
        yield move.taken, defined.override.by


def _present(crews: Mapping[str, Crew], roles: tuple[str, ...]) -> Iterator[tuple[str, Crew]]:
    """Who there is of these roles, or of all where none is named."""
    for role, crew in crews.items():
        if crew is not Crew.NOBODY and (not roles or role in roles):
            yield role, crew
