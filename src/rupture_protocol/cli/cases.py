"""Kept cases in files: a `rupture-case/1` in a file, or many in one, a line each."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple
from urllib.parse import quote

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

LARGEST_CASE = 16 * 2**20


class Kept(NamedTuple):
    """The text of a case, and where it is written: `case.json`, `cases.jsonl:3`."""

    place: str
    text: bytes


def cases_in(source: str) -> Iterator[Kept]:
    """Every case of a file, or of stdin.

    Raises:
        Failed: The file cannot be read, or holds nothing.
    """
    name = inputs.STDIN_NAME if source == inputs.STDIN else inputs.shown_name(source)
    found = 0
    try:
        with _opened(source) as file:
            for kept in _cases(file, name):
                found += 1
                yield kept
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise _unreadable(f"cannot read `{name}`: {reason}") from None
    if not found:
        raise _unreadable(f"`{name}` holds no case")


def _opened(source: str) -> AbstractContextManager[BinaryIO]:
    if source != inputs.STDIN:
        return Path(source).open("rb")
    if sys.stdin is None:
        raise _unreadable("stdin is closed")
    return nullcontext(sys.stdin.buffer)


def _cases(file: BinaryIO, name: str) -> Iterator[Kept]:
    lines = ((number, line) for number, line in enumerate(_lines(file, name), start=1) if line.strip())
    number, first = next(lines, (0, b""))
    if first and not _is_json(first):
        # A case written over several lines: the file is one.
        yield Kept(name, first + file.read(LARGEST_CASE))
        return
    if first:
        yield Kept(f"{name}:{number}", first)
    for number, line in lines:
        yield Kept(f"{name}:{number}", line)


def _lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    while line := file.readline(LARGEST_CASE + 1):
        if len(line) > LARGEST_CASE:
            raise _unreadable(f"`{name}` holds a line longer than {LARGEST_CASE // 2**20} MiB")
        yield line


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _unreadable(message: str) -> output.Failed:
    return output.Failed(message, code=output.CANNOT_LOAD, next="give the name of a file, or `-` for stdin")


def write_case(text: str, case: str, folder: str) -> str:
    """A case in a new file of its own in a folder, as `write_new`."""
    path = Path(folder) / _file_of(case)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritten(path, error, "folder") from None
    return write_new([f"{text}\n"], path, "folder")


def write_new(pieces: Iterable[str], path: Path, what: str = "file") -> str:
    """A new file that only its owner reads, whole or not at all; the file's name.

    Raises:
        Failed: There is such a file, or it cannot be written; `what` should be another then.
    """
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(made, "w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise _unwritten(path, error, what) from None
    return inputs.shown_name(str(path))


def _file_of(case: str) -> str:
    """A file name for an id, which may hold anything; two ids never have the same."""
    name = quote(case, safe="")
    return f"{name.replace('.', '%2E', 1) if name.startswith('.') else name}.json"


def _unwritten(path: Path, error: Exception, what: str) -> output.Failed:
    name = inputs.shown_name(str(path))
    reason = (getattr(error, "strerror", None) or "not a path").lower()
    message = f"cannot write `{name}`: {reason}"
    if isinstance(error, FileExistsError):
        message = f"`{name}` is there already, and is not written over"
    return output.Failed(message, code=output.CANNOT_LOAD, next=f"give another {what}")
