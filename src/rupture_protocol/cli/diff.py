"""`rupture diff`: what one protocol means differently from another."""

from __future__ import annotations

import click

from rupture_protocol.cli import inputs, output

WORDS = ("looser", "stricter", "any")
EPILOG = """
\b
Examples:
  rupture diff standard my-clinic.yaml
  rupture diff old.yaml new.yaml --fail-on looser
  rupture diff old.yaml new.yaml --state modified --json
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
@inputs.json_option("One JSON document, rupture-diff/1.")
def command(old: str, new: str, fail_on: tuple[str, ...], state: str | None, as_json: bool) -> int:
    """Compare what two protocols mean, in every situation: when each option is open, blocked, undecided.

    OLD and NEW are each the name of a shipped protocol, a file, or - for stdin. With --fail-on, what is
    not decided counts as well.
    """
    if (old, new).count(inputs.STDIN) > 1:
        raise output.Failed("stdin can be read only once", code=output.USAGE, next="rupture diff --help")
    from rupture_protocol.prover.diff import diff
    from rupture_protocol.prover.diff_report import difference_to_json, render, summary

    before, after = inputs.load_protocol(old), inputs.load_protocol(new)
    if state is not None and state not in before.states:
        after.state(state)  # or it says that there is none
    found = diff(before, after, state=state)
    if as_json:
        output.emit_json(difference_to_json(found))
    else:
        output.emit(render(found))
    failed = found.fails_on(fail_on)
    output.talk(f"{'' if failed else 'ok: '}{summary(found)}")
    return output.REFUSED if failed else output.DONE
