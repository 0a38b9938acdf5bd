"""`rupture case import`: a case that was exported, or made by a host, kept."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.case.options import json_flag, key_option, store_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rupture_protocol.engine.engine import Engine

LARGEST = 64 * 1024 * 1024
EPILOG = """
\b
Examples:
  rupture case import case-17.json
  rupture case import case-17.json --protocol ./clinic.yaml --json
"""


@click.command("import", epilog=EPILOG)
@click.argument("file", metavar="FILE")
@click.option(
    "--protocol",
    "protocols",
    metavar="PROTOCOL",
    multiple=True,
    help="A protocol that the case stands or stood under; repeatable. Default: by its id, or as it was kept.",
)
@inputs.path_option
@key_option
@store_option
@json_flag
def command(file: str, protocols: tuple[str, ...], key: str | None, store: str | None, as_json: bool) -> None:
    """Keep the case in FILE (a rupture-case/1, - for stdin) as it is: its id, its events, their times.

    Every event is decided again first, and refused if it could not have happened so.
    """
    from rupture_protocol.cli.case.answering import answer
    from rupture_protocol.cli.case.opening import opened
    from rupture_protocol.engine import wire
    from rupture_protocol.errors import ProtocolNotFound

    data, name = inputs.read_bytes(file, most=LARGEST)
    if len(data) > LARGEST:
        raise output.Failed(f"`{name}` is too large", code=output.CANNOT_LOAD, next="give an exported case")
    written = wire.read_case(data)
    with opened(store, engines_for(written, protocols), makes=True) as book:
        try:
            case = book.add(written, idempotency_key=key)
        except ProtocolNotFound as error:
            raise output.Failed(
                str(error),
                code=output.CANNOT_LOAD,
                help="give that version with `--protocol`",
                next="rupture case import --help",
            ) from None
        answer(case, book.engine(case.protocol), inputs.now(), None, as_json=as_json)


def engines_for(written: Mapping[str, Any], protocols: Iterable[str]) -> list[Engine]:
    """The engines of the protocols that were named, and of those found by the ids that the case says."""
    from rupture_protocol import Engine
    from rupture_protocol.engine import wire
    from rupture_protocol.errors import RuptureError
    from rupture_protocol.folders import Folders
    from rupture_protocol.loading import load

    engines = [Engine(inputs.load_protocol(each)) for each in protocols]
    path = inputs.search_path()
    for name in {ref.id for ref in wire.protocols_of(written)}:
        found = Folders(path).find(name)  # what a file says is a name, never a path
        if found is not None:
            with suppress(RuptureError):  # the store may have kept it
                engines.append(Engine(load(found, path=path)))
    return engines
