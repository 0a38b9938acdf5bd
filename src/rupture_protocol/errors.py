"""What can go wrong, as data: issues of a protocol file, and the exception tree.

    RuptureError
    ├── InvalidProtocol        a file that cannot be used: `.issues`, all of them
    ├── ProtocolNotFound       no such protocol, or not readable
    │   └── TranslationNotFound    not in that language
    ├── InvalidCase            a stored case or history that does not add up
    ├── UnknownName            a fact, state, trigger or role the protocol does not have (also a LookupError)
    ├── ValueRefused           a value that its fact cannot have (also a ValueError)
    ├── TimeRefused            a naive instant, or one before the last event (also a ValueError)
    └── Refused                the protocol does not allow it
        ├── RecordRefused      not by this person
        ├── MigrationRefused   not safely under another version: `.reasons` (in `engine.remarks`)
        └── TransitionRefused  not now, not by this person: `.option`, `.decision` (in `engine.refusal`)

Messages name facts, never their values: messages reach logs, and values are a client's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_QUOTE = 80
"""No message repeats more than this many characters of a file."""


class Severity(StrEnum):
    """How much an issue matters: an error refuses the file, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where something is written: a place in a file, lines and columns from 1.

    Columns count characters. `end_column` is the first one after, on `line` itself
    (what is written over several lines is marked on its first).
    """

    file: str
    line: int
    column: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Note:
    """Another place that an issue is about: what is said of it, where it is, and its written line."""

    text: str
    span: Span
    excerpt: str = field(default="", repr=False)
    caret: int = 0
    underline: int = 1

    def __str__(self) -> str:
        return f"note: {self.text}: {self.span}"


@dataclass(frozen=True, slots=True)
class Story:
    """How a case comes to stand where something is wrong; lived through in the real engine.

    `stopped`: the net at run time would stop the last step; the guard alone does not. `scenario` has the
    shape of a script for `rupture play`. `last` is where the step is written that the story ends with, and
    `known` how many of its first steps were told with an issue before.
    """

    sentences: tuple[str, ...]
    ends: str
    stopped: bool
    scenario: Mapping[str, Any] = field(hash=False, repr=False)
    last: tuple[str | int, ...] | None = field(default=None, repr=False)
    known: int = 0

    def render(self) -> str:
        """The story as a person reads it; the first steps are only counted where they are known."""
        lines = [f"{number}. {said}" for number, said in enumerate(self.sentences, start=1)]
        if self.known > 1:
            lines[: self.known] = [f"1 to {self.known}. As told above."]
        return "\n".join([*lines, f"→ {self.ends}"])

    def to_json(self) -> dict[str, Any]:
        """The story as `json.dumps` takes it."""
        return {
            "sentences": list(self.sentences),
            "ends": self.ends,
            "stopped_by_the_net": self.stopped,
            "scenario": dict(self.scenario),
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong with a protocol file: where, code, what was written, what to do.

    `excerpt` is the written line (a window of at most 80 characters of it), `caret` and
    `underline` say which part of the excerpt is meant (offset and length in characters).
    """

    code: str
    message: str
    span: Span
    severity: Severity = Severity.ERROR
    help: str | None = None
    excerpt: str = field(default="", repr=False)
    caret: int = 0
    underline: int = 1
    also: tuple[Note, ...] = ()
    """The other places it is about, as what an extension contradicts."""
    story: Story | None = field(default=None, repr=False)
    """How a case comes to stand where it is wrong, where the prover has found that."""

    def __str__(self) -> str:
        return f"{self.span}: {self.severity}[{self.code}]: {self.message}"

    def render(self) -> str:
        """The issue as an author reads it: place, written line, caret, the other places, help, story."""
        lines = [str(self), *_quoted(self)]
        for note in self.also:
            lines += [f"      {note}", *_quoted(note)]
        if self.help:
            lines.append(f"      help: {self.help}")
        if self.story is not None:
            lines += ["      story:", *(f"        {line}" for line in self.story.render().splitlines())]
        return "\n".join(lines)


def _quoted(written: Issue | Note) -> list[str]:
    """The written line, and a mark below what is meant."""
    if not written.excerpt:
        return []
    number = f"{written.span.line:5}"
    pad = " " * _width(written.excerpt[: written.caret])
    mark = "^" * max(1, _width(written.excerpt[written.caret : written.caret + written.underline]))
    return [f"{number} │ {written.excerpt}", f"{' ' * len(number)} │ {pad}{mark}"]


def shorten(text: str) -> str:
    """Text as a message may repeat it: 80 characters at most, nothing invisible."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in text[: LONGEST_QUOTE + 1])
    return shown if len(shown) <= LONGEST_QUOTE else f"{shown[: LONGEST_QUOTE - 1]}…"


def _width(text: str) -> int:
    """How many terminal cells `text` takes: East Asian wide characters take two, marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


class RuptureError(Exception):
    """Anything this library refuses. `help` says what to do next, where that can be said."""

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help

    def __reduce__(self) -> tuple[Any, ...]:
        # As it is, not made anew: its subclasses are made from other arguments than their message.
        return _remade, (type(self), self.args, self.__dict__)


def _remade(kind: type[RuptureError], args: tuple[Any, ...], state: dict[str, Any]) -> RuptureError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InvalidProtocol(RuptureError):
    """A protocol file with errors; `issues` holds all of them, warnings too, in file order."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        errors = [issue for issue in self.issues if issue.severity is Severity.ERROR]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0]}{more}" if errors else "not a valid protocol")

    def render(self) -> str:
        """All issues as an author reads them."""
        return "\n\n".join(issue.render() for issue in self.issues)


class ProtocolNotFound(RuptureError):
    """No protocol has that name, or its file cannot be read."""


class TranslationNotFound(ProtocolNotFound):
    """The protocol is there, and not in that language; `help` says in which ones it is."""


class InvalidCase(RuptureError):
    """A stored case or a history that does not add up, or belongs to another protocol."""


class UnknownName(RuptureError, LookupError):
    """A name that the protocol does not have; `help` says which one is near."""


class ValueRefused(RuptureError, ValueError):
    """A value that its fact cannot have. The message names the fact and what it takes, never the value."""


class TimeRefused(RuptureError, ValueError):
    """An instant that cannot be: without an offset, before the last event, or still to come."""


class Refused(RuptureError):
    """What the protocol does not allow now, or not to this person."""


class RecordRefused(Refused):
    """A record that this person may not make."""
