"""`rupture init`: a clinic's own protocol that extends a shipped one, its scenarios, and editor settings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from rupture_protocol.language.protocol import Protocol

LONGEST_NAME = 64
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
EPILOG = """
\b
Examples:
  rupture init riverside --from standard
  rupture init riverside --from standard --folder protocols
"""


@click.command("init", epilog=EPILOG)
@click.argument("name", metavar="NAME")
@click.option(
    "--from", "base", metavar="PROTOCOL", default="standard", help="What it extends. Default: standard."
)
@click.option("--folder", metavar="DIR", default=".", help="Where to write. Default: here.")
def command(name: str, base: str, folder: str) -> None:
    """Begin a protocol called NAME that extends a shipped one and may only be stricter.

    Writes NAME.yaml, NAME.scenarios.yaml and settings for editors, all of which pass `check`. What is there
    already is never overwritten.
    """
    from rupture_protocol import shipped

    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME or name in shipped.names():
        raise output.Failed(
            f"`{output.printable(name)[:80]}` cannot be the name of a new protocol",
            code=output.USAGE,
            help="lower-case letters, digits and single hyphens, as in `riverside`; not one that is shipped",
            next="rupture init riverside --from standard",
        )
    if shipped.find(base) is None:
        raise output.Failed(
            f"no shipped protocol is called `{output.printable(base)[:80]}`",
            code=output.CANNOT_LOAD,
            next="rupture protocols",
        )
    extended = inputs.load_protocol(base)
    home = Path(folder)
    files = _files(name, extended)
    _refuse_what_is_there(home, files)
    _prove_it_loads(files[f"{name}.yaml"], f"{name}.yaml")
    _write(home, files)
    at = "" if folder == "." else f"{inputs.shown_name(folder)}/"
    for file in files:
        output.emit(f"{at}{file}")
    output.talk(f"next: rupture check {at}{name}.yaml --watch")


def _files(name: str, base: Protocol) -> dict[str, str]:
    from rupture_protocol.language.schema import json_schema

    patterns = [f"{name}.yaml"]
    settings = {"yaml.schemas": {"./protocol.schema.json": patterns}}
    return {
        f"{name}.yaml": _protocol(name, base),
        f"{name}.scenarios.yaml": _scenarios(name, base),
        "protocol.schema.json": f"{json.dumps(json_schema(), ensure_ascii=False, indent=2)}\n",
        ".vscode/settings.json": f"{json.dumps(settings, indent=2)}\n",
    }


def _protocol(name: str, base: Protocol) -> str:
    major = int(base.version.split(".")[0])
    return f"""\
# yaml-language-server: $schema=protocol.schema.json
#
# Extends `{base.id}`: what is written here is added to it, and can only make it stricter.
# Add a condition, a required fact or a recorder rule under the state and trigger that it is about, as in
#
# states:
#   {base.initial}:
#     transitions:
#       {next(iter(base.states[base.initial].transitions), "trigger")}:
#         when: {{a_fact: true}}
#
# `rupture explain {base.id}` lists the states, triggers and facts.
format: 1
protocol: {name}
version: 0.1.0
title: {_quoted(f"{name.replace('-', ' ').capitalize()}: {base.title}")}
language: {base.language}
extends: {{protocol: {base.id}, version: ">={major},<{major + 1}"}}
"""


def _scenarios(name: str, base: Protocol) -> str:
    """One scenario that holds of the base: what nobody has recorded yet opens nothing that needs it."""
    from rupture_protocol import Engine
    from rupture_protocol.engine.options import Verdict

    engine = Engine(base)
    decision = engine.decide(engine.imagine(), at=inputs.now())
    found = {
        verdict.value: [trigger for trigger, each in decision.verdicts.items() if each is verdict]
        for verdict in Verdict
    }
    expected = [
        f"state: {base.initial}",
        *(f"{key}: [{', '.join(each)}]" for key, each in found.items() if each),
    ]
    lines = "\n".join(f"          {each}" for each in expected)
    return f"""\
# Made-up cases, told step by step, with what must be so. Run them: rupture test {name}.scenarios.yaml
format: 1
scenarios: {name}
cases:
  nothing_known_yet:
    title: What may be done while nothing is on record
    steps:
      - expect:
{lines}
"""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _refuse_what_is_there(home: Path, files: dict[str, str]) -> None:
    there = [file for file in files if (home / file).exists() or (home / file).is_symlink()]
    if there:
        raise output.Failed(
            f"already there: {', '.join(f'`{each}`' for each in there)}",
            code=output.REFUSED,
            help="nothing was written",
            next="choose another name, or another --folder",
        )


def _prove_it_loads(text: str, file: str) -> None:
    """What is about to be written is valid, or nothing is written and all its issues are told."""
    from rupture_protocol import loading

    loading.loads(text, file=file)


def _write(home: Path, files: dict[str, str]) -> None:
    written: list[Path] = []
    try:
        for file, text in files.items():
            path = home / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as target:
                written.append(path)
                target.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        reason = (error.strerror or "it is not known why").lower()
        raise output.Failed(
            f"cannot write `{file}`: {reason}", code=output.CANNOT_LOAD, next="rupture init --help"
        ) from None
