"""What `rupture init` writes: the first lines of a protocol that extends another, and its first scenario."""

from __future__ import annotations

from dataclasses import dataclass

from rupture_protocol import Engine
from rupture_protocol.cli import inputs
from rupture_protocol.engine.options import Verdict
from rupture_protocol.language.flow import flow
from rupture_protocol.language.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Base:
    """The protocol that is extended; `file` is its name where it is extended as a file beside the new one."""

    protocol: Protocol
    file: str | None = None

    @property
    def extends(self) -> str:
        """What is written behind `extends:`."""
        if self.file is not None:
            return flow({"file": self.file})
        major = int(self.protocol.version.split(".")[0])
        return f'{{protocol: {self.protocol.id}, version: ">={major},<{major + 1}"}}'

    @property
    def shown(self) -> str:
        """How a command names it."""
        return self.file or self.protocol.id


def files(name: str, base: Base) -> dict[str, str]:
    """The protocol and its scenarios, by the names of their files."""
    return {f"{name}.yaml": _protocol(name, base), f"{name}.scenarios.yaml": _scenarios(name, base.protocol)}


def _protocol(name: str, base: Base) -> str:
    protocol = base.protocol
    trigger = next(iter(protocol.states[protocol.initial].transitions), "trigger")
    title = f"{name.replace('-', ' ').capitalize()}: {protocol.title}"
    return f"""\
# yaml-language-server: $schema=protocol.schema.json
#
# Extends `{base.shown}`: what is written here is added to it, and can only make it stricter.
# Add a condition, a required fact or a recorder rule under the state and trigger that it is about, as in
#
# states:
#   {protocol.initial}:
#     transitions:
#       {trigger}:
#         when: {{a_fact: true}}
#
# `rupture explain {base.shown}` lists the states, triggers and facts.
format: 1
protocol: {name}
version: 0.1.0
title: {flow(title)}
language: {flow(protocol.language)}
extends: {base.extends}
"""


def _scenarios(name: str, base: Protocol) -> str:
    """One scenario that holds of the base: what nobody has recorded yet opens nothing that needs it."""
    engine = Engine(base)
    decision = engine.decide(engine.imagine(), at=inputs.now())
    found = {
        verdict.value: [trigger for trigger, each in decision.verdicts.items() if each is verdict]
        for verdict in Verdict
    }
    expected = [
        f"state: {base.initial}",
        *(f"{key}: [{', '.join(each)}]" for key, each in found.items() if each),
    ]
    lines = "\n".join(f"          {each}" for each in expected)
    return f"""\
# Made-up cases, told step by step, with what must be so. Run them: rupture test {name}.yaml
format: 1
scenarios: {name}
cases:
  nothing_known_yet:
    title: What may be done while nothing is on record
    steps:
      - expect:
{lines}
"""
