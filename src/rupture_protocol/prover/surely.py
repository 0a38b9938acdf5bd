"""What surely can be done about time, where several lengths of it matter: never more than is possible.

Somebody may record at once what may change. They may wait until everything is long past, or for one length
of time: all others then stand anywhere later, and a way out counts only if it goes on from wherever that is.
What else relates two lengths (the one that began first is never the shorter) could only add to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rupture_protocol.prover.diagram import Relation, Sources
from rupture_protocol.prover.motion import Motion
from rupture_protocol.prover.regions import ElapsedVariable, FactVariable, Variable


@dataclass(frozen=True, slots=True, eq=False)
class Wait:
    """Waiting for one length of time, looked at from its end: that one, and all others meanwhile."""

    chosen: Relation
    others: Relation


@dataclass(slots=True, eq=False)
class SureMotion(Motion):
    """A motion in which nothing counts as possible that is not."""

    _waits: tuple[Wait, ...] = field(init=False)
    _ends: dict[int, tuple[int, ...]] = field(init=False)

    def __post_init__(self) -> None:
        Motion.__post_init__(self)
        clocks = {level: self.space.variables[level] for level in self.clocks}
        passing = {level: _passing(each) for level, each in clocks.items()}
        self._ends = {level: _turned_to_ends(each) for level, each in passing.items()}
        self._waits = tuple(
            Wait(
                Relation({level: _reached(each)}).turned(),
                Relation({other: passes for other, passes in passing.items() if other != level}).turned(),
            )
            for level, each in clocks.items()
        )

    def begins(self, variable: Variable, start: str) -> Iterable[int]:
        """As in any motion; a case that begins long after every date that is presumed surely may."""
        return [*Motion.begins(self, variable, start)][-1:]

    def mixes(self, variable: FactVariable) -> bool:
        """Whether a fact may go to and fro between all that is known of it, whenever that is."""
        return self.moves(variable) and variable.steady

    def entered(self, stepping: int, state: str) -> int:
        """Where a case surely may be after a step into a state and before the next."""
        found = self._entered.get((stepping, state))
        if found is None:
            after = stepping
            for level, to in self.into(state).items():
                if level not in self.loose:
                    after = self.space.sets.after(after, level, to)
            found = self._entered[stepping, state] = self.after(after)
        return found

    def after(self, one: int) -> int:
        """Where a case surely can come to without a step: at once, or when everything is long past."""
        sets = self.space.sets
        at_once = past = sets.moved(one, self.flow)
        for level, ends in self._ends.items():
            past = sets.after(past, level, ends)
        return sets.either(at_once, sets.moved(past, self.flow))

    def before(self, one: int) -> int:
        """From where a case can surely come to a set of situations without a step."""
        sets = self.space.sets
        found = sets.moved(one, self._back)
        while True:
            grown = found
            for wait in self._waits:
                elsewhere = sets.moved(sets.outside(found), wait.others)
                waited = sets.moved(sets.outside(elsewhere), wait.chosen)
                grown = sets.either(grown, sets.moved(waited, self._back))
            if grown == found:
                return found
            found = grown

    def _flow(self, variable: Variable) -> Sources | None:
        """What may be recorded at once, while no time passes."""
        if isinstance(variable, FactVariable) and variable.timeline is None:
            return Motion._flow(self, variable)
        if isinstance(variable, FactVariable):
            return self._recording(variable)
        return tuple((at,) for at in range(variable.size))

    def _recording(self, variable: FactVariable) -> Sources | None:
        """Of a fact that is held against now: only what can be recorded of it whenever that is."""
        if self.mixes(variable) and not variable.never:
            return None
        everywhere = tuple(range(variable.size))
        unrecorded = everywhere[: variable.first]
        free = self.moves(variable)
        return tuple(
            everywhere
            if free and (at == 0 or variable.recordable(at))
            else (*unrecorded, at)
            if variable.recordable(at)
            else (at,)
            for at in everywhere
        )


def _passing(variable: Variable) -> Sources:
    """Where each region may come from by time alone."""
    if isinstance(variable, ElapsedVariable | FactVariable):
        return tuple(variable.older(at) for at in range(variable.size))
    raise TypeError("how often a state was entered changes with a step only")


def _turned_to_ends(passing: Sources) -> tuple[int, ...]:
    """Where each region comes to in the end: the latest that it is a source of."""
    return tuple(
        max(at for at, sources in enumerate(passing) if start in sources) for start in range(len(passing))
    )


def _reached(variable: Variable) -> Sources:
    """The same, as far as somebody can wait for it: for the end always, for what lies between if it comes."""
    passing = _passing(variable)
    if isinstance(variable, ElapsedVariable | FactVariable) and variable.straight:
        return passing
    ends = set(_turned_to_ends(passing))
    return tuple(sources if at in ends else (at,) for at, sources in enumerate(passing))
