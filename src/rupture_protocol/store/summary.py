"""How a case stands, in a line: what lists are made of. It can be made again from the history at any time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.engine.case import Case, EventKind, ProtocolRef
from rupture_protocol.engine.deadlines import DeadlineState, Due
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.truth import TRUE
from rupture_protocol.language.digest import canonical_json
from rupture_protocol.store.entry import instant, microseconds
from rupture_protocol.store.lists import ListKey

FORESEEN = 8
"""How many changes are foreseen, each as a record expires; what is later is decided when it is asked for."""
_OPEN = frozenset({DeadlineState.RUNNING, DeadlineState.OVERDUE, DeadlineState.UNDECIDED})


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """How a case stands after its last event; `overrides`, `precautions`: how many events of those kinds."""

    case: str
    version: int
    state: str
    ended: bool
    protocol: ProtocolRef
    opened: datetime
    updated: datetime
    overrides: int
    precautions: int

    def __repr__(self) -> str:
        return f"<Summary {self.case} in {self.state}, {self.version} events>"


@dataclass(frozen=True, slots=True, repr=False)
class CaseDue:
    """Something that is due in a case, and not done.

    `due` is None where it is due as soon as practicable, and never overdue. `certain` is False where it is
    not known whether the deadline applies.
    """

    case: str
    deadline: str
    started: datetime
    due: datetime | None
    certain: bool

    def __repr__(self) -> str:
        return f"<CaseDue {self.case} {self.deadline}>"

    def overdue(self, at: datetime) -> bool:
        """Whether it should have been done before that moment."""
        return self.due is not None and self.due < at


@dataclass(frozen=True, slots=True, repr=False)
class Span:
    """While something is due, if nothing happens: from `since` on, and before `until` (None: for good)."""

    due: CaseDue
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class Agenda:
    """What will be due in a case, if nothing happens. It is known until `steady_until` (None: for good)."""

    spans: tuple[Span, ...] = ()
    steady_until: datetime | None = None


def summary_of(engine: Engine, case: Case) -> Summary:
    """How a case stands after its last event."""
    kinds = [event.kind for event in case.history]
    return Summary(
        case.id,
        case.version,
        case.state,
        engine.protocol.states[case.state].final,
        case.protocol,
        opened=case.history[0].at,
        updated=case.history[-1].at,
        overrides=kinds.count(EventKind.OVERRIDE),
        precautions=kinds.count(EventKind.PRECAUTION),
    )


def due_in(engine: Engine, case: Case, at: datetime) -> tuple[tuple[CaseDue, ...], datetime | None]:
    """What is due in a case at a moment, later ones too, in file order; and until when it stands so."""
    if engine.protocol.states[case.state].final or not engine.protocol.deadlines:
        return (), None
    decision = engine.decide(case, at=at)
    dues = (_owed(case.id, due) for due in decision.deadlines if due.state in _OPEN)
    return tuple(due for due in dues if due is not None), decision.deadlines_until


def agenda_of(engine: Engine, case: Case) -> Agenda:
    """What will be due in a case from its last event on, as one record after the other expires."""
    moment = case.history[-1].at
    began: dict[CaseDue, datetime] = {}
    spans: list[Span] = []
    for _ in range(FORESEEN):
        now, until = due_in(engine, case, moment)
        spans += [Span(due, since, moment) for due, since in began.items() if due not in now]
        began = {due: began.get(due, moment) for due in now}
        if until is None or until <= moment:
            break
        moment = until
    spans += [Span(due, since, until) for due, since in began.items()]
    return Agenda(tuple(spans), until)


def summary_row(summary: Summary, agenda: Agenda, lists: ListKey) -> dict[str, object]:
    """How a case stands, as a row of its table."""
    return {
        "case_id": summary.case,
        "version": summary.version,
        "state": lists.mask(summary.state),
        "ended": int(summary.ended),
        "protocol_id": summary.protocol.id,
        "protocol_version": summary.protocol.version,
        "protocol_digest": summary.protocol.digest,
        "opened_at": microseconds(summary.opened),
        "updated_at": microseconds(summary.updated),
        "overrides": summary.overrides,
        "precautions": summary.precautions,
        "agenda": lists.seal(summary.case, _written(agenda)),
    }


def _written(agenda: Agenda) -> bytes:
    spans = []
    for span in agenda.spans:
        times = (span.due.started, span.due.due, span.since, span.until)
        spans.append([span.due.deadline, span.due.certain, *map(_number, times)])
    return canonical_json([_number(agenda.steady_until), spans]).encode("utf-8")


@dataclass(frozen=True, slots=True, repr=False)
class KeptAgenda:
    """An agenda as its row has it, with instants as whole microseconds: of most spans nobody asks."""

    case: str
    steady_until: int | None
    spans: list[list[Any]]

    def foresees(self, moment: int) -> bool:
        """Whether it is known what is due then."""
        return self.steady_until is None or moment < self.steady_until

    def at(self, moment: int) -> Iterator[CaseDue]:
        """What is due then."""
        for deadline, certain, started, due, since, until in self.spans:
            if since <= moment and (until is None or until > moment) and (due is None or due <= moment):
                by = None if due is None else instant(due)
                yield CaseDue(self.case, deadline, instant(started), by, certain=certain)


def agenda_in(row: bytes, case_id: str, lists: ListKey) -> KeptAgenda:
    """What will be due in a case, as its row says it.

    Raises:
        StoreCorrupt: It says nothing of ours.
    """
    return KeptAgenda(case_id, *json.loads(lists.open(case_id, row).decode("utf-8")))


def _number(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)


def _owed(case_id: str, due: Due) -> CaseDue | None:
    if due.started is None:
        return None
    return CaseDue(case_id, due.deadline.name, due.started, due.due, certain=due.applies is TRUE)
