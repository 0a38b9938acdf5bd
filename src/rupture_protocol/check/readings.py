"""The third reading of a condition: the two sets of situations where it is definitely true and false.

Unknown is what lies in neither. `evaluate` is the meaning, and tests hold this equal to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from rupture_protocol.check.diagram import EMPTY, Diagrams
from rupture_protocol.check.regions import (
    ElapsedVariable,
    FactVariable,
    Variable,
    VisitsVariable,
)
from rupture_protocol.language.comparing import in_order
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Visited,
    Visits,
    parts,
)
from rupture_protocol.language.protocol import Protocol

Reading = tuple[int, int]
"""Where a condition is definitely true, and where definitely false."""


class Wanted(StrEnum):
    """What a condition is asked to come to."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"


_TURNED = {
    Wanted.TRUE: Wanted.FALSE,
    Wanted.FALSE: Wanted.TRUE,
    Wanted.NOT_TRUE: Wanted.NOT_FALSE,
    Wanted.NOT_FALSE: Wanted.NOT_TRUE,
}
_EVERY_PART = {All: (Wanted.TRUE, Wanted.NOT_FALSE), AnyOf: (Wanted.FALSE, Wanted.NOT_TRUE)}
"""Where a condition comes to something only if each of its parts does."""


class Readings:
    """The readings of one protocol's conditions, each made once."""

    def __init__(self, protocol: Protocol, diagrams: Diagrams, variables: tuple[Variable, ...]) -> None:
        self._protocol = protocol
        self._diagrams = diagrams
        self._facts: dict[str, tuple[int, FactVariable]] = {}
        self._visits: dict[str, tuple[int, VisitsVariable]] = {}
        self._elapsed: dict[str, tuple[int, ElapsedVariable]] = {}
        for level, variable in enumerate(variables):
            match variable:
                case FactVariable():
                    self._facts[variable.fact.name] = level, variable
                case VisitsVariable():
                    self._visits[variable.state] = level, variable
                case ElapsedVariable():
                    self._elapsed[variable.state] = level, variable
        self._factors: dict[tuple[int, Wanted], list[int]] = {}
        self._leaves: dict[Condition, Reading] = {}
        # By identity: hashing a tree costs more than reading it. Each is kept, so its id stays its own.
        self._trees: dict[int, tuple[Condition, Reading]] = {}

    def true(self, condition: Condition) -> int:
        """Where a condition is definitely true."""
        return self.read(condition)[0]

    def false(self, condition: Condition) -> int:
        """Where a condition is definitely false."""
        return self.read(condition)[1]

    def read(self, condition: Condition) -> Reading:
        """Where a condition is definitely true, and where definitely false."""
        found = self._trees.get(id(condition))
        if found is None:
            found = self._trees[id(condition)] = condition, self._read(condition)
        return found[1]

    def _read(self, condition: Condition) -> Reading:
        match condition:
            case All(parts=inner):
                return self.conjunction([self.read(part) for part in inner])
            case AnyOf(parts=inner):
                return self.disjunction([self.read(part) for part in inner])
            case Not(part=part):
                return self.read(part)[::-1]
            case Named(name=name, holds=holds):
                named = self.read(self._protocol.conditions[name])
                return named if holds else named[::-1]
            case NotHeldBack(interrupt=name):
                return self.read(self._protocol.interrupts[name].when)[::-1]
            case _:
                found = self._leaves.get(condition)
                if found is None:
                    found = self._leaves[condition] = self._leaf(condition)
                return found

    def conjunction(self, readings: list[Reading]) -> Reading:
        """Kleene's `all`."""
        sets = self._diagrams
        return sets.all_of(true for true, _ in readings), sets.any_of(false for _, false in readings)

    def disjunction(self, readings: list[Reading]) -> Reading:
        """Kleene's `any`."""
        sets = self._diagrams
        return sets.any_of(true for true, _ in readings), sets.all_of(false for _, false in readings)

    def on_record(self, fact: str) -> int:
        """Where a fact is on record."""
        level, variable = self._facts[fact]
        return self._diagrams.regions(level, variable.recorded())

    def factors(self, condition: Condition, wanted: Wanted = Wanted.TRUE) -> list[int]:
        """Sets that have in common where a condition comes to what is wanted: many small ones, not one."""
        match condition:
            case All(parts=inner) | AnyOf(parts=inner) if wanted in _EVERY_PART[type(condition)]:
                return [factor for part in inner for factor in self.factors(part, wanted)]
            case Not(part=part):
                return self.factors(part, _TURNED[wanted])
            case Named(name=name, holds=holds):
                return self._named(self._protocol.conditions[name], wanted if holds else _TURNED[wanted])
            case NotHeldBack(interrupt=name):
                return self._named(self._protocol.interrupts[name].when, _TURNED[wanted])
        true, false = self.read(condition)
        match wanted:
            case Wanted.TRUE:
                return [true]
            case Wanted.FALSE:
                return [false]
            case Wanted.NOT_TRUE:
                return [self._diagrams.outside(true)]
            case Wanted.NOT_FALSE:
                return [self._diagrams.outside(false)]

    def _named(self, condition: Condition, wanted: Wanted) -> list[int]:
        """The factors of what has a name, and so is read in many places."""
        key = (id(condition), wanted)
        found = self._factors.get(key)
        if found is None:
            found = self._factors[key] = list(dict.fromkeys(self.factors(condition, wanted)))
        return found

    def _leaf(self, leaf: Condition) -> Reading:
        sets = self._diagrams
        match leaf:
            case Compare(fact=fact):
                level, variable = self._facts[fact]
                return (
                    sets.regions(level, variable.where(leaf, holds=True)),
                    sets.regions(level, variable.where(leaf, holds=False)),
                )
            case OnRecord(fact=fact):
                return self.on_record(fact), EMPTY
            case Visited(state=state):
                return self._known(self._entered(state))
            case Visits(state=state):
                at, visits = self._visits[state]
                counts = [
                    count for count in range(visits.size) if in_order(leaf.operator, count, leaf.values)
                ]
                return self._known(sets.regions(at, counts))
            case Elapsed(since=state):
                at, length = self._elapsed[state]
                long = sets.regions(at, length.where(leaf))
                return self._known(sets.both(self._entered(state), long))
            case _:
                raise TypeError(f"not a leaf: {type(leaf).__name__}")

    def _entered(self, state: str) -> int:
        level, variable = self._visits[state]
        return self._diagrams.regions(level, range(1, variable.size))

    def _known(self, true: int) -> Reading:
        return true, self._diagrams.outside(true)


def leaves_of(condition: Condition, protocol: Protocol, seen: set[str]) -> Iterator[Condition]:
    """The comparisons and needs in a condition, also through names, in file order; each name once."""
    match condition:
        case Named(name=name):
            if name not in seen:
                seen.add(name)
                yield from leaves_of(protocol.conditions[name], protocol, seen)
        case NotHeldBack():
            return  # every interrupt is read by itself
        case All() | AnyOf() | Not():
            for part in parts(condition):
                yield from leaves_of(part, protocol, seen)
        case _:
            yield condition
