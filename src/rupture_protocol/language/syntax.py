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
    ("", "mapping values", _here("`:` where no key can be", f"if it belongs to the text, {_QUOTE}")),
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
    text = masked.text
    end = len(text.rstrip())
    index = min(mark.index, end) if mark else end
    # A tab was a space to PyYAML, so what it says of the text after one is not to be trusted.
    if texts.multiline_key or any(tab.index <= index and tab.where != "text" for tab in tabs):
        return
    # A `:` without a space after it: `texts.py` has reported it.
    if text[index - 1 : index] == COLON and texts.covers(index - 1):
        return
    position = position_at(text, index)
    before = text[index - position[1] + 1 : index]
    if text[index] == QUESTION:
        report("quote-it", "`?` starts a key over several lines", position, "quote it")
    elif text[index].isspace() and text[index] not in " \n":
        message = f"an invisible space, {named(text[index])}, where the line starts"
        report("hidden-character", message, position, "use plain spaces")
    elif text[index] == ":" and ours in (_UNALIGNED_KEY, _UNALIGNED_ITEM, _NOTHING):
        report("key-not-text", "a key is missing before `:`", position, "write a name")
    elif text[index] == PERCENT:
        report("directive", "`%` starts a YAML directive", position, "delete it, or quote the text")
    elif "where no key" in ours.message and len(before) > LONGEST_SIMPLE_KEY and ": " not in before:
        # PyYAML does not see a key in what is longer than a simple key may be.
        position = position_at(text, index - len(before.lstrip(" ")))
        report("key-too-long", "a key of more than 128 characters", position, "give it a shorter name")
    else:
        report(ours.code, ours.message, position, ours.help)
