"""What is worked out from a protocol once, and then serves every case: options, verdicts, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.compile import Verdicts, compile_steps
from rupture_protocol.engine.explain import Reasons, compile_reasons
from rupture_protocol.engine.options import Step, steps_from
from rupture_protocol.language.protocol import Protocol


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What one state offers: its options in file order, the place of each, and what says their verdicts."""

    steps: tuple[Step, ...]
    places: dict[str, int]
    verdicts: Verdicts


class Prepared:
    """A protocol, made ready for questions. Each state is prepared when it is first asked about."""

    def __init__(self, protocol: Protocol, calendar: Calendar) -> None:
        self.protocol = protocol
        self.calendar = calendar
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._offers: dict[str, Offer] = {}
        self._reasons: dict[str, Reasons] = {}

    def __reduce__(self) -> tuple[type[Prepared], tuple[Protocol, Calendar]]:
        # A decision may go to another process; what is generated is made again there.
        return Prepared, (self.protocol, self.calendar)

    def steps(self, state: str) -> tuple[Step, ...]:
        """The options of a state."""
        found = self._steps.get(state)
        if found is None:
            # Two threads may both make them; one's stay, for both: the machine knows a step by its identity.
            found = self._steps.setdefault(state, steps_from(self.protocol, state))
        return found

    def offer(self, state: str) -> Offer:
        """What a state offers."""
        found = self._offers.get(state)
        if found is None:
            found = self._offers[state] = self._offer(state)
        return found

    def _offer(self, state: str) -> Offer:
        steps = self.steps(state)
        places = {step.trigger: at for at, step in enumerate(steps)}
        return Offer(steps, places, compile_steps(self.protocol, steps, self.calendar))

    def reasons(self, state: str) -> Reasons:
        """What says the reasons of every option of a state."""
        found = self._reasons.get(state)
        if found is None:
            made = compile_reasons(self.protocol, self.steps(state), self.calendar)
            found = self._reasons[state] = made
        return found

    def every_step(self) -> Iterator[Step]:
        """Every option of every state."""
        for state in self.protocol.states:
            yield from self.steps(state)
