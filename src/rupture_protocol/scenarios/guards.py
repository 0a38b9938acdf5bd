"""The guards of a protocol as trees of atoms, and when an atom decides. `docs/scenarios.md` defines the terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth, conjunction, disjunction, negation
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
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path

AND, OR, NOT, ATOM = "and", "or", "not", "atom"
TRUTHS: Final = (TRUE, FALSE, UNKNOWN)


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


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One node of an option's tree. Names and interrupts are followed, and shared where they are used twice."""

    kind: str
    parts: tuple[Node, ...] = ()
    atom: int = -1
    atoms: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """What an option requires, its promises aside: they are proved, not tested."""

    step: Step
    root: Node
    atoms: tuple[int, ...]


class Guards:
    """Every option's tree, and the atoms that are written in the guards of a protocol.

    `atoms` are those of transitions (`when` and `needs`), of interrupts, and of the named conditions that these
    read, in file order.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.atoms: list[Atom] = []
        self._numbers: dict[tuple[Path, Leaf], int] = {}
        self._shared: dict[tuple[str, str], Node] = {}
        self._trees: dict[tuple[str, str], Tree] = {}
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
        kept = tuple(part for part in step.requirement.parts if part.path[:1] != ("promises",))
        root = self._node(All(kept, step.defined.path), step.trigger)
        return Tree(step, root, tuple(sorted(root.atoms)))

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
    """One evaluation of an option: what it came to, and what it would come to if one atom were otherwise."""

    tree: Tree
    truths: dict[int, Truth]
    truth: Truth = field(init=False)
    _base: dict[int, Truth] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.truth = self._of(self.tree.root)

    def otherwise(self, atom: int, truth: Truth) -> Truth:
        """What it would come to if that atom alone, wherever it is read, came to `truth`."""
        return self._changed(self.tree.root, atom, truth)

    def decided(self) -> Iterator[tuple[int, Truth, Truth]]:
        """Every atom that decides: its number, its truth, and another that would change the outcome."""
        for atom, truth in self.truths.items():
            for other in TRUTHS:
                if other is not truth and self.otherwise(atom, other) is not self.truth:
                    yield atom, truth, other

    def _of(self, node: Node) -> Truth:
        key = id(node)
        found = self._base.get(key)
        if found is None:
            found = self._base[key] = self._combine(node, [self._of(part) for part in node.parts])
        return found

    def _changed(self, node: Node, atom: int, truth: Truth) -> Truth:
        if node.atom == atom:
            return truth
        if atom not in node.atoms:
            return self._of(node)
        return self._combine(node, [self._changed(part, atom, truth) for part in node.parts])

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
