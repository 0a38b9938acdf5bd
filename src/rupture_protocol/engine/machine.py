"""One `transitions.Machine` per protocol: it executes what the engine has decided. Only here: transitions.

A host that knows `transitions` may drive it directly; its guards then ask the engine, and fail closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from transitions import Event, EventData, Machine, State, Transition

from rupture_protocol.engine.options import Step
from rupture_protocol.language.protocol import Protocol

Admits = Callable[[Step, Any, Any, Any], bool]
"""Whether a step may be taken now: (step, case, at, by), whatever a host has put there."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the engine hands its own machine: that it has admitted this one step, however it is taken."""

    step: Step


class Position:
    """The smallest model there is. Cases are never registered: `add_model` would keep 12 KB for each."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class QuietState(State):
    """A state that does not log: at INFO, `transitions` would write where a client's case has been."""

    def enter(self, event_data: EventData) -> None:
        if self.on_enter:
            event_data.machine.callbacks(self.on_enter, event_data)

    def exit(self, event_data: EventData) -> None:
        if self.on_exit:
            event_data.machine.callbacks(self.on_exit, event_data)


class QuietTransition(Transition):
    """A transition that does not log the states it joins."""

    def execute(self, event_data: EventData) -> bool:
        machine = event_data.machine
        machine.callbacks(self.prepare, event_data)
        for condition in self.conditions:
            if not condition.check(event_data):
                return False
        machine.callbacks([*machine.before_state_change, *self.before], event_data)
        self._change_state(event_data)
        machine.callbacks([*self.after, *machine.after_state_change], event_data)
        return True


class QuietMachine(Machine):
    """A machine whose parts do not log."""

    state_cls = QuietState
    transition_cls = QuietTransition


def build_machine(protocol: Protocol, steps: Iterable[Step], admits: Admits) -> Machine:
    """The machine of a protocol: its states, and for each step a transition with one guard."""
    machine = QuietMachine(
        model=None,
        states=[QuietState(name, final=state.final) for name, state in protocol.states.items()],
        initial=protocol.initial,
        auto_transitions=False,
        send_event=True,
    )
    for step in steps:
        event = machine.events.get(step.trigger)
        if event is None:
            # `add_transition` refuses a trigger called `state`, the model's attribute; an event does not.
            event = machine.events[step.trigger] = Event(step.trigger, machine)
        guard: Any = _guard(step, admits)  # the library's stub forgets that a condition may be a callable
        event.add_transition(QuietTransition(step.state, step.to, guard))
    return machine


def advance(machine: Machine, step: Step) -> str:
    """Take a step that the engine has admitted; the state it led to.

    Raises:
        RuntimeError: The machine did not take it: somebody has added a guard of their own that refuses.
    """
    position = Position(step.state)
    if not machine.events[step.defined.trigger].trigger(position, admitted=Admitted(step)):
        raise RuntimeError(f"the machine did not take `{step.trigger}` from `{step.state}`")
    return position.state


def _guard(step: Step, admits: Admits) -> Callable[[EventData], bool]:
    # A callable, never a string: `transitions` would import a string.
    def guard(event_data: EventData) -> bool:
        given = event_data.kwargs
        admitted = given.get("admitted")
        if type(admitted) is Admitted:
            return admitted.step is step
        return admits(step, given.get("case"), given.get("at"), given.get("by"))

    return guard
