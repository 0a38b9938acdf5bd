"""What was tried and refused, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rupture_protocol.render.report.telling import Telling

if TYPE_CHECKING:
    from rupture_protocol.store.refusing import Refusal

_TRIED = {
    "record": "to record",
    "correct": "to correct",
    "take": "to take",
    "override": "to take by override",
    "migrate": "to carry the case over to another version",
    "hold": "to put the case under a legal hold",
    "release": "to end the legal hold",
}


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """Something that was tried and refused; `why` is empty where it would tell what is left out."""

    recorded: str
    person: str
    role: str
    tried: str
    what: str
    after: int
    why: str


def attempts(refusals: Iterable[Refusal], telling: Telling) -> Iterator[Attempt]:
    """What was tried and refused, in order, in the words of the protocol that the case stands under."""
    for each in refusals:
        yield Attempt(
            telling.moment(each.at),
            each.by.id,
            telling.roles([each.by.role]),
            _TRIED.get(each.verb, each.verb),
            ", ".join(_title(name, telling) for name in each.about),
            each.version,
            "" if _gives_away(each.why, telling) else each.why,
        )


def _title(name: str, telling: Telling) -> str:
    protocol = telling.protocol
    if name in protocol.facts:
        return telling.fact(name)
    ways = ((state, way.trigger) for state in protocol.states for way in protocol.transitions_from(state))
    return telling.step(name, next((state for state, trigger in ways if trigger == name), ""))


def _gives_away(why: str, telling: Telling) -> bool:
    """Whether a reason names a fact whose values are left out: what is asked of it may tell what it is."""
    return any(telling.hides(name) and f"`{name}`" in why for name in telling.protocol.facts)
