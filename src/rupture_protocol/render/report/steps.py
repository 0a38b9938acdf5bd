"""Each step that was taken, decided again at its moment: what it came to then, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rupture_protocol.engine.case import STEPS, Case, Event, EventKind, ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.replay import course
from rupture_protocol.render.marks import SIGNS, VERDICTS
from rupture_protocol.render.report.events import Told, told
from rupture_protocol.render.report.reasons import Line, why
from rupture_protocol.render.report.telling import Telling

_LEAD = {
    EventKind.TAKEN: "It was open: everything that it requires was met.",
    EventKind.PRECAUTION: "It could not be decided yet. It was taken to be safe, which needs no proof.",
    EventKind.OVERRIDE: "It was not open. It was taken on the record by somebody who may, for a reason that "
    "the protocol lists. An override never lifts an interrupt or a promise.",
}
_BELOW = {
    EventKind.TAKEN: "What it rested on",
    EventKind.PRECAUTION: "What was not known",
    EventKind.OVERRIDE: "What stood against it",
}


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """A step that was taken."""

    event: Told
    title: str
    sign: str
    verdict: str
    lead: str
    below: str
    because: tuple[Line, ...]
    differs: str
    """What to say where the history has another verdict than comes out now."""


def steps_of(
    case_id: str,
    events: Iterable[Event],
    engines: Mapping[ProtocolRef, Engine],
    tellings: Mapping[ProtocolRef, Telling],
) -> Iterator[Step]:
    """The steps of a history, in their order."""
    history = tuple(events)
    before: Case | None = None
    for event, after in zip(history, course(case_id, history, engines.values()), strict=True):
        if event.kind in STEPS and before is not None:
            yield _step(event, before, engines[event.protocol], tellings[event.protocol])
        before = after


def _step(event: Event, before: Case, engine: Engine, telling: Telling) -> Step:
    decision = engine.decide(before, at=event.at, actor=event.by)
    option = decision[event.trigger or ""] if event.trigger in decision else None
    verdict = event.verdict or ""
    differs = ""
    if option is None or option.verdict.value != verdict:
        now = "no such step" if option is None else option.verdict.value
        differs = f"The history says {verdict or 'nothing'}; decided again now, it is: {now}."
    look = VERDICTS[option.verdict] if option is not None else None
    return Step(
        told(event, telling),
        telling.step(event.trigger or "", event.source or ""),
        "" if look is None else SIGNS[look],
        verdict,
        _LEAD[event.kind],
        _BELOW[event.kind],
        () if option is None else why(option, telling),
        differs,
    )
