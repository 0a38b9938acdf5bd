"""Which values of which facts would make a condition true: sets of boxes in the space of all values.

A fact's values fall into regions that no condition at hand tells apart (a choice: its values; a number
or a date: the points it is compared with, and the gaps between; a set: each element, in or out). A cube
gives, for some facts, the regions allowed; it is a tuple of (variable, bit mask) with one bit a region.
One more bit, `STAY`, stands for leaving a fact as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any, Final

from rupture_protocol.engine.evaluate import Situation, compare_now, evaluate
from rupture_protocol.engine.truth import FALSE, TRUE
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Operator,
    parts,
)
from rupture_protocol.language.facts import DATED, MOST_DIGITS, NUMERIC, Fact, FactType
from rupture_protocol.language.quantities import Duration, Unit

STAY: Final = 1
MOST_CUBES: Final = 150
"""More are cut, those that need most facts first: an answer may then be longer than need be, never wrong."""

Variable = tuple[str, str]
"""A fact, or one element of a set: `(fact, element)`, the element empty for other types."""
Cube = dict[Variable, int]


@dataclass(slots=True)
class Space:
    """The facts that may change, and the regions of their values in one situation."""

    situation: Situation
    free: frozenset[str]
    regions: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _memo: dict[tuple[str, str, bool], list[Cube]] = field(default_factory=dict)

    @classmethod
    def of(cls, condition: Condition, situation: Situation, free: Iterable[str]) -> Space:
        """The space in which a condition can be made true by changing only the `free` facts."""
        space = cls(situation, frozenset(free))
        leaves: dict[str, list[Compare]] = {}
        for leaf in _leaves(condition, situation):
            if leaf.fact in space.free:
                leaves.setdefault(leaf.fact, []).append(leaf)
        for name, found in leaves.items():
            space.regions[name] = representatives(situation.protocol.facts[name], found, situation)
        return space

    def cubes(self, condition: Condition, *, wanted: bool = True) -> list[Cube]:
        """Every way in which the condition becomes definitely true (or, not `wanted`, definitely false)."""
        match condition:
            case All(parts=inner):
                return self._every(inner, wanted=True) if wanted else self._some(inner, wanted=False)
            case AnyOf(parts=inner):
                return self._some(inner, wanted=True) if wanted else self._every(inner, wanted=False)
            case Not(part=part):
                return self.cubes(part, wanted=not wanted)
            case Named(name=name, holds=holds):
                named = self.situation.protocol.conditions[name]
                return self._shared("condition", name, named, wanted=wanted == holds)
            case NotHeldBack(interrupt=name):
                when = self.situation.protocol.interrupts[name].when
                return self._shared("interrupt", name, when, wanted=not wanted)
            case Compare() if condition.fact in self.free:
                return self._compare(condition, wanted=wanted)
            case OnRecord(fact=fact) if fact in self.free:
                return [{(fact, ""): ~STAY if self._stays_off(fact) else -1}] if wanted else []
            case _:
                truth = evaluate(condition, self.situation).truth
                return [{}] if truth is (TRUE if wanted else FALSE) else []

    def support(self, cube: Cube) -> frozenset[str]:
        """The facts that a cube needs changed: those it does not allow to stay as they are."""
        return frozenset(fact for (fact, element), mask in cube.items() if not element and not mask & STAY)

    def supports(self, requirement: All) -> list[frozenset[str]]:
        """The smallest sets of facts whose change can make the requirement true, smallest first."""
        found = sorted((self.cubes(part) for part in requirement.parts), key=len)
        result: list[Cube] = [{}]
        for at, cubes in enumerate(found):
            later = {variable for rest in found[at + 1 :] for cube in rest for variable in cube}
            merged = [both for one in result for other in cubes if (both := meet(one, other)) is not None]
            result = self._fewest([_settled(cube, later) for cube in merged])
        needed = sorted({self.support(cube) for cube in result}, key=len)
        return [each for at, each in enumerate(needed) if not any(less <= each for less in needed[:at])]

    def _shared(self, kind: str, name: str, condition: Condition, *, wanted: bool) -> list[Cube]:
        key = (kind, name, wanted)
        if key not in self._memo:
            self._memo[key] = self.cubes(condition, wanted=wanted)
        return self._memo[key]

    def _some(self, inner: tuple[Condition, ...], *, wanted: bool) -> list[Cube]:
        return self._fewest([cube for part in inner for cube in self.cubes(part, wanted=wanted)])

    def _every(self, inner: tuple[Condition, ...], *, wanted: bool) -> list[Cube]:
        found = [self.cubes(part, wanted=wanted) for part in inner]
        result: list[Cube] = [{}]
        for cubes in sorted(found, key=len):
            result = self._fewest(
                [both for one in result for other in cubes if (both := meet(one, other)) is not None]
            )
        return result

    def _fewest(self, cubes: list[Cube]) -> list[Cube]:
        """Without the cubes that lie inside another; of very many, those that need fewest facts."""
        unique = list({frozenset(cube.items()): cube for cube in cubes}.values())
        unique.sort(key=lambda cube: (len(self.support(cube)), len(cube)))
        kept: list[Cube] = []
        for cube in unique[: MOST_CUBES * 2]:
            if not any(inside(cube, other) for other in kept):
                kept.append(cube)
        return kept

    def _compare(self, leaf: Compare, *, wanted: bool) -> list[Cube]:
        fact = self.situation.protocol.facts[leaf.fact]
        if fact.type is FactType.SET:
            return self._set(fact, leaf, wanted=wanted)
        now = evaluate(leaf, self.situation).truth
        mask = STAY if now is (TRUE if wanted else FALSE) else 0
        for at, value in enumerate(self.regions[leaf.fact], start=1):
            if compare_now(fact, leaf, value, self.situation.at, self.situation.calendar) is wanted:
                mask |= 1 << at
        return [{(leaf.fact, ""): mask}] if mask else []

    def _set(self, fact: Fact, leaf: Compare, *, wanted: bool) -> list[Cube]:
        """Sets by element: bit 1 is out, bit 2 is in; a set stays as it is only as a whole."""
        now = evaluate(leaf, self.situation).truth
        stay: list[Cube] = [{(fact.name, ""): STAY}] if now is (TRUE if wanted else FALSE) else []
        whole = leaf.operator is not Operator.INCLUDES
        if whole:
            inside_set: Any = leaf.values[0]
            same = (leaf.operator is Operator.IS) is wanted
        else:
            inside_set, same = frozenset(leaf.values), wanted
        elements = fact.values if whole else tuple(inside_set)
        bits = {(fact.name, each): 4 if each in inside_set else 2 for each in elements}
        changed = {(fact.name, ""): ~STAY}
        if same:
            return [*stay, {**changed, **bits}]
        return [*stay, *({**changed, key: 6 ^ bit} for key, bit in bits.items())]

    def _stays_off(self, fact: str) -> bool:
        reading = self.situation.read(fact)
        return reading.value is None or reading.presumed


def _settled(cube: Cube, later: set[Variable]) -> Cube:
    """The cube, in which a variable that nothing reads any more only says whether its fact changes."""
    return {
        variable: mask if variable in later else ~STAY
        for variable, mask in cube.items()
        if variable in later or not (mask & STAY or variable[1])
    }


def meet(one: Cube, other: Cube) -> Cube | None:
    """What lies in both cubes; None if nothing does."""
    both = dict(one)
    for variable, mask in other.items():
        joint = both.get(variable, -1) & mask
        if not joint:
            return None
        both[variable] = joint
    return both


def inside(cube: Cube, other: Cube) -> bool:
    """Whether all of a cube lies in another."""
    return all(variable in cube and not cube[variable] & ~mask for variable, mask in other.items())


def _leaves(condition: Condition, situation: Situation) -> Iterable[Compare]:
    seen: set[tuple[str, str]] = set()
    waiting: list[Condition] = [condition]
    while waiting:
        each = waiting.pop()
        match each:
            case Compare():
                yield each
            case Named(name=name) if ("condition", name) not in seen:
                seen.add(("condition", name))
                waiting.append(situation.protocol.conditions[name])
            case NotHeldBack(interrupt=name) if ("interrupt", name) not in seen:
                seen.add(("interrupt", name))
                waiting.append(situation.protocol.interrupts[name].when)
            case _:
                waiting += parts(each)


def representatives(fact: Fact, leaves: Iterable[Compare], situation: Situation) -> tuple[Any, ...]:
    """One value for each region of a fact's values that these comparisons can tell apart."""
    if fact.type is FactType.BOOLEAN:
        return (True, False)
    if fact.values:
        return fact.values + fact.also
    points = {value for leaf in leaves for value in _points(leaf, fact, situation)}
    if fact.type in NUMERIC:
        return tuple(_numbers(fact, sorted(points)))
    return tuple(_moments(fact, sorted(points)))


