"""A mapping that cannot change: what protocols, cases and decisions hold their tables in."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Frozen(dict[K, V]):
    """A `dict` that refuses every change: ordered, hashable, picklable, equal to a dict with its items."""

    __slots__ = ()

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("this mapping is frozen")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # dict is unhashable because it can change
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __copy__(self) -> Frozen[K, V]:
        return self

    def with_(self, changes: dict[K, V]) -> Frozen[K, V]:
        """A copy in which `changes` replace or add items."""
        return type(self)({**self, **changes})


NOTHING: Frozen[Any, Any] = Frozen()
"""The one empty mapping, shared."""
