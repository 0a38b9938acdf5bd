"""The arrows of a diagram: each transition once, those from anywhere from one place of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.language.protocol import Interrupt, Protocol, Transition
from rupture_protocol.render.marks import NO_MARKS, Mark, Marks, ways_of


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow, and what is marked at it.

    `source` is None for what is offered from many states; `urgency` counts interrupts from 1.
    """

    source: str | None
    way: Transition | Interrupt
    urgency: int | None = None
    mark: Mark | None = None

    @property
    def label(self) -> str:
        """What stands at the arrow: what is marked there, and what it is called."""
        marked = "" if self.mark is None else f"{self.mark.text}: "
        urgent = "" if self.urgency is None else f" (interrupt {self.urgency})"
        return f"{marked}{self.way.title or self.way.trigger}{urgent}"


def edges(protocol: Protocol, marks: Marks = NO_MARKS) -> Iterator[Edge]:
    """Every arrow, in file order: the states' own, those from anywhere, interrupts by urgency."""
    urgency = 0
    for source, way in ways_of(protocol):
        urgency += isinstance(way, Interrupt)
        yield Edge(source, way, urgency if isinstance(way, Interrupt) else None, marks.of(way))