def _points(leaf: Compare, fact: Fact, situation: Situation) -> Iterable[Any]:
    for value in leaf.values:
        if not isinstance(value, Duration):
            yield value
        else:
            yield from _turning_points(fact, value, situation)


def _turning_points(fact: Fact, length: Duration, situation: Situation) -> Iterable[Any]:
    """The days or instants at which a comparison against now changes over, near enough to be bracketed."""
    days = {Unit.MINUTES: 1 / 1440, Unit.HOURS: 1 / 24, Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30.44}[
        length.unit
    ]
    now = situation.at.astimezone(situation.calendar.zone)
    turn = situation.at - timedelta(days=days * length.count)
    if fact.type is FactType.DATETIME:
        slack = timedelta(days=4) if length.unit is Unit.MONTHS else timedelta(hours=3)
        yield from (situation.at, turn - slack, turn, turn + slack)
    else:
        middle = turn.astimezone(situation.calendar.zone).date()
        yield now.date()
        yield from (middle + timedelta(days=shift) for shift in range(-4, 5))


def _numbers(fact: Fact, points: list[Any]) -> Iterable[Any]:
    low = fact.minimum if fact.minimum is not None else (points[0] - 1 if points else 0)
    high = fact.maximum if fact.maximum is not None else (points[-1] + 1 if points else 0)
    step: Any = 1 if fact.type is FactType.INTEGER else None
    edges = sorted({low, *points, high})
    for at, edge in enumerate(edges):
        yield edge
        if at + 1 < len(edges):
            gap = edge + step if step else _midway(edge, edges[at + 1])
            if edge < gap < edges[at + 1]:
                yield gap


def _midway(low: Decimal | int, high: Decimal | int) -> Decimal:
    # In a context of its own: the host's may round, and what is midway then is not between any more.
    with localcontext(Context(prec=4 * MOST_DIGITS)):
        return (Decimal(low) + Decimal(high)) / 2


def _moments(fact: Fact, points: list[Any]) -> Iterable[Any]:
    tiny = (
        timedelta(days=1)
        if fact.type not in DATED or fact.type is FactType.DATE
        else timedelta(microseconds=1)
    )
    seen: set[date | datetime] = set()
    for point in points:
        for value in (point - tiny, point, point + tiny):
            if value not in seen:
                seen.add(value)
                yield value
