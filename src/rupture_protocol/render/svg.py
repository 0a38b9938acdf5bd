"""A protocol as a picture in SVG, drawn by us: rows of states, arrows, and at the side what comes first.

Alone here: the drawing. It holds no script and no style of its own: colours are classes, which the page that
holds the picture gives (`report.css`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.render.arranging import Arrangement, Arrow, arrange
from rupture_protocol.render.boxes import Box, Boxes
from rupture_protocol.render.layering import Item, Layout, Placed, lay_out
from rupture_protocol.render.marks import NO_MARKS, Look, Marks, described, titled
from rupture_protocol.render.markup import Markup, element

BESIDE, BELOW, MARGIN, GUTTER = 22, 20, 12, 40
PASSING = 10
"""How much room an arrow takes in a rank that it passes."""

_FIRST = (Look.OPEN, Look.UNDECIDED)

Point = tuple[float, float]


def svg(protocol: Protocol, *, marks: Marks = NO_MARKS) -> Markup:
    """The picture, as an element for a page.

    Args:
        protocol: What is drawn.
        marks: What is marked in it, if anything.
    """
    return _Picture(protocol, marks).drawn()


@dataclass(frozen=True, slots=True)
class _Way:
    """An arrow, and the items that it goes through, from above to below."""

    arrow: Arrow
    stops: tuple[str, ...]
    upwards: bool


class _Picture:
    def __init__(self, protocol: Protocol, marks: Marks) -> None:
        self._protocol = protocol
        self._marks = marks
        self._arranged = arrange(protocol)
        self._boxes = Boxes(protocol, self._arranged, marks)
        self._written: dict[str, Box] = {}
        self._items: dict[str, Item] = {}
        self._place_states(self._arranged)
        self._ways = [self._way(number, arrow) for number, arrow in enumerate(self._arranged.arrows)]
        links = [pair for way in self._ways for pair in pairwise(way.stops)]
        self._layout: Layout = lay_out(list(self._items.values()), links, beside=BESIDE, below=BELOW)

    def drawn(self) -> Markup:
        """The whole picture with its title and description."""
        side, side_width, side_height = self._side(self._layout.width + GUTTER)
        width = self._layout.width + (GUTTER + side_width if side else 0) + 2 * MARGIN
        height = max(self._layout.height, side_height) + 2 * MARGIN
        protocol = self._protocol
        return element(
            "svg",
            element("title", titled(protocol, self._marks), id="picture-title"),
            element("desc", described(protocol, self._marks), id="picture-description"),
            _marker(),
            element(
                "g",
                *self._arrows(),
                *self._labels(),
                *self._states(),
                *side,
                transform=f"translate({MARGIN} {MARGIN})",
            ),
            xmlns="http://www.w3.org/2000/svg",
            role="img",
            aria_labelledby="picture-title picture-description",
            viewBox=f"0 0 {width:.0f} {height:.0f}",
            width=f"{width:.0f}",
            height=f"{height:.0f}",
        )

    # What stands where ----------------------------------------------------------------------------

    def _place_states(self, arranged: Arrangement) -> None:
        self._ranks = {name: 2 * rank for rank, row in enumerate(arranged.rows) for name in row}
        for name, rank in self._ranks.items():
            box = self._written[name] = self._boxes.state(name)
            self._items[name] = Item(name, rank, box.width, box.height)

    def _way(self, number: int, arrow: Arrow) -> _Way:
        """The items of an arrow: its label next to where it starts, and one for each rank it passes."""
        start, end = self._ranks[arrow.source], self._ranks[arrow.to]
        upwards = start > end
        label_at = start - 1 if upwards else start + 1
        stops = [arrow.to if upwards else arrow.source]
        for rank in range(min(start, end) + 1, max(start, end)):
            name = f"arrow {number} in {rank}"
            if rank == label_at:
                box = self._written[name] = self._boxes.label(arrow)
                self._items[name] = Item(name, rank, box.width, box.height)
            else:
                self._items[name] = Item(name, rank, PASSING, 0, passing=True)
            stops.append(name)
        stops.append(arrow.source if upwards else arrow.to)
        return _Way(arrow, tuple(stops), upwards)

    # Drawing --------------------------------------------------------------------------------------

    def _states(self) -> Iterator[Markup]:
        for name in self._ranks:
            placed, state = self._layout.placed[name], self._protocol.states[name]
            kind = "initial" if state.initial else "final" if state.final else "plain"
            yield _box(self._written[name], placed.left, placed.top, f"state {kind}{self._look(name)}")

    def _labels(self) -> Iterator[Markup]:
        for name, box in self._written.items():
            if name not in self._ranks:
                placed = self._layout.placed[name]
                yield _box(box, placed.left, placed.top, "label")

    def _arrows(self) -> Iterator[Markup]:
        starts, ends = self._ports()
        for number, way in enumerate(self._ways):
            points = [(starts[number], self._layout.placed[way.stops[0]].bottom)]
            for stop in way.stops[1:-1]:
                placed = self._layout.placed[stop]
                top, bottom = _through(placed)
                points += [(placed.x, top), (placed.x, bottom)]
            points.append((ends[number], self._layout.placed[way.stops[-1]].top))
            labels = [stop in self._written for stop in way.stops[1:-1]]
            yield from _curve(points, labels, upwards=way.upwards, kind=f"arrow{self._line(way.arrow)}")

    def _line(self, arrow: Arrow) -> str:
        """How an arrow looks: as all that it stands for, or as what is most open of it."""
        looks = {mark.look if mark else None for mark in map(self._marks.of, arrow.transitions)}
        same = looks.pop() if len(looks) == 1 else next((each for each in _FIRST if each in looks), None)
        return f" {same}" if same else ""

    def _ports(self) -> tuple[dict[int, float], dict[int, float]]:
        """Where at the edge of its box each arrow begins and ends, side by side in the order they go on."""
        placed = self._layout.placed
        leaving: dict[str, list[tuple[float, int]]] = {}
        coming: dict[str, list[tuple[float, int]]] = {}
        for number, way in enumerate(self._ways):
            leaving.setdefault(way.stops[0], []).append((placed[way.stops[1]].x, number))
            coming.setdefault(way.stops[-1], []).append((placed[way.stops[-2]].x, number))
        return self._spread(leaving), self._spread(coming)

    def _spread(self, at: dict[str, list[tuple[float, int]]]) -> dict[int, float]:
        found: dict[int, float] = {}
        for name, arrows in at.items():
            placed = self._layout.placed[name]
            step = min(28.0, placed.item.width / (len(arrows) + 1))
            for place, (_, number) in enumerate(sorted(arrows)):
                found[number] = placed.x + (place - (len(arrows) - 1) / 2) * step
        return found

    def _side(self, left: float) -> tuple[list[Markup], float, float]:
        """What stands at the side, how wide and how high it is."""
        boxes: list[tuple[Box, str]] = []
        led_to = {each.to for each in self._protocol.interrupts.values()}
        drawn = self._boxes.interrupts_to_drawn()
        held = [name for name in self._arranged.aside if name in led_to]
        others = [name for name in self._arranged.aside if name not in led_to]
        if drawn or held:
            boxes.append(
                (self._boxes.heading("Interrupts come first, the most urgent one before all"), "label")
            )
        if drawn:
            boxes.append((drawn, "state interrupt"))
        boxes += [(self._boxes.aside(name), f"state interrupt{self._look(name)}") for name in held]
        if others:
            boxes.append((self._boxes.heading("Set aside, to come back"), "label"))
        boxes += [(self._boxes.aside(name), f"state plain{self._look(name)}") for name in others]
        width = max((box.width for box, _ in boxes), default=0)
        drawn_boxes, top = [], 0.0
        for box, kind in boxes:
            drawn_boxes.append(_box(box, left, top, kind, width=width))
            top += box.height + 12
        return drawn_boxes, width, max(top - 12, 0)

    def _look(self, name: str) -> str:
        mark = self._marks.of(self._protocol.states[name])
        return "" if mark is None else f" {mark.look}"


def _through(placed: Placed) -> Point:
    """Where an arrow comes into an item and leaves it: one that passes goes straight through the rank."""
    if placed.item.passing:
        top = placed.top - placed.rank_height / 2
        return top, top + placed.rank_height
    return placed.top, placed.bottom


def _box(box: Box, left: float, top: float, kind: str, *, width: float | None = None) -> Markup:
    wide = box.width if width is None else width
    anchor, x = ("start", left + box.padding) if box.left else ("middle", left + wide / 2)
    lines, y = [], top + box.padding
    for line in box.lines:
        y += line.height
        lines.append(
            element(
                "text", line.text, class_=line.style.name, x=tenth(x + line.indent),
                y=tenth(y - line.style.size * 0.35), text_anchor=anchor,
            )
        )  # fmt: skip
    shape = element("rect", x=tenth(left), y=tenth(top), width=tenth(wide), height=tenth(box.height), rx="9")
    return element("g", shape, *lines, class_=kind)


def _curve(points: list[Point], labels: list[bool], *, upwards: bool, kind: str) -> Iterator[Markup]:
    """The pieces of an arrow: it is interrupted where its label stands, and its head is at its end."""
    pieces: list[list[str]] = [[f"M{tenth(points[0][0])} {tenth(points[0][1])}"]]
    for number, ((x, y), (to_x, to_y)) in enumerate(pairwise(points)):
        if number % 2 and labels[number // 2]:
            pieces.append([f"M{tenth(to_x)} {tenth(to_y)}"])
        elif number % 2:
            pieces[-1].append(f"L{tenth(to_x)} {tenth(to_y)}")
        else:
            middle = (y + to_y) / 2
            pieces[-1].append(
                f"C{tenth(x)} {tenth(middle)} {tenth(to_x)} {tenth(middle)} {tenth(to_x)} {tenth(to_y)}"
            )
    for number, piece in enumerate(pieces):
        start = upwards and number == 0
        end = not upwards and number == len(pieces) - 1
        heads = {"marker_start": "url(#head)"} if start else {"marker_end": "url(#head)"} if end else {}
        yield element("path", d=" ".join(piece), class_=kind, **heads)


def _marker() -> Markup:
    head = element("path", d="M0 0 L8 4 L0 8 z", class_="head")
    marker = element(
        "marker", head, id="head", viewBox="0 0 8 8", refX="8", refY="4", markerWidth="8", markerHeight="8",
        markerUnits="userSpaceOnUse", orient="auto-start-reverse",
    )  # fmt: skip
    return element("defs", marker)


def tenth(length: float) -> str:
    """A length or a place, to a tenth; never a zero with a sign."""
    return f"{round(length, 1) + 0.0:.1f}"
