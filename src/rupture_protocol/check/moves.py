"""What can be taken from each state, and where: the engine's own options, read as sets of situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rupture_protocol.check.readings import Wanted
from rupture_protocol.check.space import Space
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.language.conditions import Condition, NotHeldBack
from rupture_protocol.language.protocol import Transition


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """One option of one state. Each tuple holds sets that have in common where something is so.

    `open`: everything required is true. `bare`: everything but the net of `enter` promises is. `taken`:
    it can be taken at all, by override or as a precaution too.
    """

    step: Step
    holds: tuple[Condition, ...]
    own: tuple[Condition, ...]
    promised: tuple[Condition, ...]
    open: tuple[int, ...]
    bare: tuple[int, ...]
    taken: tuple[int, ...]

    @property
    def state(self) -> str:
        """Where it is offered."""
        return self.step.state

    @property
    def to(self) -> str:
        """Where it leads."""
        return self.step.to

    @property
    def interrupt(self) -> bool:
        """Whether it is an interrupt."""
        return self.step.urgency is not None


@dataclass(slots=True, eq=False)
class Moves:
    """Every option of every state that is not final."""

    space: Space
    by_state: dict[str, tuple[Move, ...]] = field(init=False)
    _asked: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_state = {
            state: tuple(self._move(step) for step in steps_from(self.space.protocol, state))
            for state in self.space.protocol.states
        }

    def __iter__(self) -> Iterator[Move]:
        for moves in self.by_state.values():
            yield from moves

    def _move(self, step: Step) -> Move:
        holds = tuple(part for part in step.net.parts if isinstance(part, NotHeldBack))
        promised = step.net.parts[len(holds) :]
        own = step.requirement.parts[len(holds) : len(step.requirement.parts) - len(promised)]
        # What is offered in many states asks the same in each of them.
        asked = self._asked.get(id(step.defined))
        if asked is None:
            bare = self._factors((*holds, *own))
            asked = self._asked[id(step.defined)] = bare, (*bare, *self._factors(promised))
        bare, opened = asked
        return Move(step, holds, own, promised, opened, bare, self._taken(step, opened))

    def _taken(self, step: Step, opened: tuple[int, ...]) -> tuple[int, ...]:
        if step.urgency is not None:
            # A precaution needs no proof, except in the target of a more urgent interrupt.
            more_urgent = tuple(self.space.protocol.interrupts.values())[: step.urgency]
            ruled_out = [each.when for each in more_urgent if each.to == step.state]
            return (
                *self._factors(step.requirement.parts, Wanted.NOT_FALSE),
                *self._factors(tuple(ruled_out), Wanted.FALSE),
            )
        if isinstance(step.defined, Transition) and step.defined.override is not None:
            return self._factors(step.net.parts)
        return opened

    def _factors(self, conditions: tuple[Condition, ...], wanted: Wanted = Wanted.TRUE) -> tuple[int, ...]:
        found = (factor for each in conditions for factor in self.space.readings.factors(each, wanted))
        return tuple(dict.fromkeys(found))
