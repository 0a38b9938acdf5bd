"""The picture: every state once, nothing on top of anything else, no text wider than its box."""

from __future__ import annotations

import random
import time
from itertools import combinations
from xml.etree import ElementTree

import pytest

from rupture_protocol import Protocol, load, loads
from rupture_protocol.render.arranging import arrange
from rupture_protocol.render.layering import Item, lay_out
from rupture_protocol.render.measuring import fold, width_of
from rupture_protocol.render.svg import svg

SVG = "{http://www.w3.org/2000/svg}"


def random_protocol(seed: int, states: int) -> Protocol:
    """States with ways between them as chance has it; some are endings, some are led to by interrupts."""
    chance = random.Random(seed)
    lines = [
        "format: 1",
        "protocol: chance",
        "version: 1.0.0",
        "title: Chance",
        "facts: {f: boolean}",
        "states:",
    ]
    for number in range(states):
        lines.append(f"  s{number}:")
        final = number and (number == states - 1 or chance.random() < 0.15)
        lines.append("    final: true" if final else f"    title: {'long title ' * chance.randint(0, 6)}end")
        lines += ["    initial: true"] if number == 0 else []
        if not final:
            lines.append("    transitions:")
            lines += [
                f"      t{way}: {{to: s{chance.randrange(states)}}}" for way in range(chance.randint(1, 4))
            ]
    held = chance.randrange(1, states)
    lines += ["anywhere:", f"  leave: {{to: s{states - 1}}}"]
    lines += ["interrupts:", f"  hold: {{to: s{held}, when: {{f: true}}}}"]
    return loads("\n".join(lines))


def boxes(protocol: Protocol) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every box and label."""
    root = ElementTree.fromstring(svg(protocol))
    found = []
    for each in root.iter(f"{SVG}rect"):
        left, top, width, height = (float(each.attrib[key]) for key in ("x", "y", "width", "height"))
        found.append((left, top, left + width, top + height))
    return found


PROTOCOLS = ["standard", *range(12)]


@pytest.mark.parametrize("which", PROTOCOLS)
def test_nothing_stands_on_anything_else(which: str | int) -> None:
    protocol = load(which) if isinstance(which, str) else random_protocol(which, 4 + 2 * which)
    for one, other in combinations(boxes(protocol), 2):
        beside = one[2] <= other[0] + 0.2 or other[2] <= one[0] + 0.2
        assert beside or one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2, (one, other)


@pytest.mark.parametrize("which", PROTOCOLS)
def test_every_state_has_one_place_and_every_arrow_goes_between_rows(which: str | int) -> None:
    protocol = load(which) if isinstance(which, str) else random_protocol(which, 4 + 2 * which)
    arranged = arrange(protocol)
    ranks = {name: rank for rank, row in enumerate(arranged.rows) for name in row}
    assert sorted((*ranks, *arranged.aside)) == sorted(protocol.states)
    assert ranks[protocol.initial] == 0
    assert all(ranks[each.source] != ranks[each.to] for each in arranged.arrows)


def test_the_way_of_the_shipped_protocol_reads_from_above_to_below() -> None:
    arranged = arrange(load("standard"))
    ranks = {name: rank for rank, row in enumerate(arranged.rows) for name in row}
    way = ("aware", "acknowledged", "apology_settled", "reflected", "consulted", "modified", "continued")
    assert [ranks[name] for name in way] == sorted(ranks[name] for name in way)
    assert {"safety_hold", "paused"} <= set(arranged.aside)


def test_a_crossing_that_can_be_avoided_is_avoided() -> None:
    items = [Item(name, rank, 10, 10) for rank, names in enumerate(("ab", "cd")) for name in names]
    placed = lay_out(items, [("a", "d"), ("b", "c")], beside=5, below=5).placed
    assert (placed["a"].x < placed["b"].x) is (placed["d"].x < placed["c"].x)


def test_text_is_folded_and_never_cut() -> None:
    for text in ("a short one", "W" * 200, "中文" * 60, "Donaudampfschifffahrtsgesellschaftskapitän"):
        lines = fold(text, 12, 100)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(width_of(line, 12) <= 100 for line in lines)


def test_a_large_protocol_is_drawn_in_a_moment_and_tells_its_longest_ways_in_words() -> None:
    protocol = random_protocol(1, 400)
    began = time.perf_counter()
    drawn = svg(protocol)
    assert time.perf_counter() - began < 30  # some 2 seconds; it was minutes when every way was drawn
    assert "leads to: " in drawn
    assert "leads to: " not in svg(load("standard"))
