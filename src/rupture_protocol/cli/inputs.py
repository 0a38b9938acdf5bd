"""What comes in from outside: protocols, facts, instants, files and stdin."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rupture_protocol.cli.output import CANNOT_LOAD, USAGE, Failed, printable, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    from rupture_protocol.engine.case import Actor
    from rupture_protocol.errors import Issue
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.language.source import Document

    F = TypeVar("F", bound=Callable[..., Any])

STDIN = "-"
STDIN_NAME = "<stdin>"
NO_TERMINAL_NAME = 200


class Instant(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic since click 8.4 only
    """An instant with its offset."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from rupture_protocol.engine.moments import utc
        from rupture_protocol.errors import TimeRefused
        from rupture_protocol.language.quantities import DATETIME_HELP, parse_datetime

        if isinstance(value, datetime):
            return value
        moment = parse_datetime(value)
        if moment is None:
            self.fail(f"not an instant: write {DATETIME_HELP}", param, ctx)
        try:
            return utc(moment)
        except TimeRefused as error:
            self.fail(str(error), param, ctx)


class Person(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic since click 8.4 only
    """Somebody in a role, as `dr-lee:therapist`."""

    name = "person"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Actor:
        from rupture_protocol.engine.case import Actor

        if isinstance(value, Actor):
            return value
        person, _, role = str(value).rpartition(":")
        if not person or not role:
            self.fail("write ID:ROLE, as in dr-lee:therapist", param, ctx)
        return Actor(person, role)


def by_option(command: F) -> F:
    """`--by ID:ROLE`, who does it."""
    return click.option(
        "--by", type=Person(), metavar="ID:ROLE", required=True, help="Who does it, and in what role."
    )(command)


def at_option(command: F) -> F:
    """`--at INSTANT`, the clock."""
    return click.option(
        "--at",
        type=Instant(),
        metavar="INSTANT",
        help="The moment asked about, with its offset, as in 2026-11-24T09:30:00+00:00. Default: now.",
    )(command)


def json_option(help: str = "Print JSON.") -> Callable[[F], F]:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help=help)


def sensitive_option(command: F) -> F:
    """`--show-sensitive`."""
    return click.option(
        "--show-sensitive",
        is_flag=True,
        help="Also print the values of facts that the protocol calls sensitive.",
    )(command)


def path_option(command: F) -> F:
    """`--path FOLDER`, kept for whatever loads a protocol."""
    return click.option(
        "--path",
        "folders",
        multiple=True,
        metavar="FOLDER",
        type=click.Path(),
        expose_value=False,
        callback=lambda ctx, _param, value: ctx.meta.update({_PATH: value}),
        help="Look for protocols here first, then in RUPTURE_PATH, then among those shipped; repeatable.",
    )(command)


def search_path() -> tuple[str, ...]:
    """The folders of `--path`."""
    context = click.get_current_context(silent=True)
    found: tuple[str, ...] = context.meta.get(_PATH, ()) if context else ()
    return found


_PATH = "rupture_protocol.path"


def language_option(*, from_environment: bool = True) -> Callable[[F], F]:
    """`--language LANG`, kept for whatever loads a protocol."""
    variable = f" Default: {LANGUAGE_VARIABLE}, or the protocol's own." if from_environment else ""

    def keep(context: click.Context, param: click.Parameter, value: str | None) -> None:
        # What somebody typed is insisted on; what stands in the environment is a wish.
        typed = context.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
        context.meta[_LANGUAGE] = (value, typed)

    return click.option(
        "--language",
        metavar="LANG",
        envvar=LANGUAGE_VARIABLE if from_environment else None,
        expose_value=False,
        callback=keep,
        help=f"The language of the protocol's texts, as in de, where it is translated.{variable}",
    )


def language() -> tuple[str | None, bool]:
    """The language of `--language` or of the environment, and whether it is insisted on."""
    context = click.get_current_context(silent=True)
    found: tuple[str | None, bool] = context.meta.get(_LANGUAGE, (None, False)) if context else (None, False)
    return found


LANGUAGE_VARIABLE = "RUPTURE_LANGUAGE"
_LANGUAGE = "rupture_protocol.language"


def save_option(what: str) -> Callable[[F], F]:
    """`--save FILE`."""
    return click.option("--save", metavar="FILE", help=f"Keep {what} as a scenario, in NAME.scenarios.yaml.")


def now() -> datetime:
    """The present moment. The command line reads the clock; nothing below it does."""
    return datetime.now(UTC)


def load_protocol(source: str | Path) -> Protocol:
    """A protocol by name, path or `-`, in the language that was asked for."""
    from rupture_protocol import loading

    if source == STDIN:
        return in_language(loading.loads(read_stdin(), file=STDIN_NAME, path=search_path()), source)
    wanted, insisted = language()
    if wanted is None or insisted:
        return loading.load(source, path=search_path(), language=wanted)
    return in_language(loading.load(source, path=search_path()), source)


