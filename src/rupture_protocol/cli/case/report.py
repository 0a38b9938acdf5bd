"""`rupture case report`: a case as one page to read, to print and to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import case_argument, store_option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rupture_protocol.engine.case import Case, ProtocolRef
    from rupture_protocol.engine.engine import Engine
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.store.casebook import Casebook

EPILOG = """
\b
Examples:
  rupture case report case-17 --output case-17.html
  rupture case report case-17 --output case-17.html --sensitive
  rupture case report case-17 --output - --language de > bericht.html
"""


@click.command("report", epilog=EPILOG)
@case_argument
@click.option(
    "--output",
    "target",
    metavar="FILE",
    required=True,
    help="Write to this file, which only you may read; - is stdout. An earlier report of the same case is "
    "replaced, no other file.",
)
@inputs.at_option
@click.option(
    "--sensitive",
    "--show-sensitive",
    "sensitive",
    is_flag=True,
    help="Also tell the values of facts that the protocol calls sensitive.",
)
@inputs.path_option
@inputs.language_option()
@store_option
def command(case: str, target: str, at: datetime | None, sensitive: bool, store: str | None) -> None:
    """Write what happened in CASE, why, and where it stands, as one page of HTML for a supervisor or a file.

    The page holds all that it needs, runs nothing and loads nothing. It says whether the case verified.
    """
    from rupture_protocol.cli.case.opening import opened

    with opened(store, about=case) as book:
        page = report_of(book, case, at, sensitive=sensitive)
    from rupture_protocol.cli.case.filing import file_report

    file_report(page, target, case)


def report_of(book: Casebook, case_id: str, at: datetime | None, *, sensitive: bool) -> str:
    """The page. A case is told as it was at that moment, without what was recorded later."""
    try:
        from rupture_protocol.render.report import case_report
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None
    case = book.get(case_id)
    made = inputs.now()
    moment = max(made, case.history[-1].at) if at is None else at
    engines = {ref: book.engine(ref) for ref in dict.fromkeys(event.protocol for event in case.history)}
    then = _as_it_was(case, engines, moment)
    return case_report(
        then,
        list(_in_language(engines, then.protocol)),
        at=moment,
        made=made,
        findings=book.verify(case_id),
        refusals=[each for each in book.refusals(case_id) if each.at <= moment],
        later=case.version - then.version,
        sensitive=sensitive,
    )


def _as_it_was(case: Case, engines: dict[ProtocolRef, Engine], at: datetime) -> Case:
    """The case with what was recorded up to then."""
    events = [event for event in case.history if event.at <= at]
    if not events:
        raise output.Failed(
            "the case was opened later than that", code=output.REFUSED, next="give a later `--at`"
        )
    if len(events) == case.version:
        return case
    return engines[events[-1].protocol].restore(case.id, events, before=engines.values())


def _in_language(engines: dict[ProtocolRef, Engine], last: ProtocolRef) -> Iterator[Engine]:
    """The engines, with texts in the language that was asked for where they are found under the same digest.

    That of the protocol that the case stands under must be, if somebody insists.
    """
    from rupture_protocol import loading
    from rupture_protocol.errors import RuptureError

    wanted, insisted = inputs.language()
    for ref, engine in engines.items():
        if wanted is None or loading.is_in(wanted, engine.protocol):
            yield engine
            continue
        try:
            yield engine.with_protocol(_translated(ref, wanted))
        except RuptureError as error:
            if insisted and ref == last:
                raise
            output.talk(f"note: {error}, so it is shown in `{engine.protocol.language}`")
            yield engine


def _translated(ref: ProtocolRef, language: str) -> Protocol:
    """The protocol of exactly that digest, in that language. A translation is kept beside its file only."""
    from rupture_protocol import loading
    from rupture_protocol.errors import TranslationNotFound

    found = loading.load(ref.id, path=inputs.search_path(), language=language)
    if found.digest != ref.digest:
        raise TranslationNotFound(
            f"the translation that is found is of another version than {ref}",
            help="give the folder of that version with `--path`",
        )
    return found


def missing_extra(error: ModuleNotFoundError) -> Exception:
    """What to say where jinja2 is not installed."""
    if (error.name or "").partition(".")[0] not in ("jinja2", "markupsafe"):
        return error
    return output.Failed(
        "a report needs jinja2",
        code=output.CANNOT_LOAD,
        next='pip install "rupture-protocol[cli,store,report]"',
    )
