"""The options that the commands of `rupture case` share. Alone here: who asks for a write, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rupture_protocol.cli import inputs
from rupture_protocol.cli.output import USAGE, Failed

if TYPE_CHECKING:
    from rupture_protocol.engine.case import Actor

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What all writes are asked with."""

    by: Actor
    at: datetime
    occurred: datetime | None
    note: str | None
    expected_version: int | None
    key: str
    own_key: bool
    """Whether the key was made here: nobody else knows it."""
    store: str | None
    as_json: bool

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments that every write of a casebook takes."""
        return {
            "by": self.by,
            "at": self.at,
            "occurred": self.occurred,
            "note": self.note,
            "expected_version": self.expected_version,
            "idempotency_key": self.key,
        }


class InstantOrNow(inputs.Instant):
    """An instant; `now` is one, too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        return inputs.now() if value == "now" else super().convert(value, param, ctx)


case_argument = click.argument("case", metavar="CASE")
json_flag = inputs.json_option("Print one JSON document, rupture-case/1 without its history.")
key_option = click.option(
    "--key",
    metavar="KEY",
    help="An idempotency key: the same command again under it adds nothing. Default: one of its own.",
)
store_option = click.option(
    "--store",
    metavar="URL",
    envvar="RUPTURE_STORE",
    help="Where cases are kept: a file, sqlite:///… or postgresql://… Default: RUPTURE_STORE, or a file in "
    "your data folder.",
)
_WHEN = (
    click.option(
        "--at",
        type=inputs.Instant(),
        metavar="INSTANT",
        help="When it is recorded, with its offset, as in 2026-11-24T09:30:00+00:00. Default: now.",
    ),
    click.option(
        "--occurred", type=inputs.Instant(), metavar="INSTANT", help="When it happened, if that was earlier."
    ),
    click.option("--note", metavar="TEXT", help="Anything worth keeping."),
)
_EXPECT = click.option(
    "--expect",
    type=click.IntRange(min=1),
    metavar="VERSION",
    help="The version of the case that you have seen: refused if it is at another one.",
)


def write_options(*, expects: bool = True) -> Callable[[F], F]:
    """`--by`, `--key`, `--at` and the rest of what a write takes, as one value `asked`."""

    def decorate(command: F) -> F:
        @wraps(command)
        def asking(*args: Any, **given: Any) -> Any:
            return command(*args, asked=_asked(given), **given)

        expect = (_EXPECT,) if expects else ()
        options = (inputs.by_option, key_option, *expect, *_WHEN, store_option, json_flag)
        decorated: F = reduce(lambda made, option: option(made), reversed(options), asking)  # type: ignore[assignment]
        return decorated

    return decorate


def _asked(given: dict[str, Any]) -> Asked:
    """Takes out of what was given what all writes have."""
    key = given.pop("key")
    return Asked(
        by=given.pop("by"),
        at=given.pop("at") or inputs.now(),
        occurred=given.pop("occurred"),
        note=given.pop("note"),
        expected_version=given.pop("expect", None),
        key=_new_key() if key is None else key,
        own_key=key is None,
        store=given.pop("store"),
        as_json=given.pop("as_json"),
    )


def _new_key() -> str:
    import secrets

    return secrets.token_hex(16)


def given_facts(protocol: Any, typed: tuple[str, ...], file: str | None) -> dict[str, object]:
    """The facts of a command line, checked; at least one."""
    facts = inputs.given_facts(protocol, typed, file, what="a fact", next="rupture case record --help")
    if not facts:
        raise Failed("no fact is given: write NAME=VALUE", code=USAGE, next="rupture case record --help")
    return facts
