"""Errors as a person at the keyboard reads them. Alone here: how anything that goes wrong is told."""

from __future__ import annotations

import shlex
from importlib import import_module
from typing import TYPE_CHECKING

from rupture_protocol.cli.output import CANNOT_LOAD, REFUSED, USAGE, Failed, printable

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    import click

    from rupture_protocol.errors import RuptureError
    from rupture_protocol.store.errors import StoreError

GROUPS = ("case", "db", "key")
"""The commands that have commands of their own."""


def misused(error: click.UsageError) -> Failed:
    """A command line that cannot be read."""
    command = error.ctx.command_path if error.ctx else "rupture"
    message = error.format_message().rstrip(".")
    if message.startswith("Got unexpected extra argument"):
        # Click repeats the argument, which may be a fact's value.
        message = "there is an argument too many"
        if command.endswith("decide"):
            message += ": a fact is given as `--fact NAME=VALUE`"
    message = message[:1].lower() + message[1:]
    return Failed(message, code=USAGE, next=f"{command} --help")


def command_in(args: Sequence[str], commands: Container[str]) -> str:
    """The command that a command line names, as it is typed."""
    found = next((number for number, each in enumerate(args) if each in commands), None)
    if found is None:
        return "rupture"
    name, *rest = args[found:]
    if name not in GROUPS or not rest:
        return f"rupture {name}"
    listed = import_module(f"rupture_protocol.cli.{name}").LISTED
    return f"rupture {name} {rest[0]}" if rest[0] in listed else f"rupture {name}"


def failure_of(error: RuptureError, command: str) -> Failed:
    """How an error of the library ends the command line."""
    from rupture_protocol import errors
    from rupture_protocol.store.errors import StoreError

    match error:
        case StoreError():
            return _of_the_store(error, command)
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
            return Failed(str(error), code=REFUSED, help=error.help, next=_next(error, command))


def _next(error: RuptureError, command: str) -> str:
    """What to type after a refusal: of a case that is kept, there is more to see than help."""
    from rupture_protocol.engine.refusal import TransitionRefused

    if command.startswith("rupture case ") and isinstance(error, TransitionRefused):
        return f"rupture case show {typed(error.decision.case.id)}"
    return f"{command} --help"


def typed(text: str) -> str:
    """A text as somebody would type it in a shell."""
    return shlex.quote(printable(text))


def _of_the_store(error: StoreError, command: str) -> Failed:
    from rupture_protocol.store import errors

    match error:
        case (
            errors.CaseNotFound()
            | errors.CaseErased()
            | errors.LegalHold()
            | errors.Conflict()
            | errors.IdempotencyMismatch()
        ):
            return _of_the_case(error)
        case errors.KeysMissing() | errors.KeysDamaged():
            more = "rupture key --help" if command.startswith("rupture key") else "rupture key list"
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next=more)
        case errors.IntegrityViolation():
            return Failed(str(error), code=CANNOT_LOAD, next=f"rupture case verify {typed(error.case)}")
        case errors.StoreBusy():
            return Failed(str(error), code=CANNOT_LOAD, next="run it again")
        case errors.OutcomeUnknown():
            return Failed(str(error), code=CANNOT_LOAD, next="run it again with the same `--key`")
        case errors.StoreOutdated():
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next="rupture db doctor")
        case errors.StoreReadOnly() | errors.StoreFull() | errors.StoreUnavailable() | errors.StoreCorrupt():
            return Failed(
                str(error), code=CANNOT_LOAD, help=_more_than_doctor(error), next="rupture db doctor"
            )
        case _:
            return Failed(str(error), code=CANNOT_LOAD, help=error.help, next=f"{command} --help")


def _of_the_case(error: StoreError) -> Failed:
    """A case that is not as it was thought to be: the store works, and refuses."""
    from rupture_protocol.store import errors

    match error:
        case errors.CaseErased():
            then = f"rupture case verify {typed(error.erasure.case)}"
        case errors.LegalHold():
            then = f"rupture case history {typed(error.case)}"
        case errors.Conflict(expected=0):
            then = f"rupture case show {typed(error.case)}"
        case errors.Conflict():
            then = f"rupture case history {typed(error.case)}"
        case errors.IdempotencyMismatch():
            then = "run it again with a new `--key`"
        case _:
            return Failed(str(error), code=REFUSED, next="rupture case list")
    return Failed(str(error), code=REFUSED, help=error.help, next=then)


def _more_than_doctor(error: StoreError) -> str | None:
    """The help, unless it says what `next` says anyway."""
    return None if error.help and "rupture db doctor" in error.help else error.help
