"""What a picture marks: where a case stands and what each way out comes to, or what changed. Never a value.

Alone here: the looks, each with a sign and a word, so that colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rupture_protocol.engine.decision import Decision, Option
from rupture_protocol.engine.options import Verdict
from rupture_protocol.engine.reasons import because
from rupture_protocol.engine.truth import UNKNOWN
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.conditions import NotHeldBack
from rupture_protocol.language.protocol import Interrupt, Protocol, State, Transition
from rupture_protocol.language.source import Path

MOST_HOLDS = 3
"""From as many interrupts on that cannot be ruled out, they are counted."""


class Look(StrEnum):
    """How something that is marked looks; each is a class in the style sheet."""

    HERE = "here"
    OPEN = "open"
    UNDECIDED = "undecided"
    BLOCKED = "blocked"
    NEW = "new"
    GONE = "gone"
    LOOSER = "looser"
    STRICTER = "stricter"
    BOTH = "both"
    ASKS_MORE = "asks-more"
    NOT_DECIDED = "not-decided"
    OTHER = "other"
    REWORDED = "reworded"


SIGNS: dict[Look, str] = {
    Look.HERE: "▶",
    Look.OPEN: "●",
    Look.UNDECIDED: "?",
    Look.BLOCKED: "✗",
    Look.NEW: "+",
    Look.GONE: "−",  # a minus as wide as the plus
    Look.LOOSER: "▲",
    Look.STRICTER: "▼",
    Look.BOTH: "◆",
    Look.ASKS_MORE: "◇",
    Look.NOT_DECIDED: "!",
    Look.OTHER: "≠",
    Look.REWORDED: "≈",
}

VERDICTS = {
    Verdict.OPEN: Look.OPEN,
    Verdict.UNDECIDED: Look.UNDECIDED,
    Verdict.BLOCKED: Look.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is marked, in a word, and why, in a sentence that names facts and never their values."""

    look: Look
    word: str
    because: str = ""

    @property
    def text(self) -> str:
        """The sign and the word."""
        return f"{SIGNS[self.look]} {self.word}"


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one picture: of states by name, of ways by their path, which no two share.

    `parts` are those of promises and deadlines, which only a table shows, by kind and name. `title` is that
    of the picture where the protocol's does not do, `legend` says what signs mean, `lines` what lines do.
    """

    states: Mapping[str, Mark] = field(default=NOTHING)
    ways: Mapping[Path, Mark] = field(default=NOTHING)
    parts: Mapping[tuple[str, str], Mark] = field(default=NOTHING)
    title: str | None = None
    legend: tuple[str, ...] = ()
    lines: str = ""

    @property
    def here(self) -> str | None:
        """The state that a case is in, if one is marked."""
        return next((name for name, mark in self.states.items() if mark.look is Look.HERE), None)

    def of(self, part: State | Transition | Interrupt) -> Mark | None:
        """The mark of a state, or of a way: another state may have a trigger of the same name."""
        return self.states.get(part.name) if isinstance(part, State) else self.ways.get(part.path)


NO_MARKS = Marks()


def marks_of(decision: Decision) -> Marks:
    """The marks of a decision, for pictures of its protocol."""
    protocol, state = decision.protocol, decision.state
    ways: dict[str, Transition | Interrupt] = dict(protocol.interrupts)
    ways |= {each.trigger: each for each in protocol.transitions_from(state)}
    return Marks(
        {state: Mark(Look.HERE, "the case is here")},
        {
            ways[option.trigger].path: Mark(VERDICTS[option.verdict], option.verdict.value, why(option))
            for option in decision.options
        },
        lines="A thick line is open, a dashed one undecided, a dotted one blocked.",
    )


def why(option: Option) -> str:
    """Why an option comes to its verdict; many interrupts that cannot be ruled out are only counted."""
    reasons = option.reasons
    held = [
        part for part in reasons.parts if isinstance(part.condition, NotHeldBack) and part.truth is UNKNOWN
    ]
    if option.verdict is not Verdict.UNDECIDED or len(held) < MOST_HOLDS:
        return option.because
    own = reasons._replace(
        parts=tuple(part for part in reasons.parts if all(part is not other for other in held)), below=None
    )
    first = held[0].condition.interrupt  # type: ignore[union-attr]  # each is a `NotHeldBack`
    said = [f"{len(held)} interrupts cannot be ruled out yet, `{first}` before all", because(own)]
    return "; ".join(each for each in said if each)


def titled(protocol: Protocol, marks: Marks = NO_MARKS) -> str:
    """The title of a picture."""
    return marks.title or f"{protocol.title} ({protocol.id} {protocol.version})"


def described(protocol: Protocol, marks: Marks = NO_MARKS) -> str:
    """A picture in sentences, for those who do not see it: what it shows, then all that is marked."""
    final = [state.name for state in protocol.states.values() if state.final]
    said = [
        f"A state diagram of {len(protocol.states)} states. A case begins in {protocol.initial}",
        f"and ends in {', '.join(final[:-1]) + ' or ' if len(final) > 1 else ''}{final[-1]}.",
    ]
    count = len(protocol.interrupts)
    if count:
        said.append(f"{count} interrupt{'s come' if count > 1 else ' comes'} first from every state.")
    return " ".join((*said, *marked(protocol, marks)))


def marked(protocol: Protocol, marks: Marks) -> Iterator[str]:
    """All that is marked, a sentence for each word, those that matter most first."""
    named: dict[tuple[Look, str], list[str]] = {}
    for name, mark in marks.states.items():
        named.setdefault((mark.look, mark.word), []).append(f"state {name}")
    for source, way in ways_of(protocol):
        found = marks.of(way)
        if found is not None:
            where = f"{way.trigger} from {source}" if source and marks.here is None else way.trigger
            named.setdefault((found.look, found.word), []).append(where)
    order = list(Look)
    for (_, word), names in sorted(named.items(), key=lambda each: order.index(each[0][0])):
        yield f"{word[:1].upper()}{word[1:]}: {', '.join(names)}."


def ways_of(protocol: Protocol) -> Iterator[tuple[str | None, Transition | Interrupt]]:
    """Every way once, in file order, with the state that it leaves; None where that is any state."""
    for state in protocol.states.values():
        for each in state.transitions.values():
            yield state.name, each
    for each in protocol.anywhere.values():
        yield None, each
    for interrupt in protocol.interrupts.values():
        yield None, interrupt
