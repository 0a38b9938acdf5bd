"""The protocol: what a file means, frozen, with every reference known to be good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from rupture_protocol.errors import Span, UnknownName, shorten
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.digest import digest_of
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.library import Text
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.quantities import Duration
from rupture_protocol.language.source import Document, Path

T = TypeVar("T")

EVERY_INTERRUPT = "all"
"""What `despite` says where a transition touches nobody but the clinicians themselves."""


class SourceKind(StrEnum):
    """What a source is; a clinic's own rule is never shown as law, code or research."""

    LAW = "law"
    CODE = "code"
    GUIDELINE = "guideline"
    RESEARCH = "research"
    CLINIC = "clinic"


class DeadlineKind(StrEnum):
    """What a deadline rests on."""

    LAW = "law"
    CODE = "code"
    POLICY = "policy"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class About:
    """What a user must know to judge the advice."""

    purpose: str | None = None
    intended_users: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    reviewed: date | None = None
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from; cited by its id."""

    id: str
    title: str
    kind: SourceKind
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """Who takes part, in what capacity."""

    name: str
    about: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """Words to adapt, never a script."""

    text: str | None = None
    say: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """What speaks for or against an option where its condition is true (always, without one)."""

    because: str
    when: Condition | None = None
    strong: bool = False
    source: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """2 for a strong argument, 1 for a plain one."""
        return 2 if self.strong else 1


@dataclass(frozen=True, slots=True)
class Override:
    """Who may take a transition that is not open, and for which coded reasons."""

    by: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from one state to another, or (in `anywhere`) from many.

    `by` empty: the protocol has no roles, so anybody may. `despite` names the interrupts that do not
    hold it back, or is `("all",)`. `only` and `exclude` (written `except`) say where an `anywhere`
    transition is offered.
    """

    trigger: str
    to: str
    path: Path = field(compare=False, repr=False)
    title: str | None = None
    by: tuple[str, ...] = ()
    when: Condition | None = None
    needs: tuple[str, ...] = ()
    despite: tuple[str, ...] = ()
    not_same_person: tuple[str, ...] = ()
    override: Override | None = None
    guidance: Guidance | None = None
    source: tuple[str, ...] = ()
    arguments_for: tuple[Argument, ...] = ()
    arguments_against: tuple[Argument, ...] = ()
    only: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()

    def goes_on_despite(self, interrupt: str) -> bool:
        """Whether that interrupt does not hold this transition back."""
        return self.despite == (EVERY_INTERRUPT,) or interrupt in self.despite


@dataclass(frozen=True, slots=True)
class Interrupt:
    """What comes before everything else while its condition is true, or cannot be ruled out."""

    trigger: str
    to: str
    when: Condition
    path: Path = field(compare=False, repr=False)
    title: str | None = None
    by: tuple[str, ...] = ()
    guidance: Guidance | None = None
    source: tuple[str, ...] = ()
    arguments_for: tuple[Argument, ...] = ()
    arguments_against: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """That waiting is right in a state, and what ends it."""

    reason: str
    until: Condition | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A place in the protocol."""

    name: str
    title: str | None = None
    initial: bool = False
    final: bool = False
    outcome: str | None = None
    ask: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    wait: Wait | None = None
    transitions: Mapping[str, Transition] = field(default=NOTHING)


@dataclass(frozen=True, slots=True)
class Mark:
    """What starts or ends a deadline: a fact that is recorded, or a state that is entered."""

    fact: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something is due; without `within`, as soon as practicable and never overdue."""

    name: str
    starts: Mark
    met_by: Mark
    kind: DeadlineKind
    title: str | None = None
    when: Condition | None = None
    within: Duration | None = None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterPromise:
    """What holds whenever one of these states is entered."""

    name: str
    enter: tuple[str, ...]
    only_if: Condition | None = None
    needs: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    when: Condition | None = None
    says: str | None = None
    title: str | None = None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferPromise:
    """What is offered wherever a condition is true."""

    name: str
    whenever: Condition
    offer: str
    when: Condition | None = None
    says: str | None = None
    title: str | None = None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReachPromise:
    """What can be reached from wherever a case may stand."""

    name: str
    always_reachable: tuple[str, ...]
    when: Condition | None = None
    says: str | None = None
    title: str | None = None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """How a running case of other versions goes on under this one: names that are other ones now."""

    versions: str
    """The range of versions that it may come from."""
    states: Mapping[str, str] = field(default=NOTHING)
    facts: Mapping[str, str] = field(default=NOTHING)


