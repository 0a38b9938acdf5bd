"""What all checks of one protocol share: the space, the moves, what can be reached, and who tells stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import Story
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path
from rupture_protocol.prover.diagram import EMPTY, TooLarge
from rupture_protocol.prover.motion import Motion
from rupture_protocol.prover.moves import Moves
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.results import Answer, Finding, Result, issue_at
from rupture_protocol.prover.space import Space
from rupture_protocol.prover.story import Storyteller, Target


class CannotReplay(Exception):
    """The prover found a way that the engine cannot go."""


@dataclass(eq=False)
class Proof:
    """One protocol under proof. What is expensive is worked out when a check first asks for it."""

    protocol: Protocol
    budget: int

    @cached_property
    def space(self) -> Space:
        """Every situation, as far as conditions tell them apart."""
        return Space(self.protocol, self.budget)

    @cached_property
    def moves(self) -> Moves:
        """Every option of every state."""
        return Moves(self.space)

    @cached_property
    def safety(self) -> Reach:
        """What can be reached where every fact may change at any time."""
        return Reach(Motion(self.space, everything_moves=True), self.moves)

    @cached_property
    def ways(self) -> Reach:
        """What can be reached where only those facts change that vary or expire."""
        return Reach(Motion(self.space, everything_moves=False), self.moves)

    @cached_property
    def engine(self) -> Engine:
        """The real engine, for stories."""
        return Engine(self.protocol)

    @cached_property
    def _tellers(self) -> dict[int, Storyteller]:
        return {}

    def possible(self, reach: Reach, state: str, factors: Iterable[int]) -> bool:
        """Whether a case can come to a state in a situation that lies in all these sets."""
        here = reach.total.get(state, EMPTY)
        if not here:
            return False
        projected = reach.motion.project((*factors, self.space.sound))
        return self.space.sets.both(here, projected) != EMPTY

    def story(self, reach: Reach, targets: Sequence[Target]) -> tuple[Story, Target]:
        """The shortest story to one of these, and to which.

        Raises:
            CannotReplay: The engine can live through none that was tried.
        """
        teller = self._tellers.setdefault(id(reach), Storyteller(reach, self.engine))
        told = teller.tell(targets)
        if told is None:
            raise CannotReplay
        return told

    def result(
        self,
        name: str,
        says: str,
        find: Callable[[], Iterable[Finding]],
        path: Path,
        *,
        promise: bool = False,
    ) -> Result:
        """The result of looking for what speaks against something; *not decided* where that breaks off."""
        try:
            findings = tuple(find())
        except TooLarge as error:
            why = str(error) or f"it takes more than {self.budget} nodes"
            return self._undecided(name, says, path, promise, why)
        except RecursionError:
            return self._undecided(name, says, path, promise, "it reads too many facts at once")
        except CannotReplay:
            return self._undecided(
                name, says, path, promise, "the engine cannot replay what speaks against it"
            )
        answer = Answer.FAILS if findings else Answer.PROVED
        return Result(name, says, answer, promise, None, findings)

    def _undecided(self, name: str, says: str, path: Path, promise: bool, why: str) -> Result:
        message = f"`{name}` is not decided: {why}"
        finding = Finding(issue_at(self.protocol, "not-decided", message, path, help=_HELP))
        return Result(name, says, Answer.NOT_DECIDED, promise, why, (finding,))


_HELP = "take it as not proved: look at it by hand, or make the conditions simpler"
