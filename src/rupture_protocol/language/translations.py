"""The translations beside a protocol: what they leave out, and what they say too much."""

from __future__ import annotations

from rupture_protocol.errors import Issue
from rupture_protocol.language.checking import Checked
from rupture_protocol.language.library import Library, NotThere, Text
from rupture_protocol.language.nodes import Node, to_nodes
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Document, read
from rupture_protocol.language.translate import Translation, is_translation


def check_translations(text: Text, library: Library) -> tuple[Issue, ...]:
    """What is wrong with the translations beside a protocol's file."""
    beside = library.translations(text)
    document = read(text.data, file=text.name)[0] if beside else None
    if document is None or is_translation(document):
        return ()
    original, _ = to_nodes(document)
    found: list[Issue] = []
    for language, translation in sorted(beside.items()):
        found += _issues(original, translation, language)
    return tuple(sorted(found, key=lambda issue: issue.span))


def check_translation(text: Text, library: Library) -> Checked:
    """A translation that is checked by itself: against the protocol of that id beside it."""
    document, issues = read(text.data, file=text.name)
    name = document.data.get("translates") if document and isinstance(document.data, dict) else None
    if document is None or not isinstance(name, str):
        return Checked(None, issues)
    try:
        beside = library.beside(text, f"{name}.yaml")
    except NotThere as error:
        report = Report(document, issues)
        report(error.code, str(error), ("translates",), help=error.help)
        return Checked(None, report.issues())
    original, _ = read(beside.data, file=beside.name)
    return Checked(None, (*issues, *_against(original, document)) if original else issues)


def _issues(original: Node, text: Text, language: str) -> tuple[Issue, ...]:
    document, issues = read(text.data, file=text.name)
    if document is None:
        return issues
    translation = Translation(original, to_nodes(document)[0])
    translation.translated(language=language)
    return (*issues, *translation.issues)


def _against(original: Document, document: Document) -> tuple[Issue, ...]:
    translation = Translation(to_nodes(original)[0], to_nodes(document)[0])
    translation.translated()
    return tuple(translation.issues)
