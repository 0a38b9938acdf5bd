"""What changed between two protocols, as values: changes, each with its effects, rules and cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rupture_protocol.frozen import NOTHING


class Effect(StrEnum):
    """What a change does; one may do several of these."""

    LOOSER = "looser"
    STRICTER = "stricter"
    ASKS_MORE = "asks more"
    NOT_DECIDED = "not decided"
    OTHER = "other"
    REWORDED = "reworded"


LOOSER = (Effect.LOOSER,)
STRICTER = (Effect.STRICTER,)
BOTH_WAYS = (Effect.LOOSER, Effect.STRICTER)
ASKS_MORE = (Effect.ASKS_MORE,)
OTHER = (Effect.OTHER,)
REWORDED = (Effect.REWORDED,)


@dataclass(frozen=True, slots=True)
class Literal:
    """What a rule says of one fact, or of the history of one state.

    `values` are those that it allows, where they can be listed; `not_recorded` and `never_recorded`
    whether having no record (any more, or yet) is allowed as well.
    """

    about: str
    says: str
    history: bool = False
    values: tuple[Any, ...] | None = None
    not_recorded: bool = False
    never_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One concrete case: what is on record, where it has been, and what else must be so.

    `not_recorded` names facts that were recorded once and count no more. All else was never recorded.
    """

    state: str
    facts: Mapping[str, Any] = field(default=NOTHING, hash=False)
    not_recorded: tuple[str, ...] = ()
    visits: Mapping[str, int] = field(default=NOTHING, hash=False)
    besides: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Some of the situations in which an option came to change: where all literals hold."""

    literals: tuple[Literal, ...]
    share: float
    case: Case

    @property
    def says(self) -> str:
        """The literals in words."""
        return " and ".join(each.says for each in self.literals) or "in every such situation"


@dataclass(frozen=True, slots=True)
class Shift:
    """Where an option was one thing and is now another.

    `share` counts each kind of situation (a region of every fact that either protocol reads) once;
    `of_those` is its part of the kinds in which all else that both versions ask for leaves it to what
    differs. `besides`: there are others, and so each rule means *where nothing else decides it*.
    `more` counts the rules that are left out; `many` says that it is at least so many.
    """

    was: tuple[str, ...]
    now: str
    share: float
    of_those: float
    rules: tuple[Rule, ...]
    besides: bool
    more: int = 0
    many: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    `part` says what kind of thing (`option`, `fact`, `promise`, …), `name` which one, and `states` where,
    for an option: shares and cases are those of the first of them. `through` names the interrupts, where
    they alone make an option come to something else.
    """

    part: str
    name: str
    says: str
    effects: tuple[Effect, ...]
    states: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """Which protocol was compared."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that changed from one protocol to another."""

    old: Version
    new: Version
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, *effects: Effect) -> tuple[Change, ...]:
        """The changes that do one of these."""
        return tuple(each for each in self.changes if set(effects) & set(each.effects))

    def fails_on(self, wanted: Iterable[str]) -> bool:
        """Whether there is a change that does what is not wanted; what is not decided may do anything."""
        words = set(wanted)
        if "any" in words:
            return bool(self.changes)
        found = {effect for change in self.changes for effect in change.effects}
        named = {effect for effect in found if effect.value in words}
        return bool(named) or bool(words and Effect.NOT_DECIDED in found)

    def within(self, state: str) -> Difference:
        """Only what changed for the options of one state, and in that state itself."""
        kept = (
            each
            for each in self.changes
            if state in each.states or (each.part == "state" and each.name == state)
        )
        return Difference(self.old, self.new, tuple(kept))


def in_order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Each effect once, what matters most first."""
    found = set(effects)
    return tuple(each for each in Effect if each in found)
