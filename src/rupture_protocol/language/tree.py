"""PyYAML's events → plain data and places, refusing on the way what a protocol file may not hold.

Alone here: what is kept of a node that is refused, so that nothing is complained about twice.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rupture_protocol.language.characters import HIDDEN, JOINERS, named, quoted
from rupture_protocol.language.masking import COLON, PERCENT, QUESTION, Masked
from rupture_protocol.language.scalars import MOST_DIGITS, TooLarge, scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    Report = Callable[[str, str, "Position", str | None], None]

Path = tuple[str | int, ...]
"""A place in the data: keys and list positions from the root."""

Position = tuple[int, int, int]
"""`(line, column, end_column)`, from 1, in characters."""

DEEPEST = 32
MOST_NODES = 20_000
LONGEST_SCALAR = 8_192
LONGEST_KEY = 128

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))")
_NAMED_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_COLON = re.compile(" *:")
_PROPERTY = re.compile(r" *([&!]\S*)")


class _Broken:
    """What stands in the data for a value that has been reported already."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "BROKEN"


BROKEN: Final = _Broken()
"""Nobody complains about it again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value is written, and its key: `(line, column, end_column)` each, from 1; key None in a list."""

    value: Position
    key: Position | None = None


class Stop(Exception):  # noqa: N818
    """The rest cannot be read; the issue that says why has been reported."""


class InDoubt(Exception):  # noqa: N818
    """PyYAML's pure loader may read this otherwise, and has the last word."""


class _Level:
    """One mapping or list that is not closed yet."""

    __slots__ = ("as_key", "flow", "key", "key_position", "keys", "outer_key", "path", "start", "value", "waiting")

    def __init__(self, value: dict[str, object] | list[object], path: Path | None, start: Any, *, flow: bool) -> None:
        self.value = value
        self.path = path
        """None below a key that was refused: read on for its issues, kept nowhere."""
        self.start = start
        self.flow = flow
        self.as_key = False
        self.outer_key: Position | None = None
        self.keys: dict[str, int] = {}
        self.waiting = False
        """A key was read, its value not yet."""
        self.key: str | None = None
        self.key_position: Position | None = None


