"""Boxes of situations in words: a sentence for each fact, and one concrete case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations
from typing import Any

from rupture_protocol.engine.reasons import Worded, subject_of
from rupture_protocol.engine.truth import FALSE, TRUE, Truth
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import Compare, Elapsed
from rupture_protocol.language.facts import Fact, FactType, Value, to_json
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.cover import Box
from rupture_protocol.prover.difference import Case, Literal
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.regions import (
    CALENDAR,
    START,
    ElapsedVariable,
    FactVariable,
    VisitsVariable,
)

MOST_TOLD = 4
"""So many facts of a case are told in a sentence; all are in the JSON."""

_PICKED = frozenset({FactType.BOOLEAN, FactType.CHOICE, FactType.SCALE})
"""Types whose values can be listed one by one."""


def literals(joint: Joint, box: Box) -> tuple[Literal, ...]:
    """What a box says of each fact and of the history."""
    return tuple(_literal(joint, level, regions) for level, regions in sorted(box.items()))


def _literal(joint: Joint, level: int, regions: frozenset[int]) -> Literal:
    speaks, variable = joint.speaks(level), joint.variables[level]
    match variable:
        case FactVariable():
            return _of_fact(variable, regions, speaks)
        case VisitsVariable():
            return Literal(variable.state, _visited(variable, regions, speaks), history=True)
        case ElapsedVariable():
            return Literal(variable.state, _waited(variable, regions, speaks), history=True)


def _of_fact(variable: FactVariable, regions: frozenset[int], speaks: Protocol) -> Literal:
    fact = variable.fact
    known = frozenset(each for each in regions if each >= variable.first)
    off, never = 0 in regions, any(0 < each < variable.first for each in regions)
    said: list[str] = []
    if known:
        said.append(_known(variable, known, speaks))
    if off and (never or not variable.never):
        said.append("is not on record")
    elif off:
        said.append("is not on record any more")
    elif never:
        said.append("was never recorded")
    listed = tuple(to_json(each) for each in _values(variable, known)) if fact.type in _PICKED else None
    says = f"{subject_of(fact)} {' or '.join(said)}"
    return Literal(fact.name, says, values=listed, not_recorded=off, never_recorded=never)


def _known(variable: FactVariable, known: frozenset[int], speaks: Protocol) -> str:
    fact = variable.fact
    if len(known) == len(variable.patterns):
        return "is on record"
    if fact.type in _PICKED:
        values = list(_values(variable, known))
        others = [each for each in (*fact.values, *fact.also) if each not in values]
        if len(others) == 1 and len(values) > 2:
            return f"is anything but {_quoted(fact, others)}"
        return f"is {_quoted(fact, values)}"
    sides = list(_sides(variable))
    # One comparison, if one says it; else two together, as in "at least 3 and below 5".
    alone = ((each, each) for each in sides)
    for one, other in chain(alone, combinations(sides, 2)):
        if one[0] & other[0] == known:
            said = dict.fromkeys(
                _after_subject(Worded(leaf, speaks).sentence(truth, None), fact)
                for _, leaf, truth in (one, other)
            )
            return " and ".join(said)
    examples = [value for at, value in enumerate(variable.values, start=variable.first) if at in known]
    return f"is one like {_quoted(fact, examples)}"


def _sides(variable: FactVariable) -> Iterator[tuple[frozenset[int], Compare, Truth]]:
    """Where each comparison holds, and where it does not."""
    for at, leaf in enumerate(variable.leaves):
        for truth, holds in ((TRUE, True), (FALSE, False)):
            regions = enumerate(variable.patterns, start=variable.first)
            yield frozenset(region for region, each in regions if each[at] is holds), leaf, truth


def _after_subject(sentence: str, fact: Fact) -> str:
    return sentence.removeprefix(f"{subject_of(fact)} ")


def _values(variable: FactVariable, known: frozenset[int]) -> Iterator[Value]:
    fact = variable.fact
    domain: tuple[Value, ...] = (True, False) if fact.type is FactType.BOOLEAN else (*fact.values, *fact.also)
    for value in domain:
        if variable.region_of(value, presumed=False, at=START, calendar=CALENDAR) in known:
            yield value


def _quoted(fact: Fact, values: Iterable[Value]) -> str:
    return " or ".join(_shown(fact, each) for each in values)


def _shown(fact: Fact, value: Value) -> str:
    said = fact.label(value)
    return said if isinstance(value, bool) else f"“{said}”"


def _visited(variable: VisitsVariable, regions: frozenset[int], speaks: Protocol) -> str:
    been = _state(variable.state, speaks)
    if 0 not in regions and len(regions) == variable.size - 1:
        return f"the case has been in {been}"
    counts = [f"{each}{' or more' if each == variable.most else ''}" for each in sorted(regions)]
    if counts == ["0"]:
        return f"the case has not been in {been}"
    return f"{been} was entered {' or '.join(counts)} time(s)"


def _waited(variable: ElapsedVariable, regions: frozenset[int], speaks: Protocol) -> str:
    for leaf in variable.leaves:
        where = frozenset(variable.where(leaf))
        for truth, found in ((TRUE, where), (FALSE, frozenset(range(variable.size)) - where)):
            if found == regions:
                return Worded(leaf, speaks).sentence(truth, None)
    return " or ".join(_span(variable, each, speaks) for each in sorted(regions))


def _span(variable: ElapsedVariable, region: int, speaks: Protocol) -> str:
    said = [
        Worded(leaf, speaks).sentence(TRUE if holds else FALSE, None)
        for leaf, holds in _told(variable, region)
    ]
    return f"({' and '.join(said)})"


def _told(variable: ElapsedVariable, region: int) -> Iterator[tuple[Elapsed, bool]]:
    yield from zip(variable.leaves, variable.timeline.patterns[region], strict=True)


def _state(name: str, speaks: Protocol) -> str:
    title = speaks.states[name].title
    return f"“{title}”" if title else f"`{name}`"


# One case ----------------------------------------------------------------------------------------------


def case_in(joint: Joint, state: str, wanted: int, about: Iterable[int]) -> Case:
    """The case with the least on record that lies in a set of situations.

    Args:
        about: The levels that matter most: a sentence tells those first.
    """
    chosen = joint.sets.cheapest(wanted, joint.costs) or {}
    facts: dict[str, Any] = {}
    gone: list[str] = []
    visits: dict[str, int] = {}
    besides: list[str] = []
    told: dict[int, str] = {}
    for level, region in chosen.items():
        variable, speaks = joint.variables[level], joint.speaks(level)
        match variable:
            case VisitsVariable():
                visits[variable.state] = region
                if region > (variable.state == state):
                    told[level] = _visited(variable, frozenset({region}), speaks)
            case ElapsedVariable():
                besides.append(_waited(variable, frozenset({region}), speaks))
                told[level] = besides[-1]
            case FactVariable() if region >= variable.first:
                value = variable.value_in(region, START, CALENDAR)
                shown = variable.values[region - variable.first] if value is None else value
                facts[variable.fact.name] = to_json(shown)
                told[level] = f"{subject_of(variable.fact)} is {_shown(variable.fact, shown)}"
            case FactVariable() if region == 0 and variable.never:
                gone.append(variable.fact.name)
                told[level] = f"{subject_of(variable.fact)} is not on record any more"
            case _:
                pass
    says = _case_says(told, frozenset(about))
    return Case(state, Frozen(facts), tuple(gone), Frozen(visits), tuple(besides), says)


def _case_says(told: dict[int, str], about: frozenset[int]) -> str:
    ordered = sorted(told, key=lambda level: (level not in about, level))
    said = [told[level] for level in ordered[:MOST_TOLD]]
    if len(ordered) > MOST_TOLD:
        said.append(f"{len(ordered) - MOST_TOLD} more")
    return "; ".join(said) or "nothing is on record"
