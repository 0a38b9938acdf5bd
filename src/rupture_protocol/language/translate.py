"""A file and its translation → the same tree with other texts.

A translation says texts under the same keys as the file it stands beside, and nothing else: conditions, ids
and values are no texts, so it cannot change what a protocol means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rupture_protocol.errors import Issue, shorten
from rupture_protocol.language.nodes import Node, items, long_form
from rupture_protocol.language.places import File
from rupture_protocol.language.shapes import LANGUAGE_PATTERN
from rupture_protocol.language.source import Document, issue_at, note_at

_NOWHERE = File("", ())
_FORM = "as in `translates: standard` and `language: de`, then texts under the same keys"
_NOT_TEXTS = (
    "titles, labels, questions, reasons and guidance are translated; conditions, ids and values never"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be translated in a thing: `keys` of its own, `each` by name or position, or a text itself."""

    keys: Mapping[str, Kind] = field(default_factory=dict)
    each: Kind | None = None
    listed: bool = False
    short: str | None = None


_TEXT = Kind()
_TEXTS = Kind(each=_TEXT, listed=True)
_TITLED = Kind({"title": _TEXT})
_GUIDANCE = Kind({"text": _TEXT, "say": _TEXTS, "avoid": _TEXTS, "steps": _TEXTS}, short="text")
_ARGUMENTS = Kind(each=Kind({"because": _TEXT}), listed=True)
_STEP = Kind({"title": _TEXT, "guidance": _GUIDANCE, "for": _ARGUMENTS, "against": _ARGUMENTS})
_STATE = Kind({"title": _TEXT, "wait": Kind({"reason": _TEXT}), "transitions": Kind(each=_STEP)})
_PROTOCOL = Kind(
    {
        "title": _TEXT,
        "about": Kind({"purpose": _TEXT, "intended_users": _TEXTS, "not_for": _TEXTS}),
        "sources": Kind(each=_TITLED),
        "roles": Kind(each=Kind({"about": _TEXT, "title": _TEXT}, short="about")),
        "facts": Kind(each=Kind({"title": _TEXT, "ask": _TEXT, "labels": Kind(each=_TEXT)}, short="type")),
        "conditions": Kind(each=_TITLED),
        "states": Kind(each=_STATE),
        "anywhere": Kind(each=_STEP),
        "interrupts": Kind(each=_STEP),
        "deadlines": Kind(each=_TITLED),
        "promises": Kind(each=Kind({"title": _TEXT, "says": _TEXT})),
    }
)


def is_translation(document: Document | None) -> bool:
    """Whether a file is a translation, and no protocol."""
    return document is not None and isinstance(document.data, dict) and "translates" in document.data


