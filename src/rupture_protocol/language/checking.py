"""A document → its protocol and its issues: shape, names, meaning, advice, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rupture_protocol.errors import Issue, Severity
from rupture_protocol.language.advice import advise
from rupture_protocol.language.consistency import check_consistency
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.report import Report
from rupture_protocol.language.resolve import Resolver
from rupture_protocol.language.shaping import shape
from rupture_protocol.language.source import Document


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's protocol, if it has no errors, and all its issues in file order."""

    protocol: Protocol | None
    issues: tuple[Issue, ...]
    bases: tuple[Protocol, ...] = ()
    """What it extends, each as it is by itself; empty where it has errors."""

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that refuse the file."""
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)


def check_document(
    document: Document, issues: tuple[Issue, ...] = (), *, today: date | None = None
) -> Checked:
    """A document that stands by itself, or that a file and its bases make up; `issues` are those so far."""
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
