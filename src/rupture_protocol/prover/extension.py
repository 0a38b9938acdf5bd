"""An extension under proof: what it breaks, before anybody gets it, and what is news about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import takewhile

from rupture_protocol.errors import Issue, Severity
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.proofs import Proofs
from rupture_protocol.prover.prove import BUDGET, prove, results_of
from rupture_protocol.prover.report import Report


def broken_by(protocol: Protocol, *, budget: int = BUDGET) -> tuple[Issue, ...]:
    """What must hold of an extension and does not, or could not be decided; each with its story."""
    results = results_of(Proofs(protocol, budget), full=False)
    return told(finding.issue for result in results for finding in result.findings)


def news(report: Report, bases: Iterable[Protocol], *, budget: int = BUDGET) -> tuple[Issue, ...]:
    """What a proof has found, without the warnings that a base has by itself: they are its author's.

    What is not decided is told all the same, since nobody has proved it of the extension either.
    """
    theirs: set[Issue] = set()
    found = tuple(finding.issue for finding in report.findings)
    if any(issue.severity is Severity.WARNING for issue in found):
        theirs = {issue for base in bases for issue in _warnings(_Written.of(base), budget)}
    return told(issue for issue in found if issue.code == "not-decided" or issue not in theirs)


@dataclass(frozen=True, slots=True)
class _Written:
    """A protocol as it is written: what it means, and the text in which places are shown."""

    digest: str
    files: frozenset[tuple[str, tuple[str, ...]]]
    protocol: Protocol = field(compare=False)

    @classmethod
    def of(cls, protocol: Protocol) -> _Written:
        """The same for protocols that are found the same of, at the same places."""
        document = protocol.document
        if document is None:
            return cls(protocol.digest, frozenset(), protocol)
        files = {place.file for place in document.places.values() if place.file is not None}
        own = (document.file, document.lines)
        return cls(protocol.digest, frozenset({own, *((each.name, each.lines) for each in files)}), protocol)


def told(found: Iterable[Issue]) -> tuple[Issue, ...]:
    """Issues in file order, the story of each below it; no step of it is told twice."""
    issues: list[Issue] = []
    before: list[tuple[str, ...]] = []
    for issue in sorted(found, key=lambda each: each.span):
        story = issue.story
        if story is not None:
            known = max((_alike(story.sentences, each) for each in before), default=0)
            before.append(story.sentences)
            issue = replace(issue, story=replace(story, known=known))
        issues.append(issue)
    return tuple(issues)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many steps two stories have in common before they part."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)


# Who watches a file that extends another has the other proved once.
@lru_cache(maxsize=8)
def _warnings(base: _Written, budget: int) -> frozenset[Issue]:
    found = (finding.issue for finding in prove(base.protocol, budget=budget).findings)
    return frozenset(issue for issue in found if issue.severity is Severity.WARNING)
