"""Why: one sentence for each node of a condition, made from the condition itself.

Sentences say what the protocol asks, never what a record says: the values of a case are in its
facts. Who recorded what a node rests on, and when, is data beside the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from rupture_protocol.engine.case import Record, Standing
from rupture_protocol.engine.evaluate import Reading
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
from rupture_protocol.errors import Span
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.once import each_once

Saying = tuple[str, str, str]
"""A node's sentence when it is true, when it is false, and when it is not known."""


class Worded:
    """A condition with its sentences, made once for every case."""

    __slots__ = ("condition", "protocol", "says")

    def __init__(self, condition: Condition, protocol: Protocol) -> None:
        self.condition = condition
        self.protocol = protocol
        self.says = dict(zip((TRUE, FALSE, UNKNOWN), _saying(condition, protocol), strict=True))

    def sentence(self, truth: Truth, reading: Reading | None) -> str:
        """What it came to, in a sentence."""
        says = self.says[truth]
        if reading is None:
            return says
        if truth is UNKNOWN and isinstance(self.condition, Compare | OnRecord):
            return f"{says}: `{self.condition.fact}` {status(reading)}"
        return f"{says} (presumed)" if reading.presumed else says


class Reason(NamedTuple):
    """One node of the reason tree of an option: what it came to, in a sentence, and why.

    `parts` are the reasons directly below it. `below` lists all that are, each before its own parts,
    so that reading them is quick; it is None where they are very many.
    """

    truth: Truth
    text: str
    parts: tuple[Reason, ...]
    below: tuple[Reason, ...] | None
    reading: Reading | None
    worded: Worded

    def __repr__(self) -> str:
        return f"<Reason {self.truth}: {self.text}>"  # never the reading, which holds a value

    def __str__(self) -> str:
        return self.text

    @property
    def condition(self) -> Condition:
        """The condition this is about."""
        return self.worded.condition

    @property
    def fact(self) -> str | None:
        """The fact it reads, if it is one that reads a fact."""
        condition = self.worded.condition
        return condition.fact if isinstance(condition, Compare | OnRecord) else None

    @property
    def record(self) -> Record | None:
        """The record it rests on: who, when, and (in `value`) what."""
        return self.reading.record if self.reading else None

    @property
    def presumed(self) -> bool:
        """Whether it rests on a presumption."""
        return self.reading is not None and self.reading.presumed

    @property
    def where(self) -> Span | None:
        """The place in the YAML."""
        return self.worded.protocol.span(self.worded.condition.path)

    def walk(self) -> Iterator[Reason]:
        """This reason and all below it, each before its own parts."""
        if self.below is not None:
            return iter((self, *self.below))
        return chain((self,), chain.from_iterable(part.walk() for part in self.parts))


def _saying(condition: Condition, protocol: Protocol) -> Saying:
    match condition:
        case Compare():
            return _comparison(condition, protocol.facts[condition.fact])
        case OnRecord(fact=fact):
            subject = subject_of(protocol.facts[fact])
            return f"{subject} is on record", f"{subject} is not on record", f"{subject} must be on record"
        case Named(name=name, holds=holds):
            title = protocol.condition_titles.get(name, f"`{name}`")
            yes, no = f"{title} holds", f"{title} does not hold"
            return (
                (yes, no, f"whether {title} holds is open")
                if holds
                else (no, yes, f"whether {title} holds is open")
            )
        case NotHeldBack(interrupt=name):
            return f"nothing calls for `{name}`", f"`{name}` comes first", f"`{name}` cannot be ruled out yet"
        case Visited(state=state):
            been = _state(state, protocol)
            return f"the case has been in {been}", f"the case has not been in {been}", ""
        case Visits():
            state, count = (
                _state(condition.state, protocol),
                _limits(condition.operator, condition.values, "time(s)"),
            )
            return f"{state} was entered {count}", f"{state} was not entered {count}", ""
        case Elapsed():
            state, length = (
                _state(condition.since, protocol),
                _limits(condition.operator, condition.values, ""),
            )
            return (
                f"{length} has passed since {state} was entered",
                f"it is not so that {length} has passed since {state} was entered",
                f"when {state} was entered is not known",
            )
        case All():
            return "all of these hold", "not all of these hold", "not all of these are known to hold"
        case AnyOf():
            return "one of these holds", "none of these holds", "none of these is known to hold"
        case Not():
            return "this does not hold", "this holds, and must not", "whether this holds is open"


