"""The promises an author writes, each form: what would break it, and the story that does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.truth import TRUE
from rupture_protocol.language.conditions import All, Condition, OnRecord, Visited
from rupture_protocol.language.protocol import (
    EnterPromise,
    OfferPromise,
    Promise,
    ReachPromise,
)
from rupture_protocol.prover.breaking import broken
from rupture_protocol.prover.diagram import FULL
from rupture_protocol.prover.moves import Move
from rupture_protocol.prover.proof import ONLY_SEEMS, Proof, Undecided
from rupture_protocol.prover.proofs import Proofs
from rupture_protocol.prover.reach import Reach
from rupture_protocol.prover.results import Finding, Results
from rupture_protocol.prover.scenario import lacking, state_title, trigger_title
from rupture_protocol.prover.story import Target


def check(proofs: Proofs) -> Results:
    """A result for every promise, in file order, each under what it may assume."""
    for promise in proofs.protocol.promises.values():
        proof = proofs.of(promise.name)
        find = partial(_findings, proof, promise)
        path = ("promises", promise.name)
        yield proof.result(promise.name, promise.says or _says(promise), find, path, promise=True)


def _findings(proof: Proof, promise: Promise) -> Iterator[Finding]:
    match promise:
        case EnterPromise():
            targets, reach = list(_entering(proof, promise)), proof.safety
        case OfferPromise():
            targets, reach = list(_not_offered(proof, promise)), proof.safety
        case ReachPromise():
            targets, reach = list(_out_of_reach(proof, promise, proof.ways)), proof.ways
            sure = proof.sure_ways
            if not targets and sure is not reach and any(_out_of_reach(proof, promise, sure)):
                raise Undecided(ONLY_SEEMS)
    if targets:
        story = proof.story(reach, targets)
        yield Finding(broken(proof.protocol, promise, story))


# enter: … ---------------------------------------------------------------------------------------------


def _entering(proof: Proof, promise: EnterPromise) -> Iterator[Target]:
    """The moves whose guard alone, without the net, lets a case enter where it must not."""
    for move in proof.moves:
        if move.to in promise.enter:
            # Precautions are excepted, but not from what must have been visited before; what an override
            # lifts is never a promise.
            yield from _entered_by(proof, promise, move, move.bare, _asked(promise))
            if move.interrupt and promise.only_after:
                after = tuple(Visited(state) for state in promise.only_after)
                yield from _entered_by(proof, promise, move, move.taken, after)


def _asked(promise: EnterPromise) -> tuple[Condition, ...]:
    only_if = () if promise.only_if is None else (promise.only_if,)
    after = (Visited(state) for state in promise.only_after)
    return (*only_if, *(OnRecord(fact) for fact in promise.needs), *after)


def _entered_by(
    proof: Proof, promise: EnterPromise, move: Move, guard: Iterable[int], asked: tuple[Condition, ...]
) -> Iterator[Target]:
    given = (*guard, *_when(proof, promise.when))
    broken = list(_missed(proof, move.state, given, asked))
    if broken:
        sets = proof.space.sets
        wanted = sets.both(sets.any_of(broken), sets.all_of(given))
        yield Target(
            move.state,
            wanted,
            partial(_entry_said, proof, move, asked),
            partial(_is_broken, promise.when, asked),
            move,
        )


def _missed(proof: Proof, state: str, given: tuple[int, ...], asked: tuple[Condition, ...]) -> Iterator[int]:
    """For each part of what is asked, where it may be missing though all that is given holds."""
    for condition in asked:
        for factor in proof.space.readings.factors(condition):
            missing = proof.space.sets.outside(factor)
            if proof.possible(proof.safety, state, (*given, missing)):
                yield missing


def _when(proof: Proof, when: Condition | None) -> list[int]:
    return [] if when is None else proof.space.readings.factors(when)


def _is_broken(when: Condition | None, asked: tuple[Condition, ...], situation: Situation) -> bool:
    applies = when is None or evaluate(when, situation).truth is TRUE
    return applies and evaluate(All(asked), situation).truth is not TRUE


def _entry_said(proof: Proof, move: Move, asked: tuple[Condition, ...], situation: Situation) -> str:
    trigger = trigger_title(move.state, move.step.trigger, proof.protocol)
    why = lacking(evaluate(All(asked), situation), proof.protocol)
    return f"{trigger} leads from {state_title(move.state, proof.protocol)} to " + (
        f"{state_title(move.to, proof.protocol)}, though {why}"
    )


# whenever: …, offer: … --------------------------------------------------------------------------------


def _not_offered(proof: Proof, promise: OfferPromise) -> Iterator[Target]:
    """The states in which what is promised may be neither open nor excused.

    Excused is what lacks only facts in its `needs`, what only interrupts hold back, and both at once.
    """
    protocol = proof.protocol
    targets = {move.to for move in proof.moves if move.step.trigger == promise.offer}
    given = (*_when(proof, promise.whenever), *_when(proof, promise.when))
    for state, moves in proof.moves.by_state.items():
        if protocol.states[state].final or state in targets:
            continue
        offered = next((move for move in moves if move.step.trigger == promise.offer), None)
        asked = () if offered is None else _not_excused(offered)
        if offered is None:
            missed = [FULL] if proof.possible(proof.safety, state, given) else []
        else:
            missed = list(_missed(proof, state, given, asked))
        if missed:
            sets = proof.space.sets
            yield Target(
                state,
                sets.both(sets.any_of(missed), sets.all_of(given)),
                partial(_offer_said, proof, promise, state, asked),
                partial(_is_missing, promise, asked, offered=offered is not None),
            )


def _not_excused(move: Move) -> tuple[Condition, ...]:
    own = tuple(part for part in move.own if not isinstance(part, OnRecord))
    return (*own, *move.promised)


def _is_missing(
    promise: OfferPromise, asked: tuple[Condition, ...], situation: Situation, *, offered: bool
) -> bool:
    given = All((promise.whenever, *(() if promise.when is None else (promise.when,))))
    if evaluate(given, situation).truth is not TRUE:
        return False
    return not offered or evaluate(All(asked), situation).truth is not TRUE


def _offer_said(
    proof: Proof, promise: OfferPromise, state: str, asked: tuple[Condition, ...], situation: Situation
) -> str:
    trigger = trigger_title(state, promise.offer, proof.protocol)
    where = state_title(state, proof.protocol)
    if not asked:
        return f"{trigger} is not offered in {where}, where the promise asks for it"
    why = lacking(evaluate(All(asked), situation), proof.protocol)
    return f"{trigger} is not open in {where}: {why}"


# always_reachable: … ----------------------------------------------------------------------------------


def _out_of_reach(proof: Proof, promise: ReachPromise, leads: Reach) -> Iterator[Target]:
    """The situations from which no recording of facts leads to where it must."""
    sets, reach = proof.space.sets, proof.ways
    leading = leads.leading_to(dict.fromkeys(promise.always_reachable, FULL))
    goals = " or ".join(state_title(state, proof.protocol) for state in promise.always_reachable)
    for state, total in reach.total.items():
        if proof.protocol.states[state].final:
            continue
        stuck = sets.without(total, leading.get(state, 0))
        given = (stuck, *proof.space.readings.factors(promise.when)) if promise.when else (stuck,)
        if proof.possible(reach, state, given):
            where = state_title(state, proof.protocol)
            yield Target(
                state,
                sets.all_of(given),
                partial(_says_always, f"from {where}, {goals} cannot be reached any more"),
                partial(_applies, promise.when),
            )


def _says_always(said: str, _situation: Situation) -> str:
    return said


def _applies(when: Condition | None, situation: Situation) -> bool:
    return when is None or evaluate(when, situation).truth is TRUE


def _says(promise: Promise) -> str:
    match promise:
        case EnterPromise():
            return f"`enter` {', '.join(promise.enter)}, as written"
        case OfferPromise():
            return f"`{promise.offer}` is offered wherever it is promised"
        case ReachPromise():
            return f"{' or '.join(promise.always_reachable)} can always be reached"
