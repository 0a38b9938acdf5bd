"""The law of extensions: what an extension opens, the protocol that it extends opens, interrupts excepted.

In every situation, whether a case can come to it or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.errors import Issue
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.diagram import FULL
from rupture_protocol.prover.motion import Motion
from rupture_protocol.prover.moves import Move, Moves
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.readings import Readings
from rupture_protocol.prover.report import LAW
from rupture_protocol.prover.results import Finding, Result, issue_at
from rupture_protocol.prover.space import Space

SAYS = "it opens nothing that `{}` does not"
BUDGET = 200_000


def hold_to(base: Protocol, extension: Protocol, *, budget: int = BUDGET) -> Result:
    """Whether an extension, resolved, keeps the law towards one of its bases.

    Args:
        base: The protocol that is extended, as it would be by itself.
        extension: Base and extension in one.
        budget: The most nodes that the comparison may make; past it, the law is *not decided*.
    """
    proof = Proof(extension, budget)
    name, says = LAW + base.id.replace("-", "_"), SAYS.format(base.id)
    return proof.result(name, says, partial(_findings, proof, base), ())


def _findings(proof: Proof, base: Protocol) -> Iterator[Finding]:
    # The proof's own space knows only what the extension tells apart.
    space = Space(proof.protocol, proof.budget, beside=base)
    motion = Motion(space, everything_moves=True)
    before = Readings(base, space.sets, space.variables)
    triggers = {step.trigger for state in base.states for step in steps_from(base, state)}
    told: set[int] = set()
    for state, moves in Moves(space).by_state.items():
        if state not in base.states:
            continue
        offered = {step.trigger: step for step in steps_from(base, state)}
        for move in moves:
            defined = id(move.step.defined)
            if move.interrupt or move.step.trigger not in triggers or defined in told:
                continue
            if _opens_more(motion, before, move, offered.get(move.step.trigger)):
                told.add(defined)
                yield Finding(_issue(proof.protocol, move))


def _opens_more(motion: Motion, before: Readings, move: Move, base: Step | None) -> bool:
    """Whether something is open in a situation in which its base has it blocked, undecided or not at all."""
    asked = () if base is None else before.factors(base.requirement)
    missing = (
        [FULL]
        if base is None
        else [motion.space.sets.outside(each) for each in asked if each not in move.open]
    )
    return any(motion.project((each, *move.open)) for each in missing)


def _issue(protocol: Protocol, move: Move) -> Issue:
    message = f"`{move.step.trigger}` can be open in `{move.state}` where the base does not open it"
    advice = "an extension tightens: what the base asks for must be asked for as well"
    return issue_at(protocol, "opens-more", message, move.step.defined.path, help=advice)
