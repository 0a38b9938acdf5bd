"""Conditions that are never true, always true, or parts of which never matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rupture_protocol.check.diagram import EMPTY, FULL
from rupture_protocol.check.proof import Proof
from rupture_protocol.check.readings import Reading, Wanted
from rupture_protocol.check.results import Finding, Results, issue_at
from rupture_protocol.language.conditions import All, AnyOf, Condition, Not, parts
from rupture_protocol.language.source import Path

NAMED = "every named condition can be true, and can be false"
PARTS = "every part of a guard matters somewhere"


def check(proof: Proof) -> Results:
    """A result for named conditions, and one for the parts of guards."""
    yield proof.result("conditions_vary", NAMED, partial(_constant, proof), ("conditions",))
    yield proof.result("parts_matter", PARTS, partial(_idle, proof), ("states",))


def _constant(proof: Proof) -> Iterator[Finding]:
    states = tuple(proof.safety.total)
    for name, condition in proof.protocol.conditions.items():
        path = ("conditions", name)
        if not _anywhere(proof, states, proof.space.readings.factors(condition)):
            message = f"`{name}` is never true, in no situation that a case can come to"
            yield Finding(issue_at(proof.protocol, "never-true", message, path))
        elif not _anywhere(proof, states, proof.space.readings.factors(condition, Wanted.FALSE)):
            message = f"`{name}` is never false, in no situation that a case can come to"
            yield Finding(issue_at(proof.protocol, "always-true", message, path))


def _anywhere(proof: Proof, states: Sequence[str], factors: Sequence[int]) -> bool:
    return any(proof.possible(proof.safety, state, factors) for state in states)


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """A condition as it is written, what it is called, and the states where it is read."""

    called: str
    root: Condition
    states: tuple[str, ...]


def _idle(proof: Proof) -> Iterator[Finding]:
    for tree in _trees(proof):
        if len(list(_leaves(tree.root))) < 2:
            continue
        for way in _leaves(tree.root):
            if _worth_a_look(proof, way) and _never_matters(proof, tree, way):
                leaf = way[-1]
                message = (
                    f"a part of {tree.called} never matters: without it, the same would be so everywhere"
                )
                path: Path = getattr(leaf, "path", ())
                yield Finding(issue_at(proof.protocol, "never-matters", message, path, help=_HELP))


_HELP = "leave it out, or look whether something else was meant"


def _trees(proof: Proof) -> Iterator[_Tree]:
    protocol = proof.protocol
    everywhere = tuple(state for state in proof.safety.total if not protocol.states[state].final)
    for name, condition in protocol.conditions.items():
        yield _Tree(f"`{name}`", condition, everywhere)
    offered: dict[int, list[str]] = {}
    for move in proof.moves:
        if move.state in proof.safety.total:
            offered.setdefault(id(move.step.defined), []).append(move.state)
    seen: set[int] = set()
    for move in proof.moves:
        defined = move.step.defined
        if defined.when is not None and id(defined) in offered and id(defined) not in seen:
            seen.add(id(defined))
            yield _Tree(f"the guard of `{defined.trigger}`", defined.when, tuple(offered[id(defined)]))


_Way = tuple[Condition, ...]
"""From the root of a tree down to one leaf."""


def _leaves(root: Condition) -> Iterator[_Way]:
    inner = parts(root)
    if not inner:
        yield (root,)
    for part in inner:
        for way in _leaves(part):
            yield (root, *way)


def _worth_a_look(proof: Proof, way: _Way) -> bool:
    """Whether a part may be idle at all: what nothing beside it depends on always matters somewhere."""
    if proof.space.sound != FULL:
        return True
    own = _support(proof, way[-1])
    fixed = {level for level in own if level not in proof.safety.motion.loose}
    beside = {
        level
        for at, above in enumerate(way[:-1])
        for part in parts(above)
        if part is not way[at + 1]
        for level in _support(proof, part)
    }
    return not own or bool(fixed) or not own.isdisjoint(beside)


def _support(proof: Proof, condition: Condition) -> frozenset[int]:
    true, false = proof.space.readings.read(condition)
    return proof.space.sets.support(true) | proof.space.sets.support(false)


def _never_matters(proof: Proof, tree: _Tree, way: _Way) -> bool:
    meant = proof.space.readings.read(tree.root)
    return any(_same(proof, tree, meant, _with(proof, way, leaf)) for leaf in ((FULL, EMPTY), (EMPTY, FULL)))


def _with(proof: Proof, way: _Way, leaf: Reading) -> Reading:
    """What a tree would come to if its leaf always came to one thing."""
    readings, reading = proof.space.readings, leaf
    for at in range(len(way) - 2, -1, -1):
        above, below = way[at], way[at + 1]
        beside = [readings.read(part) for part in parts(above) if part is not below]
        match above:
            case All():
                reading = readings.conjunction([reading, *beside])
            case AnyOf():
                reading = readings.disjunction([reading, *beside])
            case Not():
                reading = reading[::-1]
    return reading


def _same(proof: Proof, tree: _Tree, one: Reading, other: Reading) -> bool:
    sets = proof.space.sets
    differing = [
        (left, sets.outside(right))
        for here, there in zip(one, other, strict=True)
        for left, right in ((here, there), (there, here))
    ]
    return not any(_anywhere(proof, tree.states, each) for each in differing if EMPTY not in each)
