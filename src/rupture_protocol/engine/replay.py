"""A history → its case: every event done again, which must come out the same, or taken at its word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import STEPS, Case, Event, EventKind, ProtocolRef
from rupture_protocol.engine.fold import Folding, fold, opened
from rupture_protocol.engine.migration import Carry
from rupture_protocol.errors import InvalidCase, RuptureError
from rupture_protocol.language import protocol as language

_UNDER_ANOTHER = frozenset({EventKind.OPENED, EventKind.MIGRATED})
"""The kinds of event after which a case is under a protocol that it was not under before."""


class Verbs(Protocol):
    """The verbs that write to a case, as the engine has them."""

    ref: ProtocolRef
    protocol: language.Protocol
    calendar: Calendar

    @property
    def open(self) -> Callable[..., Case]: ...
    @property
    def record(self) -> Callable[..., Case]: ...
    @property
    def correct(self) -> Callable[..., Case]: ...
    @property
    def take(self) -> Callable[..., Case]: ...
    @property
    def override(self) -> Callable[..., Case]: ...
    @property
    def migrate(self) -> Callable[..., Case]: ...
    @property
    def hold(self) -> Callable[..., Case]: ...
    @property
    def release(self) -> Callable[..., Case]: ...


def replay(engine: Verbs, case_id: str, events: Iterable[Event], before: Iterable[Verbs] = ()) -> Case:
    """The case that these events make; `before` are the engines of the versions that it was migrated from.

    Raises:
        InvalidCase: An event could not have happened so; the message names it, never a value.
    """
    case: Case | None = None
    engines = {each.ref: each for each in (*before, engine)}
    # Named by where it stands: what it says of itself may be anything.
    for number, event in enumerate(events, start=1):
        try:
            case = _again(engines, case_id, case, event)
        except RuptureError as refused:
            raise InvalidCase(
                f"event {number} could not have happened: {refused}", help=refused.help
            ) from None
        if case.history[-1] != event:
            raise InvalidCase(f"event {number} is not what its protocol and history make of it")
    if case is None:
        raise InvalidCase("a case has at least the event that opened it")
    if case.protocol != engine.ref:
        raise InvalidCase("the case belongs to another protocol, version or digest")
    return case


def disagreements(
    case_id: str, events: Iterable[Event], engines: Iterable[Verbs]
) -> Iterator[tuple[int, str]]:
    """Every event that is not what its protocol and history make of it: its number, and why.

    Such an event is then taken at its word, so that those after it are judged too; where it does not fit at
    all, they cannot be.
    """
    by_ref = {each.ref: each for each in engines}
    case: Case | None = None
    for number, event in enumerate(events, start=1):
        before = case
        wrong = ""
        try:
            case = _again(by_ref, case_id, before, event)
        except RuptureError as refused:
            wrong = f"it could not have happened: {refused}"
        else:
            if case.history[-1] != event:
                wrong = "it is not what its protocol and history make of it"
        if not wrong:
            continue
        yield number, wrong
        try:
            case = _after(by_ref, case_id, before, event)
        except (RuptureError, LookupError, TypeError, ValueError):
            return


def restore(engine: Verbs, case_id: str, events: Iterable[Event], before: Iterable[Verbs] = ()) -> Case:
    """The case that these events make, taken at their word: no guard is asked again.

    Raises:
        InvalidCase: They cannot be put together at all; the message names the event, never a value.
    """
    by_ref = {each.ref: each for each in (*before, engine)}
    made: Folding | None = None
    for number, event in enumerate(events, start=1):
        try:
            if made is None or event.kind in _UNDER_ANOTHER:
                case = _after(by_ref, case_id, None if made is None else made.case(), event)
                now = by_ref[case.protocol]
                made = Folding(now.protocol, now.calendar, case)
            else:
                _check_follows(made, event)
                made.add(event)
        except (RuptureError, LookupError, TypeError, ValueError):
            raise _does_not_fit(number) from None
    if made is None:
        raise InvalidCase("a case has at least the event that opened it")
    return made.case()


def course(case_id: str, events: Iterable[Event], engines: Iterable[Verbs]) -> Iterator[Case]:
    """The case after each of these events, which are taken at their word; the last is what `restore` makes.

    Raises as `restore`.
    """
    by_ref = {each.ref: each for each in engines}
    case: Case | None = None
    for number, event in enumerate(events, start=1):
        try:
            case = _after(by_ref, case_id, case, event)
        except (RuptureError, LookupError, TypeError, ValueError):
            raise _does_not_fit(number) from None
        yield case


def _does_not_fit(number: int) -> InvalidCase:
    return InvalidCase(f"event {number} does not fit what was before it")


def _after(engines: Mapping[ProtocolRef, Verbs], case_id: str, case: Case | None, event: Event) -> Case:
    now = engines[event.protocol]
    if case is None:
        if event.kind is not EventKind.OPENED or event.seq != 1 or event.to not in now.protocol.states:
            raise InvalidCase("it opens no case")
        return opened(case_id, event)
    if event.kind is EventKind.MIGRATED:
        _check_is_next(case, event)
        return Carry(engines[case.protocol].protocol, now.protocol, now.calendar).over(case, event)
    _check_follows(case, event)
    return fold(now.protocol, now.calendar, case, event)


def _check_is_next(case: Case | Folding, event: Event) -> None:
    if event.kind is EventKind.OPENED or event.seq != case.version + 1:
        raise InvalidCase("it is out of its order")


def _check_follows(case: Case | Folding, event: Event) -> None:
    """That an event is the next one of a case, and of the state that it is in."""
    _check_is_next(case, event)
    same = event.protocol is case.protocol or event.protocol == case.protocol
    if not same or (event.kind in STEPS and event.source != case.state):
        raise InvalidCase("it happened to another case")


def _again(engines: Mapping[ProtocolRef, Verbs], case_id: str, case: Case | None, event: Event) -> Case:
    engine = engines.get(event.protocol)
    if engine is None:
        raise InvalidCase("it belongs to another protocol, version or digest")
    if case is not None and event.kind is EventKind.MIGRATED:
        before = engines[case.protocol]
        return before.migrate(case, to=engine, **_when(event))
    when = _when(event)
    if case is None or event.kind is EventKind.OPENED:
        if case is not None or event.kind is not EventKind.OPENED:
            raise InvalidCase("a case is opened once, at its beginning")
        return engine.open(case_id, **when)
    match event.kind:
        case EventKind.RECORDED:
            return engine.record(case, event.facts, **when)
        case EventKind.CORRECTED:
            if len(event.facts) != 1:
                raise InvalidCase("a correction is of one fact")
            ((name, value),) = event.facts.items()
            return engine.correct(case, name, to=value, reason=event.reason or "", **when)
        case EventKind.OVERRIDE:
            return engine.override(case, event.trigger or "", reason=event.reason or "", **when)
        case EventKind.HELD:
            return engine.hold(case, reason=event.reason or "", **when)
        case EventKind.RELEASED:
            return engine.release(case, reason=event.reason or "", **when)
        case _:
            return engine.take(case, event.trigger or "", **when)


def _when(event: Event) -> dict[str, Any]:
    return {"by": event.by, "at": event.at, "occurred": event.occurred, "note": event.note}
