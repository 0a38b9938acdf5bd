"""A group of commands that are imported when they are called: listing them imports none."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from rupture_protocol.cli.output import USAGE, Failed


class Commands(click.Group):
    """The commands of a package by name, each in a module of its own that calls it `command`.

    Args:
        listed: Each name, with its one line of help.
        package: Where the modules are.
        first: What somebody who gives no command may type next.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        listed: Mapping[str, str],
        package: str,
        first: str,
        **settings: Any,
    ) -> None:
        super().__init__(name, **{"no_args_is_help": False, "invoke_without_command": True, **settings})
        self.listed = listed
        self.package = package
        self.first = first

    def invoke(self, ctx: click.Context) -> Any:
        if not ctx.args and not ctx._protected_args:  # noqa: SLF001, RUF100  # click has no public name for it
            raise Failed("no command is given", code=USAGE, before=ctx.get_help(), next=self.first)
        return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.listed:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"{self.package}.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.listed:
            from rupture_protocol.errors import shorten
            from rupture_protocol.language.nearest import did_you_mean

            advice = did_you_mean(name, self.listed)
            raise Failed(
                f"no command is called `{shorten(name)}`",
                code=USAGE,
                help=advice,
                next=f"{ctx.command_path} --help",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self.listed.items()))
