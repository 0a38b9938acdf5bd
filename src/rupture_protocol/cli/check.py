"""`rupture check`: what is wrong with protocol files, and what can go wrong in a case."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.check_report import FORMATS, Report, count, show

if TYPE_CHECKING:
    from datetime import date, datetime

    from rupture_protocol.errors import Issue, ProtocolNotFound

EPILOG = """
\b
Examples:
  rupture check my-clinic.yaml
  rupture check protocols/*.yaml --format github --strict
  rupture check - --json < my-clinic.yaml
  rupture check my-clinic.yaml --proof
  rupture check my-clinic.yaml --watch
"""


@click.command("check", epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="How issues are printed. Default: text."
)
@click.option("--strict", is_flag=True, help="Warnings count as issues, too.")
@click.option("--proof", is_flag=True, help="Show what the proof came to, for each promise and each check.")
@click.option("--no-prove", is_flag=True, help="Look only at what is written, which is faster: for editors.")
@inputs.path_option
@inputs.language_option()
@click.option("--watch", is_flag=True, help="Check again at every save, until Ctrl-C.")
@inputs.at_option
@inputs.json_option("The same as --format json: one JSON document, rupture-check/1.")
def command(
    files: tuple[str, ...],
    format_: str | None,
    strict: bool,
    proof: bool,
    no_prove: bool,
    watch: bool,
    at: datetime | None,
    as_json: bool,
) -> int:
    """Find everything that is wrong with protocol files, with the line and what to write instead.

    What is well written is proved, for every combination of facts: a promise that can be broken, a dead end
    and the like are issues, too, with the story of a case that comes there.

    FILE is a path (also of scenarios), the name of a shipped protocol, or - for stdin. Exits 1 on errors
    (with --strict on warnings, too), 3 where a file cannot be read.
    """
    form = "json" if as_json else format_ or "text"
    _refuse_what_does_not_fit(files, form, format_, proof=proof, no_prove=no_prove)

    def check() -> list[Report]:
        today = (at or inputs.now()).date()
        return [_report(file, today, prove=not no_prove) for file in files]

    def shown(reports: list[Report]) -> int:
        show(reports, form, whole=proof)
        output.flush()  # what is talked about comes after what is shown
        return _conclude(reports, strict=strict)

    if not watch:
        return shown(check())
    if inputs.STDIN in files:
        raise output.Failed(
            "stdin cannot be watched", code=output.USAGE, next="rupture check my-clinic.yaml --watch"
        )
    from rupture_protocol.cli import watching
    from rupture_protocol.folders import Folders

    folders = Folders(inputs.search_path())
    watched = watching.Watched([folders.find(file) or Path(file) for file in files], beside=folders.all)
    return watching.watch(watched, check, shown, strict=strict, clear=form in ("text", "concise"))


def _refuse_what_does_not_fit(
    files: tuple[str, ...], form: str, format_: str | None, *, proof: bool, no_prove: bool
) -> None:
    problem = None
    if form == "json" and format_ not in (None, "json"):
        problem = f"`--json` and `--format {format_}` do not go together"
    elif proof and no_prove:
        problem = "`--proof` and `--no-prove` do not go together"
    elif proof and form != "text":
        where = "`json` has the whole proof in it" if form == "json" else f"`--format {form}` has none"
        problem = f"`--proof` goes with `--format text`: {where}"
    elif files.count(inputs.STDIN) > 1:
        problem = "stdin can be read only once"
    if problem is not None:
        raise output.Failed(problem, code=output.USAGE, next="rupture check --help")


def _report(source: str, today: date, *, prove: bool) -> Report:
    from rupture_protocol import loading, shipped
    from rupture_protocol.errors import ProtocolNotFound, TranslationNotFound

    name = inputs.shown_name(source)
    folder: Path | None = None
    played_as: str | None = None
    try:
        if source.endswith(".scenarios.yaml"):
            return Report(name, issues=_scenarios(source))
        if source == inputs.STDIN or (shipped.find(source) is None and Path(source).exists()):
            data, name = inputs.read_bytes(source)
            if source != inputs.STDIN:
                folder, played_as = Path(source).parent, name
        else:
            found = loading.find_file(source, path=inputs.search_path())
            data, name = found.data, found.name
            folder = found.home if isinstance(found.home, Path) else None
    except output.Failed as failed:
        return Report(name, unreadable=failed)
    except ProtocolNotFound as error:
        return Report(name, unreadable=_missing(error, "rupture protocols"))
    language, insisted = inputs.language()
    look = partial(
        loading.checks, data, file=name, today=today, path=inputs.search_path(), folder=folder, prove=prove
    )
    try:
        checked = look(language=language)
    except TranslationNotFound as error:
        if insisted:
            return Report(name, unreadable=_missing(error, "rupture check --help"))
        checked = look()
    return Report(name, checked.protocol, checked.issues, proof=checked.proof, played_as=played_as)


def _missing(error: ProtocolNotFound, next_: str) -> output.Failed:
    return output.Failed(str(error), code=output.CANNOT_LOAD, help=error.help, next=next_)


def _scenarios(source: str) -> tuple[Issue, ...]:
    """What is wrong with a file of scenarios; its protocol has a report of its own."""
    from rupture_protocol.testing.files import check_scenarios

    return check_scenarios(source, path=inputs.search_path())


def _conclude(reports: list[Report], *, strict: bool) -> int:
    errors, warnings = count(reports)
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
        stated = sum(len(each.protocol.promises) for each in reports if each.protocol and not each.proof)
        if stated:
            output.talk(f"note: {_plural(stated, 'promise')} stated, not proved")
    return code


def _summary(files: int, errors: int, warnings: int, *, failed: bool) -> str:
    found = f"{_plural(errors, 'error')}, {_plural(warnings, 'warning')} in {_plural(files, 'file')}"
    return found if failed else f"ok: {found}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
