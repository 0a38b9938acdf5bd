"""Decision diagrams against plain sets of tuples."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import law

from rupture_protocol.check.diagram import EMPTY, FULL, Diagrams, Relation, TooLarge

SIZES = (2, 3, 2)
POINTS = tuple(product(*map(range, SIZES)))
Points = frozenset[tuple[int, ...]]
some = st.frozensets(st.sampled_from(POINTS))
regions = st.integers(0, 2)
ways = st.tuples(*[st.lists(regions, min_size=1, max_size=3).map(tuple)] * 3)


def fresh() -> Diagrams:
    return Diagrams(SIZES, budget=10_000)


def drawn(sets: Diagrams, points: Points) -> int:
    def at(point: tuple[int, ...]) -> int:
        return sets.all_of(sets.regions(level, [region]) for level, region in enumerate(point))

    return sets.any_of(at(point) for point in sorted(points))


def read(sets: Diagrams, one: int) -> Points:
    return frozenset(point for point in POINTS if sets.holds(one, point))


@law(80)
@given(some, some)
def test_sets_meet_join_and_turn_as_sets_do(one: Points, other: Points) -> None:
    sets = fresh()
    left, right = drawn(sets, one), drawn(sets, other)
    assert read(sets, sets.both(left, right)) == one & other
    assert read(sets, sets.either(left, right)) == one | other
    assert read(sets, sets.outside(left)) == frozenset(POINTS) - one
    assert read(sets, sets.without(left, right)) == one - other
    assert (left == right) == (one == other)  # one number for one set
    assert sets.share(left) == pytest.approx(len(one) / len(POINTS))


@law(80)
@given(some, ways)
def test_moving_reaches_what_the_relation_says(one: Points, sources: tuple[tuple[int, ...], ...]) -> None:
    sets = fresh()
    relation = Relation({1: sources, 2: None})
    moved = read(sets, sets.moved(drawn(sets, one), relation))
    assert moved == {
        (a, b, c) for a, b, c in POINTS if any((a, x, y) in one for x in sources[b] for y in range(2))
    }


@law(80)
@given(some, some, st.tuples(regions, regions, regions))
def test_a_step_and_what_was_before_it_belong_together(
    one: Points, other: Points, to: tuple[int, ...]
) -> None:
    sets = fresh()
    assert read(sets, sets.after(drawn(sets, one), 1, to)) == {(a, to[b], c) for a, b, c in one}
    assert read(sets, sets.before(drawn(sets, other), {1: to})) == {
        (a, b, c) for a, b, c in POINTS if (a, to[b], c) in other
    }


@law(80)
@given(some, st.lists(st.sampled_from([None, 0, 1, 5]), min_size=7, max_size=7))
def test_the_cheapest_way_is_the_cheapest(one: Points, prices: list[int | None]) -> None:
    sets = fresh()
    costs = [prices[0:2], prices[2:5], prices[5:7]]
    chosen = sets.cheapest(drawn(sets, one), costs)
    if chosen is None:
        allowed = [p for p in one if all(costs[level][region] is not None for level, region in enumerate(p))]
        assert not allowed
        return
    paid = [costs[level][region] for level, region in chosen.items()]
    assert None not in paid
    rest = [[chosen[level]] if level in chosen else range(size) for level, size in enumerate(SIZES)]
    assert all(point in one for point in product(*rest))


def test_a_diagram_past_its_budget_says_so() -> None:
    sets = Diagrams(SIZES, budget=3)
    with pytest.raises(TooLarge):
        drawn(sets, frozenset({(0, 1, 0), (1, 2, 1)}))


def test_all_and_nothing_are_their_own() -> None:
    sets = fresh()
    assert drawn(sets, frozenset(POINTS)) == FULL
    assert drawn(sets, frozenset()) == EMPTY
