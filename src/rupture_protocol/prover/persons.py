"""Whether one person alone can bring a case to an end, as far as recorder and person rules go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import chain, combinations

from rupture_protocol.language.protocol import Transition
from rupture_protocol.prover.diagram import EMPTY
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.regions import FactVariable
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "one person, in one role, can bring a case to an end"
MOST_SUBSETS = 64


def check(proof: Proof) -> Results:
    """One result: whether one is enough."""
    yield proof.result("one_person", SAYS, partial(_findings, proof), ("roles",))


def _findings(proof: Proof) -> Iterator[Finding]:
    roles = tuple(proof.protocol.roles)
    if not _finishes(proof, roles):
        return  # with nobody kept out it does not either: that is told of the states
    alone: list[tuple[str, ...]] = [(role,) for role in roles] or [()]
    if any(_finishes(proof, each, never) for each in alone for never in _never_taken(proof)):
        return
    needed = [role for role in roles if not _finishes(proof, [each for each in roles if each != role])]
    names = ", ".join(f"`{role}`" for role in needed)
    says = f": every way to an end needs {names}" if needed else ""
    message = f"with one person, in one role, this protocol cannot finish{says}"
    advice = "fine where that is meant; a clinic that cannot fill these roles cannot work with it"
    yield Finding(issue_at(proof.protocol, "needs-several-people", message, ("roles",), help=advice))


def _finishes(proof: Proof, roles: Collection[str], never: Collection[str] | None = None) -> bool:
    """Whether people in these roles may reach a final state.

    Args:
        never: The triggers that one person keeps from taking, to be free to take others; None where
            there are several people in each role.
    """
    unrecorded = _unrecordable(proof, roles)

    def also(move: Move) -> tuple[int, ...]:
        if not _may(move, roles, never):
            return (EMPTY,)
        levels = frozenset().union(*(proof.space.sets.support(factor) for factor in move.taken))
        return tuple(unrecorded[level] for level in sorted(levels) if level in unrecorded)

    final = {state for state, each in proof.protocol.states.items() if each.final}
    # Without the history first: where even that leads to no end, the rest need not be looked at.
    if not final & _within_sight(proof, also):
        return False
    return not final.isdisjoint(Reach(proof.safety.motion, proof.moves, also).total)


def _within_sight(proof: Proof, also: Callable[[Move], tuple[int, ...]]) -> set[str]:
    """The states that may be reached as far as each move by itself goes."""
    seen = {proof.protocol.initial}
    waiting = list(seen)
    while waiting:
        state = waiting.pop()
        for move in proof.moves.by_state[state]:
            if move.to not in seen and proof.possible(proof.safety, state, (*move.taken, *also(move))):
                seen.add(move.to)
                waiting.append(move.to)
    return seen


def _unrecordable(proof: Proof, roles: Collection[str]) -> dict[int, int]:
    """For each fact that none of these roles may record, the situations in which it is not on record."""
    return {
        level: proof.space.sets.regions(level, range(variable.first))
        for level, variable in enumerate(proof.space.variables)
        if isinstance(variable, FactVariable) and variable.fact.by and not set(variable.fact.by) & set(roles)
    }


def _may(move: Move, roles: Collection[str], never: Collection[str] | None) -> bool:
    defined = move.step.defined
    override = defined.override if isinstance(defined, Transition) else None
    allowed = {*defined.by, *(override.by if override else ())}
    if allowed and not allowed & set(roles):
        return False
    apart = set(move.step.not_same_person)
    return never is None or (defined.trigger not in never and apart <= set(never))


def _never_taken(proof: Proof) -> list[tuple[str, ...]]:
    """The sets of triggers that one person may keep from taking, so as to be free for others."""
    triggers = sorted({trigger for move in proof.moves for trigger in move.step.not_same_person})
    subsets = chain.from_iterable(combinations(triggers, size) for size in range(len(triggers) + 1))
    return [each for _, each in zip(range(MOST_SUBSETS), subsets, strict=False)]
