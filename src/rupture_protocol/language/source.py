"""Bytes of a file → `Document`: plain data, and where each piece was written.

Only here: yaml. PyYAML's events alone are used: nothing is composed, constructed or imported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml

from rupture_protocol.errors import Issue, Span
from rupture_protocol.language.characters import HIDDEN, named, quoted, window
from rupture_protocol.language.codes import severity
from rupture_protocol.language.masking import COLON, PERCENT, QUESTION, Masked
from rupture_protocol.language.scalars import Plain
from rupture_protocol.language.syntax import complaint
from rupture_protocol.language.tree import BROKEN, InDoubt, Path, Place, Position, Stop, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BROKEN", "Document", "Path", "Place", "Plain", "read"]

LARGEST_FILE = 256 * 1024
MOST_LISTED = 100
"""Characters beyond this many of a kind are not listed one by one."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: `data` (dict, list, str, Plain, int, Decimal, bool, None, BROKEN) and its places.

    Keys are in Unicode NFC, values as they were written. `BROKEN` stands where an issue has been reported already.
    """

    file: str
    data: object
    places: Mapping[Path, Place] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at `path` is written (its key, when asked); the nearest written parent if it is not."""
        while path and path not in self.places:
            path = path[:-1]
        place = self.places.get(path, _START)
        return Span(self.file, *(place.key if key and place.key else place.value))

    def issue(self, code: str, message: str, path: Path, *, key: bool = False, help: str | None = None) -> Issue:  # noqa: A002
        """An issue at `path`, with its severity from the registry and the written line."""
        return _issue(self.lines, code, message, self.span(path, key=key), help)


_START = Place((1, 1, 1))


def _issue(lines: tuple[str, ...], code: str, message: str, span: Span, help: str | None) -> Issue:  # noqa: A002
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    excerpt, caret, underline = window(line, span.column - 1, span.end_column - span.column)
    return Issue(code, message, span, severity(code), help, excerpt, caret, underline)


class _Issues:
    """What is wrong so far, in the order found; in file order at the end."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.found: list[Issue] = []

    def add(self, code: str, message: str, position: Position, help: str | None = None) -> None:  # noqa: A002
        self.found.append(_issue(self.lines, code, message, Span(self.file, *position), help))

    def all(self) -> tuple[Issue, ...]:
        return tuple(sorted(self.found, key=lambda issue: (issue.span.line, issue.span.column)))


def read(data: bytes, *, file: str) -> tuple[Document | None, tuple[Issue, ...]]:
    """Read one file's bytes.

    Args:
        data: The whole file; line breaks of any kind, with or without a byte order mark.
        file: Its name, as issues show it.

    Returns:
        The document, and all that is wrong with the text. No document if its structure is not whole; where it is,
        there is one besides the issues, so that what it says can be looked at in the same run.
    """
    if len(data) > LARGEST_FILE:
        issues = _Issues(file, ())
        message = f"the file is larger than {LARGEST_FILE // 1024} KiB"
        issues.add("file-too-large", message, (1, 1, 1), "split it with `extends`")
        return None, issues.all()
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        return None, _not_utf8(data.removeprefix(b"\xef\xbb\xbf"), error.start, file)
    text = _one_kind_of_break(text)
    lines = tuple(text.split("\n"))
    issues = _Issues(file, lines)
    _look_for_hidden(lines, issues)
    tree = _parse(Masked.of(text, hidden=bool(issues.found)), issues)
    document = None if tree is None else Document(file, tree.data, tree.places, lines)
    return document, issues.all()


def _one_kind_of_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(data: bytes, at: int, file: str) -> tuple[Issue, ...]:
    before = _one_kind_of_break(data[:at].decode("utf-8"))
    lines = tuple(_one_kind_of_break(data.decode("utf-8", errors="replace")).split("\n"))
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    issues = _Issues(file, lines)
    issues.add("not-utf8", "the file is not UTF-8 text from here on", (line, column, column + 1), "save it as UTF-8")
    return issues.all()


def _look_for_hidden(lines: tuple[str, ...], issues: _Issues) -> None:
    for number, line in enumerate(lines, 1):
        if line.isascii() and line.isprintable():
            continue
        for match in HIDDEN.finditer(line):
            column = match.start() + 1
            message = f"a hidden character, {named(match.group())}"
            issues.add("hidden-character", message, (number, column, column + 1), "delete it")
            if len(issues.found) >= MOST_LISTED:
                return


def _loader() -> type[Any]:
    """PyYAML's C loader where it is built in, else the pure one."""
    return yaml.CSafeLoader if getattr(yaml, "__with_libyaml__", False) else yaml.SafeLoader


# The C loader takes a `#` right after `|` or `>` for a comment.
_DOUBTFUL = re.compile("[|>][-+0-9]*#")


