"""What a proof comes to: an answer for each thing that should hold, with findings and stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from rupture_protocol.errors import Issue, Severity, Span, Story
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.codes import severity
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path


class Answer(StrEnum):
    """What the prover says of something that should hold."""

    PROVED = "proved"
    FAILS = "fails"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: the issue at its place in the YAML, with the story that shows it."""

    issue: Issue

    @property
    def code(self) -> str:
        """What kind of finding it is."""
        return self.issue.code

    @property
    def severity(self) -> Severity:
        """Whether it refuses the protocol."""
        return self.issue.severity

    @property
    def story(self) -> Story | None:
        """How a case comes to stand where it is so."""
        return self.issue.story

    def render(self) -> str:
        """The issue as an author reads it, and the story below."""
        return self.issue.render()


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
    protocol: Protocol,
    code: str,
    message: str,
    path: Path,
    *,
    help: str | None = None,
    story: Story | None = None,
    also: Mapping[str, Path] = NOTHING,
) -> Issue:
    """An issue of the prover, at the place in the YAML that it is about; `also` names other places."""
    document = protocol.document
    if document is None:
        return Issue(code, message, Span(protocol.id, 1, 1, 1), severity(code), help, story=story)
    issue = document.issue(code, message, path, key=True, help=help)
    notes = tuple(document.note(text, where, key=True) for text, where in also.items())
    return replace(issue, story=story, also=notes) if story or notes else issue


Results = Iterator[Result]
