"""What `rupture check` reports of a file, and the ways in which it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rupture_protocol.cli import output

if TYPE_CHECKING:
    from rupture_protocol.errors import Issue
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.prover.report import Report as Proof

CHECK = "rupture-check/1"
FORMATS = ("text", "concise", "json", "github")


@dataclass(frozen=True, slots=True)
class Report:
    """One file: its protocol, where it has one, and its issues; `unreadable` says why there is neither."""

    file: str
    protocol: Protocol | None = None
    issues: tuple[Issue, ...] = ()
    unreadable: output.Failed | None = None
    proof: Proof | None = None
    played_as: str | None = None
    """How a script names the protocol, where it is a file: that need not be called by its id."""

    def is_good(self, *, strict: bool) -> bool:
        """Whether it could be read and has no errors (`strict`: and no warnings)."""
        bad = [issue for issue in self.issues if strict or issue.severity == "error"]
        return self.unreadable is None and not bad

    def to_json(self) -> dict[str, Any]:
        """One of `files` in a `rupture-check/1`."""
        written: dict[str, Any] = {"file": self.file}
        if self.protocol is not None:
            each = self.protocol
            written["protocol"] = {"id": each.id, "version": each.version, "digest": each.digest}
        elif self.proof is not None:  # which one it is that fails
            failed = self.proof
            written["protocol"] = {"id": failed.protocol, "version": failed.version, "digest": failed.digest}
        if self.unreadable is not None:
            written["unreadable"] = str(self.unreadable)
        written["issues"] = [_issue(issue, self.played_as) for issue in self.issues]
        if self.proof is not None:
            from rupture_protocol.prover import report_to_json

            written["proof"] = report_to_json(self.proof)
        return written


def count(reports: list[Report]) -> tuple[int, int]:
    """How many errors and warnings there are."""
    severities = [issue.severity.value for each in reports for issue in each.issues]
    return severities.count("error"), severities.count("warning")


# How issues are printed -----------------------------------------------------------------------------


def show(reports: list[Report], form: str, *, whole: bool) -> None:
    """Print them in one of `FORMATS`; `whole`: with all of each proof, not only what it came to."""
    if form == "text":
        _text(reports, whole=whole)
        return
    {"concise": _concise, "json": _json, "github": _github}[form](reports)
    if form != "json":
        for each in reports:
            if each.proof is not None:
                output.talk(each.proof.summary())


def _text(reports: list[Report], *, whole: bool) -> None:
    rendered = [issue.render() for each in reports for issue in each.issues]
    proofs = [each.proof for each in reports if each.proof is not None]
    rendered += [each.render(findings=False) if whole else each.summary() for each in proofs]
    if rendered:
        output.emit("\n\n".join(rendered))


def _concise(reports: list[Report]) -> None:
    for each in reports:
        for issue in each.issues:
            output.emit(str(issue))


def _json(reports: list[Report]) -> None:
    errors, warnings = count(reports)
    files = [each.to_json() for each in reports]
    output.emit_json({"schema": CHECK, "files": files, "errors": errors, "warnings": warnings})


def _github(reports: list[Report]) -> None:
    for each in reports:
        for issue in each.issues:
            span = issue.span
            place = (
                f"file={_property(span.file)},line={span.line},col={span.column},endColumn={span.end_column}"
            )
            notes = "".join(f"\n{note}" for note in issue.also)
            story = f"\nstory:\n{issue.story.render()}" if issue.story else ""
            message = issue.message + notes + (f"\nhelp: {issue.help}" if issue.help else "") + story
            output.emit(f"::{issue.severity} {place},title={_property(issue.code)}::{_message(message)}")


def _issue(issue: Issue, played_as: str | None) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": issue.code,
        "severity": issue.severity.value,
        "message": issue.message,
        "file": issue.span.file,
        "line": issue.span.line,
        "column": issue.span.column,
        "end_column": issue.span.end_column,
        "help": issue.help,
    }
    if issue.also:
        written["also"] = [
            {"text": note.text, "file": note.span.file, "line": note.span.line, "column": note.span.column}
            for note in issue.also
        ]
    if issue.story is not None:
        story = issue.story.to_json()
        script = story["scenario"]
        written["story"] = {**story, "scenario": {**script, "protocol": played_as or script["protocol"]}}
    return written


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
