"""What each operator means for a known value; `within` and `older_than` need a clock: the engine's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rupture_protocol.language.conditions import Operator
from rupture_protocol.language.facts import Fact, FactType

_IN_ORDER: dict[Operator, Callable[[Any, tuple[Any, ...]], bool]] = {
    Operator.AT_LEAST: lambda value, limits: value >= limits[0],
    Operator.AT_MOST: lambda value, limits: value <= limits[0],
    Operator.ABOVE: lambda value, limits: value > limits[0],
    Operator.BELOW: lambda value, limits: value < limits[0],
    Operator.BETWEEN: lambda value, limits: limits[0] <= value <= limits[1],
}


def compare(fact: Fact, operator: Operator, value: Any, written: tuple[Any, ...]) -> bool:
    """Whether a known value of a fact compares so with the written ones.

    In order, a scale's judgement outside the order (`also`) compares false with everything.
    """
    match operator:
        case Operator.IS:
            return bool(value == written[0])
        case Operator.IS_NOT:
            return bool(value != written[0])
        case Operator.ONE_OF:
            return value in written
        case Operator.NONE_OF:
            return value not in written
        case Operator.INCLUDES:
            return bool(set(written) <= value)
    if fact.type is FactType.SCALE:
        rank = fact.rank(value)
        return rank is not None and in_order(operator, rank, tuple(fact.rank(each) for each in written))
    return in_order(operator, value, written)


def in_order(operator: Operator, value: Any, limits: tuple[Any, ...]) -> bool:
    """Whether a number, an instant or a length of time stands so to the limits."""
    if operator is Operator.IS:
        return bool(value == limits[0])
    return _IN_ORDER[operator](value, limits)
