"""Two protocols over one set of situations: what each makes of a situation can then be compared.

A fact that both define the same is one variable, cut where either compares it. Where they differ, a value
that only one of them knows cannot be on record in the other, and counts there as not recorded; so does a
fact that only one of them has, which the other never reads. A fact of another type is another fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

from rupture_protocol.errors import ValueRefused
from rupture_protocol.language.comparing import compare
from rupture_protocol.language.conditions import Compare, Condition, OnRecord, Operator
from rupture_protocol.language.facts import DATED, LISTED, NUMERIC, Fact, FactType, Value
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.diagram import EMPTY, FULL, Diagrams, TooLarge
from rupture_protocol.prover.readings import Readings, leaves_of
from rupture_protocol.prover.regions import (
    FactVariable,
    Variable,
    VisitsVariable,
    variables_of,
)
from rupture_protocol.prover.space import decisive


@dataclass(frozen=True, slots=True)
class SideFact(FactVariable):
    """A fact as one of two protocols reads it, over the regions that both share."""

    own: Fact = field(kw_only=True)

    def where(self, leaf: Compare, *, holds: bool) -> list[int]:
        """The regions in which a comparison is definitely true (or definitely false) on this side."""
        found = [region for region in self.recorded() if self._comes_to(leaf, region) is holds]
        return [*self._never(leaf, holds=holds), *found]

    def _never(self, leaf: Compare, *, holds: bool) -> Iterable[int]:
        """The regions of what was never recorded, where what this side presumes compares so."""
        presumed = self.own.presume
        if presumed is None:
            return ()
        if self.timeline is not None:
            at = self.leaves.index(leaf)
            return (region for region, each in enumerate(self.never, start=1) if each[at] is holds)
        return [1] if compare(self.own, leaf.operator, presumed, leaf.values) is holds else ()

    def recorded(self) -> Sequence[int]:
        """The regions in which it is on record: only values that this side knows."""
        values = enumerate(self.values, start=self.first)
        return [region for region, value in values if knows(self.own, value)]

    def _comes_to(self, leaf: Compare, region: int) -> bool:
        if self.fact.type in DATED:
            return self.patterns[region - self.first][self.leaves.index(leaf)]
        return compare(self.own, leaf.operator, self.values[region - self.first], leaf.values)


def knows(fact: Fact, value: Value) -> bool:
    """Whether a value can be recorded of a fact."""
    try:
        fact.parse(value)
    except ValueRefused:
        return False
    return True


class Joint:
    """The situations of two protocols, and what the conditions of each come to in them.

    Args:
        old: As `load` returns it.
        new: As `load` returns it.
        budget: The most nodes that may be made.

    Raises:
        TooLarge: They do not fit.
    """

    def __init__(self, old: Protocol, new: Protocol, budget: int) -> None:
        self.protocols = (old, new)
        self.both, self.variables, sides = _variables(old, new)
        self.sets = Diagrams([each.size for each in self.variables], budget=budget)
        self.old = Readings(old, self.sets, sides[0])
        self.new = Readings(new, self.sets, sides[1])
        self.costs = [_costs(each) for each in self.variables]
        self._inside: dict[str, int] = {}
        self._shares: dict[int, float] = {EMPTY: 0.0, FULL: 1.0}

    def inside(self, state: str) -> int:
        """The situations in which a case can be in a state: it has been there, and where cases begin."""
        found = self._inside.get(state)
        if found is None:
            been = {state}
            if len({each.initial for each in self.protocols}) == 1:
                been.add(self.protocols[0].initial)
            found = FULL
            for level, each in enumerate(self.variables):
                if isinstance(each, VisitsVariable) and each.state in been:
                    found = self.sets.both(found, self.sets.regions(level, range(1, each.size)))
            self._inside[state] = found
        return found

    def share(self, one: int) -> float:
        """Which part of all kinds of situation lies in a set: each region counts the same."""
        found = self._shares.get(one)
        if found is None:
            kids = self.sets.kids(one)
            found = self._shares[one] = sum(map(self.share, kids)) / len(kids)
        return found

    def speaks(self, level: int) -> Protocol:
        """The protocol whose words name a variable: both, or the one that has a fact of that type."""
        variable = self.variables[level]
        if not isinstance(variable, FactVariable):
            return self.both
        fact, (old, new) = variable.fact, self.protocols
        if (
            fact.name in old.facts
            and fact.name in new.facts
            and old.facts[fact.name].type != (new.facts[fact.name].type)
        ):
            return old if old.facts[fact.name].type is fact.type else new
        return self.both


def _costs(variable: Variable) -> list[int]:
    """What each region costs in a case that is told: nothing where nothing has to be recorded."""
    if not isinstance(variable, FactVariable):
        return list(range(variable.size))
    unrecorded = range(1, variable.first) if variable.never else range(1)
    return [0 if region in unrecorded else 1 for region in range(variable.size)]


Sides = tuple[tuple[Variable, ...], tuple[Variable, ...]]


def _variables(old: Protocol, new: Protocol) -> tuple[Protocol, tuple[Variable, ...], Sides]:
    apart = {name for name in old.facts if name in new.facts and old.facts[name].type != new.facts[name].type}
    leaves = [list(_leaves(each)) for each in (old, new)]
    facts: dict[str, Fact] = {**old.facts, **new.facts}
    more: list[Condition] = []
    for name in old.facts.keys() & new.facts.keys() - apart:
        facts[name], cuts = _merged(old.facts[name], new.facts[name])
        more += cuts
    both = replace(new, states={**old.states, **new.states}, facts=facts)
    read = {_fact_of(leaf) for side in leaves for leaf in side}
    shared = [leaf for leaf in (*leaves[0], *leaves[1]) if _fact_of(leaf) not in apart]
    joint = variables_of(both, [*shared, *(leaf for leaf in more if _fact_of(leaf) in read)])
    sides = [[_side(each, protocol) for each in joint] for protocol in (old, new)]
    alone = [
        variables_of(protocol, [leaf for leaf in listed if _fact_of(leaf) in apart])
        for protocol, listed in zip((old, new), leaves, strict=True)
    ]
    before = [*sides[0], *alone[0], *map(_unread, alone[1])]
    after = [*sides[1], *map(_unread, alone[0]), *alone[1]]
    return both, (*joint, *alone[0], *alone[1]), (tuple(before), tuple(after))


def _unread(variable: Variable) -> Variable:
    """The other version's fact of the same name, under a name that no condition can have."""
    if not isinstance(variable, FactVariable):
        return variable
    return replace(variable, fact=replace(variable.fact, name=f"other {variable.fact.name}"))


