"""`rupture show`: a protocol as a table, a diagram, a page to print, or JSON."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.render.marks import Marks

PROTOCOL = "rupture-protocol/1"
EPILOG = """
\b
Examples:
  rupture show standard
  rupture show my-clinic.yaml --resolved --origin
  rupture show my-clinic.yaml --html --output my-clinic.html
  rupture show my-clinic.yaml --mermaid > my-clinic.mmd
  rupture show standard --dot | dot -Tsvg > standard.svg
  rupture show standard --html --state consulted --fact consult_done=true > here.html
"""


@click.command("show", epilog=EPILOG)
@click.argument("protocol", metavar="PROTOCOL")
@click.option(
    "--table", "form", flag_value="table", help="States, transitions and guards in words (the default)."
)
@click.option("--mermaid", "form", flag_value="mermaid", help="A Mermaid state diagram.")
@click.option("--dot", "form", flag_value="dot", help="A graph for Graphviz.")
@click.option("--html", "form", flag_value="html", help="One page to read and print, with a picture.")
@click.option("--json", "form", flag_value="json", help="One JSON document, rupture-protocol/1.")
@click.option(
    "--resolved", "form", flag_value="resolved", help="The whole protocol as YAML, all that it extends in it."
)
@click.option("--origin", is_flag=True, help="With --resolved: the file and line that each value comes from.")
@inputs.path_option
@click.option("--output", "target", metavar="FILE", help="Write to this file. Default: stdout.")
@click.option("--case", "case_file", metavar="FILE", help="Mark where a case stands, a rupture-case/1.")
@click.option("--state", metavar="S", help="Mark where a case in this state would stand.")
@click.option("--visited", metavar="A,B", help="The states it has been in besides. Default: the initial one.")
@click.option("--fact", "facts", metavar="NAME=VALUE", multiple=True, help="What is on record: one fact.")
@inputs.at_option
def command(
    protocol: str,
    form: str | None,
    origin: bool,
    target: str | None,
    case_file: str | None,
    state: str | None,
    visited: str | None,
    facts: tuple[str, ...],
    at: datetime | None,
) -> None:
    """Show PROTOCOL: the name of a shipped one, a file, or - for stdin.

    With --html a case can be marked: the state it is in, and what each way out of it comes to, with the
    reasons. The reasons name facts, and never their values.
    """
    imagined = bool(state or visited or facts)
    _refuse_what_does_not_fit(form, protocol, target, case_file, imagined=imagined)
    loaded = inputs.load_protocol(protocol)
    form = "resolved" if origin else form
    moment = at or inputs.now()
    marks: Marks | None = None
    if case_file is not None or imagined:
        from rupture_protocol.cli.decide import decision_in
        from rupture_protocol.render.marks import marks_of

        if case_file is not None:
            from rupture_protocol import Engine

            engine = Engine(loaded)
            decision = engine.decide(engine.load_case(inputs.read_bytes(case_file)[0]), at=moment)
        else:
            decision = decision_in(loaded, protocol, state, visited, facts, None, None, moment)
        marks = marks_of(decision)
    shown = _shown(loaded, form, marks, origin=origin)
    if target is None or target == inputs.STDIN:
        output.emit(shown)
    else:
        _write(shown, target)


def _refuse_what_does_not_fit(
    form: str | None, source: str, target: str | None, case_file: str | None, *, imagined: bool
) -> None:
    problem = None
    if (case_file is not None or imagined) and form != "html":
        problem = "a case can be marked with `--html` only"
    elif case_file is not None and imagined:
        problem = (
            "`--case` says where a case stands, so `--state`, `--visited` and `--fact` do not go with it"
        )
    elif case_file == source == inputs.STDIN:
        problem = "stdin cannot be both the protocol and the case"
    elif target is not None and target == source and target != inputs.STDIN:
        problem = "`--output` would overwrite the protocol"
    if problem is not None:
        raise output.Failed(problem, code=output.USAGE, next="rupture show --help")


def _shown(protocol: Protocol, form: str | None, marks: Marks | None, *, origin: bool) -> str:
    match form:
        case "resolved":
            from rupture_protocol.language.origins import origins

            bases = [f"# {base.id} {base.version} {base.digest}" for base in protocol.bases]
            head = [
                f"# {protocol.id} {protocol.version} {protocol.digest}",
                *(["# extends", *bases] if bases else []),
            ]
            return "\n".join([*head, *origins(protocol, places=origin)])
        case "json":
            from rupture_protocol.language.dump import written

            return output.as_json(
                {
                    "schema": PROTOCOL,
                    "protocol": {"id": protocol.id, "version": protocol.version, "digest": protocol.digest},
                    "title": protocol.title,
                    "language": protocol.language,
                    "extends": [
                        {"id": base.id, "version": base.version, "digest": base.digest}
                        for base in protocol.bases
                    ],
                    "written": written(protocol),
                }
            )
        case "html":
            from rupture_protocol.render.html import html
            from rupture_protocol.render.marks import NO_MARKS

            # Character references say the same in every encoding that a stream may have.
            page = html(protocol, proofs=_proofs(protocol), marks=marks or NO_MARKS)
            return page.encode("ascii", "xmlcharrefreplace").decode()
        case "mermaid" | "dot":
            drawn: str = getattr(import_module(f"rupture_protocol.render.{form}"), form)(protocol)
            return drawn
        case _:
            from rupture_protocol.cli.page import columns
            from rupture_protocol.render.table import table

            return table(protocol, width=columns())


def _write(shown: str, target: str) -> None:
    name = inputs.shown_name(target)
    try:
        Path(target).write_text(f"{shown}\n", "utf-8")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise output.Failed(
            f"cannot write `{name}`: {reason}", code=output.CANNOT_LOAD, next="check the path of `--output`"
        ) from None
    output.talk(f"written: {name}")


def _proofs(protocol: Protocol) -> dict[str, str]:
    """What the prover says of each promise, in a sentence."""
    from rupture_protocol.prover import Answer, prove

    said = {
        Answer.PROVED: "proved, for every combination of facts",
        Answer.FAILS: "fails: `rupture check --prove` shows a case",
        Answer.NOT_DECIDED: "not decided, so not proved",
    }
    return {result.name: said[result.answer] for result in prove(protocol, full=False).promises}
