"""Situations in which one atom of a guard decides, for the scenarios that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
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
    Visited,
    Visits,
)
from rupture_protocol.language.facts import UNKNOWN as NOT_KNOWN
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.scenarios.guards import Atom, Evaluation, Guards, Tree, is_promised
from rupture_protocol.scenarios.solving import every, leaves, solve, wanted

MOST_PLACES = 40
MOST_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """One imagined situation: what is asked about, what is on record, and what comes of it."""

    state: str
    trigger: str
    visited: tuple[str, ...]
    facts: dict[str, object]
    decision: Decision
    evaluation: Evaluation


class Imagining:
    """Imagines situations in which an atom decides."""

    def __init__(self, engine: Engine, guards: Guards, *, at: datetime) -> None:
        self.engine = engine
        self.guards = guards
        self.at = at
        self._containing: dict[int, list[Tree]] = {}
        for tree in guards.trees():
            for atom in tree.atoms:
                self._containing.setdefault(atom, []).append(tree)

    def deciding(self, number: int) -> Iterator[list[Shown]]:
        """Sets of situations of one option in which that atom decides: it is true, false and unknown."""
        atom = self.guards.atoms[number]
        for tree, requirement in self._requirements(number):
            for others in _others(requirement, atom.condition, self.engine.protocol):
                found = [
                    shown
                    for truth in _truths(atom)
                    if (shown := self._first(tree, number, truth, others)) is not None
                ]
                if len(found) > 1:
                    yield found

    def _requirements(self, number: int) -> Iterator[tuple[Tree, Condition]]:
        """What an option asks for; and, where a promise says the same as its guard, that without promises."""
        for tree in self._options(number):
            whole = tree.step.requirement
            own = All(tuple(part for part in whole.parts if not is_promised(part)), whole.path)
            yield tree, whole
            if own.parts != whole.parts:
                yield tree, own

    def _options(self, number: int) -> list[Tree]:
        """The options that read an atom: first those whose own guard it is in, then the shortest."""
        guard = self.guards.atoms[number].guard
        trees = sorted(
            self._containing.get(number, ()), key=lambda tree: (tree.step.trigger != guard, len(tree.atoms))
        )
        first: dict[object, Tree] = {}
        for tree in trees:
            first.setdefault(tree.step.defined.path, tree)
        return list(first.values())[:MOST_OPTIONS]

    def _first(self, tree: Tree, number: int, truth: Truth, others: tuple[Condition, ...]) -> Shown | None:
        for visited in self._places(tree):
            shown = self._shown(tree, number, truth, others, visited)
            if shown is not None and any(atom == number for atom, _, _ in shown.evaluation.decided()):
                return shown
        return None

    def _places(self, tree: Tree) -> Iterator[tuple[str, ...]]:
        """Where the case may have been, as far as the option asks: everywhere, nowhere, and in between."""
        asked: dict[str, int] = {}
        for leaf in leaves(tree.step.requirement, self.engine.protocol):
            if isinstance(leaf, Visited):
                asked.setdefault(leaf.state, 1)
            elif isinstance(leaf, Visits):
                asked[leaf.state] = max(leaf.values) + 1
        if asked.get(tree.step.state) == 1:
            del asked[tree.step.state]  # the case is there in any event
        names = list(asked)
        sizes = [len(names), *range(len(names))]
        places = (some for size in sizes for some in combinations(names, size))
        for at, some in enumerate(places):
            if at == MOST_PLACES:
                return
            yield tuple(state for state in some for _ in range(asked[state]))

    def _shown(
        self, tree: Tree, number: int, truth: Truth, others: tuple[Condition, ...], visited: tuple[str, ...]
    ) -> Shown | None:
        leaf = self.guards.atoms[number].condition
        state, trigger = tree.step.state, tree.step.trigger
        given: dict[str, object] = {}
        conditions, fixed = others, []
        if truth is not UNKNOWN:
            conditions = (*others, wanted(leaf, holds=truth is TRUE))
        elif isinstance(leaf, Compare | OnRecord):
            fixed = [leaf.fact]
            conditions = tuple(each for each in others if not _is_about(each, leaf.fact))
            given = dict.fromkeys(fixed, NOT_KNOWN) if self._presumed(leaf.fact) else {}
        case = self.engine.imagine(state=state, visited=visited, facts=given)
        situation = self.engine.decide(case, at=self.at).situation
        facts = solve(every(conditions), situation, fixed=fixed)
        if facts is None:
            return None
        given.update(facts)
        decision = self.engine.decide(
            self.engine.imagine(state=state, visited=visited, facts=given), at=self.at
        )
        evaluation = Evaluation(tree, self.guards.truths(tree, decision.situation))
        return Shown(state, trigger, visited, given, decision, evaluation)

    def _presumed(self, fact: str) -> bool:
        return self.engine.protocol.facts[fact].presume is not None


def _truths(atom: Atom) -> tuple[Truth, ...]:
    truths = [TRUE]
    truths += [FALSE] if atom.can_be_false else []
    truths += [UNKNOWN] if atom.can_be_unknown else []
    return tuple(truths)


def _others(condition: Condition, leaf: Leaf, protocol: Protocol) -> Iterator[tuple[Condition, ...]]:
    """What must hold besides, so that the leaf decides: one tuple for each place where it is read."""
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            holds = isinstance(condition, All)
            for part in parts:
                besides = [
                    each
                    for other in parts
                    if other is not part and not _reads(other, leaf, protocol)
                    for each in _apart(other, protocol, holds=holds)
                ]
                for inner in _others(part, leaf, protocol):
                    yield (*besides, *inner)
        case Not(part=part):
            yield from _others(part, leaf, protocol)
        case Named(name=name):
            yield from _others(protocol.conditions[name], leaf, protocol)
        case NotHeldBack(interrupt=name):
            yield from _others(protocol.interrupts[name].when, leaf, protocol)
        case _:
            if condition == leaf and condition.path == leaf.path:
                yield ()


def _apart(condition: Condition, protocol: Protocol, *, holds: bool) -> Iterator[Condition]:
    """What must each be so for a condition to hold, or not to."""
    match condition:
        case All(parts=parts) if holds:
            for part in parts:
                yield from _apart(part, protocol, holds=True)
        case AnyOf(parts=parts) if not holds:
            for part in parts:
                yield from _apart(part, protocol, holds=False)
        case Not(part=part):
            yield from _apart(part, protocol, holds=not holds)
        case Named(name=name, holds=named):
            yield from _apart(protocol.conditions[name], protocol, holds=holds is named)
        case NotHeldBack(interrupt=name):
            yield from _apart(protocol.interrupts[name].when, protocol, holds=not holds)
        case _:
            yield wanted(condition, holds=holds)


def _is_about(condition: Condition, fact: str) -> bool:
    inner = condition.part if isinstance(condition, Not) else condition
    return isinstance(inner, Compare | OnRecord) and inner.fact == fact


def _reads(condition: Condition, leaf: Leaf, protocol: Protocol) -> bool:
    return any(each == leaf and each.path == leaf.path for each in leaves(condition, protocol))
