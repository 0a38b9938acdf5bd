"""Every interrupt is open whenever it must be: where it is true, and nothing more urgent is or may be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.language.conditions import NotHeldBack
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "every interrupt is open wherever it is true and nothing more urgent is or may be"


def check(proof: Proof) -> Results:
    """One result for all interrupts."""
    if proof.protocol.interrupts:
        yield proof.result("interrupts_open", SAYS, partial(_findings, proof), ("interrupts",))


def _findings(proof: Proof) -> Iterator[Finding]:
    readings = proof.space.readings
    names = list(proof.protocol.interrupts)
    for urgency, (name, interrupt) in enumerate(proof.protocol.interrupts.items()):
        free = [each for before in names[:urgency] for each in readings.factors(NotHeldBack(before))]
        true = readings.factors(interrupt.when)
        for state, moves in proof.moves.by_state.items():
            if proof.protocol.states[state].final or state == interrupt.to:
                continue
            move = next((each for each in moves if each.step.trigger == name), None)
            closed = [proof.space.sets.outside(factor) for factor in move.open] if move else [1]
            if any(proof.possible(proof.safety, state, (*true, *free, each)) for each in closed):
                message = f"`{name}` is true in `{state}` and nothing comes before it, yet it is not open"
                yield Finding(issue_at(proof.protocol, "interrupt-not-open", message, interrupt.path))
                break
