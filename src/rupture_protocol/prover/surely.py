"""What surely can be done about time, where several lengths of it matter: never more than is possible.

Somebody may record at once what may change, and may wait for one length of time. All others then stand
anywhere later, and a way out counts only if it goes on from wherever that is. What else relates two lengths
(the one that began first is never the shorter) is not looked at: it could only add ways.
"""

from __future__ import annotations

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
    """A motion in which nothing counts as possible that is not; to be asked `before` only."""

    _waits: tuple[Wait, ...] = field(init=False)

    def __post_init__(self) -> None:
        Motion.__post_init__(self)
        clocks = {level: self.space.variables[level] for level in self.clocks}
        passing = {level: _passing(each) for level, each in clocks.items()}
        self._waits = tuple(
            Wait(
                Relation({level: _reached(each)}).turned(),
                Relation({other: passes for other, passes in passing.items() if other != level}).turned(),
            )
            for level, each in clocks.items()
        )

    def mixes(self, variable: FactVariable) -> bool:
        """Whether a fact may go to and fro between all that is known of it, whenever that is."""
        return self.moves(variable) and variable.steady

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


def _reached(variable: Variable) -> Sources:
    """The same, as far as somebody can wait for it: for the end always, for what lies between if it comes."""
    passing = _passing(variable)
    if isinstance(variable, ElapsedVariable | FactVariable) and variable.straight:
        return passing
    left = {start for at, sources in enumerate(passing) for start in sources if start != at}
    return tuple((at,) if at in left else sources for at, sources in enumerate(passing))
