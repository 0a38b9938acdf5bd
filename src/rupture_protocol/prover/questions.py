"""Questions that are never needed: of facts that nothing reads, and that no state asks for.

What a state lists under `ask` is worth recording there, though it may decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rupture_protocol.engine.options import facts_of
from rupture_protocol.language.advice import all_transitions
from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.protocol import EnterPromise, Interrupt, OfferPromise, Protocol, Transition
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "every question is about something that is read, due, weighed or asked for somewhere"


def check(proof: Proof) -> Results:
    """One result for all facts."""
    yield proof.result("questions_needed", SAYS, partial(_findings, proof), ("facts",))


def _findings(proof: Proof) -> Iterator[Finding]:
    protocol = proof.protocol
    used = facts_used(protocol).union(*(state.ask for state in protocol.states.values()))
    for name, fact in protocol.facts.items():
        if fact.ask is not None and name not in used:
            message = f"`{name}` has a question, but nothing reads the answer, and no state asks for it"
            advice = "list it under `ask:` where it is worth recording, or let something read it"
            yield Finding(issue_at(protocol, "question-never-needed", message, ("facts", name), help=advice))


def facts_used(protocol: Protocol) -> set[str]:
    """The facts that anything reads: guards, needs, promises, arguments, deadlines, waits, assumptions."""
    used: set[str] = set()
    for condition in _conditions(protocol):
        used |= facts_of(condition, protocol)
    for transition in all_transitions(protocol):
        used |= set(transition.needs)
    for promise in protocol.promises.values():
        if isinstance(promise, EnterPromise):
            used |= set(promise.needs)
    for deadline in protocol.deadlines.values():
        used |= {mark.fact for mark in (deadline.starts, deadline.met_by) if mark.fact}
    return used


def _conditions(protocol: Protocol) -> Iterator[Condition]:
    steps: list[Transition | Interrupt] = [*all_transitions(protocol), *protocol.interrupts.values()]
    for step in steps:
        yield from _some(step.when, *(each.when for each in (*step.arguments_for, *step.arguments_against)))
    for promise in protocol.promises.values():
        yield from _some(promise.when)
        if isinstance(promise, EnterPromise):
            yield from _some(promise.only_if)
        elif isinstance(promise, OfferPromise):
            yield promise.whenever
    for deadline in protocol.deadlines.values():
        yield from _some(deadline.when)
    for state in protocol.states.values():
        yield from _some(state.wait.until if state.wait else None)
    yield from protocol.assume


def _some(*conditions: Condition | None) -> Iterator[Condition]:
    yield from (condition for condition in conditions if condition is not None)
