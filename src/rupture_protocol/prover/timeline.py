"""What comparisons with a length of time come to, one after the other, while time passes.

Exact in every calendar: of two lengths whose order depends on when they begin (30 days and 1 month, or
24 hours and 1 day where clocks are changed) either may be over first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from rupture_protocol.engine.calendar import Calendar, after, start_of
from rupture_protocol.language.comparing import in_order
from rupture_protocol.language.conditions import Compare, Elapsed, Operator
from rupture_protocol.language.quantities import Duration, Unit
from rupture_protocol.prover.diagram import Sources, TooLarge

Pattern = tuple[bool, ...]
"""What each comparison comes to, in the order in which they are given."""

Passed = tuple[bool, ...]
"""Which marks are behind: moments at which a comparison may change over."""

MOST_POSITIONS = 256
TINY = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where one may stand between the marks, from before the first to after the last.

    `sources` are the positions that one may come from while time passes, itself among them. `straight`: the
    positions follow one another in the order in which they stand, whatever the calendar.
    """

    lengths: tuple[Duration, ...]
    patterns: tuple[Pattern, ...]
    sources: Sources
    straight: bool
    _passed: Callable[[date, tuple[Duration, ...], datetime, Calendar], Passed] = field(repr=False)
    _places: Mapping[Passed, int] = field(repr=False, hash=False)

    def position(self, start: date, at: datetime, calendar: Calendar) -> int:
        """Where one stands at a moment, so long after `start`."""
        return self._places[self._passed(start, self.lengths, at, calendar)]

    def turns(self, start: date, calendar: Calendar) -> set[datetime]:
        """The moments on both sides of each mark."""
        began = start if isinstance(start, datetime) else start_of(start, calendar)
        marks = {began, *(after(start, length, calendar) for length in self.lengths)}
        return {mark + shift for mark in marks for shift in (-TINY, timedelta(), TINY)}


def since_entry(leaves: Sequence[Elapsed]) -> Timeline:
    """The time since a state was entered: each length is reached at one moment, and passed after it."""
    lengths = tuple(dict.fromkeys(length for leaf in leaves for length in leaf.values))

    def surely(earlier: int, later: int) -> bool:
        one, other = lengths[earlier // 2], lengths[later // 2]
        return _over_by(one, other, strictly=True) or (
            _over_by(one, other) and earlier % 2 <= later % 2  # reached comes before passed
        )

    def pattern(passed: Passed) -> Pattern:
        stands = {each: passed[2 * at] + passed[2 * at + 1] - 1 for at, each in enumerate(lengths)}
        return tuple(
            in_order(leaf.operator, 0, tuple(-stands[length] for length in leaf.values)) for leaf in leaves
        )

    return _timeline(lengths, 2 * len(lengths), surely, pattern, _reached)


def against_now(leaves: Sequence[Compare]) -> Timeline:
    """A date held against now: first it comes, then it is older than one length after the other."""
    lengths = tuple(
        dict.fromkeys(each for leaf in leaves for each in leaf.values if isinstance(each, Duration))
    )

    def surely(earlier: int, later: int) -> bool:
        return not earlier or (later > 0 and _over_by(lengths[earlier - 1], lengths[later - 1]))

    def pattern(passed: Passed) -> Pattern:
        older = dict(zip(lengths, passed[1:], strict=True))
        return tuple(
            older[length] if leaf.operator is Operator.OLDER_THAN else passed[0] and not older[length]
            for leaf in leaves
            for length in leaf.values
            if isinstance(length, Duration)
        )

    return _timeline(lengths, 1 + len(lengths), surely, pattern, _come)


def _reached(start: date, lengths: tuple[Duration, ...], at: datetime, calendar: Calendar) -> Passed:
    turns = [after(start, length, calendar) for length in lengths]
    return tuple(each for turn in turns for each in (turn <= at, turn < at))


def _come(start: date, lengths: tuple[Duration, ...], at: datetime, calendar: Calendar) -> Passed:
    began = start if isinstance(start, datetime) else start_of(start, calendar)
    return (began <= at, *(after(start, length, calendar) < at for length in lengths))


def _timeline(
    lengths: tuple[Duration, ...],
    marks: int,
    surely: Callable[[int, int], bool],
    pattern: Callable[[Passed], Pattern],
    passed: Callable[[date, tuple[Duration, ...], datetime, Calendar], Passed],
) -> Timeline:
    found = sorted(_orders(marks, surely), key=lambda each: (sum(each), each))
    straight = all(_before(one, other) for one, other in pairwise(found))
    if straight:
        # Neighbours at which everything comes to the same are one position.
        runs = [(each, list(run)) for each, run in groupby(found, key=pattern)]
        patterns = tuple(each for each, _ in runs)
        places = {each: at for at, (_, run) in enumerate(runs) for each in run}
        sources: Sources = tuple(tuple(range(at + 1)) for at in range(len(runs)))
    else:
        patterns = tuple(map(pattern, found))
        places = {each: at for at, each in enumerate(found)}
        sources = tuple(tuple(at for at, one in enumerate(found) if _before(one, other)) for other in found)
    return Timeline(lengths, patterns, sources, straight, passed, places)


def _orders(marks: int, surely: Callable[[int, int], bool]) -> list[Passed]:
    """Every set of marks that may be behind while the others are still ahead."""
    found: list[Passed] = [()]
    for new in range(marks):
        before = [at for at in range(new) if surely(at, new)]
        behind = [at for at in range(new) if surely(new, at)]
        found = [
            (*each, passed)
            for each in found
            for passed in (False, True)
            if (all(each[at] for at in before) if passed else not any(each[at] for at in behind))
        ]
        if len(found) > MOST_POSITIONS:
            raise TooLarge("more lengths of time are compared than can be told apart")
    return found


def _before(one: Passed, other: Passed) -> bool:
    return all(left <= right for left, right in zip(one, other, strict=True))


# Which of two lengths is over first --------------------------------------------------------------------

_DAY = 24 * 60
_SLACK = 180
"""Minutes by which a day may be shorter or longer where clocks are changed."""


def _over_by(one: Duration, other: Duration, *, strictly: bool = False) -> bool:
    """Whether the first of two lengths is over by the time the second is, whenever both begin."""
    if one.unit is other.unit:
        longest, shortest = one.count, other.count
    elif _EXACT.keys() >= {one.unit, other.unit}:
        longest, shortest = (_EXACT[each.unit] * each.count for each in (one, other))
    elif _DAYS.keys() >= {one.unit, other.unit}:
        longest, shortest = _DAYS[one.unit][1] * one.count, _DAYS[other.unit][0] * other.count
    else:
        longest, shortest = _minutes(one)[1], _minutes(other)[0]
    return longest < shortest if strictly else longest <= shortest


def _minutes(length: Duration) -> tuple[int, int]:
    """The least and the most that a length may be, in minutes: counted from a day it ends with one."""
    if length.unit in _EXACT:
        return (_EXACT[length.unit] * length.count,) * 2
    least, most = (each * length.count for each in _DAYS[length.unit])
    return least * _DAY - _SLACK, (most + 1) * _DAY + _SLACK


_EXACT = {Unit.MINUTES: 1, Unit.HOURS: 60}
_DAYS = {Unit.DAYS: (1, 1), Unit.WEEKS: (7, 7), Unit.MONTHS: (28, 31)}
