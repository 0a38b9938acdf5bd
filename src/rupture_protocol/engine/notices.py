"""What a reader of a decision should know besides the decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.engine.evaluate import Situation, evaluate
from rupture_protocol.engine.truth import FALSE


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader of the decision should know: a stable code and a sentence."""

    code: str
    text: str


SUPPOSED = Notice("supposed", "some facts are only supposed")
IMAGINED = Notice("imagined", "this case is imagined")
DEFAULT_CALENDAR = Notice(
    "default-calendar", "days are counted Monday to Friday in UTC, as no calendar of the clinic was given"
)
REVIEW_OVERDUE = Notice("review-overdue", "the protocol is past its review date")
CONTRADICTED = Notice(
    "assumption-contradicted",
    "the record contradicts what the protocol assumes, so no proof covers this case",
)


def notices_on(situation: Situation) -> Iterator[Notice]:
    """The notices that follow from the protocol, the record and the moment."""
    protocol = situation.protocol
    today = situation.at.astimezone(situation.calendar.zone).date()
    if protocol.about and protocol.about.review_by and today > protocol.about.review_by:
        yield REVIEW_OVERDUE
    if any(evaluate(each, situation).truth is FALSE for each in protocol.assume):
        yield CONTRADICTED
