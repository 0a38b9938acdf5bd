r"""What PyYAML gets to see instead of what was written, so that its two loaders see the same.

They differ on a few characters: tabs (the pure one refuses most), `?` and a last `:` in an unquoted text in
brackets, `\ud83d`, the escape for half a character. Each is masked, one for one so that places stay, by a
character that means nothing to YAML and that no text here can hold. Where a masked one mattered, it is
refused: here, and by `texts.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from rupture_protocol.language.characters import HIDDEN, REPLACEMENT, quoted
from rupture_protocol.language.places import Position, Report, position_at

if TYPE_CHECKING:
    from rupture_protocol.language.texts import Texts

MOST_LISTED = 100
"""Characters beyond this many of a kind are not listed one by one."""

# INVARIANT: hidden characters, and all of those are replaced before these are put in: none was in the file.
QUESTION, COLON, PERCENT = "\U000e0001", "\U000e0002", "\U000e0003"

_UNMASKED: dict[int, str | None] = {ord(QUESTION): "?", ord(COLON): ":", ord(PERCENT): "%"}
_UNMASKED_CLEAN = {**_UNMASKED, ord(REPLACEMENT): None}

# After a quote or bracket it is JSON's `"key":[…]`, which both loaders read.
_COLON = re.compile(r"""(?<![\s"'\]},\[{]):(?=[,\[\]{}])""")
_PERCENT = re.compile(r"^%", re.MULTILINE)
_BEGINNING = re.compile(r"(?:%[^\n]*\n| *(?:#[^\n]*)?\n)*")
_ESCAPE = re.compile(
    r"\\\\"
    r"|\\(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2}|U0000[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\(?P<beyond>U(?!00(?:0[0-9a-fA-F]|10))[0-9a-fA-F]{8})"
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text, and what PyYAML reads in its place."""

    written: str
    text: str
    directives: tuple[int, ...] = ()
    """Where a `%` stood before the content."""
    escapes: tuple[tuple[int, str], ...] = ()
    """Escapes for what is not a character: where, and as they were written."""
    _unmasked: dict[int, str | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, written: str, *, hidden: bool) -> Masked:
        """The mask of `written`, whose line breaks are line feeds; `hidden`: it holds hidden characters."""
        # The loaders place the end of a last line without a break differently.
        text = written if written.endswith("\n") else written + "\n"
        if hidden:
            text = HIDDEN.sub(REPLACEMENT, text)
        text, directives = _directives_as_comments(text.replace("\t", " "))
        text, escapes = _half_characters_as_whole(text)
        masked = _PERCENT.sub(PERCENT, _COLON.sub(COLON, text.replace("?", QUESTION)))
        unmasked = _UNMASKED_CLEAN if hidden else _UNMASKED if masked != text else None
        return cls(written, masked, directives, escapes, unmasked)

    def unmask(self, value: str) -> str:
        """A scalar as it was written, without its hidden characters."""
        return value if self._unmasked is None or value.isascii() else value.translate(self._unmasked)


def _directives_as_comments(text: str) -> tuple[str, tuple[int, ...]]:
    beginning = _BEGINNING.match(text)
    end = beginning.end() if beginning else 0
    found = tuple(match.start() for match in _PERCENT.finditer(text, 0, end))
    return _PERCENT.sub("#", text[:end]) + text[end:], found


def _half_characters_as_whole(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    if "\\" not in text:
        return text, ()
    found: list[tuple[int, str]] = []

    def whole(match: re.Match[str]) -> str:
        if match.lastgroup is None:
            return match.group()
        found.append((match.start(), match.group()))
        return match.group()[:-4] + "FFFD" if match.lastgroup == "half" else r"\U0000FFFD"

    return _ESCAPE.sub(whole, text), tuple(found)


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab outside comments; `where`: text, indentation, or between."""

    index: int
    position: Position
    where: str


_TAB_ISSUES = {
    "text": ("quote-it", "a tab in a text", r"write `\t` in double quotes"),
    "indentation": ("not-yaml", "a tab in the indentation", "use spaces, not tabs"),
    "between": ("quote-it", "a tab outside quotes", "use spaces, not tabs"),
}


def tabs(masked: Masked, texts: Texts) -> tuple[Tab, ...]:
    """The first tab of every line, unless it is in a comment."""
    if "\t" not in masked.written:
        return ()
    found = []
    start = 0
    for number, line in enumerate(masked.written.split("\n"), 1):
        column = line.find("\t")
        if column >= 0 and not texts.in_comment(start + column):
            leading = not line[:column].strip(" ")
            where = "indentation" if leading else "text" if texts.covers(start + column) else "between"
            found.append(Tab(start + column, (number, column + 1, column + 2), where))
        start += len(line) + 1
    return tuple(found)


def report_masked(masked: Masked, texts: Texts, found_tabs: tuple[Tab, ...], report: Report) -> None:
    """What was masked, where it was not in a comment."""
    written = masked.written
    for index in masked.directives[:MOST_LISTED]:
        report("directive", "a YAML directive", position_at(written, index), "delete it")
    escapes = (escape for escape in masked.escapes if not texts.in_comment(escape[0]))
    for index, escape in islice(escapes, MOST_LISTED):
        position = position_at(written, index, width=len(escape))
        report("quote-it", f"{quoted(escape)} is not a character", position, "write the character itself")
    for tab in found_tabs[:MOST_LISTED]:
        code, message, help_ = _TAB_ISSUES[tab.where]
        report(code, message, tab.position, help_)
