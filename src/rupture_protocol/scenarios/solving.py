"""Facts that make a condition so: one set of values, as few as can be, or none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rupture_protocol.engine.cubes import STAY, Cube, Space, meet
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import facts_of
from rupture_protocol.language.conditions import All, AnyOf, Condition, Named, Not, NotHeldBack, parts
from rupture_protocol.language.facts import Fact, FactType, Value
from rupture_protocol.language.protocol import Protocol

Facts = dict[str, Value]
MOST_TRIES = 2_000


def solve(condition: Condition, situation: Situation, *, fixed: Iterable[str] = ()) -> Facts | None:
    """The fewest facts that, recorded now besides what is on record, make a condition definitely true.

    Args:
        condition: What is to become true.
        situation: The case as it stands.
        fixed: Facts that stay as they are.

    Returns:
        Values by name, in the protocol's order; None where no facts would do.
    """
    protocol = situation.protocol
    free = facts_of(condition, protocol) - set(fixed)
    search = _Search(Space.of(condition, situation, free))
    cube = search.first([(condition, True)], {})
    if cube is None:
        return None
    space, changed = search.space, search.space.support(cube)
    return {name: _value(fact, cube, space) for name, fact in protocol.facts.items() if name in changed}


Wanted = tuple[Condition, bool]
"""A condition, and whether it is to hold or definitely not to."""


class _Search:
    """Looks for one way, and takes the first: not all of them, as there may be very many."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.tries = MOST_TRIES

    def first(self, waiting: list[Wanted], cube: Cube) -> Cube | None:
        """The first cube found in which all that is waiting is so."""
        self.tries -= 1
        narrowed = self._narrow(waiting, cube)
        if narrowed is None or self.tries < 0:
            return None
        cube, choices = narrowed
        if not choices:
            return cube
        choice = min(choices, key=lambda each: len(_alternatives(each)))
        rest = [each for each in choices if each is not choice]
        for alternative in sorted(_alternatives(choice), key=lambda each: self._cost(each, cube)):
            found = self.first([alternative, *rest], cube)
            if found is not None:
                return found
        return None

    def _narrow(self, waiting: list[Wanted], cube: Cube) -> tuple[Cube, list[Wanted]] | None:
        """What must be so in any case, and what there is a choice in; None where it cannot be."""
        choices: list[Wanted] = []
        waiting = list(waiting)
        while waiting:
            condition, holds = waiting.pop()
            inner = _within(condition, self.space.situation.protocol)
            if isinstance(condition, All | AnyOf):
                if isinstance(condition, All) is holds:
                    waiting += [(part, holds) for part in inner]
                else:
                    choices.append((condition, holds))
            elif inner:
                waiting.append((inner[0], holds is not _turns(condition)))
            else:
                cubes = self.space.cubes(condition, wanted=holds)
                both = next((each for one in cubes if (each := meet(cube, one)) is not None), None)
                if both is None:
                    return None
                cube = both
        return cube, choices

    def _cost(self, wanted: Wanted, cube: Cube) -> int:
        """How many facts it would ask for besides."""
        names = facts_of(wanted[0], self.space.situation.protocol) - {fact for fact, _ in cube}
        return len(names)


def _alternatives(choice: Wanted) -> list[Wanted]:
    condition, holds = choice
    return [(part, holds) for part in parts(condition)]


def _turns(condition: Condition) -> bool:
    """Whether it holds where what is inside it does not."""
    return isinstance(condition, Not | NotHeldBack) or (isinstance(condition, Named) and not condition.holds)


def _within(condition: Condition, protocol: Protocol) -> tuple[Condition, ...]:
    """The conditions inside one; a name's meaning, and an interrupt's, count as inside."""
    match condition:
        case Named(name=name):
            return (protocol.conditions[name],)
        case NotHeldBack(interrupt=name):
            return (protocol.interrupts[name].when,)
        case _:
            return parts(condition)


def wanted(condition: Condition, *, holds: bool) -> Condition:
    """That a condition is definitely so, or definitely not."""
    return condition if holds else Not(condition, condition.path)


def every(conditions: Iterable[Condition]) -> All:
    """All of them at once."""
    return All(tuple(conditions))


def _value(fact: Fact, cube: Cube, space: Space) -> Value:
    if fact.type is FactType.SET:
        elements = {element: mask for (name, element), mask in cube.items() if name == fact.name and element}
        return frozenset(element for element, mask in elements.items() if mask == 4)
    mask = cube.get((fact.name, ""), ~STAY)
    for at, value in enumerate(space.regions.get(fact.name, ()), start=1):
        if mask >> at & 1:
            return value  # type: ignore[no-any-return]  # regions hold values
    return sample(fact)


def sample(fact: Fact) -> Value:
    """Some value of a fact, for where any will do."""
    if fact.values:
        return frozenset(fact.values[:1]) if fact.type is FactType.SET else fact.values[0]
    high = 1 if fact.maximum is None else min(fact.maximum, 1)
    low: Any = high if fact.minimum is None else fact.minimum
    samples: dict[FactType, Value] = {
        FactType.BOOLEAN: True,
        FactType.INTEGER: low,
        FactType.NUMBER: Decimal(low),
        FactType.DATE: date(2026, 1, 5),
        FactType.DATETIME: datetime.fromisoformat("2026-01-05T09:00:00+00:00"),
        FactType.TEXT: "…",
    }
    return samples[fact.type]


def leaves(condition: Condition, protocol: Protocol) -> list[Condition]:
    """Every leaf of a condition, through names and interrupts."""
    found: list[Condition] = []
    seen: set[int] = set()
    waiting: list[Condition] = [condition]
    while waiting:
        each = waiting.pop()
        inside = _within(each, protocol)
        if not inside:
            found.append(each)
        waiting += [inner for inner in inside if id(inner) not in seen]
        seen |= {id(inner) for inner in inside}
    return found
