"""A file and all that it extends → one protocol, or the issues of all of them.

Each file is read once, each base is checked by itself before anything is put on it, and a base that several
share counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rupture_protocol.errors import Issue, shorten
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.checking import Checked, check_document
from rupture_protocol.language.extend import extend, join
from rupture_protocol.language.extends import Wanted, extends_something, wanted
from rupture_protocol.language.library import Library, NotThere, Text
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.nodes import Node, to_document, to_nodes
from rupture_protocol.language.places import File, Path, Place
from rupture_protocol.language.protocol import Base, Protocol
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Document, read
from rupture_protocol.language.translate import Translation, is_translation

MOST_FILES = 16
MOST_LEVELS = 4
LARGEST_TOGETHER = 1024 * 1024
_KEPT = frozenset({"review-overdue"})
"""Warnings of a base that its extensions have, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A file with all that it extends; without a protocol, if something is wrong with any of them."""

    checked: Checked
    root: Node
    files: Mapping[File, frozenset[File]]
    """Each file in it, with those that it stands on, and itself."""
    bases: tuple[Base, ...] = ()
    levels: int = 0
    """Of `extends`, below it."""
    theirs: frozenset[Issue] = frozenset()
    """The warnings that what it extends has by itself, and that are not told of it."""

    @property
    def everything(self) -> tuple[Base, ...]:
        """What it extends, and itself."""
        found = self.checked.protocol
        return self.bases if found is None else (*self.bases, Base(found.id, found.version, found.digest))


_NO_ROOT = Node({}, Place((1, 1, 1)))


def assemble(text: Text, library: Library, *, today: date | None = None) -> Checked:
    """The protocol that a file and its bases make up, and the issues of all of them."""
    assembly = Assembly(library, today)
    checked = assembly.layer(text).checked
    if checked.protocol is None:
        return checked
    return replace(checked, protocol=replace(checked.protocol, files=tuple(assembly.texts)))


def assemble_in(language: str, text: Text, library: Library) -> tuple[Protocol | None, tuple[str, ...]]:
    """The protocol with the texts of the translations beside its files, and the languages that these have.

    None where there is no translation to that language. The file and its bases must have no errors.
    """
    assembly = Assembly(library, language=language)
    found = assembly.layer(text).checked.protocol
    there = tuple(sorted(assembly.languages))
    if found is None or not assembly.translated:
        return None, there
    return replace(found, files=tuple(assembly.texts)), there


class Assembly:
    """The files of one protocol, as far as they have been read."""

    def __init__(self, library: Library, today: date | None = None, *, language: str | None = None) -> None:
        self.library = library
        self.today = today
        self.language = language
        """To which every file is translated that has a translation beside it."""
        self.translated = 0
        self.languages: set[str] = set()
        """To which there are translations beside the files."""
        self.full = False
        """More is extended than may be: nothing further is read."""
        self._layers: dict[object, Layer] = {}
        self._documents: dict[object, tuple[Document | None, tuple[Issue, ...]]] = {}
        self._open: list[object] = []
        self.texts: list[Text] = []
        """The files read, the one that was asked for first."""
        self._bytes = 0

    def layer(self, text: Text) -> Layer:
        """A file with all that it extends, read and put together once."""
        self._open.append(text.key)
        self.texts.append(text)
        self._bytes += len(text.data)
        layer = self._layers[text.key] = self._read(text)
        self._open.pop()
        return layer

    def _read(self, text: Text) -> Layer:
        document, issues = self._document(text)
        if document is None:
            return Layer(Checked(None, issues), _NO_ROOT, {})
        if is_translation(document):
            return Layer(Checked(None, _refused(document, issues)), _NO_ROOT, {})
        if len(self._open) == 1 and not self.language and not extends_something(document):
            return Layer(check_document(document, issues, today=self.today), _NO_ROOT, {})
        root, file = to_nodes(document)
        if self.language:
            root = self._in_language(self.language, text, root)
            document = to_document(root, file)
        if extends_something(document):
            return self._extended(text, root, file, Report(document, issues))
        checked = check_document(document, issues, today=self.today)
        return Layer(checked, root, {file: frozenset({file})})

    def _document(self, text: Text) -> tuple[Document | None, tuple[Issue, ...]]:
        """A file's document and what is wrong with its text, worked out once."""
        if text.key not in self._documents:
            self._documents[text.key] = read(text.data, file=text.name)
        return self._documents[text.key]

    def _extended(self, text: Text, root: Node, file: File, report: Report) -> Layer:
        found: dict[Layer, Wanted] = {}
        whole = True
        for each in wanted(report.document, report) or ():
            base = None if self.full else self._base(text, each, report)
            if base is None:
                whole = False
            elif base not in found:
                found[base] = each
                _check_base(base, each, report)
        _check_versions(found, report)
        broken = [base for base in found if base.checked.protocol is None]
        # What stands on nothing cannot be looked at: everything that it inherits would be missing.
        if broken or not found or not whole:
            theirs = [
                issue for base in broken for issue in base.checked.errors if issue.code != "base-invalid"
            ]
            return Layer(Checked(None, _once([*theirs, *report.issues()])), _NO_ROOT, {})
        return self._merged(root, file, found, report)

    def _merged(self, own: Node, file: File, found: Mapping[Layer, Wanted], report: Report) -> Layer:
        first, *others = found
        root, issues = first.root, list(report.issues())
        files = dict(first.files)
        for other in others:
            root, merge = join(root, other.root, named=_node_at(own, found[other].path))
            issues += merge.issues
            files |= other.files
        root, merge = extend(root, own, translated=self.language is not None)
        issues += merge.issues
        files[file] = frozenset(files) | {file}
        bases = tuple(dict.fromkeys(base for layer in found for base in layer.everything))
        checked = check_document(to_document(root, file), tuple(issues), today=self.today)
        theirs = _warnings_of(found)
        checked = replace(checked, issues=tuple(each for each in checked.issues if each not in theirs))
        if checked.protocol is not None:
            protocol = replace(
                checked.protocol, bases=bases, assume_of=_assume_of(checked.protocol, files, file)
            )
            checked = replace(checked, protocol=protocol, bases=tuple(_protocols(found)))
        return Layer(checked, root, files, bases, 1 + max(layer.levels for layer in found), theirs)

    def _in_language(self, language: str, text: Text, root: Node) -> Node:
        """The tree of one file with the texts of its translation, if there is one that fits."""
        there = self.library.translations(text)
        self.languages.update(there)
        found = there.get(language) or there.get(language.partition("-")[0])
        document = read(found.data, file=found.name)[0] if found else None
        translated = Translation(root, to_nodes(document)[0]).translated() if document else None
        if translated is None:
            return root
        self.translated += 1
        return translated

    # Finding bases ---------------------------------------------------------------------------------

    def _base(self, text: Text, asked: Wanted, report: Report) -> Layer | None:
        try:
            found = self.library.beside(text, asked.file) if asked.file else self._named(asked)
            known = self._layers.get(found.key)
            self._check_limits(found, known)
        except NotThere as error:
            key = "file" if asked.file else "version" if error.code == "base-version" else "protocol"
            report(error.code, str(error), (*asked.path, key), help=error.help)
            return None
        return known or self.layer(found)

    def _check_limits(self, found: Text, known: Layer | None) -> None:
        if found.key in self._open:
            what = "itself" if found.key == self._open[-1] else "what stands on it"
            raise NotThere(
                f"`{shorten(found.name)}` would extend {what}",
                code="extends-circle",
                help="a protocol cannot stand on what stands on it",
            )
        if len(self._open) + (known.levels if known else 0) > MOST_LEVELS:
            raise NotThere(
                f"more than {MOST_LEVELS} levels of `extends`",
                code="extends-too-deep",
                help="extend a lower one of them",
            )
        if known is not None:
            return
        if len(self.texts) >= MOST_FILES or self._bytes + len(found.data) > LARGEST_TOGETHER:
            self.full = True
            what = (
                f"{MOST_FILES} files" if len(self.texts) >= MOST_FILES else f"{LARGEST_TOGETHER // 2**20} MiB"
            )
            raise NotThere(
                f"more than {what} with all that is extended",
                code="extends-too-large",
                help="extend less, or put what belongs together into one file",
            )

    def _named(self, asked: Wanted) -> Text:
        """The first file of that protocol in a version that is asked for."""
        others: list[str] = []
        for text in self.library.named(asked.protocol):
            said = _said(self._document(text)[0])
            if said is None or (said[0] == asked.protocol and asked.versions and said[1] in asked.versions):
                return text
            if said[0] == asked.protocol:
                others.append(said[1])
        name = shorten(asked.protocol)
        if others:
            there = ", ".join(f"`{shorten(each)}`" for each in others[:4])
            raise NotThere(
                f"`{name}` is not there in a version of `{asked.versions}`",
                code="base-version",
                help=f"there is {there}",
            )
        raise NotThere(
            f"no protocol is called `{name}`", help=did_you_mean(asked.protocol, self.library.names())
        )


