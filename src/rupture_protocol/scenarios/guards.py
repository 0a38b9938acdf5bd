"""The guards of a protocol as trees of atoms, and when an atom decides (`docs/scenarios.md`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.cubes import representatives
from rupture_protocol.engine.evaluate import Situation, compare_now, evaluate
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.engine.truth import (
    FALSE,
    TRUE,
    UNKNOWN,
    Truth,
    conjunction,
    disjunction,
    negation,
    truth_of,
)
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Leaf,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
)
from rupture_protocol.language.facts import FactType
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path

AND, OR, NOT, ATOM = "and", "or", "not", "atom"
SOMEWHEN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The moment at which dates are compared with now: which patterns of truths there are is the same at any."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison, visit or need, as it is written once in the file, and the guard it is written in."""

    condition: Leaf
    guard: str

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self.condition.path

    @property
    def can_be_false(self) -> bool:
        """Whether it can come to false: a need is on record, or not known."""
        return not isinstance(self.condition, OnRecord)

    @property
    def can_be_unknown(self) -> bool:
        """Whether it can come to unknown: what a case has visited is always known."""
        return isinstance(self.condition, Compare | OnRecord)


def values_of(protocol: Protocol, fact: str, compares: Iterable[Compare]) -> tuple[Any, ...]:
    """One value of a fact for each region that these comparisons tell apart; some value without any."""
    listed = list(compares)
    if not listed:
        return (None,)
    if protocol.facts[fact].type is FactType.SET:
        return tuple(_sets(frozenset(protocol.facts[fact].values), listed))
    return representatives(protocol.facts[fact], listed, _somewhen(protocol))


def _sets(whole: frozenset[str], compares: list[Compare]) -> Iterator[frozenset[str]]:
    yield from (frozenset(), whole)
    for each in sorted(whole):
        yield from (frozenset({each}), whole - {each})
    for compare in compares:
        yield from (value for value in compare.values if isinstance(value, frozenset))


def truth_for(protocol: Protocol, condition: Leaf, value: Any) -> Truth:
    """What an atom that reads a fact comes to when the fact has that value."""
    if not isinstance(condition, Compare):
        return TRUE  # a need: it is on record
    now = _somewhen(protocol)
    return truth_of(compare_now(protocol.facts[condition.fact], condition, value, now.at, now.calendar))


def _somewhen(protocol: Protocol) -> Situation:
    return Situation(protocol, protocol.initial, NOTHING, NOTHING, SOMEWHEN, Calendar())


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node of an option's tree. Names and interrupts are followed; what is used twice is shared."""

    kind: str
    parts: tuple[Node, ...] = ()
    atom: int = -1
    atoms: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """What an option requires, its promises aside: they are proved, not tested.

    For an atom that reads a fact, `known` lists what all atoms of that fact come to under each of its
    values, and `unknown` what they come to while it is not on record.
    """

    step: Step
    root: Node
    atoms: tuple[int, ...]
    known: Mapping[int, tuple[Mapping[int, Truth], ...]]
    unknown: Mapping[int, Mapping[int, Truth]]


def is_promised(part: Condition) -> bool:
    """Whether a part of a requirement is there because of a promise."""
    return part.path[:1] == ("promises",)


