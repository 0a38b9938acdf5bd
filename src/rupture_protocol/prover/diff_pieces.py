"""What changed apart from the options: facts, roles, states, interrupts, deadlines, promises, texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from rupture_protocol.language.conditions import Condition, OnRecord, Visited
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Deadline, EnterPromise, Promise, Protocol, State
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.diff_texts import changed_texts
from rupture_protocol.prover.difference import (
    ASKS_MORE,
    BOTH_WAYS,
    LOOSER,
    OTHER,
    STRICTER,
    Change,
    Effect,
)
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.readings import Reading, Readings
from rupture_protocol.prover.rights import changed_record, compared, listed

T = TypeVar("T")

ADDED = {"interrupt": STRICTER, "promise": STRICTER, "deadline": STRICTER}
REMOVED = {"interrupt": LOOSER, "promise": LOOSER, "deadline": LOOSER}
_CALLED = {"promise": ("is promised now", "is not promised any more")}


def changes(old: Protocol, new: Protocol, joint: Joint | None) -> Iterator[Change]:
    """Everything that is not about when an option is open."""
    if old.initial != new.initial:
        yield Change("state", new.initial, f"is where cases begin, not `{old.initial}`", BOTH_WAYS)
    yield from _each("state", old.states, new.states, _state)
    yield from _each("interrupt", old.interrupts, new.interrupts, lambda _old, _new: ())
    yield from _order(old, new)
    yield from _each("fact", old.facts, new.facts, _fact)
    yield from _each("role", old.roles, new.roles, lambda _old, _new: ())
    pieces = _Read(old, new, joint)
    yield from _each("promise", old.promises, new.promises, pieces.promise)
    yield from _each("deadline", old.deadlines, new.deadlines, pieces.deadline)
    if old.assume != new.assume:
        yield Change("assume", "assume", "proofs leave out other cases", OTHER)
    yield from changed_texts(old, new)


def _each(
    part: str, old: Mapping[str, T], new: Mapping[str, T], compare: Callable[[T, T], Any]
) -> Iterator[Change]:
    come, gone = _CALLED.get(part, ("is new", "is gone"))
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            yield Change(part, name, come, ADDED.get(part, OTHER))
        elif name not in new:
            yield Change(part, name, gone, REMOVED.get(part, OTHER))
        else:
            yield from compare(old[name], new[name])


def _reordered(old: Mapping[str, T], new: Mapping[str, T]) -> bool:
    return [name for name in old if name in new] != [name for name in new if name in old]


def _order(old: Protocol, new: Protocol) -> Iterator[Change]:
    if _reordered(old.interrupts, new.interrupts):
        says = f"come in another order of urgency: {listed(new.interrupts)}"
        yield Change("interrupt", "interrupts", says, OTHER)
    if _reordered(old.anywhere, new.anywhere):
        yield Change("protocol", "anywhere", "lists what is offered anywhere in another order", OTHER)


def _fact(old: Fact, new: Fact) -> Iterator[Change]:
    if old.type is not new.type:
        says = f"is {new.type.with_article} now, not {old.type.with_article}: another fact of the same name"
        yield Change("fact", new.name, says, BOTH_WAYS)
        return
    come = [each for each in (*new.values, *new.also) if each not in (*old.values, *old.also)]
    gone = [each for each in (*old.values, *old.also) if each not in (*new.values, *new.also)]
    if come:
        yield Change("fact", new.name, f"may be {listed(come)} as well", OTHER)
    if gone:
        yield Change("fact", new.name, f"may not be {listed(gone)} any more", OTHER)
    if not (come or gone) and (old.values, old.also) != (new.values, new.also):
        yield Change("fact", new.name, "has its values in another order", OTHER)
    if (old.minimum, old.maximum, old.unit) != (new.minimum, new.maximum, new.unit):
        yield Change("fact", new.name, "has other limits, or another unit", OTHER)
    yield from changed_record(old, new)


def _state(old: State, new: State) -> Iterator[Change]:
    name = new.name
    come = [each for each in new.forget if each not in old.forget]
    gone = [each for each in old.forget if each not in new.forget]
    if come:
        yield Change("state", name, f"asks afresh for {listed(come)}", ASKS_MORE)
    if gone:
        yield Change("state", name, f"does not ask afresh for {listed(gone)} any more", LOOSER)
    if set(old.ask) != set(new.ask):
        more = [each for each in new.ask if each not in old.ask]
        less = [each for each in old.ask if each not in new.ask]
        said = [f"suggests to ask for {listed(more)}"] if more else []
        said += [f"does not suggest {listed(less)} any more"] if less else []
        yield Change("state", name, " and ".join(said), ASKS_MORE if more else OTHER)
    if old.final != new.final:
        says = "ends a case now" if new.final else "does not end a case any more"
        yield Change("state", name, says, BOTH_WAYS)
    if set(old.ask) == set(new.ask) and old.ask != new.ask:
        yield Change("state", name, "suggests its questions in another order", OTHER)
    if _reordered(old.transitions, new.transitions):
        yield Change("state", name, "lists its options in another order", OTHER)
    if old.outcome != new.outcome:
        yield Change("state", name, "has another outcome", OTHER)
    if (old.wait and old.wait.until) != (new.wait and new.wait.until) or bool(old.wait) != bool(new.wait):
        yield Change("state", name, "excuses waiting in other situations", OTHER)


class _Read:
    """Promises and deadlines, which read conditions."""

    def __init__(self, old: Protocol, new: Protocol, joint: Joint | None) -> None:
        self._everyone = old, new
        self._joint = joint

    def promise(self, old: Promise, new: Promise) -> Iterator[Change]:
        """One promise in both versions."""
        bare = [replace(each, says=None, title=None, source=()) for each in (old, new)]
        if bare[0] == bare[1]:
            return
        if not isinstance(old, EnterPromise) or not isinstance(new, EnterPromise):
            yield Change("promise", new.name, "promises something else", BOTH_WAYS)
            return
        effects = self._compared(
            lambda readings: self._kept(readings, old), lambda readings: self._kept(readings, new)
        )
        where = set(new.enter) - set(old.enter), set(old.enter) - set(new.enter)
        found = set(effects) | (set(STRICTER) if where[0] else set()) | (set(LOOSER) if where[1] else set())
        if not found:
            return
        says = {frozenset(STRICTER): "promises more", frozenset(LOOSER): "promises less"}.get(
            frozenset(found), "promises something else"
        )
        yield Change("promise", new.name, says, tuple(sorted(found, key=list(Effect).index)))

    def deadline(self, old: Deadline, new: Deadline) -> Iterator[Change]:
        """One deadline in both versions."""
        name = new.name
        if old.within != new.within:
            shorter = compared(old.within, new.within)
            word = {-1: "is shorter", 1: "is longer", 0: "is shorter or longer, as it happens"}[shorter]
            effects = {-1: STRICTER, 1: LOOSER, 0: BOTH_WAYS}[shorter]
            yield Change("deadline", name, f"{word}: {_within(new)}; it was {_within(old)}", effects)
        if (old.starts, old.met_by) != (new.starts, new.met_by):
            yield Change("deadline", name, "starts or is met by something else", BOTH_WAYS)
        if old.kind != new.kind:
            yield Change("deadline", name, f"rests on {new.kind}, not on {old.kind}", OTHER)
        if old.when != new.when:
            effects = self._compared(
                lambda readings: self._runs(readings, old), lambda readings: self._runs(readings, new)
            )
            # A deadline that runs in more situations is stricter: the other way round than what opens.
            turned = {Effect.LOOSER: Effect.STRICTER, Effect.STRICTER: Effect.LOOSER}
            found = tuple(turned.get(each, each) for each in reversed(effects))
            if found:
                yield Change("deadline", name, "runs in other situations", found)

    def _compared(
        self, old: Callable[[Readings], Reading], new: Callable[[Readings], Reading]
    ) -> tuple[Effect, ...]:
        """How the situations grew in which something is true: looser where there are more, or new ones."""
        try:
            if self._joint is None:
                raise TooLarge
            sets = self._joint.sets
            before, after = old(self._joint.old)[0], new(self._joint.new)[0]
            return (LOOSER if sets.without(after, before) else ()) + (
                STRICTER if sets.without(before, after) else ()
            )
        except (TooLarge, RecursionError):
            return (Effect.NOT_DECIDED,)

    def _kept(self, readings: Readings, promise: EnterPromise) -> Reading:
        asked: list[Condition] = [OnRecord(fact) for fact in promise.needs]
        asked += [Visited(state) for state in promise.only_after]
        asked += [promise.only_if] if promise.only_if is not None else []
        kept = readings.conjunction([readings.read(each) for each in asked])
        if promise.when is None:
            return kept
        return readings.disjunction([readings.read(promise.when)[::-1], kept])

    def _runs(self, readings: Readings, deadline: Deadline) -> Reading:
        return (1, 0) if deadline.when is None else readings.read(deadline.when)


def _within(deadline: Deadline) -> str:
    return f"within {deadline.within}" if deadline.within else "as soon as practicable"
