"""What is not known yet that would decide, what would open what is blocked, and what to ask first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rupture_protocol.engine.cubes import STAY, Cube, Space
from rupture_protocol.engine.evaluate import Situation, Trace
from rupture_protocol.engine.options import Step, facts_of
from rupture_protocol.engine.truth import UNKNOWN
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.facts import FactType, Value
from rupture_protocol.once import each_once

MOST_MISSING: Final = 8
MOST_CHANGES: Final = 3
MOST_VALUES: Final = 12

Missing = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """What one recorded fact would have to be instead, and who may record it."""

    to: tuple[Value, ...]
    by: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Change by {', '.join(self.by)}>"


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth asking for now: the question, and who may answer."""

    fact: str
    question: str
    by: tuple[str, ...]


def missing(step: Step, situation: Situation) -> Missing:
    """The smallest sets of unrecorded facts that, with suitable values, would open the option.

    A fact that is only presumed is not recorded. At most 8 sets, smallest first, then in file order.
    """
    free = [name for name in step.facts if _unrecorded(name, situation)]
    if not free:
        return ()
    space = Space.of(step.requirement, situation, free)
    order = {name: at for at, name in enumerate(situation.protocol.facts)}
    found = [tuple(sorted(each, key=order.__getitem__)) for each in space.supports(step.requirement) if each]
    found.sort(key=lambda names: (len(names), [order[name] for name in names]))
    return tuple(found[:MOST_MISSING])


def opens_with(step: Step, situation: Situation) -> tuple[Mapping[str, Change], ...]:
    """The smallest changes of recorded facts that would open a blocked option.

    Never a change of a fact that an interrupt reads: danger is not talked away. At most 3.
    """
    protocol = situation.protocol
    guarded: set[str] = set()
    for interrupt in protocol.interrupts.values():
        guarded |= facts_of(interrupt.when, protocol)
    free = [name for name in step.facts if name not in guarded and not _unrecorded(name, situation)]
    if not free:
        return ()
    space = Space.of(step.requirement, situation, free)
    best: dict[frozenset[str], Cube] = {}
    for cube in space.cubes(step.requirement):
        best.setdefault(space.support(cube), cube)
    supports = sorted((each for each in best if each), key=lambda each: (len(each), _first(each, situation)))
    smallest = [each for at, each in enumerate(supports) if not any(less < each for less in supports[:at])]
    return tuple(_changes(best[each], each, space) for each in smallest[:MOST_CHANGES])


def ask(
    steps: Iterable[Step], missed: Mapping[str, Missing], traces: Iterable[Trace], situation: Situation
) -> tuple[Question, ...]:
    """What to ask, most useful first.

    The facts of undecided interrupts, most urgent first; then the state's own list; then the facts
    that most options miss; then file order.

    Args:
        steps: The options of the state.
        missed: What each option misses, by trigger.
        traces: The traces of all interrupts' conditions, most urgent first.
        situation: The case at this moment.
    """
    protocol = situation.protocol
    urgent = [name for trace in traces if trace.truth is UNKNOWN for name in undecided_facts(trace)]
    listed = list(protocol.states[situation.state].ask)
    counted = {
        name: sum(any(name in group for group in missed[step.trigger]) for step in steps)
        for name in protocol.facts
    }
    rest = sorted((name for name, count in counted.items() if count), key=lambda name: -counted[name])
    wanted = dict.fromkeys(name for name in (*urgent, *listed, *rest) if _unrecorded(name, situation))
    return tuple(_question(name, situation) for name in wanted)


def undecided_facts(trace: Trace) -> Iterator[str]:
    """The facts whose being unknown leaves a condition unknown, as they are written."""
    for each in each_once(trace, lambda one: one.parts if one.truth is UNKNOWN else ()):
        if each.truth is UNKNOWN and each.reading is not None:
            yield each.condition.fact  # type: ignore[union-attr]  # only facts have a reading


def _unrecorded(name: str, situation: Situation) -> bool:
    reading = situation.read(name)
    return reading.value is None or reading.presumed


def _question(name: str, situation: Situation) -> Question:
    fact = situation.protocol.facts[name]
    return Question(name, fact.ask or f"{fact.title or name}?", fact.by)


def _first(names: frozenset[str], situation: Situation) -> list[int]:
    return sorted(at for at, name in enumerate(situation.protocol.facts) if name in names)


def _changes(cube: Cube, names: frozenset[str], space: Space) -> Mapping[str, Change]:
    protocol = space.situation.protocol
    ordered = [name for name in protocol.facts if name in names]
    return Frozen({name: Change(_suitable(name, cube, space), protocol.facts[name].by) for name in ordered})


def _suitable(name: str, cube: Cube, space: Space) -> tuple[Value, ...]:
    fact = space.situation.protocol.facts[name]
    if fact.type is FactType.SET:
        now: Any = space.situation.read(name).value
        wanted = {element: mask for (each, element), mask in cube.items() if each == name and element}
        kept = {each for each in now if wanted.get(each, 4) & 4}
        return (frozenset(kept | {each for each, mask in wanted.items() if not mask & 2}),)
    mask = cube[name, ""]
    values = [value for at, value in enumerate(space.regions.get(name, ()), start=1) if mask >> at & 1]
    return tuple(values[:MOST_VALUES]) if mask & ~STAY else ()
