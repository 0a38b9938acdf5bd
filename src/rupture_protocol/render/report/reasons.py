"""Why a step was open or was not, in sentences that call facts by their titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rupture_protocol.engine.case import Standing
from rupture_protocol.engine.decision import Option
from rupture_protocol.engine.options import Verdict
from rupture_protocol.engine.reasons import Reason, carrying, deciding, unknown_facts
from rupture_protocol.engine.truth import UNKNOWN
from rupture_protocol.language.conditions import All, Compare, NotHeldBack, OnRecord
from rupture_protocol.once import each_once
from rupture_protocol.render.report.telling import Telling

MOST_HOLDS = 3
"""From as many interrupts on that cannot be ruled out, they are counted."""


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One sentence, and the record that it rests on."""

    text: str
    rests_on: str = ""


def why(option: Option, telling: Telling) -> tuple[Line, ...]:
    """What an option rests on: all that is met where it is open, else what keeps it from being open."""
    if option.verdict is Verdict.OPEN:
        leaves = [each for each in _leaves(option.reasons) if not isinstance(each.condition, NotHeldBack)]
        return tuple(_unique(_line(each, option, telling) for each in leaves))
    stopping = [each for each in each_once(option.reasons, deciding) if not deciding(each)]
    holds = [each for each in stopping if isinstance(each.condition, NotHeldBack)]
    others = [each for each in stopping if not isinstance(each.condition, NotHeldBack)]
    known = [each for each in others if not _asks(each)]
    asked = [each for each in others if _asks(each)]
    lines = (
        *_held(holds, telling),
        *(_line(each, option, telling) for each in known),
        *_unknown(asked, telling),
    )
    return tuple(_unique(lines))


def _leaves(reason: Reason) -> Iterator[Reason]:
    """The last nodes on which a condition that is true rests."""
    return (
        each for each in each_once(reason, _below) if not _below(each) and not isinstance(each.condition, All)
    )


def _below(reason: Reason) -> tuple[Reason, ...]:
    """What carries a reason; that no interrupt comes first is not gone into."""
    return () if isinstance(reason.condition, NotHeldBack) else carrying(reason)


def _held(holds: list[Reason], telling: Telling) -> Iterator[Line]:
    """What interrupts do to it; many that cannot be ruled out are only counted."""
    titles = {id(each): _interrupt(each, telling) for each in holds}
    open_ones = [each for each in holds if each.truth is UNKNOWN]
    for each in holds:
        if each.truth is not UNKNOWN:
            yield Line(f"“{titles[id(each)]}” comes first")
    if len(open_ones) >= MOST_HOLDS:
        first = titles[id(open_ones[0])]
        yield Line(
            f"{len(open_ones)} steps that would come first cannot be ruled out yet, “{first}” before all"
        )
        return
    for each in open_ones:
        facts = dict.fromkeys(telling.fact(name) for name in unknown_facts(each))
        missing = f": not on record is {', '.join(f'“{name}”' for name in facts)}" if facts else ""
        yield Line(f"“{titles[id(each)]}” cannot be ruled out yet{missing}")


def _asks(reason: Reason) -> bool:
    """Whether it waits for a fact."""
    return reason.truth is UNKNOWN and reason.fact is not None


_ASKED = {
    Standing.NOT_KNOWN: "asked for, and not known",
    Standing.FORGOTTEN: "to be asked afresh",
    Standing.WITHDRAWN: "recorded in error and withdrawn, so to be asked again",
}


def _unknown(reasons: Iterable[Reason], telling: Telling) -> Iterator[Line]:
    """The facts that are waited for, by what became of their last record."""
    groups: dict[str, dict[str, None]] = {}
    for each in reasons:
        reading = each.reading
        how = "not recorded yet"
        if reading is not None and reading.presumed:
            how = "only presumed"
        elif reading is not None and reading.expired:
            how = "recorded too long ago to hold now"
        elif reading is not None and reading.record is not None:
            how = _ASKED.get(reading.record.standing, how)
        groups.setdefault(how, {})[f"“{telling.fact(each.fact or '')}”"] = None
    for how, facts in groups.items():
        yield Line(f"{how}: {', '.join(facts)}")


def _interrupt(reason: Reason, telling: Telling) -> str:
    name = reason.condition.interrupt  # type: ignore[union-attr]  # each is a `NotHeldBack`
    return telling.protocol.interrupts[name].title or name


def _line(reason: Reason, option: Option, telling: Telling) -> Line:
    condition = reason.condition
    if not isinstance(condition, Compare | OnRecord):
        return Line(reason.text)
    record = reason.record
    rests_on = ""
    if record is not None and record.by is not None and record.at is not None:
        rests_on = f"event {record.seq}, by {record.by.id} ({telling.roles([record.by.role])})"
    if isinstance(condition, Compare) and record is not None and telling.hides(condition.fact):
        speaks = "speaks for it" if option.verdict is Verdict.OPEN else "stands against it"
        return Line(f"what is on record as “{telling.fact(condition.fact)}” {speaks}", rests_on)
    return Line(reason.text, rests_on)


def _unique(lines: Iterable[Line]) -> dict[Line, None]:
    return dict.fromkeys(lines)
