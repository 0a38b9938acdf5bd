"""Triggers that do the same at the same time: two of one state that lead to the same target.

Two that lead to different targets are a choice, and people make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "no two triggers of a state do the same at the same time"


def check(proof: Proof) -> Results:
    """One result for all states."""
    yield proof.result("triggers_apart", SAYS, partial(_findings, proof), ("states",))


def _findings(proof: Proof) -> Iterator[Finding]:
    overlapping: dict[int, tuple[Move, dict[str, None]]] = {}
    told: set[tuple[int, int]] = set()
    for state, moves in proof.moves.by_state.items():
        for one, other in combinations([move for move in moves if not move.interrupt], 2):
            pair = (id(one.step.defined), id(other.step.defined))
            if one.to != other.to or pair in told or not _together(proof, state, one, other):
                continue
            told.add(pair)
            hidden = _hidden(proof, state, one, other)
            if hidden is None:
                overlapping.setdefault(pair[1], (other, {}))[1][f"`{one.step.trigger}`"] = None
            else:
                yield _shadowed(proof, *hidden)
    for move, others in overlapping.values():
        message = (
            f"`{move.step.trigger}` can be open at the same time as {', '.join(others)}, "
            f"and they lead to the same target `{move.to}`"
        )
        yield Finding(
            issue_at(proof.protocol, "triggers-overlap", message, move.step.defined.path, help=_HELP)
        )


_HELP = "fine where people should choose how; else guards of which only one can be true"


def _together(proof: Proof, state: str, one: Move, other: Move) -> bool:
    return proof.shown([state], (*one.open, *other.open))


def _hidden(proof: Proof, state: str, one: Move, other: Move) -> tuple[Move, Move] | None:
    """The one of two that is open only where the other is, and that other."""
    for hidden, by in ((other, one), (one, other)):
        if not any(_apart(proof, state, hidden, factor) for factor in by.open):
            return hidden, by
    return None


def _shadowed(proof: Proof, hidden: Move, by: Move) -> Finding:
    message = (
        f"`{hidden.step.trigger}` is open in `{hidden.state}` only where `{by.step.trigger}` is as well, "
        f"and both lead to `{by.to}`"
    )
    return Finding(
        issue_at(proof.protocol, "trigger-shadowed", message, hidden.step.defined.path, help=_HELP)
    )


def _apart(proof: Proof, state: str, move: Move, factor: int) -> bool:
    return proof.possible(proof.safety, state, (*move.open, proof.space.sets.outside(factor)))
