"""`load` and `check`: a name, a path or text in, a `Protocol` or its issues out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rupture_protocol import shipped
from rupture_protocol.errors import InvalidProtocol, Issue, ProtocolNotFound, Severity, shorten
from rupture_protocol.language.advice import advise
from rupture_protocol.language.consistency import check_consistency
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.report import Report
from rupture_protocol.language.resolve import Resolver
from rupture_protocol.language.shaping import shape
from rupture_protocol.language.source import LARGEST_FILE, read


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's protocol, if it has no errors, and all its issues in file order."""

    protocol: Protocol | None
    issues: tuple[Issue, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that refuse the file."""
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)


def load(source: str | os.PathLike[str]) -> Protocol:
    """A protocol, by the name of a shipped one or by the path of a file.

    Args:
        source: `"standard"`; or a path: anything that ends in `.yaml` or `.yml`, holds a `/`, or is a `Path`.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
        InvalidProtocol: It has errors; `.issues` holds them all.
    """
    data, file = read_file(source)
    return loads(data, file=file)


def loads(text: str | bytes, *, file: str = "protocol.yaml") -> Protocol:
    """A protocol from its text; `file` is what issues call it.

    Raises:
        InvalidProtocol: It has errors; `.issues` holds them all.
    """
    checked = checks(text, file=file)
    if checked.protocol is None:
        raise InvalidProtocol(checked.issues)
    return checked.protocol


def check(source: str | os.PathLike[str], *, today: date | None = None) -> tuple[Issue, ...]:
    """All issues of a protocol file, in file order: errors, which refuse it, and warnings.

    Args:
        source: As for `load`.
        today: The day against which `review_by` is held; without it, that is not checked.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    data, file = read_file(source)
    return checks(data, file=file, today=today).issues


def checks(text: str | bytes, *, file: str = "protocol.yaml", today: date | None = None) -> Checked:
    """A protocol's text: the protocol, unless it has errors, and all issues."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    document, issues = read(data, file=file)
    if document is None:
        return Checked(None, issues)
    report = Report(document, issues)
    written = shape(report)
    protocol = None
    if written is not None:
        resolver = Resolver(written, report)
        protocol = resolver.protocol()
        check_consistency(protocol, resolver.declared, report)
        if not report.failed:
            advise(protocol, report, today=today)
    return Checked(None if report.failed else protocol, report.issues())


def read_file(source: str | os.PathLike[str]) -> tuple[bytes, str]:
    """The bytes of a protocol file, and what messages call it: never an absolute path.

    Raises:
        ProtocolNotFound: There is no such protocol, or its file cannot be read.
    """
    path = _path_of(source)
    shown = path.name if path.is_absolute() else str(path)
    try:
        with path.open("rb") as file:
            # One byte more than is allowed is enough to know; a device or a pipe may have no end.
            return file.read(LARGEST_FILE + 1), shown
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProtocolNotFound(
            f"cannot read `{shorten(shown)}`: {reason.lower()}",
            help="`rupture protocols` lists those shipped",
        ) from None
    except ValueError:
        raise ProtocolNotFound(f"cannot read `{shorten(shown)}`: not a path") from None


def _path_of(source: str | os.PathLike[str]) -> Path:
    if not isinstance(source, str):
        return Path(source)
    found = shipped.find(source)
    if found is not None:
        return found
    written_as_path = source.endswith((".yaml", ".yml")) or "/" in source or os.sep in source
    # `Path.is_file` raises where a name is too long for the file system.
    if written_as_path or os.path.isfile(source):  # noqa: PTH113
        return Path(source)
    advice = did_you_mean(source, shipped.names())
    raise ProtocolNotFound(
        f"no protocol is called `{shorten(source)}`", help=advice or "or give a path that ends in `.yaml`"
    )
