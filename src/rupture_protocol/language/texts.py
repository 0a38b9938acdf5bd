"""A scalar event → its text, refusing what may not be written in one.

Alone here: where in the file texts are, and so where comments are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from rupture_protocol.language.characters import HIDDEN, JOINERS, named, quoted
from rupture_protocol.language.masking import COLON, PERCENT, QUESTION

if TYPE_CHECKING:
    from rupture_protocol.language.masking import Masked
    from rupture_protocol.language.places import Position, Report

_LONGEST_HELP = 40
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))")
_NAMED_ESCAPES = dict(zip("0abvfreNLP", "\0\a\b\v\f\r\x1b\x85\u2028\u2029", strict=True))
_COMMENT = re.compile("(?<![^ \n])#")


class Texts:
    """The scalars of a file."""

    def __init__(self, masked: Masked, report: Report) -> None:
        self.multiline_key = False
        """`? ` was met: what follows it cannot be told."""
        self._masked = masked
        self._report = report
        self._spans: list[tuple[int, int]] = []
        self._escapes = "\\" in masked.text

    def read(self, event: Any, position: Position, *, in_brackets: bool) -> str:
        """The text of a scalar event."""
        start, end = event.start_mark.index, event.end_mark.index
        self._spans.append((start, end))
        value: str = event.value
        if not event.style:
            # What is masked is not ASCII, so most texts need no second look.
            if not value or (value.isascii() and not in_brackets):
                return value
            return self._read_plain(value, end, position, in_brackets=in_brackets)
        value = self._masked.unmask(value)
        if self._escapes and event.style == '"' and "\\" in self._masked.text[start:end]:
            return self._without_escaped(value, self._masked.text[start:end], position)
        return value

    def covers(self, index: int) -> bool:
        """Is this a place inside a scalar?"""
        found = bisect_right(self._spans, (index, len(self._masked.text)))
        return found > 0 and index < self._spans[found - 1][1]

    def in_comment(self, index: int) -> bool:
        """Is this a place after a `#` that starts a comment?"""
        # Not only faster: a long text full of `#` would be looked through once for each place in it.
        if self.covers(index):
            return False
        text = self._masked.text
        marks = _COMMENT.finditer(text, text.rfind("\n", 0, index) + 1, index)
        return any(not self.covers(mark.start()) for mark in marks)

    @property
    def last_end(self) -> int:
        """Where the last scalar ends."""
        return self._spans[-1][1]

    def _read_plain(self, value: str, end: int, position: Position, *, in_brackets: bool) -> str:
        if value[0] == PERCENT:
            self._report("directive", "`%` starts a YAML directive", position, self._quote_it(value))
        elif value[0] == QUESTION and value[1:2] in ("", " "):
            self.multiline_key = True
            self._report("quote-it", "`?` starts a key over several lines", position, self._quote_it(value))
        elif in_brackets:
            self._refuse_in_brackets(value, end, position)
        text = self._masked.unmask(value)
        stripped = text.strip()
        if stripped != text:
            edge = text[0] if text[0].isspace() else text[-1]
            message = f"an invisible space, {named(edge)}, at the edge of an unquoted text"
            self._report("hidden-character", message, position, "use a plain space, or quote the text")
        return stripped

    def _refuse_in_brackets(self, value: str, end: int, position: Position) -> None:
        text = self._masked.text
        if QUESTION in value:
            self._report("quote-it", "`?` in an unquoted text in brackets", position, self._quote_it(value))
        elif value.endswith(COLON) and text[end] in "[{":
            colon = (position[0], position[2] - 1, position[2])
            self._report("quote-it", "no space after `:`", colon, "put a space after `:`, or quote the text")
        elif value.endswith(COLON) or (text[end] == ":" and text[end + 1] in ",[]{}"):
            message = "`:` at the end of an unquoted text in brackets"
            self._report("quote-it", message, position, self._quote_it(value))

    def _quote_it(self, value: str) -> str:
        text = self._masked.unmask(value)
        # Where quoting takes more than quotes, the word alone is the help.
        if len(text) > _LONGEST_HELP or set(text) & set('"\\\n'):
            return "quote it"
        return f'quote it: `"{text}"`'

    def _without_escaped(self, value: str, source: str, position: Position) -> str:
        """`value`, read from double quotes, without the hidden characters that are escaped in it."""
        for found in _ESCAPE.finditer(source):
            digits = found[1] or found[2] or found[3]
            char = chr(int(digits, 16)) if digits else _NAMED_ESCAPES.get(found[4], " ")
            if HIDDEN.fullmatch(char) and (char not in JOINERS or HIDDEN.search(value)):
                line, column = position[0] + source.count("\n", 0, found.start()), found.start()
                column += position[1] if line == position[0] else -source.rfind("\n", 0, found.start())
                message = f"a hidden character, {named(char)}, as an escape"
                place = (line, column, column + len(found.group()))
                self._report("hidden-character", message, place, f"delete {quoted(found.group())}")
                break
        # Raw hidden characters have been replaced before: what is hidden in the value was escaped.
        return HIDDEN.sub("", value)
