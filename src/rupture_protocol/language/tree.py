"""PyYAML's events → plain data and places, refusing on the way what a protocol file may not hold.

Alone here: what is kept of a node that is refused, so that nothing is complained about twice.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from rupture_protocol.language.characters import quoted
from rupture_protocol.language.places import Place
from rupture_protocol.language.scalars import MOST_DIGITS, TooLarge, scalar
from rupture_protocol.language.texts import Texts

if TYPE_CHECKING:
    from rupture_protocol.language.masking import Masked
    from rupture_protocol.language.places import Path, Position, Report

    Refusal = tuple[str, str, str | None]

DEEPEST = 32
MOST_NODES = 20_000
LONGEST_SCALAR = 8_192
LONGEST_KEY = 128

_COLON = re.compile(" *:")
_PROPERTY = re.compile(r" *([&!]\S*)")


class _Broken:
    """What stands in the data for a value that has been reported already."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "BROKEN"


BROKEN: Final = _Broken()
"""Nobody complains about it again."""


class Stop(Exception):
    """The rest is not to be read; the issue that says why has been reported."""


class InDoubt(Exception):
    """PyYAML's pure loader may read this otherwise, and has the last word."""


class _Level:
    """One mapping or list that is not closed yet."""

    __slots__ = (
        "in_brackets", "is_key", "key", "key_position", "keys",
        "own_key", "path", "start", "value", "waiting",
    )  # fmt: skip

    def __init__(self, value: dict[str, object] | list[object], start: Any, *, in_brackets: bool) -> None:
        self.value = value
        self.start = start
        self.in_brackets = in_brackets
        # None below a key that was refused: read on for its issues, kept nowhere.
        self.path: Path | None = None
        self.own_key: Position | None = None
        self.is_key = False
        # Of the entry that is read now: `key` is None where it was refused, `waiting` until its value comes.
        self.key: str | None = None
        self.key_position: Position = (1, 1, 1)
        self.waiting = False
        self.keys: dict[str, int] = {}


