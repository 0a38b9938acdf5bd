"""A set of situations as a few short rules: boxes, as large as can be, that together hold it exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rupture_protocol.prover.diagram import EMPTY, FULL, Diagrams

Box = Mapping[int, frozenset[int]]
"""For some levels, the regions allowed."""

MOST_BOXES = 40
"""So many are looked for; of a set that needs more it is only said that there are more."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Boxes whose union is the set, unless `more` are needed."""

    boxes: tuple[Box, ...]
    more: bool


def cover(sets: Diagrams, wanted: int) -> Cover:
    """Boxes that lie in a set and hold it all: the largest first, none of them idle."""
    boxes: list[Box] = []
    rest = wanted
    while rest and len(boxes) < MOST_BOXES:
        box = _largest(sets, _seed(sets, rest), wanted)
        boxes.append(box)
        rest = sets.without(rest, set_of(sets, box))
    kept = _without_idle(sets, boxes) if not rest else boxes
    kept.sort(key=lambda box: (-sets.share(set_of(sets, box)), len(box)))
    return Cover(tuple(kept), bool(rest))


def set_of(sets: Diagrams, box: Box) -> int:
    """The situations in a box."""
    node = FULL
    for level in sorted(box, reverse=True):
        node = sets.node(level, [node if at in box[level] else EMPTY for at in range(sets.sizes[level])])
    return node


def lies_in(sets: Diagrams, box: Box, wanted: int) -> bool:
    """Whether all of a box lies in a set."""
    waiting, seen = [wanted], {FULL}
    while waiting:
        node = waiting.pop()
        if node == EMPTY:
            return False
        if node in seen:
            continue
        seen.add(node)
        kids = sets.kids(node)
        allowed = box.get(sets.level(node))
        waiting += kids if allowed is None else [kids[at] for at in allowed]
    return True


def _seed(sets: Diagrams, rest: int) -> dict[int, frozenset[int]]:
    """The way through a set that says least."""
    way = sets.cheapest(rest, [[1] * size for size in sets.sizes]) or {}
    return {level: frozenset({region}) for level, region in way.items()}


def _largest(sets: Diagrams, seed: Box, wanted: int) -> Box:
    """The seed grown as far as the set allows, in the better of two orders."""
    grown = [_grown(sets, seed, wanted, order) for order in (sorted(seed), sorted(seed, reverse=True))]
    return min(grown, key=lambda box: (len(box), -sets.share(set_of(sets, box))))


def _grown(sets: Diagrams, seed: Box, wanted: int, order: list[int]) -> Box:
    box = dict(seed)
    for level in order:
        less = {at: regions for at, regions in box.items() if at != level}
        if lies_in(sets, less, wanted):
            box = less
    for level in [at for at in order if at in box]:
        for region in range(sets.sizes[level]):
            wider = {**box, level: box[level] | {region}}
            if region not in box[level] and lies_in(sets, wider, wanted):
                box = wider
    return {at: regions for at, regions in box.items() if len(regions) < sets.sizes[at]}


def _without_idle(sets: Diagrams, boxes: list[Box]) -> list[Box]:
    """The boxes without those that the others hold already; the smallest are looked at first."""
    kept = list(boxes)
    for box in sorted(boxes, key=lambda each: sets.share(set_of(sets, each))):
        others = sets.any_of(set_of(sets, each) for each in kept if each is not box)
        if len(kept) > 1 and lies_in(sets, box, others):
            kept = [each for each in kept if each is not box]
    return kept
