"""Conditions, promises and deadlines in words, as the protocol says them: no case, no values of a client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupture_protocol.engine.reasons import Worded
from rupture_protocol.engine.truth import FALSE, TRUE, Truth
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Named,
    Not,
    OnRecord,
    Operator,
)
from rupture_protocol.language.protocol import (
    Deadline,
    EnterPromise,
    Interrupt,
    Mark,
    OfferPromise,
    Promise,
    Protocol,
    Transition,
)


class Words:
    """The sentences of one protocol."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol

    def condition(self, condition: Condition, *, inside: bool = False) -> str:
        """What a condition asks for.

        Args:
            inside: Whether it stands within another one, and so needs brackets of its own.
        """
        match condition:
            case All(parts=parts):
                return self._joined(parts, "and", inside=inside)
            case AnyOf(parts=parts):
                return self._joined(parts, "or", inside=inside)
            case Not(part=All() | AnyOf() | Not() as part):
                return f"it is not so that {self.condition(part, inside=True)}"
            case Not(part=Named(name=name, holds=holds)):
                return self.condition(Named(name, not holds))
            case Not(part=part):
                return self._leaf(part, FALSE, inside=inside)
            case Named(name=name, holds=holds):
                title = self.protocol.condition_titles.get(name)
                called = f"“{title}” ({name})" if title else f"`{name}`"
                return f"{called} {'holds' if holds else 'does not hold'}"
            case _:
                return self._leaf(condition, TRUE, inside=inside)

    def requires(self, defined: Transition | Interrupt) -> tuple[str, ...]:
        """All that a transition or an interrupt asks for by itself, one sentence each."""
        said = []
        if defined.when is not None:
            said += [self.condition(part) for part in _all_of(defined.when)]
        if isinstance(defined, Interrupt):
            return tuple(said)
        said += [self.condition(OnRecord(fact)) for fact in defined.needs]
        if defined.not_same_person:
            said.append(f"by somebody who never took {_row(defined.not_same_person)}")
        if defined.override is not None:
            said.append(f"or by override of {_row(defined.override.by)}, with a reason")
        return tuple(said)

    def promise(self, promise: Promise) -> str:
        """What a promise says: the author's words, or its own."""
        return promise.says or self.promised(promise)

    def promised(self, promise: Promise) -> str:
        """What a promise says by itself, whatever words its author has for it."""
        where = "" if promise.when is None else f", where {self.condition(promise.when, inside=True)}"
        match promise:
            case EnterPromise():
                asked = (
                    []
                    if promise.only_if is None
                    else [f"only if {self.condition(promise.only_if, inside=True)}"]
                )
                asked += [f"only with {_row(promise.needs)} on record"] if promise.needs else []
                asked += [f"only after {_row(promise.only_after)}"] if promise.only_after else []
                return f"{_row(promise.enter)} is entered {' and '.join(asked)}{where}"
            case OfferPromise():
                whenever = self.condition(promise.whenever, inside=True)
                return f"whenever {whenever}, `{promise.offer}` is offered{where}"
            case _:
                return f"{_row(promise.always_reachable, 'or')} can always be reached{where}"

    def deadline(self, deadline: Deadline) -> str:
        """By when something is due, and what starts and ends it."""
        within = f"within {deadline.within}" if deadline.within else "as soon as practicable"
        where = "" if deadline.when is None else f", where {self.condition(deadline.when, inside=True)}"
        return f"{within} from {_mark(deadline.starts)} to {_mark(deadline.met_by)}{where} ({deadline.kind})"

    def _leaf(self, condition: Condition, truth: Truth, *, inside: bool) -> str:
        sentence = Worded(condition, self.protocol).sentence(truth, None)
        # "is A or B" beside an `and` could be read in two ways.
        several = (
            isinstance(condition, Compare) and condition.operator in _EITHER and len(condition.values) > 1
        )
        return f"({sentence})" if inside and several else sentence

    def _joined(self, parts: Iterable[Condition], word: str, *, inside: bool) -> str:
        said = [self.condition(part, inside=True) for part in parts]
        joined = f" {word} ".join(said)
        return f"({joined})" if inside and len(said) > 1 else joined


_EITHER = frozenset({Operator.ONE_OF, Operator.NONE_OF})


def _all_of(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all hold, however they are nested."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _all_of(part)
    else:
        yield condition


def _mark(mark: Mark) -> str:
    return f"`{mark.fact}`" if mark.fact else f"entering `{mark.state}`"


def _row(names: Iterable[str], word: str = "and") -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {word} {listed[-1]}"
