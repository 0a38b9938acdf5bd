"""Every state can be reached, and every transition and interrupt is open somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at

STATES = "every state can be reached"
TRIGGERS = "every transition and interrupt is open in some situation"


def check(proof: Proof) -> Results:
    """A result for states, and one for what leads from one to the other."""
    yield proof.result("states_reachable", STATES, partial(_states, proof), ())
    yield proof.result("triggers_open", TRIGGERS, partial(_triggers, proof), ())


def _states(proof: Proof) -> Iterator[Finding]:
    for state in proof.protocol.states:
        if not proof.shown([state], ()):
            message = f"no case can ever come to `{state}`"
            advice = "a transition that leads there and can be open"
            yield Finding(
                issue_at(proof.protocol, "unreachable-state", message, ("states", state), help=advice)
            )


def _triggers(proof: Proof) -> Iterator[Finding]:
    offered: dict[int, list[Move]] = {}
    for move in proof.moves:
        # Nothing is open where nobody can be: that is told of the state.
        if proof.safety.at(move.state):
            offered.setdefault(id(move.step.defined), []).append(move)
    for moves in offered.values():
        # What is offered in many states asks the same in each of them.
        if not proof.shown([move.state for move in moves], moves[0].open):
            step = moves[0].step
            message = f"`{step.trigger}` is never open, in no situation that a case can come to"
            advice = _why_never(proof, moves)
            yield Finding(issue_at(proof.protocol, "never-open", message, step.defined.path, help=advice))


def _why_never(proof: Proof, moves: list[Move]) -> str:
    """What keeps it closed: it itself, a promise, an interrupt, or where it is offered."""
    own = [factor for part in moves[0].own for factor in proof.space.readings.factors(part)]
    if not proof.space.sets.all_of(own):
        return "what it requires contradicts itself"
    if any(proof.possible(proof.safety, move.state, move.bare) for move in moves):
        return "what it requires contradicts a promise of its target"
    if any(proof.possible(proof.safety, move.state, own) for move in moves):
        return "an interrupt always holds it back"
    return "what it requires is never so where it is offered"
