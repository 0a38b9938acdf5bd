"""A protocol as a table of text: states, transitions, and what each requires, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rupture_protocol.language.protocol import Interrupt, Protocol, State, Transition
from rupture_protocol.render.marks import NO_MARKS, Look, Marks, titled
from rupture_protocol.render.words import Words
from rupture_protocol.render.wrapping import cells, wrap

Row = tuple[str, str, tuple[str, ...]]
"""Trigger, target, and the sentences of what it requires."""

NARROWEST_TEXT = 34
"""Where there is less room than this for the sentences, they stand below the trigger."""


def table(protocol: Protocol, *, marks: Marks = NO_MARKS, width: int = 80) -> str:
    """The protocol as text.

    Args:
        protocol: What it shows.
        marks: What is marked in it, if anything.
        width: Columns there are, at least 20.
    """
    return "\n".join(_Table(protocol, marks, max(width, 20)).lines())


class _Table:
    def __init__(self, protocol: Protocol, marks: Marks, width: int) -> None:
        self._protocol = protocol
        self._marks = marks
        self._words = Words(protocol)
        self._width = width
        self._widths = _widths(protocol, width)

    def lines(self) -> Iterator[str]:
        protocol = self._protocol
        title = titled(protocol, self._marks)
        yield from self._wrapped(title)
        yield "=" * min(self._width, cells(title))
        for each in self._marks.legend:
            yield from self._wrapped(each)
        for state in protocol.states.values():
            yield from self._state(state)
        if protocol.anywhere:
            yield from self._part("From anywhere", map(self._transition, protocol.anywhere.values()))
        if protocol.interrupts:
            rows = map(self._interrupt, protocol.interrupts.values())
            yield from self._part("Interrupts, most urgent first: they hold back all that comes after", rows)
        yield from self._sentences("Conditions", self._conditions())
        yield from self._sentences("Deadlines", self._deadlines())
        yield from self._sentences("Promises", self._promises())

    def _state(self, state: State) -> Iterator[str]:
        marks = [word for word, is_so in (("initial", state.initial), ("final", state.final)) if is_so]
        marks += [f"outcome {state.outcome}"] if state.outcome else []
        name = f"{state.title} ({state.name})" if state.title else state.name
        mark = self._marks.of(state)
        if mark is not None:
            name = f"{mark.text}: {name}"
        yield from self._part(
            f"{name}{': ' if marks else ''}{', '.join(marks)}",
            map(self._transition, state.transitions.values()),
        )
        if mark is not None and mark.because:
            yield from self._wrapped(mark.because, indent=2)
        if state.wait is not None:
            until = "" if state.wait.until is None else f", until {self._words.condition(state.wait.until)}"
            yield from self._wrapped(f"wait: {state.wait.reason}{until}", indent=2)
        if state.forget:
            yield from self._wrapped(f"on entering, asked afresh: {', '.join(state.forget)}", indent=2)

    def _transition(self, transition: Transition) -> Row:
        if self._is_gone(transition):
            return transition.trigger, transition.to, self._marked(transition)
        said = self._marked(transition) + self._words.requires(transition)
        if transition.only is not None:
            said += (f"only in {', '.join(transition.only)}",)
        if transition.exclude:
            said += (f"except in {', '.join(transition.exclude)}",)
        if transition.despite:
            said += (f"despite {', '.join(transition.despite)}",)
        return transition.trigger, transition.to, said + _by(transition)

    def _interrupt(self, interrupt: Interrupt) -> Row:
        said = self._marked(interrupt)
        if self._is_gone(interrupt):
            return interrupt.trigger, interrupt.to, said
        said += self._words.requires(interrupt)
        return interrupt.trigger, interrupt.to, said + _by(interrupt)

    def _is_gone(self, way: Transition | Interrupt) -> bool:
        """Whether nothing is required any more, as there is no such way."""
        mark = self._marks.of(way)
        return mark is not None and mark.look is Look.GONE

    def _marked(self, way: Transition | Interrupt) -> tuple[str, ...]:
        mark = self._marks.of(way)
        if mark is None:
            return ()
        because = "" if mark.look is Look.OPEN or not mark.because else f": {mark.because}"
        return (f"{mark.text}{because}",)

    def _conditions(self) -> Iterator[tuple[str, str]]:
        for name, condition in self._protocol.conditions.items():
            yield name, self._words.condition(condition)

    def _deadlines(self) -> Iterator[tuple[str, str]]:
        for name, deadline in self._protocol.deadlines.items():
            yield self._called("deadline", name), self._words.deadline(deadline)

    def _promises(self) -> Iterator[tuple[str, str]]:
        for name, promise in self._protocol.promises.items():
            yield self._called("promise", name), self._words.promise(promise)

    def _called(self, part: str, name: str) -> str:
        mark = self._marks.parts.get((part, name))
        return name if mark is None else f"{mark.text}: {name}"

    # Laying out -----------------------------------------------------------------------------------

    def _part(self, heading: str, rows: Iterable[Row]) -> Iterator[str]:
        listed = list(rows)
        yield ""
        yield from self._wrapped(heading)
        yield "-" * min(self._width, len(heading))
        if not listed:
            return
        for row in listed:
            yield from self._stacked(row) if self._widths[2] < NARROWEST_TEXT else _beside(row, self._widths)

    def _stacked(self, row: Row) -> Iterator[str]:
        trigger, to, said = row
        yield from self._wrapped(f"{trigger} → {to}", indent=2)
        for each in said or ("requires nothing",):
            yield from self._wrapped(f"· {each}", indent=4, hanging=6)

    def _sentences(self, heading: str, said: Iterable[tuple[str, str]]) -> Iterator[str]:
        listed = list(said)
        if listed:
            yield ""
            yield heading
            yield "-" * len(heading)
        for name, sentence in listed:
            yield from self._wrapped(f"{name}: {sentence}", indent=2, hanging=4)

    def _wrapped(self, text: str, *, indent: int = 0, hanging: int | None = None) -> list[str]:
        below = indent if hanging is None else hanging
        return wrap(text, self._width, " " * indent, " " * below)


def _widths(protocol: Protocol, width: int) -> tuple[int, int, int]:
    """The columns of triggers, targets and sentences: the same in every part."""
    ways = [each for state in protocol.states.values() for each in state.transitions.values()]
    defined: list[Transition | Interrupt] = [
        *ways,
        *protocol.anywhere.values(),
        *protocol.interrupts.values(),
    ]
    first = max((len(each.trigger) for each in defined), default=0)
    second = max((len(each.to) for each in defined), default=0)
    return first, second, width - first - second - 9


def _by(defined: Transition | Interrupt) -> tuple[str, ...]:
    return (f"by {', '.join(defined.by)}",) if defined.by else ()


def _beside(row: Row, widths: tuple[int, int, int]) -> Iterator[str]:
    trigger, to, said = row
    sentences = [
        line for each in said or ("requires nothing",) for line in wrap(f"· {each}", widths[2], "", "  ")
    ]
    cells = (wrap(trigger, widths[0]), wrap(f"→ {to}", widths[1] + 2, "", "  "), sentences)
    for number in range(max(map(len, cells))):
        yield _line([cell[number] if number < len(cell) else "" for cell in cells], widths)


def _line(cells: Sequence[str], widths: tuple[int, int, int]) -> str:
    return f"  {cells[0]:<{widths[0]}}  {cells[1]:<{widths[1] + 2}}  {cells[2]}".rstrip()
