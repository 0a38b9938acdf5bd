"""What a picture shows of a case: where it stands, and what each way out comes to. Never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.options import Verdict
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.protocol import Interrupt, Transition


@dataclass(frozen=True, slots=True)
class Mark:
    """What one way out comes to, and why, in a sentence that names facts and never their values."""

    defined: Transition | Interrupt
    verdict: Verdict
    because: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The state a case is in, and a mark for each way out of it, by trigger."""

    state: str | None = None
    ways: Mapping[str, Mark] = field(default=NOTHING)

    def of(self, defined: Transition | Interrupt) -> Mark | None:
        """The mark of this very way: another state may have a trigger of the same name."""
        found = self.ways.get(defined.trigger)
        return found if found is not None and found.defined is defined else None


NO_MARKS = Marks()


def marks_of(decision: Decision) -> Marks:
    """The marks of a decision, for pictures of its protocol."""
    protocol, state = decision.protocol, decision.state
    ways: dict[str, Transition | Interrupt] = dict(protocol.interrupts)
    ways |= {each.trigger: each for each in protocol.transitions_from(state)}
    return Marks(
        state,
        {
            option.trigger: Mark(ways[option.trigger], option.verdict, option.because)
            for option in decision.options
        },
    )
