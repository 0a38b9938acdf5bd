"""Scenarios as the text of a file that reads back as the same scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from rupture_protocol.engine.case import Actor
from rupture_protocol.language.flow import flow
from rupture_protocol.scenarios.model import Scenario, Start
from rupture_protocol.scenarios.steps import VERDICTS, Correct, Expect, Override, Record, Step, Take

WIDTH = 100


def write(
    protocol: str,
    cases: Iterable[Scenario],
    *,
    at: datetime,
    people: Mapping[str, Actor] | None = None,
    head: str = "",
    origins: Iterable[Scenario] = (),
) -> str:
    """A whole file of scenarios.

    Args:
        protocol: The name or file of the protocol, as it is to be written.
        cases: The scenarios, in the order in which they are to stand.
        at: When each begins, unless it says so itself.
        people: Who is written by an id alone; anybody else is written with id and role.
        origins: Scenarios that others follow, and that stand first.
        head: A comment that stands first; every line of it begins with `#`.
    """
    known = people or {}
    lines = [*([head] if head else []), "format: 1", f"scenarios: {flow(protocol)}", f"at: {flow(at)}"]
    if known:
        lines.append(f"people: {flow({name: who.role for name, who in known.items()})}")
    lines.append("cases:")
    for case in (*origins, *cases):
        lines += [*_case(case, known, None if case.at == at and case.follows is None else case.at), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _case(case: Scenario, people: Mapping[str, Actor], at: datetime | None) -> Iterator[str]:
    yield f"  {case.name}:"
    if case.title:
        yield f"    title: {flow(case.title)}"
    if at is not None:
        yield f"    at: {flow(at)}"
    if case.follows is not None:
        yield f"    follows: {case.follows}"
    if case.start is not None:
        yield from _block("    ", "start", _start(case.start))
    yield "    steps:"
    for step in case.steps:
        yield from _item("      ", _step(step, people))


def _start(start: Start) -> dict[str, object]:
    written: dict[str, object] = {} if start.state is None else {"state": start.state}
    if start.visited:
        written["visited"] = list(start.visited)
    if start.facts:
        written["facts"] = dict(start.facts)
    return written


def _step(step: Step, people: Mapping[str, Actor]) -> dict[str, object]:
    written: dict[str, object] = {}
    if step.at is not None:
        written["at"] = step.at
    if step.after is not None:
        written["after"] = str(step.after)
    if step.by is not None and not isinstance(step.action, Expect):
        known = people.get(step.by.id) == step.by
        written["by"] = step.by.id if known else {"id": step.by.id, "role": step.by.role}
    if step.occurred is not None:
        written["occurred"] = step.occurred
    written.update(_action(step))
    if step.note:
        written["note"] = step.note
    if step.refused:
        written["refused"] = True
    return written


def _action(step: Step) -> dict[str, object]:
    match step.action:
        case Record(facts=facts):
            return {"record": dict(facts)}
        case Take(trigger=trigger):
            return {"take": trigger}
        case Override(trigger=trigger, reason=reason):
            return {"override": {"trigger": trigger, "reason": reason}}
        case Correct(fact=fact, reason=reason) as wrong:
            to: dict[str, object] = {} if wrong.withdraw else {"to": wrong.to}
            return {"correct": {"fact": fact, **to, "reason": reason}}
        case Expect() as expect:
            return {"expect": _expect(expect)}


def _expect(expect: Expect) -> dict[str, object]:
    written: dict[str, object] = {"suppose": dict(expect.suppose)} if expect.suppose else {}
    if expect.state is not None:
        written["state"] = expect.state
    written.update({key: list(expect.verdicts[key]) for key in VERDICTS if expect.verdicts.get(key)})
    if expect.others is not None:
        written["others"] = expect.others
    if expect.missing:
        sets = {name: [list(each) for each in some] for name, some in expect.missing.items()}
        written["missing"] = {name: some[0] if len(some) == 1 else some for name, some in sets.items()}
    if expect.ask:
        written["ask"] = list(expect.ask)
    if expect.due:
        written["due"] = dict(expect.due)
    return written


# YAML -----------------------------------------------------------------------------------------------


def _item(indent: str, written: Mapping[str, object]) -> Iterator[str]:
    """One step: on a line where it fits, else a key a line."""
    flat = f"{indent}- {flow(written)}"
    if len(flat) <= WIDTH:
        yield flat
        return
    mark = "- "
    for key, value in written.items():
        yield from _block(indent + mark, key, value, below=indent + "  ")
        mark = "  "


def _block(first: str, key: str, value: object, *, below: str | None = None) -> Iterator[str]:
    """A key and its value: on a line where it fits, else a mapping on lines of its own."""
    below = first if below is None else below
    flat = f"{first}{key}: {flow(value)}"
    if len(flat) <= WIDTH or not isinstance(value, Mapping) or not value:
        yield flat
        return
    yield f"{first}{key}:"
    for inner, each in value.items():
        yield from _block(f"{below}  ", str(inner), each)
