"""No dead ends and no traps: the promises about ways out that hold without being written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.engine.compile import compile_steps
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.engine.options import Verdict, steps_from
from rupture_protocol.prover.diagram import EMPTY, FULL
from rupture_protocol.prover.proof import ONLY_SEEMS, Proof, Undecided
from rupture_protocol.prover.reach import Reach, Sets
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
    untold: Undecided | None = None
    for state in proof.protocol.states:
        dead = dead_end(proof, state)
        if dead:
            try:
                yield _told(proof, state, dead)
            except Undecided as error:
                untold = error  # another state may be one all the same
    if untold is not None:
        raise untold


def _told(proof: Proof, state: str, dead: int) -> Finding:
    where = state_title(state, proof.protocol)
    ends = f"in {where} nothing is open, though all that is read there is on record"
    target = Target(state, dead, partial(_always_says, ends), _nothing_is_open)
    story = proof.story(proof.ways, [target])
    message = f"`{state}` can be a dead end: all that is read there is on record, and nothing is open"
    return Finding(
        issue_at(proof.protocol, "dead-end", message, ("states", state), help=_ADVICE, story=story)
    )


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
    # What ends in a dead end is told there.
    dead = {state: each for state in proof.protocol.states if (each := dead_end(proof, state))}
    stuck = _stuck(proof, proof.ways, dead)
    if stuck:
        trapped = list(stuck)
        names = ", ".join(f"`{state}`" for state in trapped)
        ends = "whatever is recorded from here on, no final state can be reached"
        targets = [Target(state, each, partial(_always_says, ends), _always) for state, each in stuck.items()]
        story = proof.story(proof.ways, targets)
        message = f"a case can be trapped in {names}: no final state can be reached from there any more"
        yield Finding(issue_at(proof.protocol, "trap", message, ("states", trapped[0]), story=story))
    elif proof.sure_ways is not proof.ways and _stuck(proof, proof.sure_ways, dead):
        raise Undecided(ONLY_SEEMS)


def _stuck(proof: Proof, leading: Reach, dead: Sets) -> Sets:
    """For each state, the situations that lead neither to a final state nor to a dead end."""
    sets = proof.space.sets
    goals = {state: FULL for state, each in proof.protocol.states.items() if each.final}
    goals |= {state: leading.motion.project([each]) for state, each in dead.items()}
    found = leading.leading_to(goals)
    stuck = {
        state: sets.both(
            sets.without(proof.ways.total.get(state, EMPTY), found.get(state, EMPTY)), proof.space.sound
        )
        for state in proof.protocol.states
        if state not in goals
    }
    return {state: each for state, each in stuck.items() if each}