def in_language(protocol: Protocol, source: str | Path) -> Protocol:
    """A protocol that was loaded from there, in the language that was asked for.

    Where only the environment asks for it, a protocol that is not translated keeps its own texts.
    """
    from rupture_protocol import loading
    from rupture_protocol.errors import TranslationNotFound

    wanted, insisted = language()
    if wanted is None:
        return protocol
    try:
        if source != STDIN:
            return loading.load(source, path=search_path(), language=wanted)
        if not loading.is_in(wanted, protocol):
            raise TranslationNotFound(
                f"`{protocol.id}` has no translation to `{printable(wanted)[:80]}`",
                help=f"translations are files beside a file; from stdin it comes in `{protocol.language}`",
            )
    except TranslationNotFound as error:
        if insisted:
            raise
        talk(f"note: {error}, so it is shown in `{protocol.language}`")
    return protocol


def read_stdin(most: int | None = None) -> bytes:
    """All of stdin, and one byte more than a file may have where there is more; `most` is that size."""
    from rupture_protocol.language.source import LARGEST_FILE

    if sys.stdin is None:
        raise Failed("stdin is closed", code=CANNOT_LOAD, next="give the name of a file")
    try:
        return sys.stdin.buffer.read((most or LARGEST_FILE) + 1)
    except OSError as error:
        reason = (error.strerror or "it is not known why").lower()
        raise Failed(
            f"cannot read stdin: {reason}", code=CANNOT_LOAD, next="give the name of a file"
        ) from None


def read_bytes(source: str, *, most: int | None = None) -> tuple[bytes, str]:
    """A file's bytes (or stdin's), and what messages call it; `most` as for `read_stdin`."""
    from rupture_protocol.language.source import LARGEST_FILE

    if source == STDIN:
        return read_stdin(most), STDIN_NAME
    name = shown_name(source)
    try:
        with Path(source).open("rb") as file:
            return file.read((most or LARGEST_FILE) + 1), name
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise Failed(
            f"cannot read `{name}`: {reason}", code=CANNOT_LOAD, next="check the path, or `-` for stdin"
        ) from None


def shown_name(source: str) -> str:
    """What messages call a file: relative to where we are, or its bare name; never an absolute path."""
    path = Path(source)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except (OSError, ValueError):
            path = Path(path.name)
    return printable(str(path))[:NO_TERMINAL_NAME]


def read_data(data: bytes, *, file: str, what: str) -> Document:
    """YAML or JSON as plain data with its places.

    Args:
        data: The bytes of the file.
        file: What messages call it.
        what: What it should be, for the message.
    """
    from rupture_protocol.language.source import Document, read

    document, issues = read(data, file=file)
    if document is not None and not issues:
        return document
    # JSON that our YAML does not take, for instance escaped surrogate pairs.
    found = _json(data)
    if found is not None:
        return Document(file, found, {}, ())
    raise cannot_load(issues, what)


def cannot_load(issues: Iterable[Issue], what: str) -> Failed:
    """A file of facts or steps that cannot be used: every issue with its place.

    The written lines hold a client's values, so they are not shown.
    """
    lines: list[str] = []
    for issue in issues:
        lines.append(str(issue))
        if issue.help:
            lines.append(f"  help: {_QUOTED.sub('quote it', issue.help)}")
    return Failed(
        f"cannot load the {what}",
        code=CANNOT_LOAD,
        before="\n".join(lines),
        next="mend the lines above, and run it again",
    )


_QUOTED = re.compile(r"quote it: .*", re.DOTALL)


def _json(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_without_twins, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is written twice")
    return made


def _refuse(_constant: str) -> None:
    raise ValueError("not JSON")


def given_facts(
    protocol: Protocol,
    facts: tuple[str, ...],
    file: str | None,
    *,
    what: str = "`--fact`",
    next: str = "rupture decide --help",
) -> dict[str, object]:
    """The facts of `--facts` and those typed, checked; the latter count where both name one.

    `what` is how a typed one is given.
    """
    given: dict[str, object] = {} if file is None else _facts_of_file(protocol, file)
    typed: set[str] = set()
    for each in facts:
        name, equals, text = each.partition("=")
        if not equals or not name:
            # What was typed may be a value, so it is not repeated.
            raise Failed(f"{what} is written NAME=VALUE", code=USAGE, next=next)
        if name in typed:
            raise Failed(f"`{printable(name)[:80]}` is given twice", code=USAGE, next=next)
        typed.add(name)
        given[name] = protocol.fact(name).parse_text(text)
    return given


def _facts_of_file(protocol: Protocol, source: str) -> dict[str, object]:
    from rupture_protocol.scenarios.acting import as_values

    data, name = read_bytes(source)
    document = read_data(data, file=name, what="facts")
    if not isinstance(document.data, dict):
        raise Failed(
            f"`{name}` is not a mapping of facts", code=CANNOT_LOAD, next='write {"harm_severity": "mild"}'
        )
    return as_values(protocol, document.data)
