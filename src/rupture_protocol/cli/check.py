"""`rupture check`: what is wrong with protocol files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import date, datetime

    from rupture_protocol.errors import Issue
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.prover.report import Report as Proof

CHECK = "rupture-check/1"
FORMATS = ("text", "concise", "json", "github")
EPILOG = """
\b
Examples:
  rupture check my-clinic.yaml
  rupture check protocols/*.yaml --format github --strict
  rupture check - --json < my-clinic.yaml
  rupture check my-clinic.yaml --prove
  rupture check my-clinic.yaml --watch
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One file: its protocol, where it has one, and its issues; `unreadable` says why there is neither."""

    file: str
    protocol: Protocol | None = None
    issues: tuple[Issue, ...] = ()
    unreadable: output.Failed | None = None

    proof: Proof | None = None

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
        if self.unreadable is not None:
            written["unreadable"] = str(self.unreadable)
        written["issues"] = [_issue(issue) for issue in self.issues]
        if self.proof is not None:
            from rupture_protocol.prover import report_to_json

            written["proof"] = report_to_json(self.proof)
        return written


@click.command("check", epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="How issues are printed. Default: text."
)
@click.option("--strict", is_flag=True, help="Warnings count as issues, too.")
@click.option(
    "--prove", is_flag=True, help="Prove what each protocol promises, for every combination of facts."
)
@inputs.path_option
@click.option("--watch", is_flag=True, help="Check again at every save, until Ctrl-C.")
@inputs.at_option
@inputs.json_option("The same as --format json: one JSON document, rupture-check/1.")
def command(
    files: tuple[str, ...],
    format_: str | None,
    strict: bool,
    prove: bool,
    watch: bool,
    at: datetime | None,
    as_json: bool,
) -> int:
    """Find everything that is wrong with protocol files, with the line and what to write instead.

    FILE is a path (also of scenarios), the name of a shipped protocol, or - for stdin. Exits 1 on errors
    (with --strict on warnings, too), 3 where a file cannot be read.
    """
    if as_json and format_ not in (None, "json"):
        raise output.Failed(
            f"`--json` and `--format {format_}` do not go together",
            code=output.USAGE,
            next="rupture check --help",
        )
    if files.count(inputs.STDIN) > 1:
        raise output.Failed("stdin can be read only once", code=output.USAGE, next="rupture check --help")
    form = "json" if as_json else format_ or "text"

    def check() -> list[Report]:
        today = (at or inputs.now()).date()
        reports = [_report(file, today) for file in files]
        return [_proved(each) for each in reports] if prove else reports

    def show(reports: list[Report]) -> int:
        _PRINTERS[form](reports)
        output.flush()  # what is talked about comes after what is shown
        return _conclude(reports, strict=strict)

    if not watch:
        return show(check())
    if inputs.STDIN in files:
        raise output.Failed(
            "stdin cannot be watched", code=output.USAGE, next="rupture check my-clinic.yaml --watch"
        )
    from rupture_protocol.cli import watching
    from rupture_protocol.folders import Folders

    folders = Folders(inputs.search_path())
    watched = watching.Watched([folders.find(file) or Path(file) for file in files], beside=folders.all)
    return watching.watch(watched, check, show, strict=strict, clear=form in ("text", "concise"))


def _report(source: str, today: date) -> Report:
    from rupture_protocol import loading, shipped
    from rupture_protocol.errors import ProtocolNotFound

    name = inputs.shown_name(source)
    folder: Path | None = None
    try:
        if source.endswith(".scenarios.yaml"):
            return Report(name, issues=_scenarios(source))
        if source == inputs.STDIN or (shipped.find(source) is None and Path(source).exists()):
            data, name = inputs.read_bytes(source)
            if source != inputs.STDIN:
                folder = Path(source).parent
        else:
            found = loading.find_file(source, path=inputs.search_path())
            data, name = found.data, found.name
            folder = found.home if isinstance(found.home, Path) else None
    except output.Failed as failed:
        return Report(name, unreadable=failed)
    except ProtocolNotFound as error:
        missing = output.Failed(
            str(error), code=output.CANNOT_LOAD, help=error.help, next="rupture protocols"
        )
        return Report(name, unreadable=missing)
    checked = loading.checks(data, file=name, today=today, path=inputs.search_path(), folder=folder)
    return Report(name, checked.protocol, checked.issues)


def _proved(report: Report) -> Report:
    """The report with what the prover finds in the protocol, if it has one."""
    if report.protocol is None:
        return report
    from rupture_protocol.prover import prove
    from rupture_protocol.prover.extension import told

    proof = prove(report.protocol)
    return replace(report, issues=(*report.issues, *told(proof.findings)), proof=proof)


def _scenarios(source: str) -> tuple[Issue, ...]:
    """What is wrong with a file of scenarios; its protocol has a report of its own."""
    from rupture_protocol.testing.files import check_scenarios

    return check_scenarios(source, path=inputs.search_path())


def _conclude(reports: list[Report], *, strict: bool) -> int:
    errors, warnings = _count(reports)
    unreadable = [each for each in reports if each.unreadable is not None]
    code = output.REFUSED if errors or (strict and warnings) else output.DONE
    read = len(reports) - len(unreadable)
    if read:
        output.talk(_summary(read, errors, warnings, failed=code != output.DONE))
    for each in unreadable:
        code = output.explain_failure(each.unreadable) if each.unreadable else code
    if code == output.REFUSED:
        first = next(
            issue for each in reports for issue in each.issues if not errors or issue.severity == "error"
        )
        output.talk(f"next: rupture explain {first.code}")
    elif code == output.DONE:
        promises = sum(len(each.protocol.promises) for each in reports if each.protocol)
        if promises:
            stated = f"{_plural(promises, 'promise')} stated"
            proved = all(each.proof for each in reports if each.protocol)
            output.talk(f"note: {stated}" + ("" if proved else "; `--prove` proves them, or shows a case"))
    return code


def _summary(files: int, errors: int, warnings: int, *, failed: bool) -> str:
    found = f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')} in {_plural(files, 'file')}"
    return found if failed else f"ok: {found}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _count(reports: list[Report]) -> tuple[int, int]:
    severities = [issue.severity.value for each in reports for issue in each.issues]
    return severities.count("error"), severities.count("warning")


# How issues are printed -----------------------------------------------------------------------------


def _text(reports: list[Report]) -> None:
    rendered = [issue.render() for each in reports for issue in each.issues]
    rendered += [each.proof.render(findings=False) for each in reports if each.proof]
    if rendered:
        output.emit("\n\n".join(rendered))


def _concise(reports: list[Report]) -> None:
    for each in reports:
        for issue in each.issues:
            output.emit(str(issue))


def _json(reports: list[Report]) -> None:
    errors, warnings = _count(reports)
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
            message = issue.message + notes + (f"\nhelp: {issue.help}" if issue.help else "")
            output.emit(f"::{issue.severity} {place},title={_property(issue.code)}::{_message(message)}")


_PRINTERS = {"text": _text, "concise": _concise, "json": _json, "github": _github}


def _issue(issue: Issue) -> dict[str, Any]:
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
    return written


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
