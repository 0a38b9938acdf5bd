"""`extends:` as it is written: which bases a protocol asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from rupture_protocol.errors import shorten
from rupture_protocol.language.places import Path
from rupture_protocol.language.ranges import RANGE_HELP, Range, parse_range
from rupture_protocol.language.report import Report
from rupture_protocol.language.shapes import ID_PATTERN
from rupture_protocol.language.source import BROKEN, Document, Plain

_FORM = 'as in `{protocol: standard, version: ">=1.0,<2"}` or `{file: base.yaml}`'
_KEYS = ("protocol", "version", "file")
_PLAIN_NAME = re.compile(r"[^/\\:\x00]+\.ya?ml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One base: a protocol by its id and a range of versions, or a file in the same folder."""

    path: Path
    protocol: str = ""
    versions: Range | None = None
    file: str = ""


def extends_something(document: Document) -> bool:
    """Whether a document extends others."""
    return isinstance(document.data, dict) and "extends" in document.data


def wanted(document: Document, report: Report) -> tuple[Wanted, ...] | None:
    """The bases that a document asks for; None where one is not in its form, which is noted."""
    written: Any = document.data["extends"] if isinstance(document.data, dict) else None
    if isinstance(written, list):
        if not written:
            report("empty", "`extends` is empty", ("extends",), help=_FORM)
        read = [_one(each, ("extends", at), report) for at, each in enumerate(written)]
    else:
        read = [_one(written, ("extends",), report)]
    found = tuple(each for each in read if each is not None)
    return found if found and len(found) == len(read) else None


def _one(written: Any, path: Path, report: Report) -> Wanted | None:
    if written is BROKEN:
        return None
    if written is None:
        report("nothing-written", "nothing is written after `extends:`", path, key=True, help=_FORM)
        return None
    if not isinstance(written, dict):
        report("wrong-type", "what is extended is a mapping", path, help=_FORM)
        return None
    unknown = [key for key in written if key not in _KEYS]
    for key in unknown:
        report("unknown-key", f"unknown key `{shorten(key)}`", (*path, key), key=True, help=_FORM)
    texts = {
        key: value for key, value in written.items() if key in _KEYS and _is_text(value, (*path, key), report)
    }
    if unknown or len(texts) < len(written):
        return None
    if set(texts) == {"file"}:
        return _a_file(texts["file"], path, report)
    if set(texts) == {"protocol", "version"}:
        return _a_protocol(texts, path, report)
    report("extends-form", "a base is a protocol and a range of its versions, or a file", path, help=_FORM)
    return None


def _is_text(value: Any, path: Path, report: Report) -> bool:
    if isinstance(value, str) and value and not isinstance(value, Plain):
        return True
    if value is not BROKEN:
        report("wrong-type", f"`{path[-1]}` must be text", path, help=f"quote it: {_FORM}")
    return False


def _a_file(name: str, path: Path, report: Report) -> Wanted | None:
    if _PLAIN_NAME.fullmatch(name) and not name.startswith("."):
        return Wanted(path, file=name)
    message = f"`{shorten(name)}` is not the plain name of a YAML file"
    help_ = (
        "a file in the same folder, as in `{file: base.yaml}`; elsewhere, name the protocol and its versions"
    )
    report("bad-file-name", message, (*path, "file"), help=help_)
    return None


def _a_protocol(texts: dict[str, str], path: Path, report: Report) -> Wanted | None:
    name, text = texts["protocol"], texts["version"]
    fits = re.search(ID_PATTERN, name) is not None
    if not fits:
        help_ = "small letters and digits, in words joined by `-`"
        report("bad-name", f"`{shorten(name)}` is not an id", (*path, "protocol"), help=help_)
    versions = parse_range(text)
    if versions is None:
        report(
            "bad-range", f"`{shorten(text)}` is not a range of versions", (*path, "version"), help=RANGE_HELP
        )
    return Wanted(path, protocol=name, versions=versions) if fits and versions else None
