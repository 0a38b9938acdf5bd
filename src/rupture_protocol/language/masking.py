"""What PyYAML gets to see instead of what was written, so that its two loaders see the same.

They differ on a few characters: tabs (the pure one refuses most), `?` inside an unquoted text in brackets, a `:` right
before a bracket or comma, escapes for half a character. Each is masked, one for one so that places stay, by a character
that means nothing to YAML and that no text here can hold; where a masked one mattered, `tree.py` and `source.py` say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rupture_protocol.language.characters import HIDDEN, REPLACEMENT

# INVARIANT: hidden characters, all replaced before these are put in, so that none of these was in the file.
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
    """Escapes for what is not a character: where, and how they were written."""
    _unmasked: dict[int, str | None] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, written: str, *, hidden: bool) -> Masked:
        """The mask of `written`, whose line breaks are line feeds; `hidden`: it holds hidden characters."""
        # The loaders count a last line without a break differently.
        text = written if written.endswith("\n") else written + "\n"
        if hidden:
            text = HIDDEN.sub(REPLACEMENT, text)
        text, directives = _comment_directives_out(text.replace("\t", " "))
        escapes: list[tuple[int, str]] = []
        if "\\" in text:
            text = _ESCAPE.sub(lambda match: _no_escape(match, escapes), text)
        before = text
        text = _PERCENT.sub(PERCENT, _COLON.sub(COLON, text.replace("?", QUESTION)))
        unmasked = _UNMASKED_CLEAN if hidden else _UNMASKED if text != before else None
        return cls(written, text, directives, tuple(escapes), unmasked)

    def unmask(self, value: str) -> str:
        """A scalar as it was written, without its hidden characters."""
        return value.translate(self._unmasked) if self._unmasked else value


def _comment_directives_out(text: str) -> tuple[str, tuple[int, ...]]:
    """Directives before the content as comments, and where they stood."""
    beginning = _BEGINNING.match(text)
    end = beginning.end() if beginning else 0
    found = tuple(match.start() for match in _PERCENT.finditer(text, 0, end))
    return _PERCENT.sub("#", text[:end]) + text[end:], found


def _no_escape(match: re.Match[str], escapes: list[tuple[int, str]]) -> str:
    if match.lastgroup is None:
        return match.group()
    escapes.append((match.start(), match.group()))
    return match.group()[:-4] + "FFFD" if match.lastgroup == "half" else r"\U0000FFFD"
