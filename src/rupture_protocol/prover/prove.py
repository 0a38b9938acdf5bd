"""`prove`: everything that should hold of a protocol, for every combination of facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from math import prod
from time import perf_counter

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover import (
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
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.law import hold_to
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.proofs import Proofs
from rupture_protocol.prover.regions import FactVariable
from rupture_protocol.prover.report import Counts, Report
from rupture_protocol.prover.results import Results

Check = Callable[[Proof], Results]

BUDGET = 200_000
"""How many nodes a proof may make before what it looks for is *not decided*."""

MUST_HOLD: tuple[Check, ...] = (dead_ends.check, reachable.check)
"""The checks whose findings refuse a protocol: those that run at every load of an extension."""

ADVICE: tuple[Check, ...] = (
    interrupts.check,
    conditions.check,
    triggers.check,
    questions.check,
    persons.check,
)
"""The checks whose findings only warn."""


def prove(
    protocol: Protocol, *, bases: Iterable[Protocol] = (), budget: int = BUDGET, full: bool = True
) -> Report:
    """What holds of a protocol in every case, and what does not, with the story that shows it.

    Args:
        protocol: As `load` returns it.
        bases: What it extends, each as it is by itself: it is then held to open no more than they do.
        budget: The most nodes that the proof may make; what needs more is *not decided*.
        full: Whether to look for what only warns as well; without that, a proof takes half as long.

    Returns:
        A result for each promise and each check. `.errors` refuse the protocol; all else warns.
    """
    started = perf_counter()
    proofs = Proofs(protocol, budget)
    results = (*results_of(proofs, full=full), *(hold_to(each, protocol, budget=budget) for each in bases))
    assumes, counts = _measured(proofs)
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


def results_of(proofs: Proofs, *, full: bool) -> Results:
    """A result for each promise, and for each check of what holds without being written."""
    yield from promises.check(proofs)
    proof = proofs.of()
    for must in MUST_HOLD:
        yield from must(proof)
    yield from assumptions.check(proofs)
    for check in ADVICE if full else ():
        yield from check(proof)


def _measured(proofs: Proofs) -> tuple[tuple[str, ...], Counts]:
    proof = proofs.of()
    try:
        space, assumes = proof.space, tuple(assumptions.excluded(proofs))
        options = sum(len(moves) for moves in proof.moves.by_state.values())
    except (TooLarge, RecursionError):
        stated = len(proofs.protocol.assume)
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