def _leaves(protocol: Protocol) -> Iterator[Condition]:
    yield from decisive(protocol)
    seen: set[str] = set()
    for deadline in protocol.deadlines.values():
        if deadline.when is not None:
            yield from leaves_of(deadline.when, protocol, seen)


def _fact_of(leaf: Condition) -> str | None:
    return leaf.fact if isinstance(leaf, Compare | OnRecord) else None


def _merged(old: Fact, new: Fact) -> tuple[Fact, list[Condition]]:
    """One fact that has the values of both, and the cuts that keep apart what only one of them knows."""
    presume = old.presume if old.presume is not None else new.presume
    labels = {**old.labels, **new.labels}
    merged, cuts = replace(new, presume=presume, labels=labels), list[Condition]()
    if new.type in LISTED and (old.values, old.also) != (new.values, new.also):
        values = tuple(dict.fromkeys((*old.values, *old.also, *new.values, *new.also)))
        merged = replace(merged, values=values, also=())
        operator = Operator.INCLUDES if new.type is FactType.SET else Operator.IS
        cuts += [Compare(new.name, operator, (each,)) for each in values]
    if new.type in NUMERIC and (old.minimum, old.maximum) != (new.minimum, new.maximum):
        lows = [each for each in (old.minimum, new.minimum) if each is not None]
        highs = [each for each in (old.maximum, new.maximum) if each is not None]
        merged = replace(
            merged,
            minimum=min(lows) if len(lows) == 2 else None,
            maximum=max(highs) if len(highs) == 2 else None,
        )
        cuts += [Compare(new.name, Operator.AT_LEAST, (each,)) for each in lows]
        cuts += [Compare(new.name, Operator.AT_MOST, (each,)) for each in highs]
    return merged, cuts


def _side(variable: Variable, protocol: Protocol) -> Variable:
    if not isinstance(variable, FactVariable):
        return variable
    own = protocol.facts.get(variable.fact.name)
    if own is None or _alike(own, variable.fact):
        return variable
    if variable.timeline is not None and own.presume is not None and own.presume != variable.fact.presume:
        # What one version presumes is older than the other's by a time that the regions do not tell.
        raise TooLarge(f"`{own.name}` is held against now, and each version presumes another date")
    told = (getattr(variable, each.name) for each in fields(FactVariable))
    return SideFact(*told, own=own)


def _alike(one: Fact, other: Fact) -> bool:
    return _domain(one) == _domain(other)


def _domain(fact: Fact) -> tuple[object, ...]:
    return fact.values, fact.also, fact.minimum, fact.maximum, fact.presume
