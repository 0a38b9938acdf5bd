"""The command group: names, errors and exit codes. Alone here: how anything that goes wrong is told."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from rupture_protocol.cli import output
from rupture_protocol.cli.output import (
    CANNOT_LOAD,
    DONE,
    INTERRUPTED,
    REFUSED,
    USAGE,
    CannotWrite,
    Failed,
    explain_failure,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rupture_protocol.errors import RuptureError

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


class Commands(click.Group):
    """The commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"rupture_protocol.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            from rupture_protocol.errors import shorten
            from rupture_protocol.language.nearest import did_you_mean

            advice = did_you_mean(name, COMMANDS)
            raise Failed(
                f"no command is called `{shorten(name)}`", code=USAGE, help=advice, next="rupture --help"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        output.emit(f"rupture {version('rupture-protocol')}")
        ctx.exit()


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def rupture(ctx: click.Context) -> None:
    """Decision support for repairing unintended harm in therapy.

    It says what may be done now, what not and exactly why, and what is not known yet. It decides nothing by
    itself: a clinician does.
    """
    if ctx.invoked_subcommand is None:
        raise Failed("no command is given", code=USAGE, before=ctx.get_help(), next="rupture demo")


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
        return explain_failure(_misused(error))
    except SystemExit:
        return DONE  # click's way to say that nobody reads the help any more
    except OSError as error:
        if error.filename is not None:
            raise
        output.give_up(error)  # click's own output, the help, could not be written
        return DONE
    except RuptureError as error:
        return explain_failure(_failure_of(error, _command_in(args)))
    return result if isinstance(result, int) else DONE


def _misused(error: click.UsageError) -> Failed:
    command = error.ctx.command_path if error.ctx else "rupture"
    message = error.format_message().rstrip(".")
    if message.startswith("Got unexpected extra argument"):
        # Click repeats the argument, which may be a fact's value.
        message = "there is an argument too many"
        if command.endswith("decide"):
            message += ": a fact is given as `--fact NAME=VALUE`"
    message = message[:1].lower() + message[1:]
    return Failed(message, code=USAGE, next=f"{command} --help")


def _command_in(args: Sequence[str]) -> str:
    return next((f"rupture {each}" for each in args if each in COMMANDS), "rupture")


def _failure_of(error: RuptureError, command: str) -> Failed:
    """How an error of the library ends the command line."""
    from rupture_protocol import errors

    match error:
        case errors.InvalidProtocol():
            bad = next((each for each in error.issues if each.severity == "error"), None)
            return Failed(
                "this is not a valid protocol",
                code=CANNOT_LOAD,
                before=error.render(),
                next=f"rupture explain {bad.code}" if bad else "rupture check FILE",
            )
        case errors.TranslationNotFound():
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next=f"{command} --help")
        case errors.ProtocolNotFound():
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next="rupture protocols")
        case errors.InvalidCase():
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next=f"{command} --help")
        case _:
            return Failed(str(error), code=REFUSED, help=error.help, next=f"{command} --help")
