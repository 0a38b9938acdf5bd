"""Conditions that are never true, always true, or parts of which never matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from rupture_protocol.language.conditions import All, AnyOf, Condition, Not, parts
from rupture_protocol.language.source import Path
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.readings import Reading, Wanted
from rupture_protocol.prover.results import Finding, Results, issue_at

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
        if not proof.shown(states, proof.space.readings.factors(condition)):
            message = f"`{name}` is never true, in no situation that a case can come to"
            yield Finding(issue_at(proof.protocol, "never-true", message, path))
        elif not proof.shown(states, proof.space.readings.factors(condition, Wanted.FALSE)):
            message = f"`{name}` is never false, in no situation that a case can come to"
            yield Finding(issue_at(proof.protocol, "always-true", message, path))


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    """A condition as it is written, what it is called, and the states where it is read."""

    called: str
    root: Condition
    states: tuple[str, ...]


def _idle(proof: Proof) -> Iterator[Finding]:
    for tree in _trees(proof):
        ways = list(_leaves(tree.root))
        # What is never true is told elsewhere, and then no part of it matters.
        if len(ways) < 2 or not proof.shown(tree.states, proof.space.readings.factors(tree.root)):
            continue
        for way in ways:
            if _never_matters(proof, tree, way):
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


def _never_matters(proof: Proof, tree: _Tree, way: _Way) -> bool:
    """Whether nothing would change if a part were always true, or always false."""
    sets = proof.space.sets
    true, false = proof.space.readings.read(way[-1])
    always = (sets.outside(true), false)
    never = (true, sets.outside(false))
    beside = _beside(proof, way)
    return any(not _shows(proof, tree, change, beside) for change in (always, never))


def _shows(proof: Proof, tree: _Tree, change: Reading, beside: tuple[_Factors, _Factors]) -> bool:
    """Whether a change of a leaf, in one of these sets, changes what the whole tree comes to."""
    return any(
        changed and proof.shown(tree.states, (changed, *around))
        for changed, around in zip(change, beside, strict=True)
    )


_Factors = list[int]


def _beside(proof: Proof, way: _Way) -> tuple[_Factors, _Factors]:
    """Where the rest of a tree lets through that its leaf is true or not; and that it is false or not."""
    factors = proof.space.readings.factors
    where_true: _Factors = []
    where_false: _Factors = []
    for above, below in zip(way[-2::-1], way[:0:-1], strict=True):
        beside = [part for part in parts(above) if part is not below]
        match above:
            case All():
                where_true += [each for part in beside for each in factors(part)]
                where_false += [each for part in beside for each in factors(part, Wanted.NOT_FALSE)]
            case AnyOf():
                where_true += [each for part in beside for each in factors(part, Wanted.NOT_TRUE)]
                where_false += [each for part in beside for each in factors(part, Wanted.FALSE)]
            case Not():
                where_true, where_false = where_false, where_true
    return _turned(way, where_true, where_false)


def _turned(way: _Way, where_true: _Factors, where_false: _Factors) -> tuple[_Factors, _Factors]:
    # An odd number of `not`s has made places change: what is asked is about the leaf again.
    if sum(isinstance(above, Not) for above in way[:-1]) % 2:
        return where_false, where_true
    return where_true, where_false
