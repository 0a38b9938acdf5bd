"""Brute force with explicit time: it passes for all alike, tick by tick.

Nothing here knows timelines, or that lengths of time might be looked at one by one.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from tests.prover.brute import NEVER, OFF, Brute, Cloud, Spot
from tests.strategies import NOON

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Standing, Visit
from rupture_protocol.engine.evaluate import Situation
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import Condition, Elapsed, Visits, walk
from rupture_protocol.language.facts import Fact, FactType

TICK = timedelta(minutes=20)
LAST = 7
"""More than the 2 hours that these protocols compare with: so many ticks ago is any time ago."""

NEXT = -8
"""So many ticks ahead, every length of time is over before it comes."""


class TimedBrute(Brute):
    """As `Brute`; a date is how many ticks ago it was, a count comes with how many ticks ago it grew."""

    @cached_property
    def since(self) -> set[str]:
        return {each.since for each in self._read if isinstance(each, Elapsed)}

    @cached_property
    def most(self) -> int:
        """As high as anything counts: no higher, so that there are fewer situations."""
        return 3 if any(isinstance(each, Visits) for each in self._read) else 1

    @cached_property
    def _read(self) -> list[Condition]:
        protocol = self.protocol
        roots: list[Condition] = [step.requirement for steps in self.steps.values() for step in steps]
        roots += [*protocol.conditions.values(), *(each.when for each in protocol.interrupts.values())]
        for promise in protocol.promises.values():
            parts = (promise.when, getattr(promise, "only_if", None), getattr(promise, "whenever", None))
            roots += [part for part in parts if part is not None]
        roots += [state.wait.until for state in protocol.states.values() if state.wait and state.wait.until]
        return [each for root in roots for each in walk(root)]

    def situation(self, spot: Spot) -> Situation:
        state, counts, known = spot
        records = {}
        for fact, value in zip(self.facts, known, strict=True):
            if value is OFF:
                records[fact.name] = Record(fact.name, None, Standing.NOT_KNOWN, 1, None, None, None, None)
            elif value is not NEVER:
                seen = NOON - value * TICK if fact.type is FactType.DATETIME else value
                records[fact.name] = Record(fact.name, seen, Standing.RECORDED, 1, None, None, None, None)
        visits = {
            name: Visit(count, NOON - ago * TICK)
            for name, (count, ago) in zip(self.states, counts, strict=True)
            if count
        }
        return Situation(self.protocol, state, Frozen(records), Frozen(visits), NOON, Calendar())

    def next_values(self, fact: Fact, value: Any) -> list[Any]:
        if fact.type is not FactType.DATETIME:
            return super().next_values(fact, value)
        if self.everything_moves or fact.varies:
            return [OFF, *range(-1, LAST + 1)]  # how far ahead does not matter: it may be recorded anew
        return [OFF, *range(NEXT, LAST + 1)] if value is OFF else [value]

    def entered(self, spot: Spot, to: str) -> Spot:
        _, counts, known = spot
        forgets = self.protocol.states[to].forget
        return (
            to,
            tuple(
                (min(count + 1, self.most), 0) if name == to else (count, ago)
                for name, (count, ago) in zip(self.states, counts, strict=True)
            ),
            tuple(
                OFF if fact.name in forgets and value is not NEVER else value
                for fact, value in zip(self.facts, known, strict=True)
            ),
        )

    def later(self, spot: Spot) -> Spot:
        """One tick later."""
        state, counts, known = spot
        return (
            state,
            tuple(
                (count, min(ago + 1, LAST) if count and name in self.since else ago)
                for name, (count, ago) in zip(self.states, counts, strict=True)
            ),
            tuple(
                min(value + 1, LAST) if fact.type is FactType.DATETIME and value is not OFF else value
                for fact, value in zip(self.facts, known, strict=True)
            ),
        )

    @cached_property
    def beginning(self) -> Spot:
        start = self.protocol.initial
        counts = tuple((int(name == start), 0) for name in self.states)
        return (start, counts, tuple(OFF for _ in self.facts))

    def next_clouds(self, spot: Spot) -> set[Cloud]:
        return super().next_clouds(spot) | {self.cloud(self.later(spot))}
