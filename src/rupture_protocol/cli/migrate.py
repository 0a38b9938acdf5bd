"""`rupture migrate`: where kept cases would stand under another version of their protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.cli.cases import Kept
    from rupture_protocol.cli.page import Page
    from rupture_protocol.engine.case import Actor, Case, ProtocolRef
    from rupture_protocol.engine.decision import Decision
    from rupture_protocol.engine.engine import Engine
    from rupture_protocol.engine.preview import Preview
    from rupture_protocol.engine.remarks import Remark
    from rupture_protocol.errors import InvalidCase
    from rupture_protocol.language.protocol import Protocol

EPILOG = """
\b
Examples:
  rupture migrate case-17.json --to new.yaml --from old.yaml --by sue:supervisor --dry-run
  rupture migrate cases.jsonl --to new.yaml --path archive --by sue:supervisor --dry-run --json
  rupture migrate cases/*.json --to new.yaml --from old.yaml --by sue:supervisor --output migrated

A case is a rupture-case/1, as `Engine.dump_case` writes it.
"""


@click.command("migrate", epilog=EPILOG)
@click.argument("cases", metavar="CASE...", nargs=-1, required=True)
@click.option("--to", "new", metavar="NEW", required=True, help="The protocol that they are to go on under.")
@click.option(
    "--from",
    "old",
    metavar="OLD",
    multiple=True,
    help="A protocol that they are or were under; repeatable. Default: found by its id on the search path.",
)
@inputs.path_option
@inputs.by_option
@inputs.at_option
@click.option("--dry-run", is_flag=True, help="Only say what would become of each; nothing is written.")
@click.option(
    "--output", "folder", metavar="FOLDER", help="Write each case that may be migrated to a file here."
)
@inputs.json_option("Print JSON Lines, one rupture-migration/1 for each case.")
def command(
    cases: tuple[str, ...],
    new: str,
    old: tuple[str, ...],
    by: Actor,
    at: datetime | None,
    dry_run: bool,
    folder: str | None,
    as_json: bool,
) -> int:
    """Say where each CASE would stand under another version of its protocol, and refuse what is not safe.

    CASE is a file with one case or with one in each line (- for stdin). A case is refused that has no safe
    place in the new version; it then stays as it is, and the command exits 1. The cases that are given are
    never changed.
    """
    _refuse_what_does_not_fit(cases, new, old, folder, dry_run=dry_run)
    from rupture_protocol.cli.cases import cases_in

    to = inputs.load_protocol(new)
    if to.roles:
        to.role(by.role)
    versions = Versions(to, [inputs.load_protocol(each) for each in old])
    moment = at or inputs.now()
    tally = Tally(as_json=as_json)
    for source in cases:
        try:
            for kept in cases_in(source):
                found = _looked_at(kept, versions, by, moment)
                tally.add(found if folder is None else _written(found, versions.to, folder))
        except output.Failed as failed:
            tally.add(Looked(inputs.shown_name(source), problem=("unreadable", str(failed))))
    return tally.conclude()


def _refuse_what_does_not_fit(
    cases: tuple[str, ...], new: str, old: tuple[str, ...], folder: str | None, *, dry_run: bool
) -> None:
    problem, help_ = None, None
    if dry_run and folder is not None:
        problem = "`--dry-run` writes nothing, so `--output` does not go with it"
    elif not dry_run and folder is None:
        problem = "it is not said where the migrated cases go"
        help_ = "`--dry-run` only says what would become of them, `--output FOLDER` writes them there"
    elif (*cases, new, *old).count(inputs.STDIN) > 1:
        problem = "stdin can be read only once"
    if problem is not None:
        raise output.Failed(problem, code=output.USAGE, help=help_, next="rupture migrate --help")


class Versions:
    """The protocols that cases are and were under: those given, and what the search path has of their ids."""

    def __init__(self, to: Protocol, given: list[Protocol]) -> None:
        from rupture_protocol import Engine

        self.to = Engine(to)
        self._engines = {each.digest: Engine(each) for each in given}
        self._engines[to.digest] = self.to
        self._looked_for: set[str] = set()

    def load(self, kept: Kept) -> tuple[Engine, Case]:
        """A case, replayed, and the engine that it belongs to.

        Raises:
            InvalidCase: It is none, does not add up, or its protocol is not there.
        """
        from rupture_protocol.engine import wire

        data = wire.read_case(kept.text)
        engine, *before = (self._engine(ref) for ref in wire.protocols_of(data))
        return engine, engine.load_case(data, before=before)

    def _engine(self, ref: ProtocolRef) -> Engine:
        if ref.digest not in self._engines and ref.id not in self._looked_for:
            self._look_for(ref.id)
        found = self._engines.get(ref.digest)
        if found is None:
            raise self._not_found(ref)
        return found

    def _look_for(self, protocol: str) -> None:
        from rupture_protocol import Engine, loading

        self._looked_for.add(protocol)
        for each in loading.load_all(protocol, path=inputs.search_path()):
            self._engines.setdefault(each.digest, Engine(each))

    def _not_found(self, ref: ProtocolRef) -> InvalidCase:
        from rupture_protocol.errors import InvalidCase, shorten

        there = [
            f"`{each.ref.id}` {each.ref.version}, digest {each.ref.digest[:12]}"
            for each in self._engines.values()
        ]
        return InvalidCase(
            f"the case is or was under {shorten(str(ref))}, which is not there",
            help=f"give its file with `--from`; there is {'; '.join(there)}",
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of one case; `problem` says what kept it from being looked at or written."""

    place: str
    preview: Preview | None = None
    written: str | None = None
    problem: tuple[str, str] | None = None
    help: str | None = None

    @property
    def outcome(self) -> str:
        """What became of it, in a word."""
        if self.problem is not None or self.preview is None:
            return self.problem[0] if self.problem else "unreadable"
        return self.preview.outcome.value

    def to_json(self) -> dict[str, Any]:
        """A `rupture-migration/1`."""
        from rupture_protocol.engine.preview import MIGRATION, preview_to_json

        said: dict[str, Any] = {"schema": MIGRATION, "file": self.place}
        if self.preview is not None:
            said |= preview_to_json(self.preview)
        if self.problem is not None:
            said |= {"outcome": self.outcome, "text": self.problem[1], "help": self.help}
        return said if self.written is None else {**said, "written": self.written}

    def tell(self, page: Page) -> None:
        """The same, in lines."""
        if self.preview is not None:
            tell_preview(self.preview, page)
        if self.problem is not None:
            page.line(f"{self.place}: {self.problem[1]}", sign="!", sign_style="red")
            page.labelled("help", self.help or "", indent=2)
        if self.written is not None:
            page.labelled("written", self.written, indent=2)


def _looked_at(kept: Kept, versions: Versions, by: Actor, at: datetime) -> Looked:
    from rupture_protocol.engine.preview import preview
    from rupture_protocol.errors import InvalidCase

    try:
        engine, case = versions.load(kept)
    except InvalidCase as error:
        return Looked(kept.place, problem=("unreadable", str(error)), help=error.help)
    return Looked(kept.place, preview(engine, case, to=versions.to, by=by, at=at))


def _written(found: Looked, to: Engine, folder: str) -> Looked:
    """The outcome, and the case written if it may be migrated."""
    from rupture_protocol.cli.cases import write_case

    migrated = found.preview.migrated if found.preview is not None else None
    if migrated is None:
        return found
    try:
        return replace(found, written=write_case(to.dump_case(migrated), migrated.id, folder))
    except output.Failed as failed:
        return replace(found, problem=("unwritten", str(failed)))


def tell_preview(found: Preview, page: Page) -> None:
    """A preview, in lines."""
    from rupture_protocol.engine.preview import Outcome

    before, after, ref = found.before, found.after, found.case.protocol
    match found.outcome:
        case Outcome.REFUSED:
            stays = f"refused, and stays in `{before.state}` under {ref.version}"
            page.line(f"{found.case.id}: {stays}", sign="✗", sign_style="red")
            for reason in found.reasons:
                page.labelled("why", reason.text, indent=2)
                page.labelled("help", reason.help or "", indent=4)
        case Outcome.ENDED:
            page.line(f"{found.case.id}: has ended, and stays under {ref.version}", sign="·")
        case Outcome.ALREADY_THERE:
            page.line(f"{found.case.id}: is under {ref.version} already", sign="·")
        case Outcome.MIGRATES if after is not None:
            here, there = f"`{before.state}` under {ref.version}", f"`{after.state}` under {found.to.version}"
            page.line(f"{found.case.id}: {here} → {there}", sign="✓", sign_style="green")
            _tell_changes(before, after, found.changes, page)


def _tell_changes(before: Decision, after: Decision, changes: tuple[Remark, ...], page: Page) -> None:
    from rupture_protocol.engine.options import Verdict
    from rupture_protocol.engine.preview import of_verdict

    for label, decision in (("before", before), ("after", after)):
        said = [
            f"{verdict}: {', '.join(names)}"
            for verdict in Verdict
            if (names := of_verdict(decision, verdict))
        ]
        page.labelled(label, "; ".join(said), indent=2)
    for change in changes:
        page.line(change.text, sign="·", indent=2)


class Tally:
    """What became of all cases, told one after another."""

    def __init__(self, *, as_json: bool) -> None:
        from rupture_protocol.cli.page import Page

        self._page = None if as_json else Page()
        self._outcomes: list[str] = []

    def add(self, looked: Looked) -> None:
        """Tell one, and count it."""
        if self._page is None:
            output.emit_json(looked.to_json())
        else:
            looked.tell(self._page)
        self._outcomes.append(looked.outcome)

    def conclude(self) -> int:
        """A last line, and the exit code."""
        number = len(self._outcomes)
        cases = "1 case" if number == 1 else f"{number} cases"
        counts = {word: self._outcomes.count(word) for word in ("refused", "unreadable", "unwritten")}
        wrong = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        if not wrong:
            output.talk(f"ok: {cases}, none refused")
            return output.DONE
        only_refused = not counts["unreadable"] and not counts["unwritten"]
        raise output.Failed(
            f"of {cases}, {wrong}",
            code=output.REFUSED if only_refused else output.CANNOT_LOAD,
            help="a case that is refused stays as it is" if counts["refused"] else None,
            next="rupture migrate --help",
        )
