"""What each option of a state requires: one condition tree, so that all else is a reading of it.

A transition is open when its tree is true, blocked when it is false, undecided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Visited,
    parts,
)
from rupture_protocol.language.protocol import EnterPromise, Interrupt, Protocol, Transition
from rupture_protocol.once import each_once


class Verdict(StrEnum):
    """What a transition comes to."""

    OPEN = "open"
    BLOCKED = "blocked"
    UNDECIDED = "undecided"


VERDICT_OF: dict[Truth, Verdict] = {TRUE: Verdict.OPEN, FALSE: Verdict.BLOCKED, UNKNOWN: Verdict.UNDECIDED}


@dataclass(frozen=True, eq=False)
class Step:
    """One way out of one state, as the protocol defines it.

    `requirement` is all that must be true; `net` the part of it that no override lifts (interrupts
    and promises). `urgency` is an interrupt's place in the order of urgency, None for a transition.
    """

    protocol: Protocol = field(repr=False)
    state: str
    defined: Transition | Interrupt
    requirement: All
    net: All
    urgency: int | None = None

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts that the requirement reads, in the protocol's order."""
        # Looking for them takes longer than all else here, and a proof asks few steps for them.
        read = facts_of(self.requirement, self.protocol)
        return tuple(name for name in self.protocol.facts if name in read)

    @property
    def trigger(self) -> str:
        """What takes it."""
        return self.defined.trigger

    @property
    def to(self) -> str:
        """Where it leads."""
        return self.defined.to

    @property
    def not_same_person(self) -> tuple[str, ...]:
        """The triggers that whoever takes this one must never have taken in the case."""
        return self.defined.not_same_person if isinstance(self.defined, Transition) else ()


def steps_from(protocol: Protocol, state: str) -> tuple[Step, ...]:
    """Every option of a state in file order: interrupts, its own transitions, those from anywhere."""
    if protocol.states[state].final:
        return ()
    interrupts = tuple(protocol.interrupts.values())
    offered = [
        _interrupt(protocol, state, interrupt, urgency)
        for urgency, interrupt in enumerate(interrupts)
        if interrupt.to != state
    ]
    return (*offered, *(_transition(protocol, state, each) for each in protocol.transitions_from(state)))


def _interrupt(protocol: Protocol, state: str, interrupt: Interrupt, urgency: int) -> Step:
    more_urgent = tuple(protocol.interrupts.values())[:urgency]
    holds = tuple(NotHeldBack(each.trigger, each.path) for each in more_urgent)
    return _step(protocol, state, interrupt, holds, (interrupt.when,), (), urgency)


def _transition(protocol: Protocol, state: str, transition: Transition) -> Step:
    holds = tuple(
        NotHeldBack(each.trigger, each.path)
        for each in protocol.interrupts.values()
        if not transition.goes_on_despite(each.trigger)
    )
    when = () if transition.when is None else (transition.when,)
    needs = tuple(OnRecord(fact, (*transition.path, "needs", at)) for at, fact in enumerate(transition.needs))
    return _step(
        protocol, state, transition, holds, (*when, *needs), tuple(promised(protocol, transition.to))
    )


def _step(
    protocol: Protocol,
    state: str,
    defined: Transition | Interrupt,
    holds: tuple[Condition, ...],
    own: tuple[Condition, ...],
    promised: tuple[Condition, ...],
    urgency: int | None = None,
) -> Step:
    requirement = All((*holds, *own, *promised), defined.path)
    return Step(protocol, state, defined, requirement, All((*holds, *promised), defined.path), urgency)


def promised(protocol: Protocol, target: str) -> Iterator[Condition]:
    """What the `enter` promises of a state ask of every transition into it."""
    for promise in protocol.promises.values():
        if not isinstance(promise, EnterPromise) or target not in promise.enter:
            continue
        path = ("promises", promise.name)
        asked: list[Condition] = []
        if promise.only_if is not None:
            asked.append(promise.only_if)
        asked += [OnRecord(fact, (*path, "needs")) for fact in promise.needs]
        asked += [Visited(state, (*path, "only_after")) for state in promise.only_after]
        if promise.when is None:
            yield from asked
        else:
            yield AnyOf((Not(promise.when, (*path, "when")), All(tuple(asked), path)), path)


def facts_of(condition: Condition, protocol: Protocol) -> set[str]:
    """Every fact that a condition reads, through names and interrupts too."""
    return {each.fact for each in all_in(condition, protocol) if isinstance(each, (Compare, OnRecord))}


def all_in(condition: Condition, protocol: Protocol) -> Iterator[Condition]:
    """A condition and all that is in it, through names and interrupts too, each once."""

    def below(each: Condition) -> tuple[Condition, ...]:
        match each:
            case Named():
                return (protocol.conditions[each.name],)
            case NotHeldBack():
                return (protocol.interrupts[each.interrupt].when,)
            case _:
                return parts(each)

    return each_once(condition, below)
