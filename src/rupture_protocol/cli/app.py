"""The command group: names and exit codes."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import output
from rupture_protocol.cli.failures import command_in, failure_of, misused
from rupture_protocol.cli.group import Commands
from rupture_protocol.cli.output import (
    CANNOT_LOAD,
    DONE,
    INTERRUPTED,
    CannotWrite,
    Failed,
    explain_failure,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

if find_spec("rich") is None:
    raise ModuleNotFoundError("No module named 'rich'", name="rich")

COMMANDS = {
    "demo": "Walk a synthetic case, step by step, with the reasons.",
    "walk": "Walk a case yourself, in a terminal.",
    "decide": "Say what may be done now, what not and why, and what to ask.",
    "play": "Run the steps of a script, and check what it expects.",
    "init": "Begin a protocol of your own that extends a shipped one.",
    "check": "Find what is wrong with protocol files.",
    "test": "Run the scenarios of a protocol, and say what they show.",
    "diff": "Compare what two protocols mean, in every situation.",
    "migrate": "Say where cases would stand under another version.",
    "explain": "Explain an issue code, a protocol, a trigger or a fact.",
    "show": "Show a protocol as a table, a diagram, a page or JSON.",
    "case": "Keep cases: open, record, take, show, list, verify and more.",
    "db": "See to the database that cases are kept in: doctor, backup, upgrade.",
    "key": "See to the keys of the database: new, rotate, list.",
    "protocols": "List the protocols that are shipped.",
    "schema": "Print the JSON Schema of protocol files, for editors.",
}
"""Every command, with its one line of help: listing them imports none."""

EPILOG = """
\b
Examples:
  rupture demo                a whole case, to its ending
  rupture decide standard     what may be done, what not, why
  rupture check clinic.yaml   what is wrong with a protocol

\b
Exit codes:
  0  done                     1  refused, or issues found
  2  usage                    3  cannot read or load
  130  interrupted
"""


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        output.emit(f"rupture {version('rupture-protocol')}")
        ctx.exit()


@click.group(
    cls=Commands,
    listed=COMMANDS,
    package="rupture_protocol.cli",
    first="rupture demo",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
def rupture() -> None:
    """Decision support for repairing unintended harm in therapy.

    It says what may be done now, what not and exactly why, and what is not known yet. It decides nothing by
    itself: a clinician does.
    """


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    output.prepare()
    arguments = list(sys.argv[1:] if args is None else args)
    try:
        code = _invoke(arguments)
        output.flush()
    except CannotWrite as error:
        return explain_failure(
            Failed(
                f"cannot write the output: {error}", code=CANNOT_LOAD, next="send the output somewhere else"
            )
        )
    except KeyboardInterrupt:
        output.talk("\ninterrupted")
        return INTERRUPTED
    return code


def _invoke(args: list[str]) -> int:
    from rupture_protocol.errors import RuptureError

    try:
        result: Any = rupture.main(args, prog_name="rupture", standalone_mode=False)
    except Failed as failed:
        return explain_failure(failed)
    except click.exceptions.Abort:
        output.talk("\ninterrupted")
        return INTERRUPTED
    except click.UsageError as error:
        return explain_failure(misused(error))
    except SystemExit:
        return DONE  # click's way to say that nobody reads the help any more
    except OSError as error:
        if error.filename is not None:
            raise
        output.give_up(error)  # click's own output, the help, could not be written
        return DONE
    except RuptureError as error:
        return explain_failure(failure_of(error, command_in(args, COMMANDS)))
    return result if isinstance(result, int) else DONE
