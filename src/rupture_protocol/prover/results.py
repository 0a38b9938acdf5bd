"""What a proof comes to: an answer for each thing that should hold, with findings and stories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rupture_protocol.errors import Issue, Severity, Span
from rupture_protocol.language.codes import severity
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path
from rupture_protocol.prover.scenario import Story


class Answer(StrEnum):
    """What the prover says of something that should hold."""

    PROVED = "proved"
    FAILS = "fails"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: the issue at its place in the YAML, and the story that shows it."""

    issue: Issue
    story: Story | None = None

    @property
    def code(self) -> str:
        """What kind of finding it is."""
        return self.issue.code

    @property
    def severity(self) -> Severity:
        """Whether it refuses the protocol."""
        return self.issue.severity

    def render(self) -> str:
        """The issue as an author reads it, and the story below."""
        if self.story is None:
            return self.issue.render()
        told = "\n".join(f"        {line}" for line in self.story.render().splitlines())
        return f"{self.issue.render()}\n      story:\n{told}"


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that should hold, in the author's words or ours, and what the proof came to.

    `promise`: it is written under `promises:`. `why` says why it is not decided.
    """

    name: str
    says: str
    answer: Answer
    promise: bool = False
    why: str | None = None
    findings: tuple[Finding, ...] = ()


def issue_at(
    protocol: Protocol, code: str, message: str, path: Path, *, key: bool = True, help: str | None = None
) -> Issue:
    """An issue of the prover, at the place in the YAML that it is about."""
    if protocol.document is not None:
        return protocol.document.issue(code, message, path, key=key, help=help)
    return Issue(code, message, Span(protocol.id, 1, 1, 1), severity(code), help)


Results = Iterator[Result]