def _parse(masked: Masked, issues: _Issues) -> Tree | None:
    loader = _loader()
    if loader is not yaml.SafeLoader and not _DOUBTFUL.search(masked.text):
        before = len(issues.found)
        try:
            return _parse_with(loader, masked, issues)
        except InDoubt:
            del issues.found[before:]
    return _parse_with(yaml.SafeLoader, masked, issues)


def _parse_with(loader: type[Any], masked: Masked, issues: _Issues) -> Tree | None:
    final = loader is yaml.SafeLoader
    tree = Tree(masked, issues.add, final=final)
    broken: yaml.MarkedYAMLError | None = None
    whole = False
    try:
        _follow(yaml.parse(masked.text, Loader=loader), tree, issues)
        whole = not tree.empty
        if tree.empty:
            issues.add("empty-file", "the file holds no YAML", (1, 1, 1))
    except Stop:
        pass
    except yaml.MarkedYAMLError as error:
        # What the C loader refuses, and where, depends on its version.
        if not final:
            raise InDoubt from error
        broken = error
    tabs = _tabs(tree, issues.lines) if "\t" in masked.written else []
    if broken:
        _complain(broken, masked, tree, tabs, issues)
    _report_masked(masked, tree, tabs, issues)
    return tree if whole else None


def _follow(events: Iterator[Any], tree: Tree, issues: _Issues) -> None:
    documents = 0
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            tree.scalar(event)
        elif kind is yaml.MappingStartEvent:
            tree.open(event, {})
        elif kind is yaml.SequenceStartEvent:
            tree.open(event, [])
        elif kind is yaml.AliasEvent:
            tree.alias(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            tree.close(event)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                mark = event.start_mark
                position = (mark.line + 1, mark.column + 1, mark.column + 4)
                issues.add("several-documents", "a second YAML document", position, "one file holds one protocol")
                return


def _complain(error: yaml.MarkedYAMLError, masked: Masked, tree: Tree, tabs: list[_Tab], issues: _Issues) -> None:
    ours = complaint(error.context, error.problem)
    mark = (error.context_mark if ours.at_start else None) or error.problem_mark
    end = len(masked.text.rstrip())
    index = min(mark.index, end) if mark else end
    # A tab stood for a space while PyYAML read, so what it says about the text after one is not to be trusted.
    if any(tab.index <= index and tab.where != "text" for tab in tabs):
        return
    position = _position(masked.written, index, 1)
    if masked.text[index] == QUESTION or tree.explicit_key:
        if not tree.explicit_key:
            issues.add("quote-it", "`?` starts a key over several lines", position, "quote it")
    elif masked.text[index] == PERCENT:
        issues.add("directive", "`%` starts a YAML directive", position, "quote it")
    elif masked.text[index - 1 : index] == COLON:
        position = _position(masked.written, index - 1, 1)
        issues.add("quote-it", "no space after `:`", position, "put a space after `:`, or quote the text")
    else:
        issues.add(ours.code, ours.message, position, ours.help)


def _position(text: str, index: int, width: int) -> Position:
    column = index - (text.rfind("\n", 0, index) + 1) + 1
    return text.count("\n", 0, index) + 1, column, column + width


def _report_masked(masked: Masked, tree: Tree, tabs: list[_Tab], issues: _Issues) -> None:
    """What was masked before PyYAML saw the text, where it was no comment."""
    for index in masked.directives[:MOST_LISTED]:
        issues.add("directive", "a YAML directive", _position(masked.written, index, 1), "delete it")
    escapes = (escape for escape in masked.escapes if not tree.in_comment(escape[0]))
    for index, escape in islice(escapes, MOST_LISTED):
        message = f"{quoted(escape)} is not a character"
        issues.add("quote-it", message, _position(masked.written, index, len(escape)), "write the character itself")
    for tab in tabs[:MOST_LISTED]:
        code, message, help_ = _TAB_ISSUES[tab.where]
        issues.add(code, message, tab.position, help_)


@dataclass(frozen=True, slots=True)
class _Tab:
    index: int
    position: Position
    where: str


_TAB_ISSUES = {
    "text": ("quote-it", "a tab in a text", r"write `\t` in double quotes"),
    "indentation": ("not-yaml", "a tab in the indentation", "use spaces, not tabs"),
    "between": ("quote-it", "a tab outside quotes", "use spaces, not tabs"),
}


def _tabs(tree: Tree, lines: tuple[str, ...]) -> list[_Tab]:
    """The first tab of every line, unless it is in a comment."""
    found = []
    start = 0
    for number, line in enumerate(lines, 1):
        column = line.find("\t")
        if column >= 0 and not tree.in_comment(start + column):
            leading = not line[:column].strip(" ")
            where = "indentation" if leading else "text" if tree.in_text(start + column) else "between"
            found.append(_Tab(start + column, (number, column + 1, column + 2), where))
        start += len(line) + 1
    return found