class Translation:
    """Puts the texts of a translation in the place of the original ones; what does not fit is noted."""

    def __init__(self, original: Node, translation: Node) -> None:
        self.original = original
        self.translation = translation
        self.issues: list[Issue] = []
        said = translation.get("language")
        self.language = str(said.data) if said and isinstance(said.data, str) else ""

    def translated(self, *, language: str | None = None) -> Node | None:
        """The tree with the texts of the translation; None if it is none of this file, to this language."""
        if not self._fits(language):
            return None
        said = {key: node for key, node in self.translation.data.items() if key not in _HEAD}
        made = self._put(_PROTOCOL, self.original, self.translation.moved(said), "the translation")
        return made.moved({**made.data, "language": self.translation.data["language"]})

    def _fits(self, language: str | None) -> bool:
        tree, original = self.translation, self.original
        if not tree.is_mapping or not original.is_mapping:
            self._note("translation-form", "a translation is a mapping", tree, help=_FORM)
            return False
        before = len(self.issues)
        name, said = tree.get("translates"), tree.get("language")
        own = original.get("protocol")
        if name is None or own is None or name.data != own.data:
            self._note(
                "translation-form",
                "this translates another protocol than the one beside it",
                name or tree,
                own,
            )
        if said is None or not re.search(LANGUAGE_PATTERN, self.language):
            self._note("translation-form", "a translation says its `language`", said or tree, help=_FORM)
        elif language is not None and self.language != language:
            message = f"`{shorten(self.language)}` is not the language in the name of the file"
            self._note("translation-form", message, said, help=f"as in `language: {language}`")
        version = tree.get("format")
        if version is not None and (version.data != 1 or isinstance(version.data, bool)):
            self._note(
                "format-version", "this version of the library reads format 1", version, help="`format: 1`"
            )
        return len(self.issues) == before

    def _put(self, kind: Kind, original: Node, said: Node, name: str) -> Node:
        """One thing, with its texts replaced."""
        if kind is _TEXT:
            return self._text(original, said, name)
        if kind.listed:
            return self._listed(kind, original, said, name)
        original, said = long_form(original, kind.short), long_form(said, kind.short)
        if not original.is_mapping or not said.is_mapping:
            if said.is_written:
                self._note("wrong-type", f"{name} must be a mapping", said, help="keys and values")
            return original
        merged = dict(original.data)
        for key, node in said.data.items():
            inner = kind.each or kind.keys.get(key)
            if inner is None:
                message = f"`{shorten(key)}` of {name} is not translated"
                self._note("unknown-key", message, node, key=True, help=_NOT_TEXTS)
            elif key not in original.data:
                self._orphaned(node, f"`{shorten(key)}` of {name}")
            else:
                merged[key] = self._put(inner, original.data[key], node, f"`{shorten(key)}`")
        for key, node in original.data.items():
            inner = kind.each or kind.keys.get(key)
            if inner is not None and key not in said.data:
                self._missing(inner, node, f"`{shorten(key)}`")
        return original.moved(merged)

    def _text(self, original: Node, said: Node, name: str) -> Node:
        if isinstance(said.data, str) and said.data:
            return Node(said.data, said.place)
        if said.data is None:
            self._note("nothing-written", f"nothing is written after {name}", said, key=True, help="a text")
        elif said.is_written:
            self._note("wrong-type", f"{name} must be text", said, help="quote it")
        return original

    def _listed(self, kind: Kind, original: Node, said: Node, name: str) -> Node:
        had, now = items(original), items(said)
        inner = kind.each or _TEXT
        for at, each in enumerate(now[len(had) :], len(had) + 1):
            self._orphaned(each, f"text {at} of {name}")
        for each in had[len(now) :]:
            self._missing(inner, each, name)
        made = [self._put(inner, one, other, name) for one, other in zip(had, now, strict=False)]
        return original.moved(made + had[len(now) :])

    def _missing(self, kind: Kind, original: Node, name: str) -> None:
        for called, text in _texts(kind, original, name):
            found = issue_at(
                text.place,
                _NOWHERE,
                "translation-missing",
                f"{called} is not translated to `{self.language}`, so the original is shown",
                help="write it under the same keys",
            )
            note = note_at(self.translation.place, _NOWHERE, "the translation")
            self.issues.append(replace(found, also=(note,)))

    def _orphaned(self, said: Node, what: str) -> None:
        message = f"{what} is translated, but the original has no such text"
        self._note("translation-orphaned", message, said, key=said.place.key is not None, help="delete it")

    def _note(
        self,
        code: str,
        message: str,
        said: Node,
        original: Node | None = None,
        *,
        key: bool = False,
        help: str | None = None,
    ) -> None:
        found = issue_at(said.place, _NOWHERE, code, message, key=key, help=help or _FORM)
        also = [note_at(original.place, _NOWHERE, "the original")] if original else []
        self.issues.append(replace(found, also=tuple(also)))


_HEAD = ("translates", "language", "format")


def _texts(kind: Kind, node: Node, name: str) -> Iterator[tuple[str, Node]]:
    """The texts of a thing that a translation would say, each with what it is called."""
    if kind is _TEXT:
        yield name, node
        return
    if kind.listed:
        for each in items(node):
            yield from _texts(kind.each or _TEXT, each, name)
        return
    node = long_form(node, kind.short)
    for key, each in node.data.items() if node.is_mapping else ():
        inner = kind.each or kind.keys.get(key)
        if inner is not None:
            short = key == kind.short
            yield from _texts(inner, each, name if short else f"`{shorten(key)}`")
