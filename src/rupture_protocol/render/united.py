"""Two versions of a protocol as one that can be drawn: all that the new one has, and what is gone.

Alone here: which way of one version is the same as one of the other. As in the difference itself, what counts
is what is offered in each state, not where in the file it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from rupture_protocol.engine.options import steps_from
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.protocol import Interrupt, Protocol, State, Transition
from rupture_protocol.language.source import Path

T = TypeVar("T")
Way = Transition | Interrupt
Place = tuple[str, str]
"""A state and a trigger."""

WAS = "was"
"""How the path of what is gone begins, as no path of a protocol does."""


@dataclass(frozen=True, slots=True)
class United:
    """Both versions in one, for pictures only: a state may have two ways of one trigger.

    `before` and `after` say what each version offers, `at` which ways that are drawn stand for a trigger
    in a state; `new` and `gone` are paths of ways.
    """

    protocol: Protocol
    before: Mapping[Place, Way]
    after: Mapping[Place, Way]
    at: Mapping[Place, tuple[Way, ...]]
    new: frozenset[Path]
    gone: frozenset[Path]


def united(old: Protocol, new: Protocol) -> United:
    """Both versions as one."""
    before, after = _ways_at(old), _ways_at(new)
    kept = {place: way for place, way in before.items() if _same(way, after.get(place))}
    places: dict[Path, list[Place]] = {}
    for place, way in before.items():
        places.setdefault(way.path, []).append(place)
    heirs = {path: _heirs(path, [after[each] for each in at if each in kept]) for path, at in places.items()}
    gone = {
        path: replace(before[at[0]], path=(WAS, *path))
        for path, at in places.items()
        if not heirs[path] and any(each not in kept for each in at)
    }
    same = {after[place].path for place in kept}
    at: dict[Place, tuple[Way, ...]] = {place: (way,) for place, way in after.items()}
    for place, way in before.items():
        if place not in after:
            at[place] = (gone[way.path],) if way.path in gone else heirs[way.path]
    return United(
        _drawn(old, new, gone.values()),
        before,
        after,
        at,
        frozenset(way.path for way in after.values() if way.path not in same),
        frozenset(way.path for way in gone.values()),
    )


def written_at(way: Way) -> object:
    """In which part of its protocol a way is written: `states`, `anywhere` or `interrupts`."""
    return way.path[way.path[0] == WAS]


def _ways_at(protocol: Protocol) -> dict[Place, Way]:
    return {
        (state, step.trigger): step.defined
        for state in protocol.states
        for step in steps_from(protocol, state)
    }


def _same(old: Way, new: Way | None) -> bool:
    return new is not None and new.to == old.to and isinstance(new, Interrupt) is isinstance(old, Interrupt)


def _heirs(path: Path, kept: Iterable[Way]) -> tuple[Way, ...]:
    """The ways that take the place of an old one: from anywhere as that was, or from its state."""
    return tuple({way.path: way for way in kept if path[0] in (way.path[0], "states")}.values())


def _drawn(old: Protocol, new: Protocol, gone: Iterable[Way]) -> Protocol:
    states = dict(new.states)
    states |= {
        name: replace(state, initial=False, transitions=Frozen({}))
        for name, state in old.states.items()
        if name not in states
    }
    anywhere, interrupts = dict(new.anywhere), dict(new.interrupts)
    for way in gone:
        # A key that is no name: the new version may have another way of this trigger.
        key = f"{WAS} {way.trigger}"
        if isinstance(way, Interrupt):
            interrupts[key] = way
        elif written_at(way) == "anywhere":
            anywhere[key] = way
        else:
            states[str(way.path[2])] = _with(states[str(way.path[2])], key, way)
    return replace(
        new,
        states=Frozen(states),
        anywhere=Frozen(anywhere),
        interrupts=Frozen(interrupts),
        roles=_both(old.roles, new.roles),
        facts=_both(old.facts, new.facts),
        conditions=_both(old.conditions, new.conditions),
        deadlines=_both(old.deadlines, new.deadlines),
        promises=_both(old.promises, new.promises),
    )


def _with(state: State, key: str, way: Transition) -> State:
    return replace(state, transitions=Frozen({**state.transitions, key: way}))


def _both(old: Mapping[str, T], new: Mapping[str, T]) -> Mapping[str, T]:
    return Frozen({**new, **{name: each for name, each in old.items() if name not in new}})
