"""What is written in the boxes and at the arrows of a picture, and how much room it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import fsum  # exact: Python 3.12 adds otherwise than 3.11

from rupture_protocol.language.protocol import Interrupt, Protocol, State, Transition
from rupture_protocol.render.arranging import Arrangement, Arrow, entering_from_elsewhere
from rupture_protocol.render.marks import NO_MARKS, Look, Marks
from rupture_protocol.render.measuring import fold, width_of

BOX, LABEL, SIDE = 200, 170, 250
"""How wide the text in a box, at an arrow and in a box at the side may be."""

PADDING = 10
HANGING = 6


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks: `name` is the class in the picture's style sheet."""

    name: str
    size: float
    bold: bool = False
    mono: bool = False


TITLE = Style("t", 13, bold=True)
NAME = Style("n", 10.5, mono=True)
SMALL = Style("s", 10.5)
MARKED = {look: Style(f"s {look}", 10.5, bold=look in (Look.HERE, Look.OPEN, Look.NEW)) for look in Look}
LEADING = 1.3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text."""

    text: str
    style: Style
    indent: float = 0

    @property
    def width(self) -> float:
        return self.indent + width_of(self.text, self.style.size, bold=self.style.bold, mono=self.style.mono)

    @property
    def height(self) -> float:
        return self.style.size * LEADING


@dataclass(frozen=True, slots=True)
class Box:
    """Lines with room around them, in the middle or (`left`) one below the other's beginning."""

    lines: tuple[Line, ...]
    padding: float = PADDING
    left: bool = False

    @property
    def width(self) -> float:
        return max((each.width for each in self.lines), default=0) + 2 * self.padding

    @property
    def height(self) -> float:
        return fsum(each.height for each in self.lines) + 2 * self.padding


class Boxes:
    """The boxes and labels of one protocol."""

    def __init__(self, protocol: Protocol, arranged: Arrangement, marks: Marks = NO_MARKS) -> None:
        self._protocol = protocol
        self._arranged = arranged
        self._marks = marks
        self._drawn = {name for row in arranged.rows for name in row}
        self._arrows = {(each.source, each.to) for each in arranged.arrows}

    def state(self, name: str) -> Box:
        """A state in its row."""
        return Box(tuple(self._state(self._protocol.states[name])))

    def label(self, arrow: Arrow) -> Box:
        """What stands at an arrow: every transition that it stands for."""
        several = len(arrow.transitions) > 1
        lines: list[Line] = []
        for each in arrow.transitions:
            first, *others = self._way(each, LABEL, sign="· " if several else "")
            lines += [first, *(replace(line, indent=HANGING if several else 0) for line in others)]
        return Box(tuple(lines), padding=3, left=several)

    def aside(self, name: str) -> Box:
        """A state that stands aside, with the interrupts that lead to it and where it leads."""
        protocol, state = self._protocol, self._protocol.states[name]
        lines: list[Line] = []
        for urgency, interrupt in enumerate(protocol.interrupts.values(), start=1):
            if interrupt.to == name:
                lines += self._interrupt(urgency, interrupt)
        lines += self._head(state, SIDE)
        lines += self._from_elsewhere(name, SIDE, interrupts=False)
        onwards = [each for each in protocol.transitions_from(name) if each.only is not None]
        onwards = [*state.transitions.values(), *onwards]
        # Where a case stands elsewhere, what its own way of this trigger comes to says nothing here.
        speaks = self._marks.here in (None, name)
        marked = [each for each in onwards if speaks and self._marks.of(each) is not None]
        leads = dict.fromkeys(
            _title(protocol.states[each.to]) for each in onwards if each not in marked and each.to != name
        )
        if leads:
            lines += _folded(f"leads on to: {'; '.join(leads)}", SMALL, SIDE)
        for each in marked:
            lines += self._way(each, SIDE, sign="", after=f" (to: {_title(protocol.states[each.to])})")
        return Box(tuple(lines), left=True)

    def interrupts_to_drawn(self) -> Box | None:
        """The interrupts that lead to a state with a row of its own."""
        lines: list[Line] = []
        for urgency, interrupt in enumerate(self._protocol.interrupts.values(), start=1):
            if interrupt.to in self._drawn:
                lines += self._interrupt(urgency, interrupt)
                lines += _folded(f"leads to: {_title(self._protocol.states[interrupt.to])}", SMALL, SIDE)
        return Box(tuple(lines), left=True) if lines else None

    def heading(self, text: str) -> Box:
        """A line above the boxes at the side."""
        return Box(tuple(_folded(text, TITLE, SIDE)), padding=2, left=True)

    def _state(self, state: State) -> Iterator[Line]:
        yield from self._head(state, BOX)
        yield from self._from_elsewhere(state.name, BOX)
        for each in state.transitions.values():
            if each.to == state.name:
                yield from self._way(each, BOX, sign="again: ")
            elif (state.name, each.to) not in self._arrows:
                told = "leads to: " if each.to in self._drawn else "leads aside: "
                where = f" ({_title(self._protocol.states[each.to])})"
                yield from self._way(each, BOX, sign=told, after=where)

    def _head(self, state: State, width: float) -> Iterator[Line]:
        mark = self._marks.of(state)
        if mark is not None:
            yield from _folded(mark.text, MARKED[mark.look], width)
        yield from _folded(_title(state), TITLE, width)
        ending = f" · ending: {state.outcome}" if state.outcome else " · ending" if state.final else ""
        if state.title or ending or state.initial:
            begins = " · beginning" if state.initial else ""
            yield from _folded(f"{state.name}{begins}{ending}", NAME, width)

    def _from_elsewhere(self, name: str, width: float, *, interrupts: bool = True) -> Iterator[Line]:
        aside = self._arranged.aside
        ways = list(entering_from_elsewhere(self._protocol, name, aside, interrupts=interrupts))
        titles = [each.title or each.trigger for each in ways if self._marks.of(each) is None]
        if titles:
            yield from _folded(f"from elsewhere: {'; '.join(titles)}", SMALL, width)
        for each in ways:
            if self._marks.of(each) is not None:
                yield from self._way(each, width, sign="from elsewhere: ")

    def _interrupt(self, urgency: int, interrupt: Interrupt) -> Iterator[Line]:
        yield from self._way(interrupt, SIDE, sign=f"{urgency}. ")

    def _way(
        self, defined: Transition | Interrupt, width: float, *, sign: str, after: str = ""
    ) -> Sequence[Line]:
        mark = self._marks.of(defined)
        style, shown = (SMALL, "") if mark is None else (MARKED[mark.look], f"{mark.text}: ")
        return _folded(f"{sign}{shown}{defined.title or defined.trigger}{after}", style, width)


def _title(state: State) -> str:
    return state.title or state.name


def _folded(text: str, style: Style, width: float) -> list[Line]:
    return [Line(each, style) for each in fold(text, style.size, width, bold=style.bold, mono=style.mono)]
