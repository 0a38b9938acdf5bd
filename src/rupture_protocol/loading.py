"""`load` and `check`: a name, a path or text in, a `Protocol` or its issues out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rupture_protocol.errors import (
    InvalidProtocol,
    Issue,
    ProtocolNotFound,
    Severity,
    TranslationNotFound,
    shorten,
)
from rupture_protocol.folders import Folders, SearchPath
from rupture_protocol.language.bases import assemble, assemble_in
from rupture_protocol.language.checking import Checked
from rupture_protocol.language.library import NotThere, Text
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import read
from rupture_protocol.language.translate import is_translation
from rupture_protocol.language.translations import check_translation, check_translations

if TYPE_CHECKING:
    from rupture_protocol.prover.report import Report


def load(source: str | os.PathLike[str], *, path: SearchPath = (), language: str | None = None) -> Protocol:
    """A protocol, by its name or by the path of its file; what it extends is read with it.

    Args:
        source: `"standard"`; or a path: anything that ends in `.yaml` or `.yml`, holds a `/`, or is a `Path`.
        path: Folders in which a name is looked for first; then come those of the environment variable
            RUPTURE_PATH, then the shipped protocols.
        language: The language of its texts, as a tag. They come from the translations beside its files;
            a text that is not translated stays as it is. The digest stays that of the original.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
        TranslationNotFound: There is no such translation; `help` says which there are.
        InvalidProtocol: It, or what it extends, has errors; `.issues` holds them all.
    """
    folders = Folders(path)
    text = _read(source, folders)
    protocol = _valid(_checked(text, folders, None))
    return protocol if language is None else _in_language(protocol, text, folders, language)


def _in_language(protocol: Protocol, text: Text, folders: Folders, language: str) -> Protocol:
    """A protocol that was read from there, with the texts of its translation."""
    if language == protocol.language and not protocol.bases:
        return protocol
    translated, there = assemble_in(language, text, folders)
    if translated is not None:
        return replace(translated, translation_of=protocol.digest)
    if is_in(language, protocol):
        return protocol
    listed = ", ".join(f"`{each}`" for each in dict.fromkeys((protocol.language, *there)))
    raise TranslationNotFound(
        f"`{protocol.id}` has no translation to `{shorten(language)}`", help=f"there is {listed}"
    )


def is_in(language: str, protocol: Protocol) -> bool:
    """Whether a protocol's own texts are in that language: those in `en` serve for `en-GB`."""
    return protocol.language in (language, language.partition("-")[0])


def loads(text: str | bytes, *, file: str = "protocol.yaml", path: SearchPath = ()) -> Protocol:
    """A protocol from its text; `file` is what issues call it.

    Raises:
        InvalidProtocol: It, or what it extends, has errors; `.issues` holds them all.
    """
    return _valid(checks(text, file=file, path=path))


def load_all(protocol: str, *, path: SearchPath = ()) -> Iterator[Protocol]:
    """Every protocol of that id on the search path that has no errors: the same one in several versions."""
    folders = Folders(path)
    try:
        for text in folders.named(protocol):
            found = _checked(text, folders, None).protocol
            if found is not None and found.id == protocol:
                yield found
    except NotThere:  # a file that cannot be read
        return


@dataclass(frozen=True, slots=True)
class Proved(Checked):
    """A file's protocol, if it has no errors, all its issues, and its proof, if it was proved in full."""

    proof: Report | None = None


def check(
    source: str | os.PathLike[str], *, today: date | None = None, path: SearchPath = (), prove: bool = True
) -> tuple[Issue, ...]:
    """All issues of a protocol file, in file order: errors, which refuse it, and warnings.

    A file without errors is proved in full: what can go wrong in a case is an issue like any other, with the
    story that shows it. `load` proves extensions only, and only what would refuse them.

    Args:
        source: As for `load`.
        today: The day against which `review_by` is held; without it, that is not checked.
        path: As for `load`.
        prove: Whether to prove it in full; without that, it is looked at as `load` does, which is faster.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    return check_file(source, today=today, path=path, prove=prove).issues


def check_file(
    source: str | os.PathLike[str], *, today: date | None = None, path: SearchPath = (), prove: bool = False
) -> Proved:
    """A protocol file: the protocol, unless it has errors, and all issues, those of its translations too.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    folders = Folders(path)
    return _looked_at(_read(source, folders), folders, today, prove=prove)


