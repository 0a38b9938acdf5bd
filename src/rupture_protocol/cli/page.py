"""Lines for a person: wrapped to the terminal, never colour alone, nothing that a terminal would obey."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from rupture_protocol.cli.output import Quiet, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDEST, NARROWEST = 100, 24


def columns() -> int:
    """How wide text is: as the terminal, as `COLUMNS` says, or 80; never so wide that it is hard to read."""
    return min(WIDEST, max(NARROWEST, shutil.get_terminal_size((80, 24)).columns))


class Page:
    """What is printed for reading. Markup in a text means nothing: it is shown as it is written."""

    def __init__(self) -> None:
        self._out = Quiet()
        self.width = columns()
        self._console = Console(
            file=self._out,  # type: ignore[arg-type]  # all that rich asks of a file
            width=self.width,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def blank(self) -> None:
        """An empty line."""
        self._console.print()

    def heading(self, text: str) -> None:
        """A line that begins a part."""
        self.line(text, style="bold")

    def line(
        self, text: str, *, indent: int = 0, sign: str = "", style: str = "", sign_style: str = ""
    ) -> None:
        """A sentence, wrapped; what wraps stands under its beginning.

        Args:
            text: What is said.
            indent: How many columns it stands in.
            sign: What stands before it: `●`, `1.`, a label.
            style: A style of rich for the text.
            sign_style: A style for the sign; a word or the sign itself always says the same.
        """
        shown = self._out.shown(printable(text))
        mark = f"{self._out.shown(sign)} " if sign else ""
        indent = min(indent, self.width // 4)
        hanging = indent + min(len(mark), 12)
        lines = Text(shown, style=style).wrap(self._console, max(self.width - hanging, 12))
        for number, part in enumerate(lines or [Text("")]):
            part.rstrip()
            before = Text(" " * indent).append(mark, sign_style) if number == 0 else Text(" " * hanging)
            self._console.print(before + part, soft_wrap=True)

    def labelled(self, label: str, text: str, *, indent: int = 0) -> None:
        """A sentence with a dim word before it that says what it is."""
        if text:
            self.line(text, indent=indent, sign=f"{label}:", sign_style="dim")

    def items(self, label: str, texts: Iterable[str], *, indent: int = 0) -> None:
        """A label, and its sentences below."""
        listed = list(texts)
        if listed:
            self.line(f"{label}:", indent=indent, style="dim")
        for text in listed:
            self.line(text, indent=indent + 2, sign="·")