Promise = EnterPromise | OfferPromise | ReachPromise


@dataclass(frozen=True, slots=True)
class Base:
    """A protocol that another extends, exactly."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True)
class Protocol:
    """A protocol that may be used: frozen, complete, every name in it known."""

    id: str
    version: str
    title: str
    language: str
    states: Mapping[str, State]
    about: About | None = None
    derived_from: str | None = None
    sources: Mapping[str, Source] = field(default=NOTHING)
    roles: Mapping[str, Role] = field(default=NOTHING)
    facts: Mapping[str, Fact] = field(default=NOTHING)
    conditions: Mapping[str, Condition] = field(default=NOTHING)
    condition_titles: Mapping[str, str] = field(default=NOTHING)
    anywhere: Mapping[str, Transition] = field(default=NOTHING)
    interrupts: Mapping[str, Interrupt] = field(default=NOTHING)
    deadlines: Mapping[str, Deadline] = field(default=NOTHING)
    promises: Mapping[str, Promise] = field(default=NOTHING)
    assume: tuple[Condition, ...] = ()
    migrates: tuple[Migration, ...] = ()
    document: Document | None = field(default=None, compare=False, repr=False)
    bases: tuple[Base, ...] = field(default=(), compare=False)
    """All that it extends, those first on which others stand. Its own digest is over all of it together."""
    assume_of: Mapping[str, tuple[int, ...]] = field(default=NOTHING, compare=False)
    """Of an extension, by promise: which of `assume` count for it; under `""`, those of what it extends."""

    translation_of: str = field(default="", compare=False, repr=False)
    """The digest of the original, where the texts are those of a translation."""
    files: tuple[Text, ...] = field(default=(), compare=False, repr=False)
    """The files that it was read from, byte for byte: its own first, then what it extends."""

    def __repr__(self) -> str:
        return f"<Protocol {self.id} {self.version} {self.digest[:12]}>"

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the resolved protocol, as 64 hex digits.

        A translation has that of its original: it means the same, so cases go on under either.
        """
        return self.translation_of or digest_of(self)

    @cached_property
    def initial(self) -> str:
        """The state every case begins in."""
        return next(name for name, state in self.states.items() if state.initial)

    def fact(self, name: str) -> Fact:
        """The fact of that name, or `UnknownName` with the nearest one."""
        return _named(self.facts, name, "fact")

    def state(self, name: str) -> State:
        """The state of that name, or `UnknownName` with the nearest one."""
        return _named(self.states, name, "state")

    def role(self, name: str) -> Role:
        """The role of that name, or `UnknownName` with the nearest one."""
        return _named(self.roles, name, "role")

    def transitions_from(self, state: str) -> Iterator[Transition]:
        """The ordinary transitions offered in a state, in file order: its own, then those from anywhere."""
        here = self.states[state]
        if here.final:
            return
        yield from here.transitions.values()
        for transition in self.anywhere.values():
            placed = transition.only is None or state in transition.only
            if placed and state not in transition.exclude and transition.to != state:
                yield transition

    def assumed_for(self, promise: str | None = None) -> tuple[Condition, ...]:
        """What may be assumed where a promise is proved: what its own file assumes, and what that extends.

        Without a promise, for what holds without being written: what an extension assumes does not count.
        """
        if not self.bases:
            return self.assume
        return tuple(self.assume[at] for at in self.assume_of[promise or ""])

    def span(self, path: Path) -> Span | None:
        """Where the value at `path` is written; None for a protocol that was not read from a file."""
        return self.document.span(path) if self.document else None


def _named(table: Mapping[str, T], name: str, kind: str) -> T:
    found = table.get(name)
    if found is None:
        raise UnknownName(f"unknown {kind} `{shorten(name)}`", help=did_you_mean(name, table))
    return found