def _comparison(leaf: Compare, fact: Fact) -> Saying:
    subject = subject_of(fact)
    values = [_written(value, fact) for value in leaf.values]
    first = values[0]
    match leaf.operator:
        case Operator.IS:
            says, denies = f"is {first}", f"is not {first}"
        case Operator.IS_NOT:
            says, denies = f"is not {first}", f"is {first}"
        case Operator.ONE_OF:
            says, denies = f"is {_either(values)}", f"is not {_either(values)}"
        case Operator.NONE_OF:
            says, denies = f"is not {_either(values)}", f"is {_either(values)}"
        case Operator.BETWEEN:
            says, denies = f"is from {first} to {values[1]}", f"is not from {first} to {values[1]}"
        case Operator.INCLUDES:
            says, denies = f"includes {' and '.join(values)}", f"does not include {' and '.join(values)}"
        case Operator.WITHIN:
            says, denies = f"lies within the last {first}", f"does not lie within the last {first}"
        case Operator.OLDER_THAN:
            says, denies = f"is more than {first} ago", f"is not more than {first} ago"
        case _:
            words = _ORDER[leaf.operator]
            says, denies = f"is {words} {first}", f"is not {words} {first}"
    return f"{subject} {says}", f"{subject} {denies}", f"whether {subject} {says} is open"


_ORDER = {
    Operator.AT_LEAST: "at least",
    Operator.AT_MOST: "at most",
    Operator.ABOVE: "above",
    Operator.BELOW: "below",
    Operator.IS: "exactly",
}


def _limits(operator: Operator, values: tuple[Any, ...], unit: str) -> str:
    if operator is Operator.BETWEEN:
        return f"between {values[0]} and {values[1]} {unit}".rstrip()
    return f"{_ORDER[operator]} {values[0]} {unit}".rstrip()


def _written(value: Any, fact: Fact) -> str:
    label = fact.label(value) if not hasattr(value, "unit") else str(value)
    return f"“{label}”" if fact.values else label


def _either(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def _state(name: str, protocol: Protocol) -> str:
    title = protocol.states[name].title
    return f"“{title}”" if title else f"`{name}`"


def subject_of(fact: Fact) -> str:
    """What a fact is called in a sentence: its title, or its name."""
    return f"“{fact.title}”" if fact.title else f"`{fact.name}`"


def status(reading: Reading) -> str:
    """Why a fact is not on record, in words that follow its name."""
    if reading.presumed:
        return "is only presumed"
    if reading.expired:
        return "has a record that no longer holds"
    if reading.record is None:
        return "is not recorded"
    return {
        Standing.NOT_KNOWN: "was asked for, and is not known",
        Standing.FORGOTTEN: "must be asked afresh",
        Standing.WITHDRAWN: "was recorded in error, and withdrawn",
    }.get(reading.record.standing, "is on record")


def presumed_facts(reason: Reason) -> Iterator[str]:
    """The presumed facts on which the truth of a condition rests, as they are written."""
    for each in each_once(reason, carrying):
        if each.presumed and each.fact is not None and not isinstance(each.condition, OnRecord):
            yield each.fact


def carrying(reason: Reason) -> tuple[Reason, ...]:
    """The parts that make a condition what it is: one true part carries an `any`, one false part an `all`."""
    alike = tuple(part for part in reason.parts if part.truth is reason.truth)
    if len(reason.parts) < 2 or reason.truth is UNKNOWN or len(alike) == 0:
        return reason.parts
    return alike


def because(reason: Reason) -> str:
    """Why an option comes to its verdict, in one sentence that names facts, never their values."""
    if reason.truth is TRUE:
        return "everything it requires is met"
    said = list(dict.fromkeys(_named(each) for each in each_once(reason, deciding) if not deciding(each)))
    return "; ".join(said[:4]) + (f"; and {len(said) - 4} more" if len(said) > 4 else "")


def deciding(reason: Reason) -> tuple[Reason, ...]:
    """The parts that keep a condition from being true; none below what is named as a whole."""
    if isinstance(reason.condition, NotHeldBack):
        return ()
    if reason.truth is UNKNOWN:
        return tuple(part for part in reason.parts if part.truth is UNKNOWN)
    return carrying(reason)


def _named(reason: Reason) -> str:
    """What keeps an option from being open, by name."""
    condition = reason.condition
    match condition:
        case NotHeldBack(interrupt=name):
            held = "holds it back" if reason.truth is FALSE else "cannot be ruled out yet"
            unknown = ", ".join(dict.fromkeys(f"`{fact}`" for fact in unknown_facts(reason)))
            return f"`{name}` {held}" + (f" ({unknown})" if unknown else "")
        case Visited(state=state):
            return f"`{state}` has not been visited"
        case Visits(state=state) | Elapsed(since=state):
            return f"`{state}` was not entered as it asks"
        case Compare(fact=fact) | OnRecord(fact=fact) if reason.truth is UNKNOWN and reason.reading:
            return f"`{fact}` {status(reason.reading)}"
        case Compare(fact=fact) | OnRecord(fact=fact):
            return f"`{fact}` stands against it"
        case _:
            return "nothing in it can be met"


def unknown_facts(reason: Reason) -> Iterator[str]:
    """The facts whose being unknown leaves a condition unknown, as they are written."""
    for each in each_once(reason, lambda one: one.parts if one.truth is UNKNOWN else ()):
        if each.truth is UNKNOWN and each.fact is not None:
            yield each.fact
