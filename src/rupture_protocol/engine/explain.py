"""Why, for all options of a state at once: their reason trees, as generated Python.

It makes of each condition the node that `evaluate` makes, with its sentence; laws hold the two equal.
What several options require, as that no interrupt holds them back, is one node for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Visit
from rupture_protocol.engine.compile import Writer
from rupture_protocol.engine.evaluate import Reading
from rupture_protocol.engine.options import Step
from rupture_protocol.engine.reasons import Reason, Worded
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Leaf,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Path,
)
from rupture_protocol.language.protocol import Protocol

Reasons = Callable[[Mapping[str, Record], Mapping[str, Visit], datetime], tuple[Reason, ...]]
"""From the facts and visits of a case, at a moment, to the reasons of each step, in their order."""


def compile_reasons(protocol: Protocol, steps: tuple[Step, ...], calendar: Calendar) -> Reasons:
    """One function for the reasons of these steps."""
    writer = ReasonWriter(protocol, calendar)
    numbers = [writer.node(step.requirement) for step in steps]
    made: Reasons = writer.function("reasons", [f"n{number}" for number in numbers], _NAMES)
    return made


_NAMES: dict[str, Any] = {
    "T": TRUE,
    "F": FALSE,
    "U": UNKNOWN,
    "Reason": Reason,
    "Reading": Reading,
    # What a named tuple's own constructor calls.
    "new": tuple.__new__,
}


MOST_LISTED: Final = 500
"""A node lists so many below it; written out, named conditions in one another can be any number."""


class ReasonWriter(Writer):
    """Writes two locals for each condition: `c`, what it came to, and `n`, its node. Readings are `d`."""

    def __init__(self, protocol: Protocol, calendar: Calendar) -> None:
        super().__init__(protocol, calendar)
        self._nodes: dict[tuple[Path, Condition], int] = {}
        self._below: list[tuple[int, ...] | None] = []
        self._readings: dict[str, str] = {}

    def node(self, condition: Condition) -> int:
        """The number of a condition's locals; the same for the same thing in the same place."""
        key = (condition.path, condition)
        if key not in self._nodes:
            self._write(condition)
            self._nodes[key] = len(self._below) - 1
        return self._nodes[key]

    def _write(self, condition: Condition) -> None:
        match condition:
            case All(parts=parts):
                numbers = [self.node(part) for part in parts]
                self._compound(condition, _kleene(numbers, "F", "T"), numbers)
            case AnyOf(parts=parts):
                numbers = [self.node(part) for part in parts]
                self._compound(condition, _kleene(numbers, "T", "F"), numbers)
            case Not(part=part):
                self._around(condition, part, turned=True)
            case Named(name=name, holds=holds):
                self._around(condition, self.protocol.conditions[name], turned=not holds)
            case NotHeldBack(interrupt=name):
                self._around(condition, self.protocol.interrupts[name].when, turned=True)
            case _:
                self._atom(condition)

    def _around(self, condition: Condition, inner: Condition, *, turned: bool) -> None:
        number = self.node(inner)
        truth = f"F if c{number} is T else T if c{number} is F else U" if turned else f"c{number}"
        self._compound(condition, truth, [number])

    def _compound(self, condition: Condition, truth: str, numbers: list[int]) -> None:
        worded = Worded(condition, self.protocol)
        says = f"{self.constant(worded.says)}[{self._truth(truth, self._listed(numbers))}]"
        self._node(says, numbers, "None", worded)

    def _listed(self, numbers: list[int]) -> tuple[int, ...] | None:
        """These nodes, each followed by what is below it; None if that is too many."""
        listed: list[int] = []
        for number in numbers:
            below = self._below[number]
            if below is None or len(listed) + len(below) >= MOST_LISTED:
                return None
            listed += (number, *below)
        return tuple(listed)

    def _atom(self, leaf: Leaf) -> None:
        true, false = self._leaf(leaf)
        worded = Worded(leaf, self.protocol)
        reading = self._reading(leaf.fact) if isinstance(leaf, Compare | OnRecord) else "None"
        truth = self._truth(f"T if {true} else F if {false} else U", ())
        says = f"{self.constant(worded.says)}[{truth}]"
        if reading != "None":
            # Where there is no record, or none that counts, the sentence says so.
            recorded = f"{truth} is not U and r{reading[1:]} is not None"
            says = f"{says} if {recorded} else {self.constant(worded.sentence)}({truth}, {reading})"
        self._node(says, [], reading, worded)

    def _truth(self, truth: str, below: tuple[int, ...] | None) -> str:
        self._below.append(below)
        local = f"c{len(self._below) - 1}"
        self.lines.append(f"    {local} = {truth}")
        return local

    def _node(self, says: str, parts: list[int], reading: str, worded: Worded) -> None:
        number = len(self._below) - 1
        below = self._below[number]
        listed = "None" if below is None else _tuple(below)
        fields = f"c{number}, {says}, {_tuple(parts)}, {listed}, {reading}, {self.constant(worded)}"
        self.lines.append(f"    n{number} = new(Reason, ({fields}))")

    def _reading(self, name: str) -> str:
        """The local that holds what is known of a fact, as `Situation.read` says it."""
        if name not in self._readings:
            fact = self.protocol.facts[name]
            value = self._fact(name)
            record, reading = f"r{value[1:]}", f"d{value[1:]}"
            nothing = self.constant(Reading(fact.presume, presumed=fact.presume is not None))
            expired = (
                "False" if fact.lasts is None else f"{record}.expires is not None and {record}.expires <= at"
            )
            made = f"new(Reading, ({value}, {record}, False, {expired}))"
            self.lines.append(f"    {reading} = {nothing} if {record} is None else {made}")
            self._readings[name] = reading
        return self._readings[name]


def _tuple(numbers: Iterable[int]) -> str:
    return f"({''.join(f'n{number}, ' for number in numbers)})"


def _kleene(numbers: Iterable[int], first: str, last: str) -> str:
    """The expression for Kleene's `all` (false comes first) or `any` (true does) of these."""
    decided = " or ".join(f"c{number} is {first}" for number in numbers)
    unknown = " or ".join(f"c{number} is U" for number in numbers)
    return f"{first} if {decided} else U if {unknown} else {last}" if decided else last
