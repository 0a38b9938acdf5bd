"""What a decision and its options share: what was asked, and what is worked out from it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rupture_protocol.engine.case import Actor, Case, Record
from rupture_protocol.engine.evaluate import Situation, Trace
from rupture_protocol.engine.prepared import Prepared
from rupture_protocol.engine.reasons import Reason


@dataclass(eq=False)
class Asked:
    """A question about a case: with which facts, at which moment, by whom.

    Options hold this and not their decision: in a circle of the two, each decision would wait for the
    garbage collector.
    """

    prepared: Prepared
    case: Case
    facts: Mapping[str, Record]
    at: datetime
    actor: Actor | None

    @cached_property
    def situation(self) -> Situation:
        """All that a condition can depend on."""
        case, prepared = self.case, self.prepared
        return Situation(prepared.protocol, case.state, self.facts, case.visits, self.at, prepared.calendar)

    @cached_property
    def reasons(self) -> Mapping[str, Reason]:
        """The reasons of every option, by trigger: they are worked out at once, as they share most."""
        case, prepared = self.case, self.prepared
        reasons = prepared.reasons(case.state)(self.facts, case.visits, self.at)
        return dict(zip(prepared.offer(case.state).places, reasons, strict=True))

    @cached_property
    def interrupts(self) -> tuple[tuple[str, Trace], ...]:
        """Every interrupt's target and what its condition comes to, most urgent first."""
        look = self.situation.interrupt
        return tuple((each.to, look(each.trigger)) for each in self.prepared.protocol.interrupts.values())
