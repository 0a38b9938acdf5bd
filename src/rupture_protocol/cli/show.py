"""`rupture show`: a protocol as a table, a diagram, a page to print, or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.drawing import DRAWN, deliver, drawn, in_ascii

if TYPE_CHECKING:
    from datetime import datetime

    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.prover import Report
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
  rupture show standard --mermaid --case case.json
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
@inputs.language_option()
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

    In a table, a diagram and a page a case can be marked: the state it is in, and what each way out of it
    comes to, with the reasons. The reasons name facts, and never their values.
    """
    form = "resolved" if origin else form or "table"
    imagined = bool(state or visited or facts)
    _refuse_what_does_not_fit(form, protocol, target, case_file, imagined=imagined)
    loaded = inputs.load_protocol(protocol)
    moment = at or inputs.now()
    marks = None
    if case_file is not None or imagined:
        marks = _marks(loaded, protocol, case_file, state, visited, facts, moment)
    deliver(_shown(loaded, form, marks, origin=origin), target)


def _marks(
    protocol: Protocol,
    source: str,
    case_file: str | None,
    state: str | None,
    visited: str | None,
    facts: tuple[str, ...],
    at: datetime,
) -> Marks:
    """Where a case stands, or one as it was typed."""
    from rupture_protocol.cli.decide import decision_in
    from rupture_protocol.render.marks import marks_of

    if case_file is None:
        return marks_of(decision_in(protocol, source, state, visited, facts, None, None, at))
    from rupture_protocol import Engine

    engine = Engine(protocol)
    return marks_of(engine.decide(engine.load_case(inputs.read_bytes(case_file)[0]), at=at))


def _refuse_what_does_not_fit(
    form: str, source: str, target: str | None, case_file: str | None, *, imagined: bool
) -> None:
    problem = None
    if (case_file is not None or imagined) and form not in (*DRAWN, "html"):
        problem = "a case can be marked in a table, a diagram and a page, not in JSON or YAML"
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


def _shown(protocol: Protocol, form: str, marks: Marks | None, *, origin: bool) -> str:
    from rupture_protocol.render.marks import NO_MARKS

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

            proof = _prove(protocol)
            proofs = {each.name: _PROVED[each.answer.value] for each in proof.promises}
            shown = html(protocol, proofs=proofs, proved_by=proof.small_print, marks=marks or NO_MARKS)
            return in_ascii(shown)
        case _:
            return drawn(protocol, form, marks or NO_MARKS)


def _prove(protocol: Protocol) -> Report:
    from rupture_protocol.prover import prove

    return prove(protocol, full=False)


_PROVED = {
    "proved": "proved, for every combination of facts",
    "fails": "fails: `rupture check` shows a case",
    "not decided": "not decided, so not proved",
}
"""What the prover says of a promise, in a sentence."""
