"""All that a protocol's proofs share: its variables, their diagrams, the readings of its conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rupture_protocol.language.conditions import Condition, OnRecord, Visited
from rupture_protocol.language.protocol import EnterPromise, OfferPromise, Protocol
from rupture_protocol.prover.diagram import FULL, Diagrams
from rupture_protocol.prover.readings import Readings, leaves_of
from rupture_protocol.prover.regions import Variable, variables_of


@dataclass(slots=True, eq=False)
class Space:
    """Every situation that a case of a protocol may be in, as far as conditions tell them apart.

    `sound` holds those that contradict no assumption. `beside` is a protocol that `protocol` extends: then
    situations are told apart as either of the two does.
    """

    protocol: Protocol
    budget: int
    beside: Protocol | None = None
    variables: tuple[Variable, ...] = field(init=False)
    sets: Diagrams = field(init=False)
    readings: Readings = field(init=False)
    sound: int = field(init=False)

    def __post_init__(self) -> None:
        both = (self.protocol,) if self.beside is None else (self.protocol, self.beside)
        self.variables = variables_of(self.protocol, (leaf for each in both for leaf in decisive(each)))
        self.sets = Diagrams([each.size for each in self.variables], budget=self.budget)
        self.readings = Readings(self.protocol, self.sets, self.variables)
        self.sound = FULL
        for assumed in self.protocol.assume:
            self.sound = self.sets.without(self.sound, self.readings.false(assumed))


def decisive(protocol: Protocol) -> Iterator[Condition]:
    """Every comparison and need that decides something, in the order in which variables stand best.

    Interrupts first: what holds everything back is part of every guard, and so shared best on top.
    """
    seen: set[str] = set()
    for condition in _conditions(protocol):
        yield from leaves_of(condition, protocol, seen)
    for promise in protocol.promises.values():
        if isinstance(promise, EnterPromise):
            yield from (Visited(state) for state in promise.only_after)


def _conditions(protocol: Protocol) -> Iterator[Condition]:
    for interrupt in protocol.interrupts.values():
        yield interrupt.when
    for state in protocol.states.values():
        for transition in state.transitions.values():
            yield from _guard(transition.when, transition.needs)
        if state.wait is not None and state.wait.until is not None:
            yield state.wait.until
    for transition in protocol.anywhere.values():
        yield from _guard(transition.when, transition.needs)
    for promise in protocol.promises.values():
        if isinstance(promise, EnterPromise):
            yield from _guard(promise.only_if, promise.needs)
        elif isinstance(promise, OfferPromise):
            yield promise.whenever
        yield from _guard(promise.when, ())
    yield from protocol.assume
    yield from protocol.conditions.values()


def _guard(when: Condition | None, needs: tuple[str, ...]) -> Iterator[Condition]:
    if when is not None:
        yield when
    yield from (OnRecord(name) for name in needs)
