"""Tiny protocols, a few lines each."""

from __future__ import annotations

from tests.prover.replaying import assert_replays

from rupture_protocol import loads
from rupture_protocol.prover import Finding, Report, prove

HEAD = "format: 1\nprotocol: tiny\nversion: 1.0.0\ntitle: Tiny\n"


def proved(text: str, *, budget: int = 200_000) -> Report:
    """The report on a protocol without its head; its stories have been lived through once more."""
    protocol = loads(HEAD + text, file="tiny.yaml")
    report = prove(protocol, budget=budget)
    for finding in report.findings:
        if finding.story is not None:
            assert_replays(protocol, finding.story)
    return report


def codes(report: Report) -> set[str]:
    """The codes of what is found."""
    return {finding.code for finding in report.findings}


def the(report: Report, code: str) -> Finding:
    """The one finding of that code."""
    (found,) = [finding for finding in report.findings if finding.code == code]
    return found
