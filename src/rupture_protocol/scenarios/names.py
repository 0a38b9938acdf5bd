"""Whether every name and value in a file of scenarios is one that the protocol has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rupture_protocol.engine.deadlines import DeadlineState
from rupture_protocol.engine.options import steps_from
from rupture_protocol.errors import ValueRefused
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Path
from rupture_protocol.scenarios.acting import as_value
from rupture_protocol.scenarios.model import Scenario, Scenarios
from rupture_protocol.scenarios.steps import Correct, Expect, Override, Record, Step, Take


def check_names(scenarios: Scenarios, protocol: Protocol, report: Report) -> None:
    """Report every name that the protocol does not have, and every value that a fact cannot have."""
    names = _Names(protocol, report)
    data = report.document.data
    people = data.get("people") if isinstance(data, dict) else None
    for person, role in (people or {}).items() if isinstance(people, dict) else ():
        names.role(str(role), ("people", person))
    for case in scenarios.cases.values():
        names.case(case)


@dataclass(slots=True)
class _Names:
    protocol: Protocol
    report: Report
    triggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        found = (step.trigger for state in self.protocol.states for step in steps_from(self.protocol, state))
        self.triggers = tuple(dict.fromkeys(found))

    def case(self, case: Scenario) -> None:
        if case.start is not None:
            path = (*case.path, "start")
            if case.start.state is not None:
                self.state(case.start.state, (*path, "state"))
            for at, state in enumerate(case.start.visited):
                self.state(state, (*path, "visited", at))
            self.facts(case.start.facts, (*path, "facts"))
        for step in case.steps:
            self.step(step)
            if case.start is not None and not isinstance(step.action, Expect):
                message = "nothing happens in a case that is imagined"
                self.report("wrong-value", message, step.path, help="write `expect`, or leave out `start`")

    def step(self, step: Step) -> None:
        if step.by is not None and isinstance(self.report.written((*step.path, "by")), dict):
            self.role(step.by.role, (*step.path, "by", "role"))
        match step.action:
            case Record(facts=facts):
                self.facts(facts, (*step.path, "record"))
            case Take(trigger=trigger):
                self.trigger(trigger, (*step.path, "take"))
            case Override(trigger=trigger):
                self.trigger(trigger, (*step.path, "override", "trigger"))
            case Correct(fact=fact, withdraw=withdraw) as wrong:
                path = (*step.path, "correct")
                if self.fact(fact, (*path, "fact")) and not withdraw:
                    self.value(fact, wrong.to, (*path, "to"))
            case Expect() as expect:
                self.expect(expect, (*step.path, "expect"))

    def expect(self, expect: Expect, path: Path) -> None:
        if expect.state is not None:
            self.state(expect.state, (*path, "state"))
        for verdict, triggers in expect.verdicts.items():
            for at, trigger in enumerate(triggers):
                self.trigger(trigger, (*path, verdict, at))
        for trigger, sets in expect.missing.items():
            self.trigger(trigger, (*path, "missing", trigger), key=True)
            for fact in dict.fromkeys(name for each in sets for name in each):
                self.fact(fact, (*path, "missing", trigger))
        for at, fact in enumerate(expect.ask):
            self.fact(fact, (*path, "ask", at))
        self.due(expect.due, (*path, "due"))
        self.facts(expect.suppose, (*path, "suppose"))

    def due(self, due: Mapping[str, str], path: Path) -> None:
        for name, state in due.items():
            if name not in self.protocol.deadlines:
                self.report.unknown("deadline", name, self.protocol.deadlines, (*path, name))
            states = tuple(each.value for each in DeadlineState)
            if state not in states:
                self.report(
                    "wrong-value",
                    "a deadline does not stand like that",
                    (*path, name),
                    help=self.report.did_you_mean(state, states) or f"one of {', '.join(states)}",
                )

    def facts(self, facts: Mapping[str, object], path: Path) -> None:
        for name, value in facts.items():
            if self.fact(name, (*path, name), key=True):
                self.value(name, value, (*path, name))

    def fact(self, name: str, path: Path, *, key: bool = False) -> bool:
        return self._known("fact", name, self.protocol.facts, path, key=key)

    def value(self, name: str, value: object, path: Path) -> None:
        try:
            as_value(self.protocol, name, value)
        except ValueRefused as error:
            self.report("wrong-value", str(error), path, help=error.help)

    def state(self, name: str, path: Path) -> None:
        self._known("state", name, self.protocol.states, path)

    def trigger(self, name: str, path: Path, *, key: bool = False) -> None:
        self._known("trigger", name, self.triggers, path, key=key)

    def role(self, name: str, path: Path) -> None:
        if self.protocol.roles:
            self._known("role", name, self.protocol.roles, path)

    def _known(self, kind: str, name: str, known: Iterable[str], path: Path, *, key: bool = False) -> bool:
        names = tuple(known)
        if name not in names:
            advice = self.report.did_you_mean(name, names)
            self.report(f"unknown-{kind}", f"unknown {kind} `{name}`", path, key=key, help=advice)
        return name in names
