"""What a proof tells apart: each fact's values in regions that no condition distinguishes, and the history.

Exact: a region is a set of values on which every comparison in the protocol comes to the same, now and
later. Each has one value that stands for it, so that a story can be told with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from typing import Any, Final

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.cubes import representatives
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.comparing import compare
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
from rupture_protocol.language.quantities import Unit
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.timeline import Pattern, Timeline, against_now, since_entry

START: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""When stories begin."""

MOST_REGIONS: Final = 1024
CALENDAR: Final = Calendar()


@dataclass(frozen=True, slots=True)
class FactVariable:
    """A fact: region 0 is *not on record*; where it is presumed, *never recorded* comes next.

    `never` are the patterns of those regions: one, or one for each position of a presumed date that is held
    against now. `patterns` are those of the regions of values, which come after. A fact that is held
    against now has a `timeline`, and of each kind of value in `kinds` one region for each position there.
    """

    fact: Fact
    leaves: tuple[Compare, ...]
    patterns: tuple[Pattern, ...]
    values: tuple[Value, ...]
    never: tuple[Pattern, ...] = ()
    timeline: Timeline | None = None
    kinds: tuple[Pattern, ...] = ()

    @property
    def first(self) -> int:
        """The first region of values."""
        return 1 + len(self.never)

    @property
    def size(self) -> int:
        """How many regions there are."""
        return self.first + len(self.patterns)

    @property
    def free(self) -> bool:
        """Whether it changes as life goes on."""
        return self.fact.varies or self.fact.lasts is not None

    @property
    def straight(self) -> bool:
        """Whether time leads through its regions in one order."""
        return self.timeline is None or self.timeline.straight

    @property
    def steady(self) -> bool:
        """Whether that is so, and whatever can be recorded of it can be at any moment."""
        if self.timeline is None:
            return True
        units = {mark.length.unit for mark in self.timeline.marks if mark.length is not None}
        hours_of_days = self.fact.type is FactType.DATE and units & {Unit.MINUTES, Unit.HOURS}
        return self.straight and len(self.kinds) == 1 and not hours_of_days

    def recordable(self, region: int) -> bool:
        """Whether a value in a region can be recorded at any moment, as what is still to come always can."""
        if region < self.first:
            return False
        at_an_end = region in (self.first, self.size - 1) and len(self.kinds) <= 1
        return self.steady or at_an_end

    def older(self, region: int) -> tuple[int, ...]:
        """The regions that a fact may come from by time alone, while nothing is recorded."""
        if self.timeline is None or region == 0:
            return (region,)
        first = 1 if region < self.first else self.first
        kind, position = divmod(region - first, len(self.timeline.patterns))
        start = first + kind * len(self.timeline.patterns)
        return tuple(start + each for each in self.timeline.sources[position])

    def where(self, leaf: Compare, *, holds: bool) -> list[int]:
        """The regions in which a comparison is definitely true (or definitely false)."""
        at = self.leaves.index(leaf)
        known = enumerate((*self.never, *self.patterns), start=1)
        return [region for region, each in known if each[at] is holds]

    def recorded(self) -> Sequence[int]:
        """The regions in which it is on record."""
        return range(self.first, self.size)

    def region_of(self, value: Value | None, *, presumed: bool, at: datetime, calendar: Calendar) -> int:
        """The region of what is known of the fact at a moment."""
        if value is None:
            return 0
        if self.timeline is None or not isinstance(value, date):
            return (
                1 if presumed else self.first + self.patterns.index(_kind_of(self.fact, self.leaves, value))
            )
        position = self.timeline.position(value, at, calendar)
        if presumed:
            return 1 + position
        kind = self.kinds.index(_kind_of(self.fact, self.leaves, value))
        return self.first + kind * len(self.timeline.patterns) + position

    def value_in(self, region: int, at: datetime, calendar: Calendar) -> Value | None:
        """A value in a region at a moment; None where no such value is found."""
        if self.timeline is None:
            return self.values[region - self.first]
        candidates = _candidates(self.fact, self.leaves, at, calendar)
        found = (
            value
            for value in candidates
            if self.region_of(value, presumed=False, at=at, calendar=calendar) == region
        )
        return next(found, None)


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
    """How long ago a state was last entered: where one stands on the timeline of its lengths."""

    state: str
    leaves: tuple[Elapsed, ...]
    timeline: Timeline

    @property
    def size(self) -> int:
        """How many regions there are."""
        return len(self.timeline.patterns)

    @property
    def straight(self) -> bool:
        """Whether time leads through its regions in one order."""
        return self.timeline.straight

    @property
    def steady(self) -> bool:
        """The same: nobody records it."""
        return self.straight

    def older(self, region: int) -> tuple[int, ...]:
        """The regions that a length of time may come from while time passes."""
        return self.timeline.sources[region]

    def where(self, leaf: Elapsed) -> list[int]:
        """The regions in which a comparison holds."""
        at = self.leaves.index(leaf)
        return [region for region, pattern in enumerate(self.timeline.patterns) if pattern[at]]


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
    lengths = [
        ElapsedVariable(state, tuple(found), since_entry(tuple(found))) for state, found in waiting.items()
    ]
    facts = [_fact(protocol.facts[name], tuple(found)) for name, found in compared.items()]
    return (*visits, *lengths, *facts)


