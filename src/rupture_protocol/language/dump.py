"""A `Protocol` → format 1 again, in one canonical form: `loads(dump(p)) == p`.

Every mapping in its long form, conditions in their shortest, in file order; what a default says is left
out, and so is `by` where it lists every role. An exact decimal is text, as in canonical JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import Fact, Value, to_json
from rupture_protocol.language.protocol import (
    EVERY_INTERRUPT,
    About,
    Argument,
    Deadline,
    EnterPromise,
    Guidance,
    Interrupt,
    Mark,
    Migration,
    OfferPromise,
    Override,
    Promise,
    Protocol,
    ReachPromise,
    Role,
    Source,
    State,
    Transition,
    Wait,
)
from rupture_protocol.language.quantities import Duration
from rupture_protocol.language.source import LARGEST_FILE

Written = dict[str, Any]


def dump(protocol: Protocol) -> str:
    """A protocol as text: JSON, which is also YAML that `loads` reads as the same protocol.

    Indented for people, unless that alone would make it larger than a file may be. A protocol at the
    very limits of size or of nodes may still go beyond them in its long form.
    """
    data = written(protocol)
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return text if len(text.encode()) <= LARGEST_FILE else json.dumps(data, ensure_ascii=False) + "\n"


def written(protocol: Protocol) -> Written:
    """A protocol as a mapping of format 1 that JSON can hold."""
    everybody = tuple(protocol.roles)
    about = {} if protocol.about is None else {"about": _about(protocol.about)}
    return (
        _said(
            format=1,
            protocol=protocol.id,
            version=protocol.version,
            title=protocol.title,
            language=protocol.language,
            derived_from=protocol.derived_from,
            sources=_each(protocol.sources, _source),
            roles=_each(protocol.roles, _role),
            facts=_each(protocol.facts, lambda fact: _fact(fact, everybody)),
            conditions={
                name: {**_titled(protocol.condition_titles.get(name)), **written_condition(condition)}
                for name, condition in protocol.conditions.items()
            },
            states=_each(protocol.states, lambda state: _state(state, everybody)),
            anywhere=_each(protocol.anywhere, lambda each: _transition(each, everybody)),
            interrupts=_each(protocol.interrupts, lambda each: _interrupt(each, everybody)),
            deadlines=_each(protocol.deadlines, _deadline),
            promises=_each(protocol.promises, _promise),
            assume=[written_condition(each) for each in protocol.assume],
            migrates=[_migration(each) for each in protocol.migrates],
        )
        | about
    )


def _said(**given: Any) -> Written:
    """The keys that say something: neither None, False nor an empty list or mapping.

    Those of Python's own words end in `_`.
    """
    return {key.rstrip("_"): value for key, value in given.items() if _says_something(value)}


def _says_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ([], {})


def _each(pieces: Mapping[str, Any], write: Callable[[Any], Written]) -> Written:
    return {name: write(piece) for name, piece in pieces.items()}


def _titled(title: str | None) -> Written:
    return {} if title is None else {"title": title}


def _roles(by: tuple[str, ...], everybody: tuple[str, ...]) -> list[str] | None:
    return None if by == everybody else list(by)


# Parts -------------------------------------------------------------------------------------------------


def _about(about: About) -> Written:
    return _said(
        purpose=about.purpose,
        intended_users=list(about.intended_users),
        not_for=list(about.not_for),
        authors=list(about.authors),
        reviewed=to_json(about.reviewed),
        review_by=to_json(about.review_by),
    )


def _source(source: Source) -> Written:
    return _said(title=source.title, kind=source.kind.value, url=source.url)


def _role(role: Role) -> Written:
    return _said(about=role.about, title=role.title)


def _fact(fact: Fact, everybody: tuple[str, ...]) -> Written:
    made = _said(
        type=fact.type.value,
        title=fact.title,
        values=list(fact.values),
        also=list(fact.also),
        minimum=to_json(fact.minimum),
        maximum=to_json(fact.maximum),
        unit=fact.unit,
        ask=fact.ask,
        labels=dict(fact.labels),
        by=_roles(fact.by, everybody),
        lasts=str(fact.lasts) if fact.lasts else None,
        varies=fact.varies,
        sensitive=fact.sensitive,
        source=list(fact.source),
    )
    if fact.presume is not None:  # `false` and `[]` are values
        made["presume"] = to_json(fact.presume)
    return made


def _state(state: State, everybody: tuple[str, ...]) -> Written:
    return _said(
        title=state.title,
        initial=state.initial,
        final=state.final,
        outcome=state.outcome,
        ask=list(state.ask),
        forget=list(state.forget),
        wait=_wait(state.wait) if state.wait else None,
        transitions=_each(state.transitions, lambda each: _transition(each, everybody)),
    )


def _wait(wait: Wait) -> Written:
    return _said(reason=wait.reason, until=_optional(wait.until))


def _transition(transition: Transition, everybody: tuple[str, ...]) -> Written:
    despite = list(transition.despite)
    made = _said(
        to=transition.to,
        title=transition.title,
        by=_roles(transition.by, everybody),
        when=_optional(transition.when),
        needs=list(transition.needs),
        despite=EVERY_INTERRUPT if despite == [EVERY_INTERRUPT] else despite,
        not_same_person=list(transition.not_same_person),
        override=_override(transition.override) if transition.override else None,
        source=list(transition.source),
        for_=[_argument(each) for each in transition.arguments_for],
        against=[_argument(each) for each in transition.arguments_against],
        only=list(transition.only or ()),
        except_=list(transition.exclude),
    )
    return _guided(made, transition.guidance)


def _interrupt(interrupt: Interrupt, everybody: tuple[str, ...]) -> Written:
    made = _said(
        to=interrupt.to,
        title=interrupt.title,
        by=_roles(interrupt.by, everybody),
        when=written_condition(interrupt.when),
        source=list(interrupt.source),
        for_=[_argument(each) for each in interrupt.arguments_for],
        against=[_argument(each) for each in interrupt.arguments_against],
    )
    return _guided(made, interrupt.guidance)


def _guided(made: Written, guidance: Guidance | None) -> Written:
    if guidance is not None:
        made["guidance"] = _said(
            text=guidance.text,
            say=list(guidance.say),
            avoid=list(guidance.avoid),
            steps=list(guidance.steps),
        )
    return made


def _override(override: Override) -> Written:
    return {"by": list(override.by), "reasons": list(override.reasons)}


def _argument(argument: Argument) -> Written:
    return _said(
        when=_optional(argument.when),
        because=argument.because,
        strength="strong" if argument.strong else None,
        source=list(argument.source),
    )


def _deadline(deadline: Deadline) -> Written:
    return _said(
        title=deadline.title,
        when=_optional(deadline.when),
        starts=_mark(deadline.starts),
        within=str(deadline.within) if deadline.within else None,
        met_by=_mark(deadline.met_by),
        kind=deadline.kind.value,
        source=list(deadline.source),
    )


def _mark(mark: Mark) -> Written:
    return _said(fact=mark.fact, state=mark.state)


def _migration(migration: Migration) -> Written:
    return {"from": migration.versions, **_said(states=dict(migration.states), facts=dict(migration.facts))}


def _promise(promise: Promise) -> Written:
    match promise:
        case EnterPromise():
            form = _said(
                enter=list(promise.enter),
                only_if=_optional(promise.only_if),
                needs=list(promise.needs),
                only_after=list(promise.only_after),
            )
        case OfferPromise():
            form = {"whenever": written_condition(promise.whenever), "offer": promise.offer}
        case ReachPromise():
            form = {"always_reachable": list(promise.always_reachable)}
    return {
        **form,
        **_said(
            when=_optional(promise.when),
            says=promise.says,
            title=promise.title,
            source=list(promise.source),
        ),
    }


# Conditions --------------------------------------------------------------------------------------------


def _optional(condition: Condition | None) -> Written | None:
    return None if condition is None else written_condition(condition)


def written_condition(condition: Condition) -> Written:
    """A condition as an author may write it: never nested deeper than it was read.

    The parser takes the keys of a mapping, and the operators of a comparison, for one `All` each: so
    what is written with several keys or operators here is read as the same tree again.
    """
    match condition:
        case All():
            return _written_all(condition.parts)
        case AnyOf():
            return {"any": [written_condition(each) for each in condition.parts]}
        case Not():
            return {"not": written_condition(condition.part)}
        case Named():
            return {condition.name: condition.holds}
        case Visited():
            return {"visited": condition.state}
        case Compare() | Visits() | Elapsed():
            return _written_comparisons((condition,))
        case _:
            raise TypeError(f"`{type(condition).__name__}` is the engine's own, and in no protocol")


def _written_all(parts: tuple[Condition, ...]) -> Written:
    if len(parts) > 1 and len({_subject(part) for part in parts}) == 1 and _subject(parts[0]):
        operators = {part.operator for part in parts if isinstance(part, Compare | Visits | Elapsed)}
        if len(operators) == len(parts):
            return _written_comparisons(parts)
    each = [written_condition(part) for part in parts]
    keys = [key for piece in each for key in piece]
    if len(parts) > 1 and len(keys) == len(parts) == len(set(keys)):
        return {key: value for piece in each for key, value in piece.items()}
    return {"all": each}


def _subject(condition: Condition) -> tuple[str, str] | None:
    """What a comparison compares: two of one subject are written under one key."""
    match condition:
        case Compare():
            return "fact", condition.fact
        case Visits():
            return "visits", condition.state
        case Elapsed():
            return "elapsed", condition.since
        case _:
            return None


def _written_comparisons(comparisons: tuple[Condition, ...]) -> Written:
    """Comparisons of one subject, each with an operator of its own."""
    first = comparisons[0]
    made = {
        each.operator.value: _operands(each.operator, tuple(map(_operand, each.values)))
        for each in comparisons
        if isinstance(each, Compare | Visits | Elapsed)
    }
    match first:
        case Visits():
            return {"visits": {"state": first.state, **made}}
        case Elapsed():
            return {"elapsed": {"since": first.since, **made}}
        case Compare():
            is_set = isinstance(first.values[0], frozenset)  # a set's whole value keeps its `is`
            return {first.fact: made if is_set else _short(made)}
        case _:
            raise AssertionError


def _short(made: Written) -> Any:
    """`{is: a}` as `a`, `{one_of: [a, b]}` as `[a, b]`."""
    if len(made) == 1:
        ((operator, value),) = made.items()
        if operator in (Operator.IS, Operator.ONE_OF):
            return value
    return made


def _operands(operator: Operator, values: tuple[Any, ...]) -> Any:
    if operator in (Operator.ONE_OF, Operator.NONE_OF, Operator.BETWEEN):
        return list(values)
    return _alone(list(values) if len(values) > 1 else values[0])


def _alone(value: Any) -> Any:
    """What a list of one holds: it means the same."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _operand(value: Value | Duration | int) -> Any:
    return str(value) if isinstance(value, Duration) else to_json(value)
