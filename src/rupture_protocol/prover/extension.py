"""What an extension breaks: its resolved protocol, proved before anybody gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from rupture_protocol.errors import Issue
from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.prove import BUDGET, prove
from rupture_protocol.prover.results import Finding, Result


def broken_by(protocol: Protocol, *, budget: int = BUDGET) -> tuple[Issue, ...]:
    """What must hold of an extension and does not, or could not be decided; each with its story.

    What an extension assumes counts for its own promises only: those that rest on the same assumptions are
    proved together.
    """
    written = protocol.assumed_for()
    together: dict[tuple[Condition, ...], set[str]] = {written: set()}
    for name in protocol.promises:
        together.setdefault(protocol.assumed_for(name), set()).add(name)
    return told(
        finding
        for assumed, names in together.items()
        for result in _proved(protocol, assumed, budget)
        if (result.name in names if result.promise else assumed == written)
        for finding in result.findings
    )


def _proved(protocol: Protocol, assumed: tuple[Condition, ...], budget: int) -> Iterator[Result]:
    yield from prove(replace(protocol, assume=assumed), budget=budget, full=False).results


def told(findings: Iterable[Finding]) -> tuple[Issue, ...]:
    """Findings as issues in file order, the story of each below it; no step of it is told twice."""
    issues: list[Issue] = []
    before: list[tuple[str, ...]] = []
    for finding in sorted(findings, key=lambda each: each.issue.span):
        if finding.story is None:
            issues.append(finding.issue)
            continue
        steps = finding.story.sentences
        known = max((_alike(steps, each) for each in before), default=0)
        issues.append(replace(finding.issue, story=finding.story.render(told=known)))
        before.append(steps)
    return tuple(issues)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many steps two stories have in common before they part."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return sum(1 for _ in same)
