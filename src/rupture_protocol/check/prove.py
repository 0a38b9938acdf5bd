"""`prove`: everything that should hold of a protocol, for every combination of facts."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from math import prod
from time import perf_counter

from rupture_protocol.check import (
    assumptions,
    conditions,
    dead_ends,
    interrupts,
    persons,
    promises,
    questions,
    reachable,
    triggers,
)
from rupture_protocol.check.diagram import TooLarge
from rupture_protocol.check.proof import Proof
from rupture_protocol.check.regions import FactVariable
from rupture_protocol.check.report import Counts, Report
from rupture_protocol.language.protocol import Protocol

BUDGET = 200_000
"""How many nodes a proof may make before what it looks for is *not decided*."""

MUST_HOLD = (promises.check, dead_ends.check, reachable.check, assumptions.check)
"""The checks whose findings refuse a protocol: those that run at every load of an extension."""

CHECKS = (
    *MUST_HOLD,
    interrupts.check,
    conditions.check,
    triggers.check,
    questions.check,
    persons.check,
)


def prove(protocol: Protocol, *, budget: int = BUDGET, full: bool = True) -> Report:
    """What holds of a protocol in every case, and what does not, with the story that shows it.

    Args:
        protocol: As `load` returns it.
        budget: The most nodes that the proof may make; what needs more is *not decided*.
        full: Whether to look for what only warns as well; without that, a proof takes half as long.

    Returns:
        A result for each promise and each check. `.errors` refuse the protocol; all else warns.
    """
    started = perf_counter()
    proof = Proof(protocol, budget)
    results = tuple(result for check in (CHECKS if full else MUST_HOLD) for result in check(proof))
    assumes, counts = _measured(proof)
    return Report(
        protocol.id,
        protocol.version,
        protocol.digest,
        _library(),
        results,
        assumes,
        counts,
        perf_counter() - started,
    )


def _measured(proof: Proof) -> tuple[tuple[str, ...], Counts]:
    try:
        space, assumes = proof.space, tuple(assumptions.excluded(proof))
        options = sum(len(moves) for moves in proof.moves.by_state.values())
    except (TooLarge, RecursionError):
        stated = len(proof.protocol.assume)
        assumes = (f"{stated} written, what they leave out is not decided",) if stated else ()
        return assumes, Counts(len(proof.protocol.states), 0, len(proof.protocol.facts), 0, proof.budget)
    facts = [each for each in space.variables if isinstance(each, FactVariable)]
    situations = len(proof.protocol.states) * prod(each.size for each in space.variables)
    return assumes, Counts(len(proof.protocol.states), options, len(facts), situations, len(space.sets))


def _library() -> str:
    try:
        return version("rupture-protocol")
    except PackageNotFoundError:
        return "unknown"
