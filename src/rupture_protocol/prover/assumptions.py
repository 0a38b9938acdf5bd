"""`assume`: that it can hold, and what it leaves out of every proof."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.prover.diagram import EMPTY
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.proofs import Proofs
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "a case can fulfil all that `assume` states"


def check(proofs: Proofs) -> Results:
    """One result, where something is assumed; it is about all of it, whatever it counts for."""
    if proofs.protocol.assume:
        proof = proofs.whole
        yield proof.result("assume_holds", SAYS, partial(_findings, proof), ("assume",))


def _findings(proof: Proof) -> Iterator[Finding]:
    factors = [each for assumed in proof.protocol.assume for each in proof.space.readings.factors(assumed)]
    if not proof.shown(proof.protocol.states, factors):
        message = "no case can fulfil all that `assume` states, so it would prove anything"
        advice = "what contradicts what: take one of them out"
        yield Finding(issue_at(proof.protocol, "assume-cannot-hold", message, ("assume",), help=advice))


def excluded(proofs: Proofs) -> Iterator[str]:
    """What each assumption leaves out, in words: every proof says so."""
    proof = proofs.whole
    sets = proof.space.sets
    everywhere = proofs.protocol.assumed_for()
    for number, assumed in enumerate(proof.protocol.assume, start=1):
        out = proof.space.readings.false(assumed)
        share = "nothing" if out == EMPTY else f"{sets.share(out):.2g} of all kinds of situation"
        span = proof.protocol.span(("assume", number - 1))
        where = f" ({span})" if span else ""
        facts = ", ".join(f"`{_name(proof, level)}`" for level in sorted(sets.support(out)))
        told = f", by {facts}" if facts else ""
        bound = "" if any(each is assumed for each in everywhere) else ", for the promises beside it only"
        yield f"assumption {number}{where} leaves out {share}{told}{bound}"


def _name(proof: Proof, level: int) -> str:
    variable = proof.space.variables[level]
    fact = getattr(variable, "fact", None)
    return str(fact.name) if fact is not None else str(getattr(variable, "state", ""))
