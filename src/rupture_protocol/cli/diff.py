"""`rupture diff`: what one protocol means differently from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.drawing import DRAWN, deliver, drawn, in_ascii

if TYPE_CHECKING:
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.prover.difference import Difference

WORDS = ("looser", "stricter", "any")
EPILOG = """
\b
Examples:
  rupture diff standard my-clinic.yaml
  rupture diff old.yaml new.yaml --fail-on looser
  rupture diff old.yaml new.yaml --state modified --json
  rupture diff standard my-clinic.yaml --html --output what-changed.html
  rupture diff standard my-clinic.yaml --mermaid > what-changed.mmd
"""


@click.command("diff", epilog=EPILOG)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--fail-on",
    type=click.Choice(WORDS),
    multiple=True,
    help="Exit 1 where something is looser, stricter, or different at all. May be repeated.",
)
@click.option("--state", metavar="STATE", help="Only what changed for the options of one state.")
@inputs.language_option(from_environment=False)
@click.option("--json", "form", flag_value="json", help="One JSON document, rupture-diff/1.")
@click.option("--html", "form", flag_value="html", help="One page to read and print, with a picture of both.")
@click.option("--mermaid", "form", flag_value="mermaid", help="Both versions as one Mermaid state diagram.")
@click.option("--dot", "form", flag_value="dot", help="Both versions as one graph for Graphviz.")
@click.option("--table", "form", flag_value="table", help="Both versions as one table, with what changed.")
@click.option("--output", "target", metavar="FILE", help="Write to this file. Default: stdout.")
def command(
    old: str,
    new: str,
    fail_on: tuple[str, ...],
    state: str | None,
    form: str | None,
    target: str | None,
) -> int:
    """Compare what two protocols mean, in every situation: when each option is open, blocked, undecided.

    OLD and NEW are each the name of a shipped protocol, a file, or - for stdin. With --fail-on, what is
    not decided counts as well.
    """
    _refuse_what_does_not_fit((old, new), state, form, target)
    from rupture_protocol.prover.diff import diff
    from rupture_protocol.prover.diff_report import summary

    before, after = inputs.load_protocol(old), inputs.load_protocol(new)
    if state is not None and state not in before.states:
        after.state(state)  # or it says that there is none
    found = diff(before, after, state=state)
    deliver(_shown(before, after, found, form), target)
    failed = found.fails_on(fail_on)
    output.talk(f"{'' if failed else 'ok: '}{summary(found)}")
    return output.REFUSED if failed else output.DONE


def _refuse_what_does_not_fit(
    files: tuple[str, str], state: str | None, form: str | None, target: str | None
) -> None:
    problem = None
    if files.count(inputs.STDIN) > 1:
        problem = "stdin can be read only once"
    elif state is not None and form in (*DRAWN, "html"):
        problem = "a picture shows all that changed, so `--state` does not go with it"
    elif target is not None and target in files and target != inputs.STDIN:
        problem = "`--output` would overwrite a protocol"
    if problem is not None:
        raise output.Failed(problem, code=output.USAGE, next="rupture diff --help")


def _shown(old: Protocol, new: Protocol, found: Difference, form: str | None) -> str:
    from rupture_protocol.prover.diff_report import difference_to_json, render

    match form:
        case None:
            return render(found)
        case "json":
            return output.as_json(difference_to_json(found))
        case "html":
            from rupture_protocol.render.comparison import comparison

            return in_ascii(comparison(old, new, found))
        case _:
            from rupture_protocol.render.changes import changes_drawn

            both, marks = changes_drawn(old, new, found)
            return drawn(both, form, marks)
