"""What comparisons with a length of time come to, one after the other, while time passes.

Exact in every calendar: of two lengths whose order depends on when they begin (30 days and 1 month, or
24 hours and 1 day where clocks are changed) either may be over first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from rupture_protocol.engine.calendar import Calendar, after, start_of
from rupture_protocol.language.conditions import Compare, Elapsed, Operator
from rupture_protocol.language.quantities import Duration, Unit
from rupture_protocol.prover.diagram import Sources, TooLarge

Pattern = tuple[bool, ...]
"""What each comparison comes to, in the order in which they are given."""

Passed = tuple[bool, ...]
"""Which marks are behind: moments at which a comparison may change over."""

MOST_POSITIONS = 256
TINY = timedelta(microseconds=1)


class Mark(NamedTuple):
    """That a length of time is over: from that moment on, or only after it. None: that a date has come."""

    length: Duration | None
    strictly: bool

    def passed(self, start: date, at: datetime, calendar: Calendar) -> bool:
        """Whether it is behind at a moment."""
        turn = self.turn(start, calendar)
        return turn < at if self.strictly else turn <= at

    def turn(self, start: date, calendar: Calendar) -> datetime:
        """The moment that it is about."""
        if self.length is not None:
            return after(start, self.length, calendar)
        return start if isinstance(start, datetime) else start_of(start, calendar)


COME = Mark(None, strictly=False)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where one may stand between the marks, from before the first to after the last.

    `sources` are the positions that one may come from while time passes, itself among them. `straight`: the
    positions follow one another in the order in which they stand, whatever the calendar.
    """

    marks: tuple[Mark, ...]
    patterns: tuple[Pattern, ...]
    sources: Sources
    straight: bool
    _places: Mapping[Passed, int] = field(repr=False, hash=False)

    def position(self, start: date, at: datetime, calendar: Calendar) -> int:
        """Where one stands at a moment, so long after `start`."""
        return self._places[tuple(mark.passed(start, at, calendar) for mark in self.marks)]

    def turns(self, start: date, calendar: Calendar) -> set[datetime]:
        """The moments on both sides of each mark."""
        turns = {mark.turn(start, calendar) for mark in self.marks}
        return {turn + shift for turn in turns for shift in (-TINY, timedelta(), TINY)}


def since_entry(leaves: Sequence[Elapsed]) -> Timeline:
    """The time since a state was entered."""
    read = [[Mark(length, strictly) for length, strictly in _ends_of(leaf)] for leaf in leaves]

    def pattern(passed: Mapping[Mark, bool]) -> Pattern:
        return tuple(
            _holds(leaf, [passed[mark] for mark in own]) for leaf, own in zip(leaves, read, strict=True)
        )

    return _timeline(dict.fromkeys(mark for own in read for mark in own), pattern, by_day=False)


def against_now(leaves: Sequence[Compare], *, by_day: bool) -> Timeline:
    """A date held against now: first it comes, then it is older than one length after the other.

    Args:
        by_day: It is a day without a time.
    """
    lengths = [length for leaf in leaves for length in leaf.values if isinstance(length, Duration)]
    read = [Mark(length, strictly=True) for length in lengths]

    def pattern(passed: Mapping[Mark, bool]) -> Pattern:
        return tuple(
            passed[mark] if leaf.operator is Operator.OLDER_THAN else passed[COME] and not passed[mark]
            for leaf, mark in zip(leaves, read, strict=True)
        )

    come = [COME] if any(leaf.operator is Operator.WITHIN for leaf in leaves) else []
    return _timeline(dict.fromkeys([*come, *read]), pattern, by_day=by_day)


def _ends_of(leaf: Elapsed) -> Iterator[tuple[Duration, bool]]:
    """The lengths that a comparison is about, and whether it changes over only after that."""
    late = leaf.operator in (Operator.AT_MOST, Operator.ABOVE)
    for number, length in enumerate(leaf.values):
        yield length, late or number == 1  # `between` holds until the second is over, to the end


def _holds(leaf: Elapsed, passed: Sequence[bool]) -> bool:
    match leaf.operator:
        case Operator.BETWEEN:
            return passed[0] and not passed[1]
        case Operator.AT_LEAST | Operator.ABOVE:
            return passed[0]
        case _:
            return not passed[0]


def _timeline(
    given: Iterable[Mark], pattern: Callable[[Mapping[Mark, bool]], Pattern], *, by_day: bool
) -> Timeline:
    marks = tuple(given)
    found = sorted(_orders(marks, by_day=by_day), key=lambda each: (sum(each), each))
    patterns = [pattern(dict(zip(marks, each, strict=True))) for each in found]
    straight = all(_before(one, other) for one, other in pairwise(found))
    if not straight:
        sources = tuple(tuple(at for at, one in enumerate(found) if _before(one, other)) for other in found)
        return Timeline(
            marks, tuple(patterns), sources, straight, {each: at for at, each in enumerate(found)}
        )
    # Neighbours at which everything comes to the same are one position.
    runs = [list(run) for _, run in groupby(range(len(found)), key=patterns.__getitem__)]
    places = {found[each]: at for at, run in enumerate(runs) for each in run}
    sources = tuple(tuple(range(at + 1)) for at in range(len(runs)))
    return Timeline(marks, tuple(patterns[run[0]] for run in runs), sources, straight, places)


def _orders(marks: Sequence[Mark], *, by_day: bool) -> list[Passed]:
    """Every set of marks that may be behind while the others are still ahead."""
    found: list[Passed] = [()]
    for new, mark in enumerate(marks):
        before = [at for at in range(new) if _surely_first(marks[at], mark, by_day=by_day)]
        behind = [at for at in range(new) if _surely_first(mark, marks[at], by_day=by_day)]
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


# Which of two marks is passed first --------------------------------------------------------------------

_DAY = 24 * 60
_SLACK = 180
"""Minutes by which a day may be shorter or longer where clocks are changed."""


def _surely_first(one: Mark, other: Mark, *, by_day: bool) -> bool:
    """Whether the first of two marks is behind whenever the second is."""
    if one.length is None or other.length is None:
        return one.length is None
    longest, shortest = _compared(one.length, other.length, by_day=by_day)
    return longest < shortest or (longest == shortest and one.strictly <= other.strictly)


def _compared(one: Duration, other: Duration, *, by_day: bool) -> tuple[int, int]:
    """The most that the first length may be, and the least that the second may be, in the same unit."""
    if one.unit is other.unit:
        return one.count, other.count
    if _DAYS.keys() >= {one.unit, other.unit}:
        return _DAYS[one.unit][1] * one.count, _DAYS[other.unit][0] * other.count
    return _minutes(one, by_day=by_day)[1], _minutes(other, by_day=by_day)[0]


def _minutes(length: Duration, *, by_day: bool) -> tuple[int, int]:
    """The least and the most that a length may be; days that are counted from a day end with one."""
    if length.unit in _EXACT:
        return (_EXACT[length.unit] * length.count,) * 2
    least, most = (each * length.count + by_day for each in _DAYS[length.unit])
    return least * _DAY - _SLACK, most * _DAY + _SLACK


_EXACT = {Unit.MINUTES: 1, Unit.HOURS: 60}
_DAYS = {Unit.DAYS: (1, 1), Unit.WEEKS: (7, 7), Unit.MONTHS: (28, 31)}
