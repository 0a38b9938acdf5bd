"""What a proof tells apart: each fact's values in regions that no condition distinguishes, and the history.

Exact: a region is a set of values on which every comparison in the protocol comes to the same. Each has
one value that stands for it, so that a story can be told with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, groupby, product
from typing import Any, Final

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import Visit
from rupture_protocol.engine.cubes import representatives
from rupture_protocol.engine.evaluate import Situation, compare_now, elapsed
from rupture_protocol.engine.truth import TRUE
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.conditions import (
    AGAINST_NOW,
    Compare,
    Condition,
    Elapsed,
    OnRecord,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import DATED, Fact, FactType, Value
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.diagram import TooLarge

MOMENTS: Final = tuple(
    datetime(year, month, day, 12, tzinfo=UTC)
    for year, month, day in ((2026, 11, 24), (2026, 11, 28), (2027, 1, 31), (2027, 3, 1), (2028, 3, 31))
)
"""When stories begin, and besides: a Saturday, and days around which months differ in length."""

MOST_REGIONS: Final = 1024
CALENDAR: Final = Calendar()

Pattern = tuple[bool, ...]
"""What each comparison of a fact comes to, in the order of `leaves`."""


@dataclass(frozen=True, slots=True)
class FactVariable:
    """A fact: region 0 is *not on record*; where it is presumed, region 1 is *never recorded*.

    `patterns` are those of the regions of values, which come after. `free`: it varies, expires, or is
    held against now, so that it may change at any time.
    """

    fact: Fact
    leaves: tuple[Compare, ...]
    patterns: tuple[Pattern, ...]
    values: tuple[Value, ...]
    presumed: Pattern | None

    @property
    def first(self) -> int:
        """The first region of values."""
        return 1 if self.presumed is None else 2

    @property
    def size(self) -> int:
        """How many regions there are."""
        return self.first + len(self.patterns)

    @property
    def free(self) -> bool:
        """Whether it changes as life and time go on."""
        against_now = any(leaf.operator in AGAINST_NOW for leaf in self.leaves)
        return self.fact.varies or self.fact.lasts is not None or against_now

    def where(self, leaf: Compare, *, holds: bool) -> list[int]:
        """The regions in which a comparison is definitely true (or definitely false)."""
        at = self.leaves.index(leaf)
        found = [self.first + region for region, each in enumerate(self.patterns) if each[at] is holds]
        return [1, *found] if self.presumed is not None and self.presumed[at] is holds else found

    def recorded(self) -> Sequence[int]:
        """The regions in which it is on record."""
        return range(self.first, self.size)

    def region_of(self, value: Value | None, *, presumed: bool, at: datetime, calendar: Calendar) -> int:
        """The region of what is known of the fact at a moment; -1 for one that no moment at hand showed."""
        if value is None:
            return 0
        if presumed:
            return 1
        pattern = pattern_of(self.fact, self.leaves, value, at, calendar)
        return self.first + self.patterns.index(pattern) if pattern in self.patterns else -1

    def value_in(self, region: int, at: datetime, calendar: Calendar) -> Value | None:
        """A value in a region at a moment; None where no such value is found."""
        if not any(leaf.operator in AGAINST_NOW for leaf in self.leaves):
            return self.values[region - self.first]
        wanted = self.patterns[region - self.first]
        return dict(_regions_at(self.fact, self.leaves, at, calendar)).get(wanted)


@dataclass(frozen=True, slots=True)
class VisitsVariable:
    """How often a state was entered, up to the highest count that a condition tells apart."""

    state: str
    most: int

    @property
    def size(self) -> int:
        """How many counts there are, none among them; the last stands for all above."""
        return self.most + 1

    def entering(self) -> tuple[int, ...]:
        """Where each count goes when the state is entered."""
        return tuple(min(count + 1, self.most) for count in range(self.size))


@dataclass(frozen=True, slots=True)
class ElapsedVariable:
    """How long ago a state was last entered, in the order in which time passes."""

    state: str
    leaves: tuple[Elapsed, ...]
    patterns: tuple[Pattern, ...]
    ordered: bool

    @property
    def size(self) -> int:
        """How many regions there are."""
        return len(self.patterns)

    def where(self, leaf: Elapsed) -> list[int]:
        """The regions in which a comparison holds."""
        at = self.leaves.index(leaf)
        return [region for region, pattern in enumerate(self.patterns) if pattern[at]]

    def region_of(self, entered: datetime, at: datetime, calendar: Calendar) -> int:
        """The region of the time since a state was entered; -1 for one that no moment at hand showed."""
        moments = [each for each in turning_points(entered, self.leaves, calendar) if each < at]
        run = run_of(self.leaves, entered, [*moments, at], calendar)
        if self.ordered:
            return len(run) - 1 if run == self.patterns[: len(run)] else -1
        return self.patterns.index(run[-1]) if run[-1] in self.patterns else -1


Variable = FactVariable | VisitsVariable | ElapsedVariable


def variables_of(protocol: Protocol, leaves: Iterable[Condition]) -> tuple[Variable, ...]:
    """The variables of a protocol: the history first, then the facts by first use.

    Args:
        protocol: As `load` returns it.
        leaves: Every comparison, `visited`, … and need that a proof depends on, in order of use.
    """
    compared: dict[str, dict[Compare, None]] = {}
    counts: dict[str, int] = {}
    waiting: dict[str, dict[Elapsed, None]] = {}
    for leaf in leaves:
        match leaf:
            case Compare(fact=fact):
                compared.setdefault(fact, {})[leaf] = None
            case OnRecord(fact=fact):
                compared.setdefault(fact, {})
            case Visited(state=state):
                counts[state] = max(counts.get(state, 0), 1)
            case Visits(state=state, values=values):
                counts[state] = max(counts.get(state, 0), 1, max(values) + 1)
            case Elapsed(since=state):
                counts[state] = max(counts.get(state, 0), 1)
                waiting.setdefault(state, {})[leaf] = None
    visits = [VisitsVariable(state, counts[state]) for state in protocol.states if state in counts]
    lengths = [_waits(state, tuple(found)) for state, found in waiting.items()]
    facts = [_fact(protocol.facts[name], tuple(found)) for name, found in compared.items()]
    return (*visits, *lengths, *facts)


def _fact(fact: Fact, leaves: tuple[Compare, ...]) -> FactVariable:
    found: dict[Pattern, Value] = {}
    against_now = any(leaf.operator in AGAINST_NOW for leaf in leaves)
    if against_now and fact.presume is not None:
        # What nobody recorded would come to something else as time passes: one region is not enough.
        raise TooLarge(f"`{fact.name}` is presumed and held against now, which the prover does not follow")
    for at in _moments(leaves) if against_now else MOMENTS[:1]:
        for pattern, value in _regions_at(fact, leaves, at, CALENDAR):
            found.setdefault(pattern, value)
    presumed = None if fact.presume is None else pattern_of(fact, leaves, fact.presume, MOMENTS[0], CALENDAR)
    return FactVariable(fact, leaves, tuple(found), tuple(found.values()), presumed)


def pattern_of(
    fact: Fact, leaves: Sequence[Compare], value: Value, at: datetime, calendar: Calendar
) -> Pattern:
    """What each comparison comes to for a value at a moment."""
    return tuple([compare_now(fact, leaf, value, at, calendar) for leaf in leaves])


def _regions_at(
    fact: Fact, leaves: tuple[Compare, ...], at: datetime, calendar: Calendar
) -> Iterator[tuple[Pattern, Value]]:
    """Each region that there is at a moment, with one value of it."""
    seen: set[Pattern] = set()
    for value in _candidates(fact, leaves, at, calendar):
        pattern = pattern_of(fact, leaves, value, at, calendar)
        if pattern not in seen:
            seen.add(pattern)
            yield pattern, value


def _candidates(fact: Fact, leaves: tuple[Compare, ...], at: datetime, calendar: Calendar) -> Iterable[Value]:
    if fact.type is FactType.SET:
        return _sets(fact, leaves)
    if fact.type is FactType.TEXT:
        return ("as it was said",)
    if fact.type in DATED and not leaves:
        return (at,) if fact.type is FactType.DATETIME else (at.date(),)
    return representatives(fact, leaves, _nowhere(at, calendar))


def _sets(fact: Fact, leaves: tuple[Compare, ...]) -> list[frozenset[str]]:
    """Sets for every region: built up element by element, keeping one of each kind that can still differ."""
    written = [frozenset(_elements(leaf)) for leaf in leaves]
    kept: dict[tuple[bool, ...], frozenset[str]] = {(): frozenset()}
    for at, element in enumerate(fact.values, start=1):
        passed = frozenset(fact.values[:at])
        kept = {
            _so_far(leaves, written, chosen, passed): chosen
            for before in kept.values()
            for chosen in (before, before | {element})
        }
        if len(kept) > MOST_REGIONS:
            raise TooLarge
    return sorted(kept.values(), key=lambda each: (len(each), sorted(each)))


def _so_far(
    leaves: tuple[Compare, ...], written: list[frozenset[str]], chosen: frozenset[str], passed: frozenset[str]
) -> tuple[bool, ...]:
    return tuple(
        (each & passed) <= chosen if leaf.operator == "includes" else (each & passed) == chosen
        for leaf, each in zip(leaves, written, strict=True)
    )


def _elements(leaf: Compare) -> Iterable[str]:
    first: Any = leaf.values[0]
    return first if isinstance(first, frozenset) else [str(each) for each in leaf.values]


def _moments(leaves: tuple[Compare, ...]) -> Iterator[datetime]:
    """Moments at which comparisons with a written date and against now may stand in any order."""
    yield from MOMENTS
    lengths: list[Any] = [leaf.values[0] for leaf in leaves if leaf.operator in AGAINST_NOW]
    written = [value for leaf in leaves if leaf.operator not in AGAINST_NOW for value in leaf.values]
    for value, length in product(written, lengths):
        if not isinstance(value, date):
            continue
        turn = after(value, length, CALENDAR)
        start = value if isinstance(value, datetime) else datetime.combine(value, time.min, UTC)
        yield from (start - _LONG, start - timedelta(days=2), start + (turn - start) / 2)
        yield from (turn - timedelta(minutes=1), turn, turn + timedelta(days=2), turn + _LONG)


_LONG: Final = timedelta(days=400)


def _waits(state: str, leaves: tuple[Elapsed, ...]) -> ElapsedVariable:
    """What the comparisons come to one after the other while time passes."""
    runs = {run_of(leaves, start, turning_points(start, leaves, CALENDAR), CALENDAR) for start in MOMENTS}
    if len(runs) == 1:
        return ElapsedVariable(state, leaves, runs.pop(), ordered=True)
    # A month is now shorter and now longer than 30 days: then there is no one order.
    return ElapsedVariable(
        state, leaves, tuple(dict.fromkeys(chain.from_iterable(sorted(runs)))), ordered=False
    )


def run_of(
    leaves: tuple[Elapsed, ...], start: datetime, moments: Iterable[datetime], calendar: Calendar
) -> tuple[Pattern, ...]:
    """What the comparisons come to at these moments, without repetition."""
    visits = {leaf.since: Visit(1, start) for leaf in leaves}
    return tuple(pattern for pattern, _ in groupby(waited(leaves, visits, at, calendar) for at in moments))


def waited(
    leaves: Sequence[Elapsed], visits: Mapping[str, Visit], at: datetime, calendar: Calendar
) -> Pattern:
    """What each comparison of a length of time comes to at a moment."""
    return tuple([elapsed(leaf, visits, at, calendar) is TRUE for leaf in leaves])


def turning_points(start: datetime, leaves: Iterable[Elapsed], calendar: Calendar) -> list[datetime]:
    """The moments around which comparisons with the time since `start` change over, in order."""
    tiny = timedelta(microseconds=1)
    points = {start, start + tiny}
    for leaf in leaves:
        for length in leaf.values:
            turn = after(start, length, calendar)
            points |= {turn - tiny, turn, turn + tiny}
    return sorted(each for each in points if each >= start)


def _nowhere(at: datetime, calendar: Calendar) -> Situation:
    # `representatives` reads the moment and the calendar of a situation, and nothing else of it.
    return Situation(_NO_PROTOCOL, "", NOTHING, NOTHING, at, calendar)


_NO_PROTOCOL: Final = Protocol("none", "0.0.0", "None", "en", NOTHING)
