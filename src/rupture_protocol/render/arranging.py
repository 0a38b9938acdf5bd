"""Which states of a protocol stand in which row of its picture, and what is drawn as an arrow.

Alone here: the reading order. The way from the initial state runs from above to below, as the file tells it;
the endings are the last row; what interrupts lead to, and what is left only to come back, stands aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rupture_protocol.language.protocol import Interrupt, Protocol, State, Transition

MOST_ENDINGS = 3
"""How many endings stand in a row."""


MOST_ROWS = 800
"""How many rows all arrows together may go through; beyond that the longest are told in words."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """All transitions from one state to another."""

    source: str
    to: str
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The rows from above to below, what stands aside, and the arrows between rows."""

    rows: tuple[tuple[str, ...], ...]
    aside: tuple[str, ...]
    arrows: tuple[Arrow, ...]


def arrange(protocol: Protocol) -> Arrangement:
    """The states in rows, each of them once."""
    ranks: dict[str, int] = {}
    _place(protocol, protocol.initial, ranks)
    led_to = {each.to for each in protocol.interrupts.values()}
    aside: list[str] = []
    for state in protocol.states.values():
        if state.final or state.name in ranks:
            continue
        if state.name in led_to or not _goes_on(protocol, state, ranks):
            aside.append(state.name)
        else:
            _place(protocol, state.name, ranks, aside=led_to)
    ranks |= _endings(protocol, ranks)
    # A state that was set aside may be led to by one that was placed after it; then it has a rank.
    aside = [name for name in aside if name not in ranks]
    return Arrangement(_rows(protocol, ranks), tuple(aside), _drawn(list(_arrows(protocol, ranks)), ranks))


def _goes_on(protocol: Protocol, state: State, ranks: dict[str, int]) -> bool:
    """Whether a state leads to an ending, or to one that has no place yet."""
    leads = {each.to for each in state.transitions.values()} - {state.name}
    return any(protocol.states[to].final or to not in ranks for to in leads)


def _place(protocol: Protocol, root: str, ranks: dict[str, int], *, aside: Iterable[str] = ()) -> None:
    """Give ranks to what `root` leads to by the states' own transitions: the longest way counts."""
    first = max(ranks.values(), default=-1) + 1
    order, back = _searched(protocol, root, {*ranks, *aside})
    new = set(order)
    for name in order:
        ranks[name] = max(ranks.get(name, first), first)
        for to in _nexts(protocol, name):
            if to in new and (name, to) not in back:
                ranks[to] = max(ranks.get(to, first), ranks[name] + 1)


def _endings(protocol: Protocol, ranks: dict[str, int]) -> dict[str, int]:
    """The last rows: first the endings that an arrow leads to, then the others, never many in a row."""
    led_to = {each.to for name in ranks for each in protocol.states[name].transitions.values()}
    endings = [state.name for state in protocol.states.values() if state.final]
    placed: dict[str, int] = {}
    for row in (
        [name for name in endings if name in led_to],
        [name for name in endings if name not in led_to],
    ):
        last = max((*ranks.values(), *placed.values())) + 1
        placed |= {name: last + number // MOST_ENDINGS for number, name in enumerate(row)}
    return placed


def _searched(protocol: Protocol, root: str, known: set[str]) -> tuple[list[str], set[tuple[str, str]]]:
    """What is reached, each before all that it leads to, and the ways back that break this order."""
    entered, left = {root}, list[str]()
    back: set[tuple[str, str]] = set()
    path = [(root, iter(_nexts(protocol, root)))]
    done: set[str] = set()
    while path:
        name, nexts = path[-1]
        to = next(nexts, None)
        if to is None:
            path.pop()
            done.add(name)
            left.append(name)
        elif to in known:
            continue
        elif to not in entered:
            entered.add(to)
            path.append((to, iter(_nexts(protocol, to))))
        elif to not in done:
            back.add((name, to))
    return left[::-1], back


def _nexts(protocol: Protocol, state: str) -> list[str]:
    """Where a state's own transitions lead, endings aside."""
    leads = dict.fromkeys(each.to for each in protocol.states[state].transitions.values())
    return [to for to in leads if not protocol.states[to].final]


def _rows(protocol: Protocol, ranks: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    rows: dict[int, list[str]] = {}
    for name in protocol.states:
        if name in ranks:
            rows.setdefault(ranks[name], []).append(name)
    return tuple(tuple(rows[rank]) for rank in sorted(rows))


def _drawn(arrows: list[Arrow], ranks: dict[str, int]) -> tuple[Arrow, ...]:
    """The arrows that are drawn, in file order: the shortest ones, as many as a reader can follow."""
    left = MOST_ROWS
    kept: set[int] = set()
    lengths = [abs(ranks[each.to] - ranks[each.source]) for each in arrows]
    for number in sorted(range(len(arrows)), key=lengths.__getitem__):
        left -= lengths[number]
        if left < 0:
            break
        kept.add(number)
    return tuple(each for number, each in enumerate(arrows) if number in kept)


def _arrows(protocol: Protocol, ranks: dict[str, int]) -> Iterator[Arrow]:
    for state in protocol.states.values():
        if state.name not in ranks:
            continue
        by_target: dict[str, list[Transition]] = {}
        for each in state.transitions.values():
            if each.to in ranks and each.to != state.name:
                by_target.setdefault(each.to, []).append(each)
        for to, transitions in by_target.items():
            yield Arrow(state.name, to, tuple(transitions))


def entering_from_elsewhere(
    protocol: Protocol, state: str, aside: Sequence[str], *, interrupts: bool = True
) -> Iterator[Transition | Interrupt]:
    """What leads to a state without an arrow: from anywhere, and, if asked, interrupts.

    What starts only from states that stand aside is told there.
    """
    for each in protocol.anywhere.values():
        if each.to == state and not (each.only and set(each.only) <= set(aside)):
            yield each
    for interrupt in protocol.interrupts.values():
        if interrupts and interrupt.to == state:
            yield interrupt
