"""Bytes of a file → `Document`: plain data, and where each piece was written.

Only here: yaml. PyYAML's events alone are used: nothing is composed, constructed or imported.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from rupture_protocol.errors import Issue, Note, Span
from rupture_protocol.language.characters import HIDDEN, named, window
from rupture_protocol.language.codes import severity
from rupture_protocol.language.masking import MOST_LISTED, Masked, report_masked, tabs
from rupture_protocol.language.places import File, Path, Place, Position, position_at
from rupture_protocol.language.scalars import Plain
from rupture_protocol.language.syntax import report_broken
from rupture_protocol.language.tree import BROKEN, InDoubt, Stop, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["BROKEN", "LARGEST_FILE", "Document", "File", "Path", "Place", "Plain", "read"]

LARGEST_FILE = 256 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: `data` (dict, list, str, Plain, int, Decimal, bool, None) and its places.

    Keys are in Unicode NFC, values as they were written. `BROKEN` stands for a value that an issue has been
    reported of.
    """

    file: str
    data: object
    places: Mapping[Path, Place] = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at `path` is written (its key, when asked); else its nearest written parent."""
        return span_of(self._place(path), File(self.file, self.lines), key=key)

    def issue(
        self, code: str, message: str, path: Path, *, key: bool = False, help: str | None = None
    ) -> Issue:
        """An issue at `path`, with its severity from the registry and the written line."""
        return issue_at(self._place(path), File(self.file, self.lines), code, message, key=key, help=help)

    def note(self, text: str, path: Path) -> Note:
        """Another place that an issue is about: the key at `path`, and what is said of it."""
        return note_at(self._place(path), File(self.file, self.lines), text, key=True)

    def _place(self, path: Path) -> Place:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, _START)


_START = Place((1, 1, 1))


def span_of(place: Place, file: File, *, key: bool = False) -> Span:
    """A place as issues show it; `file` is its file where it does not say so itself."""
    position = place.key if key and place.key else place.value
    return Span((place.file or file).name, *position)


def issue_at(
    place: Place, file: File, code: str, message: str, *, key: bool = False, help: str | None = None
) -> Issue:
    """An issue at a place, with its severity from the registry and the written line."""
    return _issue((place.file or file).lines, code, message, span_of(place, file, key=key), help)


def note_at(place: Place, file: File, text: str, *, key: bool = False) -> Note:
    """Another place that an issue is about, with what is said of it and the written line."""
    span = span_of(place, file, key=key)
    return Note(text, span, *_excerpt((place.file or file).lines, span))


def _issue(lines: tuple[str, ...], code: str, message: str, span: Span, help: str | None) -> Issue:
    return Issue(code, message, span, severity(code), help, *_excerpt(lines, span))


def _excerpt(lines: tuple[str, ...], span: Span) -> tuple[str, int, int]:
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return window(line, span.column - 1, span.end_column - span.column)


class _Issues:
    """What is wrong so far, in the order found; in file order at the end."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.found: list[Issue] = []

    def add(self, code: str, message: str, position: Position, help: str | None) -> None:
        self.found.append(_issue(self.lines, code, message, Span(self.file, *position), help))

    def all(self) -> tuple[Issue, ...]:
        return tuple(sorted(self.found, key=lambda issue: (issue.span.line, issue.span.column)))


def read(data: bytes, *, file: str) -> tuple[Document | None, tuple[Issue, ...]]:
    """Read one file's bytes.

    Args:
        data: The whole file; line breaks of any kind, with or without a byte order mark.
        file: Its name, as issues show it.

    Returns:
        The document, and all that is wrong with the text. No document if its structure is not whole; where it
        is, there is one besides the issues, so that what it says can be looked at in the same run.
    """
    if len(data) > LARGEST_FILE:
        issues = _Issues(file, ())
        message = f"the file is larger than {LARGEST_FILE // 1024} KiB"
        issues.add("file-too-large", message, (1, 1, 1), "split it with `extends`")
        return None, issues.all()
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = _one_kind_of_break(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return None, _not_utf8(data, error.start, file)
    issues = _Issues(file, tuple(text.split("\n")))
    _look_for_hidden(issues)
    tree = _parse(Masked.of(text, hidden=bool(issues.found)), issues)
    document = None if tree is None else Document(file, tree.data, tree.places, issues.lines)
    return document, issues.all()


def _one_kind_of_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _not_utf8(data: bytes, at: int, file: str) -> tuple[Issue, ...]:
    text = _one_kind_of_break(data.decode("utf-8", errors="replace"))
    before = _one_kind_of_break(data[:at].decode("utf-8"))
    issues = _Issues(file, tuple(text.split("\n")))
    position = position_at(before, len(before))
    issues.add("not-utf8", "not UTF-8 text from here on", position, "save the file as UTF-8")
    return issues.all()


def _look_for_hidden(issues: _Issues) -> None:
    for number, line in enumerate(issues.lines, 1):
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
            issues.add("empty-file", "the file holds no YAML", (1, 1, 1), None)
    except Stop:
        pass
    except yaml.MarkedYAMLError as error:
        # What the C loader refuses, and where, depends on its version.
        if not final:
            raise InDoubt from error
        broken = error
    found_tabs = tabs(masked, tree.texts)
    if broken and tree.ended:
        _report_second(broken.context_mark or broken.problem_mark, issues)
        whole = not tree.empty
    elif broken:
        report_broken(broken, masked, tree.texts, found_tabs, issues.add)
    report_masked(masked, tree.texts, found_tabs, issues.add)
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
                _report_second(event.start_mark, issues)
                return
        elif kind is yaml.DocumentEndEvent:
            tree.ended = event.explicit


def _report_second(mark: Any, issues: _Issues) -> None:
    position = (mark.line + 1, mark.column + 1, mark.column + 4)
    issues.add("several-documents", "a second YAML document", position, "write one protocol per file")
