"""What every command prints through: stdout is data, stderr is talk.

Alone here: closed pipes, streams that cannot show a character, and the exit codes.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
CANNOT_LOAD: Final = 3
INTERRUPTED: Final = 130

_IN_ASCII = str.maketrans(
    {
        "●": "*", "✗": "x", "→": "->", "·": "-", "…": "...", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'",
        "’": "'", "│": "|", "─": "-", "✓": "+", "≥": ">=", "≤": "<=", "\u00a0": " ",
        "▶": ">", "−": "-", "▲": "^", "▼": "v", "◆": "^v", "◇": "..", "≠": "!=", "≈": "~",
    }
)  # fmt: skip
"""Our own signs, for a stream that has only ASCII; what else it cannot show becomes `?`."""


class Failed(Exception):
    """A command that ends here: what went wrong, what would mend it, what to type next, the exit code."""

    def __init__(
        self, message: str, *, code: int, next: str, help: str | None = None, before: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.help = help
        self.next = next
        self.before = before


class CannotWrite(Exception):
    """The output cannot be written, and nobody has closed it: a full disk."""


class Quiet:
    """Stdout as rich and we write to it: it has every character, and a reader who leaves ends nothing."""

    @property
    def encoding(self) -> str:
        return getattr(sys.stdout, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        try:
            return sys.stdout.write(self.shown(text))
        except OSError as error:
            give_up(error)
            return len(text)

    def flush(self) -> None:
        flush()

    def isatty(self) -> bool:
        return sys.stdout.isatty()

    def fileno(self) -> int:
        return sys.stdout.fileno()

    def shown(self, text: str) -> str:
        """`text` with what the stream's encoding has for our signs."""
        if can_encode(text, self.encoding):
            return text
        return text.translate(_IN_ASCII)


def can_encode(text: str, encoding: str) -> bool:
    """Whether a stream of that encoding can show the text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare() -> None:
    """Make the streams ones that can always be written to."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  # lives on
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace" if name == "stdout" else "backslashreplace")


def emit(text: str) -> None:
    """One piece of data, on lines of its own."""
    Quiet().write(f"{text}\n")


def emit_json(data: Any, *, indent: int | None = None) -> None:
    """One JSON document on one line; readable, where a person asked for one."""
    emit(as_json(data, indent=indent))


def as_json(data: Any, *, indent: int | None = None) -> str:
    """A JSON document that stdout can show."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, default=_plain)
    if can_encode(text, Quiet().encoding):
        return text
    return json.dumps(data, indent=indent, default=_plain)  # escapes lose nothing


def emit_table(rows: Iterable[str]) -> None:
    """The rows of a table as they are: in UTF-8, with their own line ends, wherever they go."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    for row in rows:
        Quiet().write(row)


def save(file: str, text: str, *, anew: bool = False) -> None:
    """Write a file that was asked for, in UTF-8; `anew`: only where there is none yet."""
    try:
        with Path(file).open("x" if anew else "w", encoding="utf-8", newline="\n") as written:
            written.write(text)
    except FileExistsError:
        name = printable(Path(file).name)
        raise Failed(
            f"`{name}` is there already, and is not written over", code=USAGE, next="give another name"
        ) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise Failed(
            f"cannot write `{printable(Path(file).name)}`: {reason}",
            code=CANNOT_LOAD,
            next="give the name of a file that can be written",
        ) from None


def talk(text: str) -> None:
    """Something for the person at the keyboard."""
    try:
        sys.stderr.write(
            f"{text.translate(_IN_ASCII) if not can_encode(text, _stderr_encoding()) else text}\n"
        )
        sys.stderr.flush()
    except OSError:
        pass  # nobody listens


def explain_failure(failed: Failed) -> int:
    """Tell what went wrong and what to type next; the exit code."""
    lines = [failed.before, ""] if failed.before else []
    lines.append(f"{_coloured('error:')} {failed}")
    if failed.help:
        lines.append(f"help: {failed.help}")
    lines.append(f"next: {failed.next}")
    with suppress(CannotWrite):
        flush()  # what was printed before stays before
    talk("\n".join(lines))
    return failed.code


def flush() -> None:
    """Everything printed so far is written, or nobody wants it."""
    try:
        sys.stdout.flush()
    except OSError as error:
        give_up(error)


def printable(text: str) -> str:
    """Text from a person or a file, as a terminal may show it: no control characters, one line."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)


_left = False


def reader_has_left() -> bool:
    """Whether nobody reads the output any more: what would go on for ever then ends."""
    return _left


def give_up(error: OSError) -> None:
    """Go on without a reader: the exit code then still says how the work ended."""
    global _left  # there is one stdout
    _left = True
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
    if not isinstance(error, BrokenPipeError) and error.errno not in (errno.EPIPE, errno.EBADF, errno.EINVAL):
        raise CannotWrite((error.strerror or "it is not known why").lower()) from None


def _stderr_encoding() -> str:
    return getattr(sys.stderr, "encoding", None) or "utf-8"


def _coloured(word: str) -> str:
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
        return f"\x1b[1;31m{word}\x1b[0m"
    return word


def _plain(value: Any) -> Any:
    from rupture_protocol.language.facts import to_json

    return to_json(value)
