"""Where an option comes to something else in another version: exact sets of situations.

What both versions ask for is taken out first. Only what differs is compared, and what is left are small
sets, although all that an option requires may read every fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rupture_protocol.engine.options import Step, Verdict
from rupture_protocol.language.conditions import All, Condition, NotHeldBack
from rupture_protocol.prover.diagram import EMPTY, FULL
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.readings import Reading, Readings

NEVER: Reading = (EMPTY, FULL)
"""What an option comes to where it is not offered: blocked everywhere."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The situations in which an option was one thing and is another: `wanted`, of those in `care`.

    `besides`: `care` leaves out situations in which what both versions ask for does not hold.
    """

    was: tuple[Verdict, ...]
    now: Verdict
    wanted: int
    care: int
    besides: bool


def moved(joint: Joint, state: str, old: Step | None, new: Step | None) -> tuple[Moved, ...]:
    """Every way in which an option comes to something else; none where it never does.

    Raises:
        TooLarge: That cannot be told within the budget.
    """
    parts = _parts(joint.old, old), _parts(joint.new, new)
    common = parts[0] & parts[1]
    if parts[0] == parts[1]:
        return ()
    before, after = (_conjunction(joint, each - common) for each in parts)
    if before == after:
        return ()
    return tuple(_moved(joint, state, _conjunction(joint, common), before, after))


def _moved(joint: Joint, state: str, common: Reading, before: Reading, after: Reading) -> Iterator[Moved]:
    sets, inside = joint.sets, joint.inside(state)
    (was_true, was_false), (is_true, is_false) = before, after
    asked = sets.both(inside, common[0])
    unless = sets.both(inside, sets.outside(common[1]))
    shut = (Verdict.BLOCKED, Verdict.UNDECIDED)
    opened, blocked, undecided = Verdict.OPEN, Verdict.BLOCKED, Verdict.UNDECIDED
    unless_it_was = _unless_open(joint, unless, common, before)
    unless_it_is = _unless_open(joint, unless, common, after)
    found = (
        (shut, opened, sets.without(is_true, was_true), asked),
        ((opened,), blocked, sets.both(was_true, is_false), asked),
        ((opened,), undecided, sets.without(sets.without(was_true, is_true), is_false), asked),
        ((undecided,), blocked, sets.without(is_false, was_false), unless_it_was),
        ((blocked,), undecided, sets.without(was_false, is_false), unless_it_is),
    )
    for was, now, wanted, care in found:
        if sets.both(wanted, care):
            yield Moved(was, now, wanted, care, besides=care != inside)


def _unless_open(joint: Joint, unless: int, common: Reading, own: Reading) -> int:
    return joint.sets.without(unless, joint.sets.both(common[0], own[0]))


def _parts(readings: Readings, step: Step | None) -> frozenset[Reading]:
    if step is None:
        return frozenset({NEVER})
    return frozenset(readings.read(part) for part in _flat(step.requirement.parts))


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for each in conditions:
        if isinstance(each, All):
            yield from _flat(each.parts)
        else:
            yield each


def _conjunction(joint: Joint, readings: Iterable[Reading]) -> Reading:
    # From the bottom up: what stands above is then joined without walking what stands below.
    return joint.new.conjunction(sorted(readings, key=lambda each: _lowest_first(joint, each)))


def _lowest_first(joint: Joint, reading: Reading) -> tuple[int, Reading]:
    true, false = reading
    return -min(joint.sets.level(true), joint.sets.level(false)), reading


def own_parts_differ(joint: Joint, old: Step, new: Step) -> bool:
    """Whether more than what holds an option back differs."""
    return _own(joint.old, old) != _own(joint.new, new)


def holding(joint: Joint, old: Step, new: Step) -> tuple[str, ...]:
    """The interrupts that hold back only one of two versions of an option, or each in other situations."""
    before, after = _holds(joint.old, old), _holds(joint.new, new)
    names = dict.fromkeys((*before, *after))
    return tuple(name for name in names if before.get(name) != after.get(name))


def _own(readings: Readings, step: Step) -> frozenset[Reading]:
    parts = [part for part in step.requirement.parts if not isinstance(part, NotHeldBack)]
    return frozenset(readings.read(part) for part in _flat(parts))


def _holds(readings: Readings, step: Step) -> dict[str, Reading]:
    return {
        part.interrupt: readings.read(part)
        for part in step.requirement.parts
        if isinstance(part, NotHeldBack)
    }
