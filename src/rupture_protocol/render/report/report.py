"""The report of one case: what happened, why it could, what stands out, and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import rupture_protocol
from rupture_protocol.engine.case import Case, EventKind, ProtocolRef
from rupture_protocol.engine.deadlines import DeadlineState
from rupture_protocol.engine.engine import Engine
from rupture_protocol.render.report import now
from rupture_protocol.render.report.attempts import attempts
from rupture_protocol.render.report.events import told
from rupture_protocol.render.report.page import page
from rupture_protocol.render.report.steps import steps_of
from rupture_protocol.render.report.telling import Telling

if TYPE_CHECKING:
    from rupture_protocol.store.case_check import Finding
    from rupture_protocol.store.refusing import Refusal


def case_report(
    case: Case,
    engines: Iterable[Engine],
    *,
    at: datetime,
    made: datetime | None = None,
    library: str | None = None,
    findings: Sequence[Finding] | None = None,
    refusals: Sequence[Refusal] | None = None,
    later: int = 0,
    sensitive: bool = False,
) -> str:
    """The report as one page of HTML that holds all it needs.

    Args:
        case: The case; what is told of it is its history up to its last event.
        engines: One of each protocol that stands in its history. The texts of the last one say in which
            direction the page goes.
        at: The moment for which it says what may be done and what is due.
        made: When the report is made; left out, at that moment.
        library: The version of this library; left out, the one that is installed.
        findings: What verifying the case found; None, where it was not verified.
        refusals: What was tried and refused; None, where nobody has kept that.
        later: How many events were recorded after `at`, and so are not told.
        sensitive: Whether to tell the values of facts that the protocol calls sensitive.
    """
    by_ref = {engine.ref: engine for engine in engines}
    engine = by_ref[case.protocol]
    tellings = {ref: Telling(each.protocol, each.calendar, sensitive) for ref, each in by_ref.items()}
    telling = tellings[case.protocol]
    decision = engine.decide(case, at=at)
    protocol = engine.protocol
    state = protocol.states[case.state]
    timeline = [told(event, tellings[event.protocol]) for event in case.history]
    steps = list(steps_of(case.id, case.history, by_ref, tellings))
    questions = list(now.questions(decision, telling))
    ways = list(now.ways(decision, telling))
    used = {
        ref: by_ref[ref].protocol.title for ref in dict.fromkeys(event.protocol for event in case.history)
    }
    return page(
        {
            "protocol": protocol,
            "protocols": used,
            "version": case.version,
            "state": telling.state(case.state),
            "final": state.final,
            "outcome": state.outcome,
            "wait": "" if state.wait is None else state.wait.reason,
            "opened": timeline[0],
            "held": case.held,
            "at": telling.moment(at),
            "made": telling.moment(made or at),
            "library": library or rupture_protocol.__version__,
            "timeline": timeline,
            "steps": steps,
            "loud": [each for each in steps if each.event.loud],
            "counted": _counted(case),
            "ways": ways,
            "not_called_for": now.not_called_for(decision),
            "questions": questions[: now.MOST_QUESTIONS],
            "more_questions": len(questions[now.MOST_QUESTIONS :]),
            "overdue": sum(due.state is DeadlineState.OVERDUE for due in decision.deadlines),
            "deadlines": list(now.deadlines(decision, telling)),
            "facts": list(now.on_record(decision, telling)),
            "notices": [each.text for each in decision.notices],
            "verified": findings is not None and not findings,
            "findings": None if findings is None else [(each.seq, each.what) for each in findings],
            "refused": None if refusals is None else list(attempts(refusals, telling)),
            "later": later,
            "sensitive": sensitive,
            "left_out": _left_out(case, tellings),
        },
        case=case.id,
        language=protocol.language,
    )


def _counted(case: Case) -> str:
    """How many events stand out, by their kind."""
    counts = Counter(event.kind for event in case.history)
    words = ((counts[EventKind.OVERRIDE], "override"), (counts[EventKind.PRECAUTION], "precaution"))
    return ", ".join(f"{count} {word}{'s' * (count > 1)}" if count else f"no {word}" for count, word in words)


def _left_out(case: Case, tellings: Mapping[ProtocolRef, Telling]) -> list[str]:
    """The facts whose values are left out, each once, in the order in which they were first recorded."""
    found: dict[str, None] = {}
    for event in case.history:
        telling = tellings[event.protocol]
        found |= {telling.fact(name): None for name in event.facts if telling.hides(name)}
    return list(found)
