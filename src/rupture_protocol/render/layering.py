"""A graph in layers: which box stands where, so that no two overlap and few arrows cross.

Alone here: the layout, after Sugiyama. It knows sizes and ranks, and nothing of protocols. An arrow that
passes a rank has a thin item of its own there, so it never runs through a box.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum  # exact: Python 3.12 adds otherwise than 3.11

SWEEPS = 40
"""How often the ranks are gone through, down and up, to straighten the arrows."""

STRAIGHT = 12.0
"""How much it matters that a long way is straight, where a short one counts 1."""

ORDERINGS = 8
"""How often they are gone through to lessen the crossings."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that takes room in a rank: a box, a label, or (`passing`) an arrow on its way."""

    id: str
    rank: int
    width: float
    height: float
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an item's middle is, from left to right, and its top."""

    item: Item
    x: float
    top: float
    rank_height: float

    @property
    def left(self) -> float:
        return self.x - self.item.width / 2

    @property
    def bottom(self) -> float:
        return self.top + self.item.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Every item in its place, and the size of the whole."""

    placed: Mapping[str, Placed]
    width: float
    height: float


def lay_out(
    items: Sequence[Item], links: Sequence[tuple[str, str]], *, beside: float, below: float
) -> Layout:
    """Places for all items.

    Args:
        items: In the order in which they should stand, where nothing else speaks.
        links: Pairs of ids, the upper one first, each from one rank to the next.
        beside: The room between two items of a rank.
        below: The room between two ranks.
    """
    graph = _Graph(items, links)
    ranks = _ordered(graph)
    centres = _straightened(graph, ranks, beside)
    left = min((centres[each.id] - each.width / 2 for each in items), default=0)
    right = max((centres[each.id] + each.width / 2 for each in items), default=0)
    placed: dict[str, Placed] = {}
    top = 0.0
    for rank in ranks:
        height = max(each.height for each in rank)
        for each in rank:
            # A label hangs in the middle of its rank, a box stands at its top.
            drop = (height - each.height) / 2
            placed[each.id] = Placed(each, centres[each.id] - left, top + drop, height)
        top += height + below
    return Layout(placed, right - left, max(top - below, 0))


class _Graph:
    def __init__(self, items: Sequence[Item], links: Sequence[tuple[str, str]]) -> None:
        self.items = {each.id: each for each in items}
        self.above: dict[str, list[str]] = {each.id: [] for each in items}
        self.below: dict[str, list[str]] = {each.id: [] for each in items}
        for upper, lower in links:
            self.above[lower].append(upper)
            self.below[upper].append(lower)

    def runs(self) -> dict[str, tuple[str, ...]]:
        """For each item that an arrow passes by: all such items of that arrow, one below the other."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.items.values():
            if each.passing and each.id not in found:
                run = [each.id]
                while self.items[self.below[run[-1]][0]].passing:
                    run.append(self.below[run[-1]][0])
                found |= dict.fromkeys(run, tuple(run))
        return found

    def ranks(self) -> list[list[Item]]:
        """The items of every rank, in the order in which they were given."""
        found: dict[int, list[Item]] = {}
        for each in self.items.values():
            found.setdefault(each.rank, []).append(each)
        return [found[rank] for rank in sorted(found)]


# The order in a rank ------------------------------------------------------------------------------


def _ordered(graph: _Graph) -> list[list[Item]]:
    ranks = graph.ranks()
    best, fewest = ranks, _crossings(graph, ranks)
    for turn in range(ORDERINGS):
        downwards = turn % 2 == 0
        ranks = _swept(graph, ranks, downwards=downwards)
        found = _crossings(graph, ranks)
        if found < fewest:
            best, fewest = ranks, found
    return best


def _swept(graph: _Graph, ranks: list[list[Item]], *, downwards: bool) -> list[list[Item]]:
    """Every rank in the order of the middle of its neighbours in the rank that was gone through before."""
    order = range(len(ranks)) if downwards else range(len(ranks) - 1, -1, -1)
    neighbours = graph.above if downwards else graph.below
    swept = list(ranks)
    places: dict[str, int] = {}
    for number in order:
        old = {each.id: place for place, each in enumerate(swept[number])}
        swept[number] = sorted(
            swept[number], key=lambda each: _middle(neighbours[each.id], places, old[each.id])
        )
        places = {each.id: place for place, each in enumerate(swept[number])}
    return swept


def _middle(neighbours: Iterable[str], places: Mapping[str, int], otherwise: float) -> float:
    known = [places[each] for each in neighbours if each in places]
    return fsum(known) / len(known) if known else otherwise


def _crossings(graph: _Graph, ranks: Sequence[Sequence[Item]]) -> int:
    """How many pairs of links cross."""
    count = 0
    for upper, lower in pairwise(ranks):
        places = {each.id: place for place, each in enumerate(lower)}
        seen: list[int] = []
        for each in upper:
            ends = sorted(places[other] for other in graph.below[each.id])
            count += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


# The place in a rank ------------------------------------------------------------------------------


def _straightened(graph: _Graph, ranks: Sequence[Sequence[Item]], beside: float) -> dict[str, float]:
    """The middle of every item: near its neighbours', in the order of its rank, without overlaps."""
    centres: dict[str, float] = {}
    for rank in ranks:
        reach = 0.0
        for each in rank:
            centres[each.id] = reach + each.width / 2
            reach += each.width + beside
        for each in rank:
            centres[each.id] -= (reach - beside) / 2
    runs = graph.runs()
    for turn in range(SWEEPS):
        order = ranks if turn % 2 == 0 else ranks[::-1]
        for rank in order:
            wanted = [_wanted(graph, each.id, centres, runs) for each in rank]
            for each, centre in zip(rank, _apart(rank, wanted, beside), strict=True):
                centres[each.id] = centre
    return centres


def _wanted(
    graph: _Graph, item: str, centres: Mapping[str, float], runs: Mapping[str, tuple[str, ...]]
) -> tuple[float, float]:
    """Where an item would stand if it were alone in its rank, and how much that matters."""
    run = runs.get(item, ())
    if run:  # all of a long way wants to stand in one line, and hardly asks where
        ends = (*graph.above[run[0]], *graph.below[run[-1]])
        line, ends_at = _mean(run, centres), _mean(ends, centres)
        return (STRAIGHT * line + ends_at) / (STRAIGHT + 1), STRAIGHT
    neighbours = (*graph.above[item], *graph.below[item])
    if not neighbours:
        return _mean(centres, centres), 1.0
    return _mean(neighbours, centres), float(len(neighbours))


def _mean(items: Collection[str], centres: Mapping[str, float]) -> float:
    return fsum(centres[each] for each in items) / len(items)


def _apart(rank: Sequence[Item], wanted: Sequence[tuple[float, float]], beside: float) -> list[float]:
    """The places nearest to those wanted (weighted least squares) at which neighbours keep their distance."""
    shifts = [0.0]
    for one, other in pairwise(rank):
        shifts.append(shifts[-1] + (one.width + other.width) / 2 + beside)
    blocks: list[tuple[float, float, int]] = []  # of what stands shoulder to shoulder: sum, weight, count
    for shift, (want, weight) in zip(shifts, wanted, strict=True):
        block = (weight * (want - shift), weight, 1)
        while blocks and blocks[-1][0] / blocks[-1][1] > block[0] / block[1]:
            total, heavy, count = blocks.pop()
            block = (block[0] + total, block[1] + heavy, block[2] + count)
        blocks.append(block)
    starts = [total / heavy for total, heavy, count in blocks for _ in range(count)]
    return [start + shift for start, shift in zip(starts, shifts, strict=True)]
