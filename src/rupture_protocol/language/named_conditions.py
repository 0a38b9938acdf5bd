"""The named conditions of a protocol: read, titled, and free of circles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupture_protocol.language.condition_parser import ConditionParser
from rupture_protocol.language.conditions import Condition, Named, parts, walk

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
    """Note each circle once, and what is nested too deep; takes neither into the protocol."""
    used = {
        name: {each.name: each.path for each in walk(condition) if isinstance(each, Named)}
        for name, condition in conditions.items()
    }
    depth: dict[str, int] = {}
    waiting = list(used)
    while ready := [
        name for name in waiting if all(part in depth or part not in used for part in used[name])
    ]:
        depth.update({name: _depth(conditions[name], depth) for name in ready})
        waiting = [name for name in waiting if name not in depth]
    for name in waiting:
        _report_circle(name, used, depth, parser)
    too_deep = next((name for name in depth if depth[name] > DEEPEST), None)
    if too_deep:
        parser.report(
            "conditions-too-deep",
            f"`{too_deep}` is more than {DEEPEST} levels deep, the named conditions in it written out",
            ("conditions", too_deep),
            key=True,
        )


def _depth(condition: Condition, named: dict[str, int]) -> int:
    """How deep a condition is, with the depths of the named ones in it known."""
    inner = named.get(condition.name, 0) if isinstance(condition, Named) else 0
    return 1 + max([inner, *(_depth(part, named) for part in parts(condition))])


def _report_circle(name: str, used: dict[str, Any], depth: dict[str, int], parser: ConditionParser) -> None:
    for part, path in used[name].items():
        if part in used and part not in depth and _leads_to(part, name, used):
            through = "itself" if part == name else f"itself through `{part}`"
            parser.report("circular-condition", f"`{name}` leads back to {through}", path, key=True)
            return


def _leads_to(start: str, goal: str, used: dict[str, Any]) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name in seen:
            continue
        seen.add(name)
        waiting += [part for part in used.get(name, ()) if part in used]
    return False
