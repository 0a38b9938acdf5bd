"""Sets of situations as multi-valued decision diagrams: one level a variable, one child a region.

A set is a whole number: `EMPTY`, `FULL`, or a node. Nodes are hash-consed, so two sets that are equal are
the same number, and every operation is remembered. A diagram that would grow past the budget raises
`TooLarge`: what it was for is then *not decided*, never silently fine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

EMPTY: Final = 0
FULL: Final = 1
_BOTTOM: Final = 1 << 30
"""The level of `EMPTY` and `FULL`: below every variable."""

Sources = tuple[tuple[int, ...], ...]
"""For each region of a variable, the regions that it may come from."""


Cost = Callable[[int], int | None]
"""What the cheapest way through a node costs; None where there is none."""


class TooLarge(Exception):
    """A proof needs more nodes than its budget allows."""


@dataclass(slots=True, eq=False)
class Relation:
    """How each variable may move by itself; one that is not listed stays, one with None may move anywhere.

    INVARIANT: every region has a source, so a set that does not depend on a variable never comes to.
    """

    sources: Mapping[int, Sources | None]
    last: int = field(init=False)
    memo: dict[int, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.last = max(self.sources, default=-1)

    def turned(self) -> Relation:
        """The relation the other way round."""
        return Relation(
            {level: None if each is None else _turned(each) for level, each in self.sources.items()}
        )


def _turned(sources: Sources) -> Sources:
    return tuple(
        tuple(to for to, froms in enumerate(sources) if start in froms) for start in range(len(sources))
    )


class Diagrams:
    """The nodes of one proof.

    Args:
        sizes: How many regions each variable has, from the top level down.
        budget: The most nodes that may be made.
    """

    def __init__(self, sizes: Sequence[int], *, budget: int) -> None:
        self.sizes = tuple(sizes)
        self.budget = budget
        self._levels = [_BOTTOM, _BOTTOM]
        self._kids: list[tuple[int, ...]] = [(), ()]
        self._unique: dict[tuple[int, tuple[int, ...]], int] = {}
        self._and: dict[tuple[int, int], int] = {}
        self._or: dict[tuple[int, int], int] = {}
        self._not: dict[int, int] = {EMPTY: FULL, FULL: EMPTY}
        self._after: dict[tuple[int, int, tuple[int, ...]], int] = {}
        self._shares: dict[int, float] = {EMPTY: 0.0, FULL: 1.0}
        self._supports: dict[int, frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._kids)

    def level(self, node: int) -> int:
        """The topmost variable that a set depends on."""
        return self._levels[node]

    def kids(self, node: int) -> tuple[int, ...]:
        """What is left of a set for each region of its topmost variable."""
        return self._kids[node]

    def node(self, level: int, kids: Iterable[int]) -> int:
        """The set that is, for each region of a variable, one of these."""
        given = tuple(kids)
        first = given[0]
        if given.count(first) == len(given):
            return first
        key = (level, given)
        found = self._unique.get(key)
        if found is None:
            found = len(self._kids)
            if found >= self.budget:
                raise TooLarge
            self._unique[key] = found
            self._levels.append(level)
            self._kids.append(given)
        return found

    def regions(self, level: int, wanted: Iterable[int]) -> int:
        """The set in which a variable is in one of these regions."""
        inside = set(wanted)
        return self.node(level, [FULL if at in inside else EMPTY for at in range(self.sizes[level])])

    def both(self, one: int, other: int) -> int:
        """What lies in both sets."""
        if one == other or other == FULL:
            return one
        if one == FULL:
            return other
        if not one or not other:
            return EMPTY
        key = (one, other) if one < other else (other, one)
        found = self._and.get(key)
        if found is None:
            level, pairs = self._paired(one, other)
            found = self._and[key] = self.node(level, [self.both(left, right) for left, right in pairs])
        return found

    def either(self, one: int, other: int) -> int:
        """What lies in one of two sets."""
        if one == other or not other:
            return one
        if not one:
            return other
        if one == FULL or other == FULL:
            return FULL
        key = (one, other) if one < other else (other, one)
        found = self._or.get(key)
        if found is None:
            level, pairs = self._paired(one, other)
            found = self._or[key] = self.node(level, [self.either(left, right) for left, right in pairs])
        return found

    def _paired(self, one: int, other: int) -> tuple[int, Iterable[tuple[int, int]]]:
        left, right = self._levels[one], self._levels[other]
        if left == right:
            return left, zip(self._kids[one], self._kids[other], strict=True)
        if left < right:
            return left, [(kid, other) for kid in self._kids[one]]
        return right, [(one, kid) for kid in self._kids[other]]

    def outside(self, one: int) -> int:
        """What does not lie in a set."""
        found = self._not.get(one)
        if found is None:
            found = self.node(self._levels[one], [self.outside(kid) for kid in self._kids[one]])
            self._not[one] = found
            self._not[found] = one
        return found

    def without(self, one: int, other: int) -> int:
        """What lies in the first set and not in the other."""
        return self.both(one, self.outside(other)) if one else EMPTY

    def all_of(self, sets: Iterable[int]) -> int:
        """What lies in all of these sets."""
        result = FULL
        for each in sets:
            result = self.both(result, each)
        return result

    def any_of(self, sets: Iterable[int]) -> int:
        """What lies in any of these sets."""
        result = EMPTY
        for each in sets:
            result = self.either(result, each)
        return result

    def moved(self, one: int, relation: Relation) -> int:
        """All that can be reached from a set by moving each variable as the relation says."""
        level = self._levels[one]
        if level > relation.last:
            return one
        found = relation.memo.get(one)
        if found is None:
            kids = [self.moved(kid, relation) for kid in self._kids[one]]
            if level not in relation.sources:
                found = self.node(level, kids)
            else:
                sources = relation.sources[level]
                if sources is None:
                    found = self.any_of(set(kids))
                else:
                    found = self.node(
                        level, [self.any_of({kids[start] for start in froms}) for froms in sources]
                    )
            relation.memo[one] = found
        return found

    def before(self, one: int, step: Mapping[int, tuple[int, ...]]) -> int:
        """What a step leads into a set: each variable goes from a region to the one that `step` gives."""
        return self._before(one, step, max(step, default=-1), {})

    def _before(self, one: int, step: Mapping[int, tuple[int, ...]], last: int, memo: dict[int, int]) -> int:
        level = self._levels[one]
        if level > last:
            return one
        found = memo.get(one)
        if found is None:
            kids = [self._before(kid, step, last, memo) for kid in self._kids[one]]
            to = step.get(level)
            found = memo[one] = self.node(level, kids if to is None else [kids[each] for each in to])
        return found

    def after(self, one: int, level: int, to: tuple[int, ...]) -> int:
        """Where a step leads from a set, in which one variable goes from each region to the one in `to`."""
        if not one:
            return EMPTY
        key = (one, level, to)
        found = self._after.get(key)
        if found is None:
            here = self._levels[one]
            if here < level:
                found = self.node(here, [self.after(kid, level, to) for kid in self._kids[one]])
            else:
                kids = self._kids[one] if here == level else (one,) * len(to)
                found = self.node(level, [self._arriving(kids, to, region) for region in range(len(to))])
            self._after[key] = found
        return found

    def _arriving(self, kids: tuple[int, ...], to: tuple[int, ...], region: int) -> int:
        return self.any_of(kids[start] for start, end in enumerate(to) if end == region)

    def holds(self, one: int, regions: Sequence[int]) -> bool:
        """Whether the situation with these regions, one a level, lies in a set."""
        while one > FULL:
            one = self._kids[one][regions[self._levels[one]]]
        return one == FULL

    def cheapest(self, one: int, costs: Sequence[Sequence[int | None]]) -> dict[int, int] | None:
        """The regions, by level, that lie in a set and together cost least; None where none is allowed.

        Args:
            costs: For each level what each region costs, None where it is not allowed. What a level
                costs that the way does not pass is not counted: it may stay as it is.
        """
        memo: dict[int, tuple[int, int] | None] = {}

        def cost(node: int) -> int | None:
            if node <= FULL:
                return 0 if node else None
            if node not in memo:
                memo[node] = self._least(node, costs[self._levels[node]], cost)
            found = memo[node]
            return None if found is None else found[0]

        if cost(one) is None:
            return None
        chosen: dict[int, int] = {}
        while one > FULL:
            found = memo[one]
            if found is None:
                return None
            chosen[self._levels[one]] = found[1]
            one = self._kids[one][found[1]]
        return chosen

    def _least(self, node: int, own: Sequence[int | None], cost: Cost) -> tuple[int, int] | None:
        best: tuple[int, int] | None = None
        for region, kid in enumerate(self._kids[node]):
            here = own[region]
            below = cost(kid) if here is not None else None
            if here is not None and below is not None and (best is None or here + below < best[0]):
                best = (here + below, region)
        return best

    def share(self, one: int) -> float:
        """Which part of all combinations of regions lies in a set."""
        found = self._shares.get(one)
        if found is None:
            kids = self._kids[one]
            found = self._shares[one] = sum(map(self.share, kids)) / len(kids)
        return found

    def support(self, one: int) -> frozenset[int]:
        """The levels that a set depends on."""
        found = self._supports.get(one)
        if found is None:
            below = {self.support(kid) for kid in set(self._kids[one])}
            found = frozenset({self._levels[one]}).union(*below) if one > FULL else frozenset()
            self._supports[one] = found
        return found
