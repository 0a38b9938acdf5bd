"""What an extension breaks: its resolved protocol, proved before anybody gets it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
    return tuple(
        told(finding)
        for assumed, names in together.items()
        for result in _proved(protocol, assumed, budget)
        if (result.name in names if result.promise else assumed == written)
        for finding in result.findings
    )


def _proved(protocol: Protocol, assumed: tuple[Condition, ...], budget: int) -> Iterator[Result]:
    yield from prove(replace(protocol, assume=assumed), budget=budget, full=False).results


def told(finding: Finding) -> Issue:
    """A finding as an issue, its story below it."""
    if finding.story is None:
        return finding.issue
    return replace(finding.issue, story=finding.story.render())
