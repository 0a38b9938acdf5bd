"""Walking a tree whose branches may meet again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")


def each_once(node: Node, below: Callable[[Node], Iterable[Node]]) -> Iterator[Node]:
    """A node and those that `below` leads to, each before its own, and each once however many lead to it.

    Named conditions are shared: written out, a few that use one another twice would be millions.
    """
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += reversed(tuple(below(each)))