def checks(
    text: str | bytes,
    *,
    file: str = "protocol.yaml",
    today: date | None = None,
    path: SearchPath = (),
    folder: str | os.PathLike[str] | None = None,
    prove: bool = False,
    language: str | None = None,
) -> Proved:
    """A protocol's text: the protocol, unless it has errors, and all issues.

    `folder` is where the files are that it extends by their names, and its translations; without it, there
    are none. `prove`: in full, as `check` does; `language` is that in which its stories call things.

    Raises:
        TranslationNotFound: It is proved, and there is no such translation.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    home = None if folder is None else Path(folder)
    return _looked_at(Text(file, data, "text", home), Folders(path), today, prove=prove, language=language)


def _looked_at(
    text: Text, folders: Folders, today: date | None, *, prove: bool, language: str | None = None
) -> Proved:
    if _is_translation(text):
        return Proved(None, check_translation(text, folders).issues)
    checked = _checked(text, folders, today, prove=prove, language=language)
    return replace(checked, issues=(*checked.issues, *check_translations(text, folders)))


def _is_translation(text: Text) -> bool:
    """Whether a file is a translation by its name, `standard.de.yaml`, and by what it says."""
    return (
        "." in Path(text.name).stem
        and b"translates" in text.data
        and is_translation(read(text.data, file=text.name)[0])
    )


def _checked(
    text: Text, folders: Folders, today: date | None, *, prove: bool = False, language: str | None = None
) -> Proved:
    """What a file says, and what can go wrong in a case: looked for before anybody gets it."""
    checked = assemble(text, folders, today=today)
    protocol, bases, proof = checked.protocol, checked.bases, None
    found: tuple[Issue, ...] = ()
    if protocol is not None and prove:
        spoken = protocol if language is None else _in_language(protocol, text, folders, language)
        proof, found = _proved(spoken, bases)
    elif protocol is not None and protocol.bases:
        found = _broken(protocol)
    refused = any(issue.severity is Severity.ERROR for issue in found)
    # A way in that breaks a promise is an error; that it is a new one need not be said, too.
    places = {issue.span for issue in found}
    kept = (each for each in checked.issues if each.code != "added-way" or each.span not in places)
    issues = sorted((*kept, *found), key=lambda issue: (issue.span, issue.code))
    return Proved(None if refused else protocol, tuple(issues), bases, proof)


# The prover is imported only where something is proved.
def _broken(protocol: Protocol) -> tuple[Issue, ...]:
    from rupture_protocol.prover.extension import broken_by

    return broken_by(protocol)


def _proved(protocol: Protocol, bases: tuple[Protocol, ...]) -> tuple[Report, tuple[Issue, ...]]:
    from rupture_protocol.prover import prove
    from rupture_protocol.prover.extension import news

    proof = prove(protocol, bases=bases)
    return proof, news(proof, bases)


def _valid(checked: Checked) -> Protocol:
    if checked.protocol is None:
        raise InvalidProtocol(checked.issues)
    return checked.protocol


def read_file(source: str | os.PathLike[str], *, path: SearchPath = ()) -> tuple[bytes, str]:
    """The bytes of a protocol file, and what messages call it: never an absolute path.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    text = _read(source, Folders(path))
    return text.data, text.name


def find_file(source: str | os.PathLike[str], *, path: SearchPath = ()) -> Text:
    """A protocol file, read: its bytes, what messages call it, and where the files beside it are.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    return _read(source, Folders(path))


def _read(source: str | os.PathLike[str], folders: Folders) -> Text:
    path = _path_of(source, folders)
    try:
        return folders.text(path)
    except NotThere as error:
        raise ProtocolNotFound(str(error), help=error.help) from None


def _path_of(source: str | os.PathLike[str], folders: Folders) -> Path:
    if not isinstance(source, str):
        return Path(source)
    found = folders.find(source)
    if found is not None:
        return found
    written_as_path = source.endswith((".yaml", ".yml")) or "/" in source or os.sep in source
    # `Path.is_file` raises where a name is too long for the file system.
    if written_as_path or os.path.isfile(source):  # noqa: PTH113
        return Path(source)
    advice = did_you_mean(source, folders.names())
    raise ProtocolNotFound(
        f"no protocol is called `{shorten(source)}`", help=advice or "or give a path that ends in `.yaml`"
    )


__all__ = [
    "Checked",
    "Proved",
    "check",
    "check_file",
    "checks",
    "find_file",
    "load",
    "load_all",
    "loads",
    "read_file",
]