def _fact(fact: Fact, leaves: tuple[Compare, ...]) -> FactVariable:
    kinds: dict[Pattern, Value] = {}
    for value in _candidates(fact, leaves, START, CALENDAR):
        kinds.setdefault(_kind_of(fact, leaves, value), value)
    presumed = None if fact.presume is None else _kind_of(fact, leaves, fact.presume)
    if any(leaf.operator in AGAINST_NOW for leaf in leaves):
        return _held_against_now(fact, leaves, kinds, presumed)
    never = () if presumed is None else (presumed,)
    return FactVariable(fact, leaves, tuple(kinds), tuple(kinds.values()), never)


def _held_against_now(
    fact: Fact, leaves: tuple[Compare, ...], kinds: dict[Pattern, Value], presumed: Pattern | None
) -> FactVariable:
    held = [leaf for leaf in leaves if leaf.operator in AGAINST_NOW]
    line = against_now(held, by_day=fact.type is FactType.DATE)
    if len(kinds) * len(line.patterns) > MOST_REGIONS:
        raise TooLarge
    shown: dict[tuple[Pattern, int], Value] = {}
    for value in _candidates(fact, leaves, START, CALENDAR):
        if isinstance(value, date):
            place = _kind_of(fact, leaves, value), line.position(value, START, CALENDAR)
            shown.setdefault(place, value)
    values = [
        shown.get((kind, at), value) for kind, value in kinds.items() for at in range(len(line.patterns))
    ]
    patterns = [_together(leaves, kind, now) for kind, now in product(kinds, line.patterns)]
    never = [] if presumed is None else [_together(leaves, presumed, now) for now in line.patterns]
    return FactVariable(fact, leaves, tuple(patterns), tuple(values), tuple(never), line, tuple(kinds))


def _kind_of(fact: Fact, leaves: Sequence[Compare], value: Value) -> Pattern:
    """What each comparison with a written value comes to, whenever that is."""
    written = [leaf for leaf in leaves if leaf.operator not in AGAINST_NOW]
    return tuple([compare(fact, leaf.operator, value, leaf.values) for leaf in written])


def _together(leaves: Sequence[Compare], kind: Pattern, now: Pattern) -> Pattern:
    written, held = iter(kind), iter(now)
    return tuple([next(held if leaf.operator in AGAINST_NOW else written) for leaf in leaves])


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


def _nowhere(at: datetime, calendar: Calendar) -> Situation:
    # `representatives` reads the moment and the calendar of a situation, and nothing else of it.
    return Situation(_NO_PROTOCOL, "", NOTHING, NOTHING, at, calendar)


_NO_PROTOCOL: Final = Protocol("none", "0.0.0", "None", "en", NOTHING)
