"""The condition tree: what a guard, a promise, an argument is written in.

Every form comes to true, false or unknown (`rupture_protocol.engine.evaluate`). This module knows
the forms; `condition_parser` turns YAML into them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rupture_protocol.language.facts import Value
from rupture_protocol.language.quantities import Duration

Path = tuple[str | int, ...]

FORMS = ("all", "any", "not", "visited", "visits", "elapsed")
"""Keys of a condition that are no fact and no named condition, so neither may bear these names."""


class Operator(StrEnum):
    """How a fact, a count or a length of time is compared."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    BETWEEN = "between"
    INCLUDES = "includes"
    WITHIN = "within"
    OLDER_THAN = "older_than"


IN_ORDER = frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.ABOVE, Operator.BELOW, Operator.BETWEEN})
AGAINST_NOW = frozenset({Operator.WITHIN, Operator.OLDER_THAN})


@dataclass(frozen=True, slots=True)
class Compare:
    """A fact against written values: one for `is`, two for `between`, a `Duration` for `within`."""

    fact: str
    operator: Operator
    values: tuple[Value | Duration, ...]
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A fact that `needs` asks for: true when it is on record, unknown until then, never false."""

    fact: str
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A named condition: that it holds, or (`holds=False`) that it definitely does not."""

    name: str
    holds: bool = True
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotHeldBack:
    """That an interrupt's condition is definitely false; every transition after it requires this."""

    interrupt: str
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Visited:
    """That the case has been in a state at any time, the present one included."""

    state: str
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Visits:
    """How often a state was entered."""

    state: str
    operator: Operator
    values: tuple[int, ...]
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How long ago a state was last entered; false for one never entered."""

    since: str
    operator: Operator
    values: tuple[Duration, ...]
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class All:
    """That every part holds."""

    parts: tuple[Condition, ...]
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """That some part holds."""

    parts: tuple[Condition, ...]
    path: Path = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """That the part definitely does not hold."""

    part: Condition
    path: Path = field(default=(), compare=False, repr=False)


Leaf = Compare | OnRecord | Visited | Visits | Elapsed
Condition = Leaf | Named | NotHeldBack | All | AnyOf | Not


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions written directly inside this one; a name's meaning is not inside it."""
    match condition:
        case All() | AnyOf():
            return condition.parts
        case Not():
            return (condition.part,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """The condition and all that is written inside it, in file order; names are not followed."""
    yield condition
    for part in parts(condition):
        yield from walk(part)