class Tree:
    """Data and places, as far as the events have come."""

    def __init__(self, masked: Masked, report: Report, *, final: bool) -> None:
        """Nothing yet; `final`: what the loader says is the last word."""
        self.data: object = None
        self.places: dict[Path, Place] = {}
        self.texts = Texts(masked, report)
        self.empty = True
        self.ended = False
        """`...` was met: what follows is another document."""
        self._masked = masked
        self._report = report
        self._final = final
        self._levels: list[_Level] = []
        self._nodes = 0

    def alias(self, event: Any) -> None:
        """`*name`: refused; its value is broken."""
        position = self._between(event.start_mark, event.end_mark)
        self._count(position)
        message = f"an alias, {quoted('*' + event.anchor, longest=60)}"
        self._report("anchor", message, position, "write out what it stands for")
        if self._expects_key():
            self._keep_key(None, position)
        else:
            self._attach(BROKEN, position)

    def scalar(self, event: Any) -> None:
        """A text, a number, a truth, nothing."""
        level = self._levels[-1] if self._levels else None
        position = self._position(event, level)
        self._count(position)
        if event.anchor or event.tag:
            self._refuse_properties(event, position)
        text = self.texts.read(event, position, in_brackets=level is not None and level.in_brackets)
        plain = not event.style
        if self._expects_key():
            self._key(text, position, plain=plain)
        else:
            self._attach(self._value(text, position, plain=plain), position)
            if not self._levels and plain and event.start_mark.index == event.end_mark.index:
                self.empty = True

    def open(self, event: Any, value: dict[str, object] | list[object]) -> None:
        """A mapping or list begins."""
        position = self._between(event.start_mark, event.end_mark)
        self._count(position)
        if len(self._levels) >= DEEPEST:
            message = f"nested deeper than {DEEPEST} levels"
            self._stop("too-deep", message, position, "give an inner part a name of its own")
        if event.anchor or event.tag:
            self._refuse_properties(event, position)
        level = _Level(value, event.start_mark, in_brackets=bool(event.flow_style))
        if self._expects_key():
            self._report("key-not-text", "a key is not text", position, "write a name")
            level.is_key = True
        else:
            level.own_key, level.path = self._put(value)
        self._levels.append(level)

    def close(self, event: Any) -> None:
        """The innermost mapping or list ends."""
        level = self._levels.pop()
        position = self._between(level.start, event.end_mark)
        if level.is_key:
            self._keep_key(None, position)
        elif level.path is not None:
            self.places[level.path] = Place(position, level.own_key)

    def _position(self, event: Any, level: _Level | None) -> Position:
        if event.value or event.style or level is None or not level.waiting:
            return self._between(event.start_mark, event.end_mark)
        # A value that is not written is right after its `:`; the loaders place it here or there.
        line, _, column = level.key_position
        if level.key is None:
            return level.key_position
        colon = _COLON.match(self._masked.text, self.texts.last_end)
        column += len(colon.group()) if colon else 0
        return line, column, column

    def _between(self, start: Any, end: Any) -> Position:
        """From mark to mark, if that is on one line; else to the end of the first."""
        line, column = start.line, start.column
        if end.line == line:
            return line + 1, column + 1, end.column + 1
        text = self._masked.text
        width = len(text[start.index : text.find("\n", start.index)].rstrip())
        return line + 1, column + 1, column + 1 + width

    # --- keys and values

    def _expects_key(self) -> bool:
        if not self._levels:
            return False
        level = self._levels[-1]
        return not level.waiting and isinstance(level.value, dict)

    def _attach(self, value: object, position: Position) -> None:
        key, path = self._put(value)
        if path is not None:
            self.places[path] = Place(position, key)

    def _put(self, value: object) -> tuple[Position | None, Path | None]:
        """Put `value` where it belongs: the place of its key, and its path if it is kept."""
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
        key = text if text.isascii() else unicodedata.normalize("NFC", text)
        keys = self._levels[-1].keys
        refusal = _refused_key(text, plain=plain)
        if refusal is None and key in keys:
            message = f"the key {quoted(text, longest=60)} is written twice"
            refusal = "duplicate-key", message, f"it is first written in line {keys[key]}"
        if refusal:
            code, message, help_ = refusal
            self._report(code, message, position, help_)
            self._keep_key(None, position)
        else:
            keys[key] = position[0]
            self._keep_key(key, position)

    def _value(self, text: str, position: Position, *, plain: bool) -> object:
        if len(text) > LONGEST_SCALAR:
            message = f"a text of more than {LONGEST_SCALAR:,} characters"
            self._report("scalar-too-long", message, position, "keep the text elsewhere, and its source here")
            return BROKEN
        if not plain:
            return text
        try:
            return scalar(text)
        except TooLarge:
            message = "a whole number beyond ±(2^53 - 1)"
            if "." in text:
                message = f"a decimal of more than {MOST_DIGITS} digits"
            help_ = "write fewer digits, or quote it if it is text"
            self._report("number-too-large", message, position, help_)
            return BROKEN

    # --- what is refused

    def _stop(self, code: str, message: str, position: Position, help_: str) -> None:
        self._report(code, message, position, help_)
        raise Stop

    def _count(self, position: Position) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            message = f"more than {MOST_NODES:,} keys and values"
            self._stop("too-many-nodes", message, position, "split the file with `extends`")

    def _refuse_properties(self, event: Any, position: Position) -> None:
        # The loaders differ on where a tag ends.
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
                self._report("anchor", f"an anchor, {quoted(found[1], longest=60)}", place, "delete it")
            else:
                self._report("tag", f"a tag, {quoted(found[1], longest=60)}", place, "delete it")
            at = found.end()


def _refused_key(text: str, *, plain: bool) -> Refusal | None:
    if len(text) > LONGEST_KEY:
        return "key-too-long", f"a key of more than {LONGEST_KEY} characters", "give it a shorter name"
    if not plain:
        return None
    if text == "<<":
        return "merge-key", "a merge key, `<<`", "write out what belongs here"
    if text and isinstance(_typed(text), str):
        return None
    if not text:
        return "key-not-text", "a key is missing before `:`", "write a name"
    return "key-not-text", f"the key {quoted(text, longest=60)} is not text", "put it in quotes"


def _typed(text: str) -> object:
    try:
        return scalar(text)
    except TooLarge:
        return None
