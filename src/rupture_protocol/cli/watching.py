"""What `rupture check --watch` does between checks: wait for a save, and keep the last good result in sight.

Alone here: how a save is noticed. Sizes and times are polled, which every file system and editor gets right.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rupture_protocol.cli import inputs, output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from rupture_protocol.cli.check_report import Report

EVERY = 0.1
"""Seconds between two looks at the files."""

SETTLING = 0.04
"""Seconds in which nothing may change before a file is read: who writes in pieces is let finish."""

AWAY = 0.3
"""Seconds for which a file may be gone before it counts as gone: an editor may remove and write it."""

PATIENCE = 0.25
"""Seconds after which a file that never settles is read all the same."""

CLEAR = "\x1b[H\x1b[2J"
"""Clears what is in sight, and leaves what has scrolled away."""

Stamp = tuple[int, int, int]
Stamps = dict[Path, Stamp]


class Watched:
    """The files that were asked for, and the YAML around them: what they extend, and their translations.

    That is what lies beside them, and in the folders in which protocols are looked for by their names.
    """

    def __init__(self, paths: Sequence[Path], *, beside: Sequence[Path] = ()) -> None:
        self._own = tuple(paths)
        self._folders = tuple(dict.fromkeys((*(path.parent for path in paths), *beside)))
        self._seen = self._stamps()

    def changes(self) -> Iterator[bool]:
        """At each save: whether one of the files that were asked for has changed. Never ends."""
        while True:
            time.sleep(EVERY)
            now = self._stamps()
            if now != self._seen:
                now = self._settled(now)
                before, self._seen = self._seen, now
                yield any(before.get(path) != now.get(path) for path in self._own)

    def _settled(self, now: Stamps) -> Stamps:
        """How the files are when nobody writes to them, and what is gone has had time to come back."""
        started = time.monotonic()
        while True:
            time.sleep(SETTLING)
            before, now = now, self._stamps()
            waited = time.monotonic() - started
            gone = any(path in self._seen and path not in now for path in self._own)
            if waited >= (AWAY if gone else PATIENCE) or (now == before and not gone):
                return now

    def _stamps(self) -> Stamps:
        found: Stamps = {}
        for folder in self._folders:
            for path in _yaml_in(folder):
                _stamp(path, found)
        for path in self._own:
            _stamp(path, found)
        return found


def _yaml_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if entry.name.endswith((".yaml", ".yml"))]
    except OSError:
        return []


def _stamp(path: Path, found: Stamps) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return
    found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)


class LastGood:
    """When each file was last found good, and as which version."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def note(self, reports: Sequence[Report], at: datetime, *, strict: bool) -> None:
        """Keep what is good of this round."""
        for each in reports:
            if each.is_good(strict=strict):
                protocol = each.protocol
                version = f", version {protocol.version}, digest {protocol.digest[:12]}" if protocol else ""
                self._found[each.file] = f"{at:%H:%M:%S}{version}"

    def lines(self, reports: Sequence[Report], *, strict: bool) -> Iterator[str]:
        """For each file that is not good now: when it last was."""
        for each in reports:
            if not each.is_good(strict=strict):
                named = f"{each.file}: " if len(reports) > 1 else ""
                found = self._found.get(each.file, "not since this watch began")
                yield f"{named}last good: {found}"


def watch(
    watched: Watched,
    check: Callable[[], list[Report]],
    show: Callable[[list[Report]], int],
    *,
    strict: bool,
    clear: bool,
) -> int:
    """Check at once and after each save, until Ctrl-C, or until nobody reads the output any more.

    Args:
        watched: The files to look at.
        check: Reads and checks them.
        show: Prints a round, and returns its exit code.
        strict: Whether a warning makes a file not good.
        clear: Whether each round may take the place of the one before, where that is a terminal.

    Returns:
        The exit code of the last round, for a reader who has left.
    """
    good = LastGood()
    reports = check()
    if any(each.unreadable for each in reports):
        return show(reports)  # a mistyped name is told at once, and not waited for
    code = _round(reports, good, show, strict=strict, clear=clear)
    for own in watched.changes():
        before, reports = reports, check()
        # Something beside the files was saved that says nothing new about them.
        if own or _said(before) != _said(reports):
            code = _round(reports, good, show, strict=strict, clear=clear)
        if output.reader_has_left():
            break
    return code


def _round(
    reports: list[Report],
    good: LastGood,
    show: Callable[[list[Report]], int],
    *,
    strict: bool,
    clear: bool,
) -> int:
    at = inputs.now().astimezone()
    good.note(reports, at, strict=strict)
    _separate(at, clear=clear)
    for line in good.lines(reports, strict=strict):
        output.talk(line)
    code = show(reports)
    output.talk("watching: each save is checked, Ctrl-C ends")
    return code


def _separate(at: datetime, *, clear: bool) -> None:
    """Begin a round: on a clean screen, or below a line."""
    if clear and sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        sys.stderr.write(CLEAR)
    output.talk(f"── checked at {at:%H:%M:%S} ──")


def _said(reports: Sequence[Report]) -> list[object]:
    # Two proofs that say the same are equal, however long they took.
    return [(each.file, str(each.unreadable), each.issues, each.proof) for each in reports]
