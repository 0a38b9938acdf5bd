"""The named conditions of a protocol: read, titled, and free of circles."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Set
from typing import Any

from rupture_protocol.language.condition_parser import ConditionParser
from rupture_protocol.language.conditions import Condition, Named, parts, walk
from rupture_protocol.language.places import Path

DEEPEST = 64
"""How deep a named condition may be, the named ones in it written out: what reads it may then recurse."""


def resolve_conditions(
    written: Mapping[str, Any], parser: ConditionParser
) -> tuple[dict[str, Condition], dict[str, str]]:
    """The named conditions and their titles. `title:` in one is its title, unless a fact is called so."""
    conditions: dict[str, Condition] = {}
    titles: dict[str, str] = {}
    for name, data in written.items():
        found = parser.parse(_without_title(name, data, parser, titles), ("conditions", name))
        if found is not None:
            conditions[name] = found
    _check_circles(conditions, parser)
    return conditions, titles


def _without_title(name: str, data: Any, parser: ConditionParser, titles: dict[str, str]) -> Any:
    taken = "title" in parser.declared_facts or "title" in parser.conditions
    if taken or not isinstance(data, dict) or not isinstance(data.get("title"), str):
        return data
    titles[name] = str(data["title"])
    return {key: value for key, value in data.items() if key != "title"}


def _check_circles(conditions: dict[str, Condition], parser: ConditionParser) -> None:
    """Note each circle once, and what is nested too deep."""
    uses = {
        name: {each.name: each.path for each in walk(condition) if isinstance(each, Named)}
        for name, condition in conditions.items()
    }
    depth: dict[str, int] = {}
    for name in _innermost_first({name: set(used) & set(uses) for name, used in uses.items()}):
        depth[name] = _depth(conditions[name], depth)
    _report_circles({name: used for name, used in uses.items() if name not in depth}, parser)
    too_deep = next((name for name in depth if depth[name] > DEEPEST), None)
    if too_deep:
        parser.report(
            "conditions-too-deep",
            f"`{too_deep}` is more than {DEEPEST} levels deep, the named conditions in it written out",
            ("conditions", too_deep),
            key=True,
            help="use conditions side by side, in `all` or `any`",
        )


def _innermost_first(uses: Mapping[str, Set[str]]) -> Iterator[str]:
    """The names, each after all that it uses; without those that lead into a circle."""
    users: dict[str, list[str]] = {name: [] for name in uses}
    for name, used in uses.items():
        for each in used:
            users[each].append(name)
    left = {name: len(used) for name, used in uses.items()}
    ready = [name for name, count in left.items() if not count]
    while ready:
        name = ready.pop()
        yield name
        for user in users[name]:
            left[user] -= 1
            if not left[user]:
                ready.append(user)


def _depth(condition: Condition, named: dict[str, int]) -> int:
    """How deep a condition is, with the depths of the named ones in it known."""
    inner = named.get(condition.name, 0) if isinstance(condition, Named) else 0
    return 1 + max([inner, *(_depth(part, named) for part in parts(condition))])


def _report_circles(uses: dict[str, dict[str, Path]], parser: ConditionParser) -> None:
    """Note the shortest circle of each name that is in one, unless it is in one noted before."""
    noted: set[str] = set()
    for name in uses:
        circle = [] if name in noted else _circle(name, uses)
        if not circle:
            continue
        noted.update(circle)
        through = "".join(f" through `{part}`" for part in circle[1:2])
        more = " and others" if len(circle) > 2 else ""
        parser.report(
            "circular-condition",
            f"`{name}` leads back to itself{through}{more}",
            uses[name][circle[1] if len(circle) > 1 else name],
            key=True,
            help="a named condition cannot use itself",
        )


def _circle(start: str, uses: Mapping[str, Mapping[str, Path]]) -> list[str]:
    """The names on the shortest way from `start` back to it; empty where there is none."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for part in uses[name]:
            if part == start:
                return [start, *_way(start, name, came_from)]
            if part in uses and part not in came_from:
                came_from[part] = name
                waiting.append(part)
    return []


def _way(start: str, goal: str, came_from: Mapping[str, str]) -> list[str]:
    way: list[str] = []
    while goal != start:
        way.append(goal)
        goal = came_from[goal]
    return way[::-1]
