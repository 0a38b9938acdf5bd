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
from rupture_protocol.prover.surely import SureMotion


class Undecided(Exception):
    """What seems so to a proof could not be made sure of; the message says why."""


CANNOT_REPLAY = "the engine cannot replay what speaks against it"
ONLY_SEEMS = (
    "it rests on several lengths of time at once, of which the prover knows only that each of them grows"
)


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
    def surely(self) -> Reach:
        """As `safety`, but never more than can be reached."""
        if self.safety.motion.exact:
            return self.safety
        return Reach(SureMotion(self.space, everything_moves=True), self.moves)

    @cached_property
    def sure_ways(self) -> Reach:
        """As `ways`, to be asked what leads somewhere: never more than does."""
        if self.ways.motion.exact:
            return self.ways
        return Reach(SureMotion(self.space, everything_moves=False), self.moves)

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

    def shown(self, states: Iterable[str], factors: Iterable[int]) -> bool:
        """Whether a case can come to one of these states in a situation that lies in all these sets.

        Raises:
            Undecided: So it seems, but the engine can live through none of the stories that were tried.
        """
        given, among = tuple(factors), tuple(states)
        if any(self.possible(self.surely, state, given) for state in among):
            return True
        if self.surely is self.safety:
            return False
        seem = [state for state in among if self.possible(self.safety, state, given)]
        wanted = self.space.sets.all_of(given) if seem else EMPTY
        targets = [Target(state, wanted, lambda _: "", lambda _: True) for state in seem]
        if targets and self._teller(self.safety).tell(targets) is None:
            raise Undecided(ONLY_SEEMS)
        return bool(targets)

    def story(self, reach: Reach, targets: Sequence[Target]) -> Story:
        """The shortest story to one of these.

        Raises:
            Undecided: The engine can live through none that was tried.
        """
        story = self._teller(reach).tell(targets)
        if story is None:
            raise Undecided(CANNOT_REPLAY)
        return story

    def _teller(self, reach: Reach) -> Storyteller:
        return self._tellers.setdefault(id(reach), Storyteller(reach, self.engine))

    def result(
        self,
        name: str,
        says: str,
        find: Callable[[], Iterable[Finding]],
        path: Path,
        *,
        promise: bool = False,
    ) -> Result:
        """The result of looking for what speaks against something.

        Where that breaks off, what was found so far still fails; with nothing found, it is *not decided*.
        """
        findings: list[Finding] = []
        why = self._gathered(find, findings)
        if findings or why is None:
            answer = Answer.FAILS if findings else Answer.PROVED
            return Result(name, says, answer, promise, None, tuple(findings))
        message = f"`{name}` is not decided: {why}"
        finding = Finding(issue_at(self.protocol, "not-decided", message, path, help=_HELP))
        return Result(name, says, Answer.NOT_DECIDED, promise, why, (finding,))

    def _gathered(self, find: Callable[[], Iterable[Finding]], findings: list[Finding]) -> str | None:
        """Puts what is found into a list; why that breaks off, if it does."""
        try:
            for finding in find():
                findings.append(finding)  # noqa: PERF402 - what was found before it breaks off is kept
        except TooLarge as error:
            return str(error) or f"it takes more than {self.budget} nodes"
        except RecursionError:
            return "it reads too many facts at once"
        except Undecided as error:
            return str(error)
        return None


_HELP = "take it as not proved: look at it by hand, or make the conditions simpler"
