"""A history → its case: every event is done again, and must come out the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from rupture_protocol.engine.case import Case, Event, EventKind, ProtocolRef
from rupture_protocol.errors import InvalidCase, RuptureError


class Verbs(Protocol):
    """The verbs that write to a case, as the engine has them."""

    ref: ProtocolRef

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


def _again(engines: Mapping[ProtocolRef, Verbs], case_id: str, case: Case | None, event: Event) -> Case:
    engine = engines.get(event.protocol)
    if engine is None:
        raise InvalidCase("it belongs to another protocol, version or digest")
    if case is not None and event.kind is EventKind.MIGRATED:
        before = engines[case.protocol]
        return before.migrate(case, to=engine, by=event.by, at=event.at, note=event.note)
    when: dict[str, Any] = {"by": event.by, "at": event.at, "occurred": event.occurred, "note": event.note}
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
        case _:
            return engine.take(case, event.trigger or "", **when)
