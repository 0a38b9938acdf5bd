"""Watching: all that is logged, raised, printed and written while something is done, to be searched."""

from __future__ import annotations

import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import event
from tests.canaries.planted import found_in

PAGE, OVERLAP = 4096, 64
TESTS = str(Path(__file__).parents[1])


class Watch(logging.Handler):
    """What was seen, by where: each piece is searched at once, and nothing else of it is kept."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.leaks: dict[str, list[str]] = {}
        self.seen: dict[str, int] = {}
        self.what = "at first"
        self._pages: set[bytes] = set()

    def look(self, where: str, data: bytes | str) -> None:
        """Searches something that anybody may see."""
        self.seen[where] = self.seen.get(where, 0) + len(data)
        found = found_in(data)
        if found:
            self.leaks.setdefault(f"{where}, {self.what}", []).extend(found)

    def emit(self, record: logging.LogRecord) -> None:
        told = f"{record.getMessage()}\n{record.args!r}\n{record.exc_text}\n{record.stack_info}"
        self.look("log", told)

    def look_at_files(self, where: str, folder: Path) -> None:
        """Searches every file below a folder, its name too."""
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                kind = file.suffix.rpartition("-")[2] or file.suffix
                self.look(f"{where} {kind}", f"{file}".encode() + self._new_in(file.read_bytes()))

    def _new_in(self, data: bytes) -> bytes:
        """The pages of a file that were not searched before, each with the beginning of the next."""
        pages = (data[at : at + PAGE + OVERLAP] for at in range(0, len(data), PAGE))
        new = [page for page in pages if page not in self._pages]
        self._pages.update(new)
        return b"\0".join(new)

    def attempt(self, what: str, call: Callable[[], object]) -> BaseException | None:
        """Does something; searches what it answers or raises. The error, where it raised one."""
        self.what = what
        try:
            answer = call()
        except Exception as error:
            self.look("error", told_by(error))
            return error
        self.look("repr", f"{answer!r} {answer}")
        return None


def told_by(error: BaseException) -> str:
    """All that can be had of an error without asking for a value by name: a traceback with locals, too.

    The frames of the tests are those of a host, and hold what it gave.
    """
    whole = traceback.TracebackException.from_exception(error, capture_locals=True)
    told = [str(error), repr(error), repr(error.args), str(getattr(error, "help", "")), repr(vars(error))]
    waiting, seen = [whole], set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        frames = [frame for frame in each.stack if not frame.filename.startswith(TESTS)]
        told += [*traceback.StackSummary.from_list(frames).format(), *each.format_exception_only()]
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]
    return "\n".join(told)


@contextmanager
def watching(folder: Path | None = None) -> Iterator[Watch]:
    """Everything is logged, SQLAlchemy's statements and rows too; files are searched before a commit."""
    watch = Watch()
    names = (None, "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "rupture_protocol", "transitions")
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    root, handlers = loggers[0], loggers[0].handlers
    root.handlers = [watch]  # the handlers of the tests themselves would format and keep all of it
    for logger in loggers:
        logger.setLevel(logging.DEBUG)

    def under_way(_connection: object) -> None:
        if folder is not None:
            watch.look_at_files("under way", folder)

    event.listen(sqlalchemy.Engine, "commit", under_way)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield watch
        for each in warned:
            watch.look("warning", str(each.message))
    finally:
        event.remove(sqlalchemy.Engine, "commit", under_way)
        root.handlers = handlers
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