def _refused(document: Document, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    report = Report(document, issues)
    help_ = 'load the protocol that it translates, as in `load("standard", language="de")`'
    report(
        "is-a-translation", "this is a translation, and no protocol", ("translates",), key=True, help=help_
    )
    return report.issues()


def _said(document: Document | None) -> tuple[str, str] | None:
    """The id and the version that a file says it has; None where that cannot be told."""
    data = document.data if document else None
    if not isinstance(data, dict):
        return None
    said = data.get("protocol"), data.get("version")
    return (said[0], said[1]) if isinstance(said[0], str) and isinstance(said[1], str) else None


def _protocols(layers: Iterable[Layer]) -> Iterator[Protocol]:
    for layer in layers:
        if layer.checked.protocol is not None:
            yield layer.checked.protocol


def _check_base(base: Layer, asked: Wanted, report: Report) -> None:
    errors = base.checked.errors
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        report(
            "base-invalid",
            f"what is extended here has {count} of its own",
            asked.path,
            help="they come first; the rest of this file is looked at when they are mended",
        )


def _check_versions(found: Mapping[Layer, Wanted], report: Report) -> None:
    """Two bases may not stand on two versions of one protocol."""
    seen: dict[str, Base] = {}
    for layer, asked in found.items():
        for base in layer.everything:
            other = seen.setdefault(base.id, base)
            if other != base:
                what = f"`{base.id}` {other.version} and `{base.id}` {base.version}"
                if other.version == base.version:
                    what = f"two protocols that are both called `{base.id}` {base.version}"
                report(
                    "contradiction",
                    f"the bases contradict each other: {what}",
                    asked.path,
                    help="let them extend one and the same",
                )


def _assume_of(
    protocol: Protocol, files: Mapping[File, frozenset[File]], own: File
) -> Frozen[str, tuple[int, ...]]:
    """For each promise, which assumptions are of the file it is written in, or of one that this stands on."""
    places = protocol.document.places if protocol.document else {}
    homes = [places["assume", at].file for at in range(len(protocol.assume))]

    def counting(name: str) -> tuple[int, ...]:
        home = places["promises", name].file
        under = files.get(home, frozenset()) if home else frozenset()
        return tuple(at for at, each in enumerate(homes) if each in under)

    inherited = tuple(at for at, each in enumerate(homes) if each is not own)
    return Frozen({"": inherited, **{name: counting(name) for name in protocol.promises}})


def _warnings_of(found: Iterable[Layer]) -> frozenset[Issue]:
    """The warnings that bases have by themselves: they are their authors'."""
    issues = {issue for layer in found for issue in (*layer.checked.issues, *layer.theirs)}
    return frozenset(issue for issue in issues if issue.code not in _KEPT)


def _once(issues: list[Issue]) -> tuple[Issue, ...]:
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: (issue.span, issue.code)))


def _node_at(root: Node, path: Path) -> Node:
    node = root
    for step in path:
        node = node.data[step]
    return node
