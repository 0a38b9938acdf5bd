"""Small changes of a protocol that a scenario ought to notice: of guards, constants, roles, requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import (
    IN_ORDER,
    All,
    AnyOf,
    Compare,
    Condition,
    Named,
    Not,
    Operator,
    Visits,
)
from rupture_protocol.language.facts import Fact, FactType
from rupture_protocol.language.protocol import EVERY_INTERRUPT, Interrupt, Protocol, Transition
from rupture_protocol.language.quantities import Duration
from rupture_protocol.language.source import Path

Rebuilt = Callable[[Any], Protocol]
Part = tuple[str, Path | str]
"""What kind of part (`condition`, `interrupt`, `way`), and which."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed protocol: what was changed, in words, and where it is written.

    `part` is what was changed: a named condition, an interrupt or a transition, where its verdict is all
    that can change; else None.
    """

    kind: str
    says: str
    path: Path
    part: Part | None
    make: Callable[[], Protocol] = field(compare=False, repr=False)


def mutants(protocol: Protocol) -> Iterator[Mutant]:
    """Every mutant of a protocol, in file order of its parts."""
    for name, condition in protocol.conditions.items():
        yield from _guard(condition, name, protocol, _put_condition(protocol, name), ("condition", name))
    for state in protocol.states.values():
        for transition in state.transitions.values():
            yield from _transition(transition, protocol, _put_own(protocol, state.name, transition.trigger))
    for transition in protocol.anywhere.values():
        yield from _transition(transition, protocol, _put_anywhere(protocol, transition.trigger))
    for interrupt in protocol.interrupts.values():
        yield from _interrupt(interrupt, protocol, _put_interrupt(protocol, interrupt.trigger))
    for fact in protocol.facts.values():
        yield from _fact(fact, protocol)
    for state in protocol.states.values():
        for forgotten in state.forget:
            kept = tuple(each for each in state.forget if each != forgotten)
            yield Mutant(
                "requirement",
                f"`{state.name}` no longer forgets `{forgotten}`",
                ("states", state.name, "forget"),
                None,
                _later(_put_state(protocol, state.name), replace(state, forget=kept)),
            )


# The parts of a protocol ----------------------------------------------------------------------------


def _transition(way: Transition, protocol: Protocol, put: Rebuilt) -> Iterator[Mutant]:
    name = way.trigger
    if way.when is not None:
        part: Part = ("way", way.path)
        yield from _guard(way.when, name, protocol, lambda changed: put(replace(way, when=changed)), part)
    yield from _roles(way, protocol, put)
    for need in way.needs:
        kept = tuple(each for each in way.needs if each != need)
        yield _requirement(f"`{name}` no longer needs `{need}`", way, "needs", put, needs=kept)
    for other in way.not_same_person:
        kept = tuple(each for each in way.not_same_person if each != other)
        says = f"`{name}` may be taken by whoever took `{other}`"
        yield _requirement(says, way, "not_same_person", put, not_same_person=kept)
    for interrupt in protocol.interrupts:
        if not way.goes_on_despite(interrupt):
            says = f"`{interrupt}` no longer holds back `{name}`"
            yield _requirement(says, way, "despite", put, despite=(*way.despite, interrupt))
    yield from _despite(way, protocol, put)


def _despite(way: Transition, protocol: Protocol, put: Rebuilt) -> Iterator[Mutant]:
    named = tuple(protocol.interrupts) if way.despite == (EVERY_INTERRUPT,) else way.despite
    for interrupt in named:
        kept = tuple(each for each in named if each != interrupt)
        says = f"`{interrupt}` holds back `{way.trigger}`"
        yield _requirement(says, way, "despite", put, despite=kept)


def _interrupt(way: Interrupt, protocol: Protocol, put: Rebuilt) -> Iterator[Mutant]:
    part: Part = ("interrupt", way.trigger)
    yield from _guard(way.when, way.trigger, protocol, lambda changed: put(replace(way, when=changed)), part)
    yield from _roles(way, protocol, put)


def _roles(way: Transition | Interrupt, protocol: Protocol, put: Rebuilt) -> Iterator[Mutant]:
    others = tuple(role for role in protocol.roles if role not in way.by)
    if way.by and others:
        yield Mutant(
            "role",
            f"anybody may take `{way.trigger}`",
            (*way.path, "by"),
            None,
            _later(put, replace(way, by=(*way.by, *others))),
        )


def _fact(fact: Fact, protocol: Protocol) -> Iterator[Mutant]:
    put = _put_fact(protocol, fact.name)
    path = ("facts", fact.name)
    others = tuple(role for role in protocol.roles if role not in fact.by)
    if fact.by and others:
        wider = replace(fact, by=(*fact.by, *others))
        yield Mutant("role", f"anybody may record `{fact.name}`", (*path, "by"), None, _later(put, wider))
    if fact.lasts is not None:
        lasting = replace(fact, lasts=None)
        says = f"a record of `{fact.name}` holds for ever"
        yield Mutant("requirement", says, (*path, "lasts"), None, _later(put, lasting))
    if fact.presume is not None:
        unsure = replace(fact, presume=None)
        says = f"`{fact.name}` is not presumed"
        yield Mutant("requirement", says, (*path, "presume"), None, _later(put, unsure))


def _requirement(says: str, way: Transition, key: str, put: Rebuilt, **change: Any) -> Mutant:
    part: Part | None = None if key == "not_same_person" else ("way", way.path)
    return Mutant("requirement", says, (*way.path, key), part, _later(put, replace(way, **change)))


# Guards ---------------------------------------------------------------------------------------------


def _guard(condition: Condition, name: str, protocol: Protocol, put: Rebuilt, part: Part) -> Iterator[Mutant]:
    """Every small change inside one guard."""
    for kind, says, path, changed in _changes(condition, protocol):
        yield Mutant(kind, f"in `{name}`, {says}", path, part, _later(put, changed))


Change = tuple[str, str, Path, Condition]


def _changes(condition: Condition, protocol: Protocol) -> Iterator[Change]:
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            is_all = isinstance(condition, All)
            whole: type[All | AnyOf] = All if is_all else AnyOf
            if len(parts) > 1:
                swapped = (AnyOf if is_all else All)(parts, condition.path)
                says = "any of these would do" if is_all else "all of these would have to hold"
                yield "guard", says, condition.path, swapped
            for at, part in enumerate(parts):
                before, after = parts[:at], parts[at + 1 :]
                if len(parts) > 1:
                    yield (
                        "guard",
                        f"{_said(part)} is left out",
                        part.path,
                        whole(before + after, condition.path),
                    )
                for kind, said, path, changed in _changes(part, protocol):
                    yield kind, said, path, whole((*before, changed, *after), condition.path)
        case Not(part=part):
            yield "guard", f"“not” is left out before {_said(part)}", condition.path, part
            for kind, said, path, changed in _changes(part, protocol):
                yield kind, said, path, Not(changed, condition.path)
        case Named(holds=holds):
            flipped = replace(condition, holds=not holds)
            yield "guard", f"{_said(condition)} is turned round", condition.path, flipped
        case _:
            yield (
                "guard",
                f"{_said(condition)} is turned round",
                condition.path,
                Not(condition, condition.path),
            )
            yield from _constants(condition, protocol)


def _constants(condition: Condition, protocol: Protocol) -> Iterator[Change]:
    match condition:
        case Compare(fact=name):
            for values, said in _other_values(condition, protocol.facts[name]):
                yield (
                    "constant",
                    f"{_said(condition)} {said}",
                    condition.path,
                    replace(condition, values=values),
                )
        case Visits(values=values):
            yield (
                "constant",
                "`visits` counts one more",
                condition.path,
                replace(condition, values=tuple(value + 1 for value in values)),
            )


def _other_values(leaf: Compare, fact: Fact) -> Iterator[tuple[tuple[Any, ...], str]]:
    values = leaf.values
    if leaf.operator in (Operator.ONE_OF, Operator.NONE_OF) and len(values) > 1:
        for value in values:
            yield tuple(each for each in values if each != value), f"leaves out `{fact.label(value)}`"
        return
    for at, value in enumerate(values):
        for other, said in _neighbours(value, leaf, fact):
            yield (*values[:at], other, *values[at + 1 :]), said


def _neighbours(value: Any, leaf: Compare, fact: Fact) -> Iterator[tuple[Any, str]]:
    if isinstance(value, Duration):
        yield Duration(value.count + 1, value.unit), "counts one more"
    elif fact.type is FactType.SCALE and leaf.operator in IN_ORDER:
        rank = fact.rank(str(value))
        ranks = () if rank is None else (rank - 1, rank + 1)
        near = [fact.values[at] for at in ranks if 0 <= at < len(fact.values)]
        yield from ((each, f"says `{each}` instead") for each in near)
    elif fact.type in (FactType.CHOICE, FactType.SCALE):
        known = fact.values + fact.also
        other = known[(known.index(value) + 1) % len(known)]
        if other != value:
            yield other, f"says `{other}` instead"
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield value + 1, "says one more"
        yield value - 1, "says one less"


def _said(condition: Condition) -> str:
    match condition:
        case Compare(fact=name):
            return f"`{name}`"
        case Named(name=name):
            return f"`{name}`"
        case _:
            return (
                f"`{condition.path[-1]}`"
                if condition.path and isinstance(condition.path[-1], str)
                else "a part"
            )


# Putting a changed part back ------------------------------------------------------------------------


def _later(put: Rebuilt, changed: Any) -> Callable[[], Protocol]:
    return lambda: put(changed)


def _rebuilt(protocol: Protocol, **changes: Any) -> Protocol:
    made = replace(protocol, **changes)
    # A mutant is looked at and thrown away: that it has the original's digest spares hashing it.
    made.__dict__["digest"] = protocol.digest
    return made


def _put_condition(protocol: Protocol, name: str) -> Rebuilt:
    return lambda changed: _rebuilt(protocol, conditions=Frozen({**protocol.conditions, name: changed}))


def _put_state(protocol: Protocol, name: str) -> Rebuilt:
    return lambda changed: _rebuilt(protocol, states=Frozen({**protocol.states, name: changed}))


def _put_own(protocol: Protocol, state: str, trigger: str) -> Rebuilt:
    here = protocol.states[state]
    put = _put_state(protocol, state)
    return lambda changed: put(replace(here, transitions=Frozen({**here.transitions, trigger: changed})))


def _put_anywhere(protocol: Protocol, trigger: str) -> Rebuilt:
    return lambda changed: _rebuilt(protocol, anywhere=Frozen({**protocol.anywhere, trigger: changed}))


def _put_interrupt(protocol: Protocol, trigger: str) -> Rebuilt:
    return lambda changed: _rebuilt(protocol, interrupts=Frozen({**protocol.interrupts, trigger: changed}))


def _put_fact(protocol: Protocol, name: str) -> Rebuilt:
    return lambda changed: _rebuilt(protocol, facts=Frozen({**protocol.facts, name: changed}))
