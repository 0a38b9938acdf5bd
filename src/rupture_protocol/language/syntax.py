"""What is wrong with a text that is not YAML, in an author's words.

Alone here: PyYAML's complaints (its pure loader's, see `source.py`). They stop here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """A code, a message, what to do, and whether the place is where the broken thing starts."""

    code: str
    message: str
    help: str | None = None
    at_start: bool = False


_QUOTE = "put the whole text in double quotes"
_TAGGED = Complaint("tag", "a tag that nothing can read", f"a text that starts with `!`: {_QUOTE}", at_start=True)
_ANCHORED = Complaint(
    "anchor", "`&` or `*` starts an anchor or alias", f"a text that starts with it: {_QUOTE}", at_start=True
)

# (what PyYAML was doing, what it met) → ours; the first whose words occur counts.
_COMPLAINTS: tuple[tuple[str, str, Complaint], ...] = (
    ("tag", "", _TAGGED),
    ("", "tag handle", _TAGGED),
    ("scanning an a", "", _ANCHORED),
    ("quoted scalar", "end of stream", Complaint("not-yaml", "a quote that is never closed", at_start=True)),
    (
        "quoted scalar",
        "document separator",
        Complaint("not-yaml", "a quote that is not closed before `---` or `...`", at_start=True),
    ),
    (
        "double-quoted",
        "escape",
        Complaint(
            "not-yaml",
            "an escape that YAML does not know",
            r"write a backslash as `\\`, or use single quotes",
        ),
    ),
    (
        "simple key",
        "",
        Complaint("not-yaml", "a line with no `:` among keys", "write `key: value`, or indent what belongs above", True),
    ),
    ("", "mapping values", Complaint("not-yaml", "`: ` inside an unquoted text, or a key out of place", _QUOTE)),
    (
        "",
        "sequence entries",
        Complaint("not-yaml", "`- ` where no list can start", "start the list on a line of its own"),
    ),
    (
        "block scalar",
        "",
        Complaint("not-yaml", "`|` or `>` followed by something", "start the text on the next line, indented"),
    ),
    (
        "",
        "cannot start any token",
        Complaint("not-yaml", "a character that cannot start an unquoted text", _QUOTE),
    ),
    ("flow node", "stream end", Complaint("not-yaml", "a bracket that is never closed", at_start=True)),
    ("flow sequence", "stream end", Complaint("not-yaml", "`[` that is never closed", at_start=True)),
    ("flow mapping", "stream end", Complaint("not-yaml", "`{` that is never closed", at_start=True)),
    ("flow sequence", "", Complaint("not-yaml", "`,` or `]` is missing here")),
    ("flow mapping", "", Complaint("not-yaml", "`,` or `}` is missing here")),
    (
        "block mapping",
        "",
        Complaint("not-yaml", "this does not line up with the keys above", "indent keys of one mapping alike"),
    ),
    (
        "block collection",
        "",
        Complaint("not-yaml", "this does not line up with the list above", "indent the items of one list alike"),
    ),
    ("node", "", Complaint("not-yaml", "a value is missing here")),
    ("", "document start", Complaint("not-yaml", "text after the end of the protocol", "check the indentation above")),
)

_OTHERWISE = Complaint("not-yaml", "not well-formed YAML")


def complaint(doing: str | None, problem: str | None) -> Complaint:
    """PyYAML's `context` and `problem` in our words."""
    for where, what, ours in _COMPLAINTS:
        if where in (doing or "") and what in (problem or ""):
            return ours
    return _OTHERWISE
