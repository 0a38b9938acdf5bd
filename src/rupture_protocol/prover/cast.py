"""Who acts in a story: one person for each role, and another where one person may not do both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.options import Step
from rupture_protocol.language.facts import Unknown, Value
from rupture_protocol.language.protocol import Override, Protocol

NOBODY_IN_PARTICULAR = Actor("somebody", "somebody")
"""Who acts where the protocol has no roles."""


class Cast:
    """The people of one story."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    def opener(self) -> Actor:
        """Who opens the case."""
        return self._somebody(tuple(self._protocol.roles))

    def taker(self, step: Step, case: Case) -> Actor:
        """Somebody who may take a step."""
        return self._another(step.defined.by, step, case)

    def overrider(self, step: Step, override: Override, case: Case) -> Actor:
        """Somebody who may override a step."""
        return self._another(override.by, step, case)

    def recorders(
        self, changes: Mapping[str, Value | Unknown]
    ) -> Iterator[tuple[Actor, dict[str, Value | Unknown]]]:
        """Who records what: who opens the case, what they may; the rest, as few people as a look finds."""
        left, first = dict(changes), self.opener().role
        while left:
            role, named = max(
                self._able(left), key=lambda able: (bool(able[1]) and able[0] == first, len(able[1]))
            )
            yield self._somebody((role,) if role else ()), {name: left.pop(name) for name in named}

    def _able(self, left: Mapping[str, object]) -> Iterator[tuple[str, list[str]]]:
        if not self._protocol.roles:
            yield "", list(left)
        for role in self._protocol.roles:
            facts = self._protocol.facts
            yield role, [name for name in left if not facts[name].by or role in facts[name].by]

    def _another(self, roles: tuple[str, ...], step: Step, case: Case) -> Actor:
        """Somebody in one of the roles who never took what the same person may not have taken."""
        number = 1
        while True:
            actor = self._somebody(roles or tuple(self._protocol.roles), number)
            if not case.has_taken(actor.id, step.not_same_person):
                return actor
            number += 1

    def _somebody(self, roles: tuple[str, ...], number: int = 1) -> Actor:
        if not roles:
            return NOBODY_IN_PARTICULAR if number == 1 else Actor(f"somebody-{number}", "somebody")
        return Actor(f"{roles[0]}-{number}", roles[0])
