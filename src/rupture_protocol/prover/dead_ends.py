"""No dead ends and no traps: the promises about ways out that hold without being written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.engine.compile import compile_steps
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import Verdict, steps_from
from rupture_protocol.prover.diagram import EMPTY, FULL
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at
from rupture_protocol.prover.scenario import state_title
from rupture_protocol.prover.story import Target

DEAD_ENDS = "no state that is not final is a dead end"
TRAPS = "from everywhere a final state can be reached"


def check(proof: Proof) -> Results:
    """A result for dead ends, and one for traps that lead into none."""
    yield proof.result("no_dead_ends", DEAD_ENDS, partial(_dead_ends, proof), ())
    yield proof.result("no_traps", TRAPS, partial(_traps, proof), ())


def _dead_ends(proof: Proof) -> Iterator[Finding]:
    for state in proof.protocol.states:
        dead = dead_end(proof, state)
        if dead:
            where = state_title(state, proof.protocol)
            ends = f"in {where} nothing is open, though all that is read there is on record"
            target = Target(state, dead, partial(_always_says, ends), _nothing_is_open)
            story, _ = proof.story(proof.ways, [target])
            message = f"`{state}` can be a dead end: all that is read there is on record, and nothing is open"
            path = ("states", state)
            yield Finding(issue_at(proof.protocol, "dead-end", message, path, help=_ADVICE, story=story))


_ADVICE = "a transition for this case, or `wait:` with a reason where waiting is right"


def _always_says(said: str, _situation: Situation) -> str:
    return said


def dead_end(proof: Proof, state: str) -> int:
    """The reachable situations of a state in which everything read is on record, and nothing is open."""
    sets, readings = proof.space.sets, proof.space.readings
    defined = proof.protocol.states[state]
    moves = proof.moves.by_state[state]
    if defined.final or (defined.wait is not None and defined.wait.until is None):
        return EMPTY
    if any(set(move.open) <= {FULL} for move in moves):
        return EMPTY
    dead = proof.ways.at(state)
    if defined.wait is not None and defined.wait.until is not None:
        dead = sets.both(dead, readings.true(defined.wait.until))
    for fact in dict.fromkeys(fact for move in moves for fact in move.step.facts):
        dead = sets.both(dead, readings.on_record(fact))
    for move in sorted(moves, key=lambda each: len(each.open)):
        dead = sets.any_of(sets.without(dead, factor) for factor in move.open) if dead else EMPTY
    return dead


def _nothing_is_open(situation: Situation) -> bool:
    steps = steps_from(situation.protocol, situation.state)
    verdicts = compile_steps(situation.protocol, steps, situation.calendar)
    found = verdicts(situation.facts, situation.visits, situation.at)
    recorded = all(
        situation.read(fact).value is not None and not situation.read(fact).presumed
        for step in steps
        for fact in step.facts
    )
    return recorded and Verdict.OPEN not in found


def _always(_situation: Situation) -> bool:
    return True


def _traps(proof: Proof) -> Iterator[Finding]:
    sets, ways = proof.space.sets, proof.ways
    goals = {state: FULL for state, each in proof.protocol.states.items() if each.final}
    for state in proof.protocol.states:
        # What ends in a dead end is told there.
        dead = dead_end(proof, state)
        if dead:
            goals[state] = ways.motion.project([dead])
    leading = ways.leading_to(goals)
    stuck = {
        state: sets.both(sets.without(total, leading.get(state, EMPTY)), proof.space.sound)
        for state, total in ways.total.items()
    }
    trapped = [state for state in proof.protocol.states if stuck.get(state, EMPTY) and state not in goals]
    if trapped:
        names = ", ".join(f"`{state}`" for state in trapped)
        ends = "whatever is recorded from here on, no final state can be reached"
        targets = [Target(state, stuck[state], partial(_always_says, ends), _always) for state in trapped]
        story, _ = proof.story(ways, targets)
        message = f"a case can be trapped in {names}: no final state can be reached from there any more"
        yield Finding(issue_at(proof.protocol, "trap", message, ("states", trapped[0]), story=story))