class Guards:
    """Every option's tree, and the atoms that are written in the guards of a protocol.

    `atoms` are those of transitions (`when` and `needs`), of interrupts, and of the named conditions that
    these read.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.atoms: list[Atom] = []
        self._numbers: dict[tuple[Path, Leaf], int] = {}
        self._shared: dict[tuple[str, str], Node] = {}
        self._trees: dict[tuple[str, str], Tree] = {}
        self._together: dict[tuple[int, ...], tuple[Mapping[int, Truth], ...]] = {}
        for state in protocol.states:
            for step in steps_from(protocol, state):
                self._trees[state, step.trigger] = self._tree(step)

    def tree(self, state: str, trigger: str) -> Tree:
        """The tree of an option."""
        return self._trees[state, trigger]

    def trees(self) -> Iterator[Tree]:
        """The tree of every option of every state."""
        yield from self._trees.values()

    def truths(self, tree: Tree, situation: Situation) -> dict[int, Truth]:
        """What every atom of an option comes to."""
        return {at: evaluate(self.atoms[at].condition, situation).truth for at in tree.atoms}

    # Building -------------------------------------------------------------------------------------

    def _tree(self, step: Step) -> Tree:
        kept = tuple(part for part in step.requirement.parts if not is_promised(part))
        root = self._node(All(kept, step.defined.path), step.trigger)
        atoms = tuple(sorted(root.atoms))
        known: dict[int, tuple[Mapping[int, Truth], ...]] = {}
        unknown: dict[int, Mapping[int, Truth]] = {}
        for fact, together in self._by_fact(atoms).items():
            patterns = self._patterns(fact, together)
            known.update(dict.fromkeys(together, patterns))
            unknown.update(dict.fromkeys(together, dict.fromkeys(together, UNKNOWN)))
        return Tree(step, root, atoms, known, unknown)

    def _by_fact(self, atoms: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for atom in atoms:
            condition = self.atoms[atom].condition
            if isinstance(condition, Compare | OnRecord):
                found[condition.fact] = (*found.get(condition.fact, ()), atom)
        return found

    def _patterns(self, fact: str, atoms: tuple[int, ...]) -> tuple[Mapping[int, Truth], ...]:
        """What these atoms of one fact can come to together when it is known."""
        found = self._together.get(atoms)
        if found is None:
            conditions = {atom: self.atoms[atom].condition for atom in atoms}
            compares = [each for each in conditions.values() if isinstance(each, Compare)]
            distinct: dict[tuple[Truth, ...], None] = {}
            for value in values_of(self.protocol, fact, compares):
                distinct[tuple(truth_for(self.protocol, each, value) for each in conditions.values())] = None
            found = tuple(dict(zip(atoms, truths, strict=True)) for truths in distinct)
            self._together[atoms] = found
        return found

    def _node(self, condition: Condition, guard: str) -> Node:
        match condition:
            case All(parts=parts):
                return _node(AND, *(self._node(part, guard) for part in parts))
            case AnyOf(parts=parts):
                return _node(OR, *(self._node(part, guard) for part in parts))
            case Not(part=part):
                return _node(NOT, self._node(part, guard))
            case Named(name=name, holds=holds):
                named = self._share("condition", name, self.protocol.conditions[name])
                return named if holds else _node(NOT, named)
            case NotHeldBack(interrupt=name):
                return _node(NOT, self._share("interrupt", name, self.protocol.interrupts[name].when))
            case _:
                number = self._number(condition, guard)
                return Node(ATOM, (), number, frozenset({number}))

    def _share(self, kind: str, name: str, condition: Condition) -> Node:
        node = self._shared.get((kind, name))
        if node is None:
            node = self._shared[kind, name] = self._node(condition, name)
        return node

    def _number(self, leaf: Leaf, guard: str) -> int:
        number = self._numbers.setdefault((leaf.path, leaf), len(self.atoms))
        if number == len(self.atoms):
            self.atoms.append(Atom(leaf, guard))
        return number


def _node(kind: str, *parts: Node) -> Node:
    return Node(kind, parts, -1, frozenset().union(*(part.atoms for part in parts)))


@dataclass(slots=True)
class Evaluation:
    """One evaluation of an option: what it came to, and what it would come to if something were otherwise."""

    tree: Tree
    truths: dict[int, Truth]
    truth: Truth = field(init=False)
    _base: dict[int, Truth] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.truth = self._of(self.tree.root)

    def otherwise(self, changes: Mapping[int, Truth]) -> Truth:
        """What it would come to if these atoms, wherever they are read, came to something else."""
        return self._changed(self.tree.root, changes, frozenset(changes))

    def decided(self) -> Iterator[tuple[int, Truth, Truth]]:
        """Every atom that decides: its number, its truth, and another that would change the outcome.

        True and false change places for the atom alone. Where a fact is not known, no atom that reads it is:
        so they become known, or unknown, together.
        """
        for atom, truth in self.truths.items():
            if truth is UNKNOWN:
                if self._turns_on(self.tree.known.get(atom, ())):
                    yield from ((atom, UNKNOWN, known) for known in (TRUE, FALSE))
                continue
            matters = self.otherwise({atom: negation(truth)}) is not self.truth
            if matters:
                yield atom, truth, negation(truth)
            unknown = self.tree.unknown.get(atom)
            alone = matters or self.otherwise({atom: UNKNOWN}) is not self.truth
            if unknown is not None and alone and self.otherwise(unknown) is not self.truth:
                yield atom, truth, UNKNOWN

    def _turns_on(self, patterns: Iterable[Mapping[int, Truth]]) -> bool:
        return any(self.otherwise(pattern) is not self.truth for pattern in patterns)

    def _of(self, node: Node) -> Truth:
        key = id(node)
        found = self._base.get(key)
        if found is None:
            found = self._base[key] = self._combine(node, [self._of(part) for part in node.parts])
        return found

    def _changed(self, node: Node, changes: Mapping[int, Truth], atoms: frozenset[int]) -> Truth:
        if atoms.isdisjoint(node.atoms):
            return self._of(node)
        if node.kind == ATOM:
            return changes[node.atom]
        return self._combine(node, [self._changed(part, changes, atoms) for part in node.parts])

    def _combine(self, node: Node, parts: list[Truth]) -> Truth:
        match node.kind:
            case "and":
                return conjunction(parts)
            case "or":
                return disjunction(parts)
            case "not":
                return negation(parts[0])
            case _:
                return self.truths[node.atom]
