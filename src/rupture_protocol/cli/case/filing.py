"""A report in a file that only its owner may read: all of it or nothing, and over none but an older one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from rupture_protocol.cli import inputs, output
from rupture_protocol.cli.drawing import in_ascii
from rupture_protocol.render.report.page import mark

_HEAD = 16 * 1024
"""Where in a report its mark stands at the latest."""


def file_report(page: str, target: str, case: str) -> None:
    """Print a report, or write it to the file that `--output` names."""
    if target == inputs.STDIN:
        output.emit(in_ascii(page.rstrip("\n")))
        return
    name = inputs.shown_name(target)
    try:
        path = Path(target)
        replaces = _may_replace(path, case)
        _write(path, page.encode("utf-8"), anew=not replaces)
    except FileExistsError:
        raise output.Failed(
            f"`{name}` is there already, and is no report of this case: it is not written over",
            code=output.USAGE,
            next="give another name",
        ) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "not a path").lower()
        raise output.Failed(
            f"cannot write `{name}`: {reason}", code=output.CANNOT_LOAD, next="check the path of `--output`"
        ) from None
    output.talk(f"{'replaced' if replaces else 'written'}: {name}; only you may read it")


def _may_replace(path: Path, case: str) -> bool:
    """Whether there is an older report of the same case.

    Raises:
        FileExistsError: There is something else, be it a link.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found.st_mode):
        raise FileExistsError
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if mark(case).encode() not in head:
        raise FileExistsError
    return True


def _write(path: Path, data: bytes, *, anew: bool) -> None:
    """Write beside it first, so that whoever looks sees all of it or none; 0600 from the first byte on."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name[:32]}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            _appear(beside, path)
        else:
            os.replace(beside, path)  # noqa: PTH105  # the two are one family
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise


def _appear(beside: str, path: Path) -> None:
    """Give a file its name. Unlike a renaming, it never replaces what somebody else has written since."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, as on a memory stick
        Path(beside).rename(path)
    else:
        Path(beside).unlink()
