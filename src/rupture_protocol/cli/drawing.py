"""Pictures as commands give them: a table or a diagram, marked or not, to stdout or into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.render.marks import Marks

DRAWN = ("table", "mermaid", "dot")


def drawn(protocol: Protocol, form: str, marks: Marks) -> str:
    """A protocol in one of the forms of `DRAWN`."""
    match form:
        case "mermaid":
            from rupture_protocol.render.mermaid import mermaid

            return mermaid(protocol, marks=marks)
        case "dot":
            from rupture_protocol.render.dot import dot

            return dot(protocol, marks=marks)
        case _:
            from rupture_protocol.cli.page import columns
            from rupture_protocol.render.table import table

            return table(protocol, marks=marks, width=columns())


def in_ascii(page: str) -> str:
    """A page of HTML in characters that every stream has: references say the same in any encoding."""
    return page.encode("ascii", "xmlcharrefreplace").decode()


def deliver(shown: str, target: str | None) -> None:
    """Print it, or write it to the file that `--output` names."""
    if target is None or target == inputs.STDIN:
        output.emit(shown)
        return
    name = inputs.shown_name(target)
    try:
        Path(target).write_text(f"{shown}\n", "utf-8")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise output.Failed(
            f"cannot write `{name}`: {reason}", code=output.CANNOT_LOAD, next="check the path of `--output`"
        ) from None
    output.talk(f"written: {name}")
