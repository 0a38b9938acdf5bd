"""What is wrong with a text that is not YAML, in an author's words.

Alone here: the complaints of PyYAML's pure loader, which has the last word (see `source.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rupture_protocol.language.characters import named
from rupture_protocol.language.masking import COLON, PERCENT, QUESTION
from rupture_protocol.language.places import position_at

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

    from rupture_protocol.language.masking import Masked, Tab
    from rupture_protocol.language.places import Report
    from rupture_protocol.language.texts import Texts

LONGEST_SIMPLE_KEY = 1024
"""What YAML allows on one line before the `:`."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What to say; `at_start`: of where the broken thing starts, not of where it broke."""

    message: str
    help: str | None = None
    code: str = "not-yaml"
    at_start: bool = True


def _here(message: str, help_: str | None = None) -> Complaint:
    return Complaint(message, help_, at_start=False)


_QUOTE = "put the whole text in double quotes"
_TAG = Complaint("`!` starts a tag", _QUOTE, "tag")
_ANCHOR = Complaint("`&` starts an anchor, `*` an alias", _QUOTE, "anchor")
_NO_KEY_HERE = _here("`:` where no key can be", f"if it belongs to the text, {_QUOTE}")
_LONG_KEY = Complaint("a key of more than 128 characters", "give it a shorter name", "key-too-long")
_UNALIGNED_KEY = _here("this does not line up with the keys above", "indent its keys alike")
_UNALIGNED_ITEM = _here("this does not line up with the list above", "indent its items alike")
_NOTHING = _here("a value is missing before this")

# What PyYAML was doing, what it met → ours. The first that has the words of both counts.
_COMPLAINTS: tuple[tuple[str, str, Complaint], ...] = (
    ("ing a tag", "", _TAG),
    ("", "tag handle", _TAG),
    ("scanning an a", "", _ANCHOR),
    ("quoted scalar", "end of stream", Complaint("a quote that is never closed")),
    ("quoted scalar", "document separator", Complaint("a quote that is not closed before `---` or `...`")),
    ("double-quoted", "", _here("an escape that YAML does not know", r"write `\\` for a backslash")),
    ("simple key", "", Complaint("no `:` in this line", "write `key: value`, or indent what belongs above")),
    ("", "mapping values", _NO_KEY_HERE),
    ("", "sequence entries", _here("`- ` where no list can start", "start the list on a line of its own")),
    ("block scalar", "", _here("a text after `|` or `>`", "start the text on the next line, indented")),
    ("", "cannot start", _here("a character that cannot start an unquoted text", _QUOTE)),
    ("flow sequence", "stream end", Complaint("`[` is never closed")),
    ("flow mapping", "stream end", Complaint("`{` is never closed")),
    ("flow", "stream end", Complaint("a bracket is never closed")),
    ("flow sequence", "", _here("`,` or `]` is missing before this")),
    ("flow mapping", "", _here("`,` or `}` is missing before this")),
    ("block mapping", "", _UNALIGNED_KEY),
    ("block collection", "", _UNALIGNED_ITEM),
    ("node", "", _NOTHING),
    ("", "document start", _here("this does not belong to what is above", "check the indentation")),
)
_OTHERWISE = _here("not well-formed YAML")


def complaint(doing: str | None, problem: str | None) -> Complaint:
    """PyYAML's `context` and `problem` in our words."""
    for where, what, ours in _COMPLAINTS:
        if where in (doing or "") and what in (problem or ""):
            return ours
    return _OTHERWISE


def report_broken(
    error: MarkedYAMLError, masked: Masked, texts: Texts, tabs: tuple[Tab, ...], report: Report
) -> None:
    """Where and why the text stops being YAML, if nothing said so already."""
    ours = complaint(error.context, error.problem)
    mark = (error.context_mark if ours.at_start else None) or error.problem_mark
    end = len(masked.text.rstrip())
    index = min(mark.index, end) if mark else end
    if not _told(index, masked, texts, tabs):
        position = position_at(masked.text, index)
        start = _start_of_long_key(masked.text, index, position[1])
        if ours is _NO_KEY_HERE and start is not None:
            ours, position = _LONG_KEY, position_at(masked.text, start)
        ours = _by_character(masked.text[index], ours)
        report(ours.code, ours.message, position, ours.help)


def _told(index: int, masked: Masked, texts: Texts, tabs: tuple[Tab, ...]) -> bool:
    # A tab was a space to PyYAML, so what it says of the text after one is not to be trusted.
    if texts.multiline_key or any(tab.index <= index and tab.where != "text" for tab in tabs):
        return True
    # A `:` without a space after it: `texts.py` has reported it.
    return masked.text[index - 1 : index] == COLON and texts.covers(index - 1)


def _by_character(char: str, ours: Complaint) -> Complaint:
    """What the character at the place says, where it says more than PyYAML."""
    if char == QUESTION:
        return Complaint("`?` starts a key over several lines", "quote it", "quote-it")
    if char == PERCENT:
        return Complaint("`%` starts a YAML directive", "delete it, or quote the text", "directive")
    if char == ":" and ours in (_UNALIGNED_KEY, _UNALIGNED_ITEM, _NOTHING):
        return Complaint("a key is missing before `:`", "write a name", "key-not-text")
    if char.isspace() and char not in " \n":
        message = f"an invisible space, {named(char)}, where the line starts"
        return Complaint(message, "use plain spaces", "hidden-character")
    return ours


def _start_of_long_key(text: str, index: int, column: int) -> int | None:
    """Where a key starts that PyYAML took for no key, since it is longer than a simple key may be."""
    before = text[index - column + 1 : index].lstrip(" ")
    return index - len(before) if len(before) > LONGEST_SIMPLE_KEY and ": " not in before else None
