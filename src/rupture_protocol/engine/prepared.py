"""What is worked out from a protocol once, and then serves every case: options, verdicts, sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Visit
from rupture_protocol.engine.compile import Verdicts, compile_steps
from rupture_protocol.engine.options import Step, Verdict, steps_from
from rupture_protocol.engine.reasons import Wording
from rupture_protocol.language.protocol import Protocol


class Prepared:
    """A protocol, made ready for questions. Each state is prepared when it is first asked about."""

    def __init__(self, protocol: Protocol, calendar: Calendar) -> None:
        self.protocol = protocol
        self.calendar = calendar
        self.wording = Wording(protocol)
        self._states: dict[str, tuple[tuple[Step, ...], Verdicts]] = {}

    def steps(self, state: str) -> tuple[Step, ...]:
        """Every option of a state, in file order."""
        return self._state(state)[0]

    def step(self, state: str, trigger: str) -> Step | None:
        """The option of that trigger in a state, if it is offered there."""
        return next((step for step in self.steps(state) if step.trigger == trigger), None)

    def every_step(self) -> Iterator[Step]:
        """Every option of every state."""
        for state in self.protocol.states:
            yield from self.steps(state)

    def verdicts(
        self, state: str, facts: Mapping[str, Record], visits: Mapping[str, Visit], at: datetime
    ) -> tuple[Verdict, ...]:
        """The verdict of every option of a state, in the order of `steps`."""
        return self._state(state)[1](facts, visits, at)

    def _state(self, state: str) -> tuple[tuple[Step, ...], Verdicts]:
        found = self._states.get(state)
        if found is None:
            steps = steps_from(self.protocol, state)
            made = steps, compile_steps(self.protocol, steps, self.calendar)
            # Two threads may both make it; one stays, for both: the machine knows a step by its identity.
            found = self._states.setdefault(state, made)
        return found
