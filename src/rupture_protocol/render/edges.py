"""The arrows of a diagram: each transition once, those from anywhere from one place of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.language.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow.

    `source` is None for what is offered from many states; `urgency` counts interrupts from 1.
    """

    source: str | None
    to: str
    trigger: str
    title: str | None
    urgency: int | None = None

    @property
    def label(self) -> str:
        """What stands at the arrow."""
        urgent = "" if self.urgency is None else f" (interrupt {self.urgency})"
        return f"{self.title or self.trigger}{urgent}"


def edges(protocol: Protocol) -> Iterator[Edge]:
    """Every arrow, in file order: the states' own, those from anywhere, interrupts by urgency."""
    for state in protocol.states.values():
        for each in state.transitions.values():
            yield Edge(state.name, each.to, each.trigger, each.title)
    for each in protocol.anywhere.values():
        yield Edge(None, each.to, each.trigger, each.title)
    for urgency, interrupt in enumerate(protocol.interrupts.values(), start=1):
        yield Edge(None, interrupt.to, interrupt.trigger, interrupt.title, urgency)


def described(protocol: Protocol) -> str:
    """A diagram in a sentence, for those who do not see it."""
    final = [state.name for state in protocol.states.values() if state.final]
    parts = [
        f"A state diagram of {len(protocol.states)} states. A case begins in {protocol.initial}",
        f"and ends in {', '.join(final[:-1]) + ' or ' if len(final) > 1 else ''}{final[-1]}.",
    ]
    count = len(protocol.interrupts)
    if count:
        parts.append(f"{count} interrupt{'s come' if count > 1 else ' comes'} first from every state.")
    return " ".join(parts)