class Tree:
    """Data and places, as far as the events have come."""

    def __init__(self, masked: Masked, report: Report, *, final: bool) -> None:
        self.data: object = None
        self.places: dict[Path, Place] = {}
        self.texts: list[tuple[int, int]] = []
        """Where scalars are written, from and to."""
        self.empty = True
        self.explicit_key = False
        """`? ` was met: what follows it cannot be told."""
        self._masked = masked
        self._report = report
        self._final = final
        self._levels: list[_Level] = []
        self._nodes = 0
        self._escapes = "\\" in masked.text

    def alias(self, event: Any) -> None:
        """`*name`: refused; its value is broken."""
        position = self._position(event)
        self._count(position)
        self._refuse_alias(event, position)
        if self._expects_key():
            self._keep_key(None, position)
        else:
            self._attach(BROKEN, event, position)

    def scalar(self, event: Any) -> None:
        """A text, a number, a truth, nothing."""
        position = self._position(event) if event.value else self._position_of_empty(event)
        self._count(position)
        if event.anchor or event.tag:
            self._refuse_properties(event, position)
        self.texts.append((event.start_mark.index, event.end_mark.index))
        plain = not event.style
        value = self._text(event, position, plain=plain)
        if self._expects_key():
            self._key(value, position, plain=plain)
        elif len(value) > LONGEST_SCALAR:
            message = f"a text of more than {LONGEST_SCALAR:,} characters"
            self._report("scalar-too-long", message, position, None)
            self._attach(BROKEN, event, position)
        else:
            self._attach(self._typed(value, position) if plain else value, event, position)

    def open(self, event: Any, value: dict[str, object] | list[object]) -> None:
        """A mapping or list begins."""
        position = self._position(event)
        self._count(position)
        if len(self._levels) >= DEEPEST:
            self._report("too-deep", f"nested deeper than {DEEPEST} levels", position, "give an inner part a name")
            raise Stop
        if event.anchor or event.tag:
            self._refuse_properties(event, position)
        level = _Level(value, None, event.start_mark, flow=bool(event.flow_style))
        if self._expects_key():
            self._report("key-not-text", "a key is not text", position, "write a name")
            level.as_key = True
        else:
            level.outer_key, level.path = self._put(value)
        self._levels.append(level)

    def close(self, event: Any) -> None:
        """The innermost mapping or list ends."""
        level = self._levels.pop()
        position = self._between(level.start, event.end_mark)
        if level.as_key:
            self._keep_key(None, position)
        elif level.path is not None:
            self.places[level.path] = Place(position, level.outer_key)

    # --- places

    def in_text(self, index: int) -> bool:
        """Is this a place inside a scalar?"""
        found = bisect_right(self.texts, (index, len(self._masked.text)))
        return found > 0 and index < self.texts[found - 1][1]

    def in_comment(self, index: int) -> bool:
        """Is this a place after a `#` that starts a comment?"""
        if self.in_text(index):
            return False
        text = self._masked.text
        start = text.rfind("\n", 0, index) + 1
        marks = (found.start() for found in re.finditer("(?<![^ \n])#", text[start:index]))
        return any(not self.in_text(start + mark) for mark in marks)

    def _position(self, event: Any) -> Position:
        return self._between(event.start_mark, event.end_mark)

    def _position_of_empty(self, event: Any) -> Position:
        """Right after the `:` before it: the loaders say here or there."""
        level = self._levels[-1] if self._levels else None
        if event.style or event.tag or event.anchor or not (level and level.waiting and level.key_position):
            return self._position(event)
        line, _, column = level.key_position
        if level.key is None:
            return level.key_position
        after_key = self.texts[-1][1]
        colon = _COLON.match(self._masked.text, after_key)
        column += colon.end() - after_key if colon else 0
        return line, column, column

    def _between(self, start: Any, end: Any) -> Position:
        line, column = start.line, start.column
        if end.line == line:
            return line + 1, column + 1, end.column + 1
        text = self._masked.text
        stop = text.find("\n", start.index)
        return line + 1, column + 1, column + 1 + len(text[start.index : stop].rstrip())

    # --- keys and values

    def _expects_key(self) -> bool:
        return bool(self._levels) and not self._levels[-1].waiting and isinstance(self._levels[-1].value, dict)

    def _attach(self, value: object, event: Any, position: Position) -> None:
        key, path = self._put(value)
        if path is not None:
            self.places[path] = Place(position, key)
        if path == ():
            self.empty = value is None and event.start_mark.index == event.end_mark.index

    def _put(self, value: object) -> tuple[Position | None, Path | None]:
        """Put `value` where it belongs: the place of its key, and its path."""
        if not self._levels:
            self.data, self.empty = value, False
            return None, ()
        level = self._levels[-1]
        if isinstance(level.value, list):
            level.value.append(value)
            return None, None if level.path is None else (*level.path, len(level.value) - 1)
        level.waiting = False
        if level.key is None:
            return None, None
        level.value[level.key] = value
        return level.key_position, None if level.path is None else (*level.path, level.key)

    def _keep_key(self, key: str | None, position: Position) -> None:
        level = self._levels[-1]
        level.key, level.key_position, level.waiting = key, position, True

    def _key(self, text: str, position: Position, *, plain: bool) -> None:
        keys = self._levels[-1].keys
        key = unicodedata.normalize("NFC", text)
        if refusal := self._refused_key(text, plain=plain):
            self._report(*refusal[:2], position, refusal[2])
            self._keep_key(None, position)
        elif key in keys:
            help_ = f"it is first written in line {keys[key]}"
            self._report("duplicate-key", f"the key {quoted(text)} is written twice", position, help_)
            self._keep_key(None, position)
        else:
            keys[key] = position[0]
            self._keep_key(key, position)

    def _refused_key(self, text: str, *, plain: bool) -> tuple[str, str, str | None] | None:
        if len(text) > LONGEST_KEY:
            return "key-too-long", f"a key of more than {LONGEST_KEY} characters", None
        if not plain:
            return None
        if text == "<<":
            return "merge-key", "a merge key, `<<`", "write out what belongs here"
        try:
            typed = scalar(text)
        except TooLarge:
            typed = 0
        if isinstance(typed, str):
            return None
        if not text:
            return "key-not-text", "a key is missing before `:`", "write a name"
        return "key-not-text", f"the key {quoted(text)} is not text", f'quote it: `"{text}"`' if len(text) < 40 else None

    def _typed(self, text: str, position: Position) -> object:
        try:
            return scalar(text)
        except TooLarge:
            decimal = "." in text
            message = f"a decimal of more than {MOST_DIGITS} digits" if decimal else "a whole number beyond ±(2^53 - 1)"
            self._report("number-too-large", message, position, "write fewer digits, or quote it if it is text")
            return BROKEN

    # --- what is refused

    def _count(self, position: Position) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._report("too-many-nodes", f"more than {MOST_NODES:,} values and keys", position, "split the file")
            raise Stop

    def _refuse_alias(self, event: Any, position: Position) -> None:
        self._report("anchor", f"an alias, {quoted('*' + event.anchor)}", position, "write out what it stands for")

    def _refuse_properties(self, event: Any, position: Position) -> None:
        # A tag ends elsewhere for another loader: this one's word may not be the last.
        if event.tag and not self._final:
            raise InDoubt
        line, column, _ = position
        written, start = self._masked.written, event.start_mark.index
        at = start
        for _ in range(bool(event.anchor) + bool(event.tag)):
            found = _PROPERTY.match(written, at)
            if not found:
                break
            place = (line, column + found.start(1) - start, column + found.end() - start)
            if found[1].startswith("&"):
                self._report("anchor", f"an anchor, {quoted(found[1])}", place, "delete it")
            else:
                self._report("tag", f"a tag, {quoted(found[1])}", place, "delete it: the format gives types")
            at = found.end()

    def _text(self, event: Any, position: Position, *, plain: bool) -> str:
        value: str = event.value
        if plain:
            if self._levels and self._levels[-1].flow:
                self._refuse_in_brackets(event, value, position)
            if value and value[0] in (QUESTION, PERCENT):
                self._refuse_start(value, position)
        value = self._masked.unmask(value)
        if self._escapes and event.style == '"':
            return self._without_escaped(event, value)
        return value

    def _refuse_in_brackets(self, event: Any, value: str, position: Position) -> None:
        text = self._masked.text
        end = event.end_mark.index
        if QUESTION in value and not (value[0] == QUESTION and value[1:2] in ("", " ")):
            what = "`?` in an unquoted text in brackets"
        elif value.endswith(COLON) or (value and text[end] == ":" and text[end + 1] in ",[]{}"):
            what = "`:` at the end of an unquoted text in brackets"
        else:
            return
        self._report("quote-it", what, position, self._quote_it(value))
        if not value.endswith(COLON) and text[end] == ":":
            raise Stop

    def _refuse_start(self, value: str, position: Position) -> None:
        if value[0] == PERCENT:
            self._report("directive", "`%` starts a YAML directive", position, self._quote_it(value))
        elif value[1:2] in ("", " "):
            self.explicit_key = True
            self._report("quote-it", "`?` starts a key over several lines", position, self._quote_it(value))

    def _quote_it(self, value: str) -> str:
        text = self._masked.unmask(value)
        return f'quote it: `"{text}"`' if len(text) <= 40 and '"' not in text and "\\" not in text else "quote it"

    def _without_escaped(self, event: Any, value: str) -> str:
        """`value`, read from double quotes, without the hidden characters that are escaped in it."""
        start = event.start_mark
        source = self._masked.text[start.index : event.end_mark.index]
        if "\\" not in source:
            return value
        for found in _ESCAPE.finditer(source):
            digits = found[1] or found[2] or found[3]
            char = chr(int(digits, 16)) if digits else _NAMED_ESCAPES.get(found[4], " ")
            if HIDDEN.fullmatch(char) and (char not in JOINERS or HIDDEN.search(value)):
                before = source[: found.start()]
                column = found.start() - before.rfind("\n") + (0 if "\n" in before else start.column)
                place = (start.line + 1 + before.count("\n"), column, column + len(found.group()))
                self._report("hidden-character", f"a hidden character, {named(char)}, as an escape", place, "delete it")
                break
        # Raw hidden characters have been replaced before: what is hidden in the value was escaped.
        return HIDDEN.sub("", value)
