"""Characters that no protocol file may hold, because a reader cannot see them, and how to show them.

Alone here: which ones those are. Right-to-left and CJK text is welcome; what turns its direction is not.
"""

from __future__ import annotations

import re

from rupture_protocol.errors import LONGEST_QUOTE

_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed; other line breaks are line feeds by then
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # soft hyphen, grapheme joiner, fillers
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, direction, separators, byte order mark
    "\ud800-\udfff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"  # surrogates, noncharacters, annotations
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"  # shorthand and music formats, tags
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
)

# Persian and the Indic scripts spell with ZWNJ and ZWJ: Arabic to Arabic Extended, Devanagari to Sinhala,
# Tibetan, Myanmar, Khmer, Mongolian. Between two letters of theirs they are welcome, elsewhere invisible.
_JOINING = (
    "\u0620-\u06ff\u0700-\u08ff\u0900-\u0dff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17b3\u17b6-\u17d3\u1820-\u18aa"
)
JOINERS = "\u200c\u200d"
HIDDEN = re.compile(f"[{_INVISIBLE}]|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])")
"""One character that a reader cannot see."""

REPLACEMENT = "\ufffd"
"""What stands for a hidden character, one for one, so that columns stay."""


def named(char: str) -> str:
    """A hidden character by its number, `U+202E`."""
    return f"U+{ord(char):04X}"


def visible(text: str) -> str:
    """`text` on one line, one for one: hidden characters as `�`, tabs and breaks as spaces."""
    return HIDDEN.sub(REPLACEMENT, text.replace("\t", " ").replace("\n", " "))


def quoted(text: str, *, longest: int = LONGEST_QUOTE) -> str:
    """What was written, in backticks, cut at `longest` characters; hidden characters by their numbers."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    shown = HIDDEN.sub(lambda match: named(match.group()), cut.replace("\t", " ").replace("\n", " "))
    return f"`{shown if len(shown) <= longest else shown[: longest - 1] + '…'}`"


def window(line: str, caret: int, underline: int) -> tuple[str, int, int]:
    """At most 80 characters of `line` around `caret`, visible: the excerpt, and caret and underline in it."""
    caret = min(caret, len(line))
    start = 0
    if caret > LONGEST_QUOTE - 20 and len(line) > LONGEST_QUOTE:
        start = min(caret - LONGEST_QUOTE // 2, len(line) + 1 - LONGEST_QUOTE)
    stop = min(len(line), start + LONGEST_QUOTE)
    excerpt = visible(line[start:stop])
    if start:
        excerpt = "…" + excerpt[1:]
    if stop < len(line):
        excerpt = excerpt[:-1] + "…"
    return excerpt, caret - start, max(1, min(underline, len(excerpt) - (caret - start)))
