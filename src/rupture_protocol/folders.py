"""The files that protocols are looked for in: a search path, and the folder that a file is in.

The search path: the folders given, those of the environment variable RUPTURE_PATH, the shipped protocols.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rupture_protocol import shipped
from rupture_protocol.errors import shorten
from rupture_protocol.language.library import NotThere, Text
from rupture_protocol.language.shapes import LANGUAGE_PATTERN
from rupture_protocol.language.source import LARGEST_FILE

PATH_VARIABLE = "RUPTURE_PATH"
SearchPath = Iterable[str | os.PathLike[str]]


class Folders:
    """A library of files: each is read once, and only when it is asked for."""

    def __init__(self, path: SearchPath = ()) -> None:
        variable = os.environ.get(PATH_VARIABLE, "")
        given = [Path(each) for each in path]
        set_ = [Path(each) for each in variable.split(os.pathsep) if each]
        self._folders = [*given, *set_, shipped.folder()]
        self._read: dict[Path, Text] = {}

    @property
    def all(self) -> tuple[Path, ...]:
        """The folders in which names are looked for, in that order."""
        return tuple(self._folders)

    def find(self, name: str) -> Path | None:
        """The file of the first protocol that is called so, if there is one."""
        return next(self._called(name), None)

    def named(self, protocol: str) -> Iterator[Text]:
        """The files that may hold the protocol of that id, in the order of the search path."""
        for path in self._called(protocol):
            yield self.text(path)

    def beside(self, text: Text, name: str) -> Text:
        """The file of that plain name in the folder of `text`.

        Raises:
            NotThere: There is none, it is no plain file, or `text` has no folder.
        """
        if not isinstance(text.home, Path):
            raise NotThere("a text has no folder that a file could be in", help="load it from its file")
        path = text.home / name
        try:
            kind = path.lstat().st_mode
        except (OSError, ValueError):
            help_ = "it must be in the same folder"
            raise NotThere(f"there is no file `{shorten(name)}` here", help=help_) from None
        if not stat.S_ISREG(kind):
            what = "a link" if stat.S_ISLNK(kind) else "no plain file"
            raise NotThere(f"`{shorten(name)}` is {what}", code="bad-file-name", help="name the file itself")
        return self.text(path, shown=str(Path(text.name).with_name(name)))

    def translations(self, text: Text) -> Mapping[str, Text]:
        """The translations beside a file, by language: `standard.de.yaml` beside `standard.yaml`."""
        if not isinstance(text.home, Path):
            return {}
        try:
            beside = sorted(text.home.iterdir())
        except OSError:  # a folder that is still to be made, or whose files may be read, but not listed
            return {}
        stem = re.escape(Path(text.name).name.removesuffix(".yaml").removesuffix(".yml"))
        name = re.compile(rf"{stem}\.({LANGUAGE_PATTERN.strip('^$')})\.yaml")
        found = {match[1]: path for path in beside if (match := name.fullmatch(path.name))}
        shown = Path(text.name)
        return {
            language: self.text(path, shown=str(shown.with_name(path.name)))
            for language, path in found.items()
            if path.is_file()
        }

    def names(self) -> tuple[str, ...]:
        """The names of the protocols that there are, sorted."""
        found = {path.stem for folder in self._folders for path in folder.glob("*.yaml")}
        return tuple(sorted(name for name in found if "." not in name))

    def text(self, path: Path, *, shown: str = "") -> Text:
        """A file, read.

        Raises:
            NotThere: It cannot be read; the message says why.
        """
        try:
            where = Path(os.path.realpath(path))
        except ValueError:
            raise NotThere(f"cannot read `{shorten(shown or str(path))}`: not a path") from None
        if where not in self._read:
            name = shown or (path.name if path.is_absolute() else str(path))
            self._read[where] = Text(name, _bytes(path, name), where, path.parent)
        return self._read[where]

    def _called(self, name: str) -> Iterator[Path]:
        if not _is_plain(name):
            return
        for folder in self._folders:
            path = folder / f"{name}.yaml"
            # `Path.is_file` raises where a name is too long for the file system.
            if os.path.isfile(path):  # noqa: PTH113
                yield path


def _is_plain(name: str) -> bool:
    return bool(name) and "/" not in name and os.sep not in name and "." not in name and "\0" not in name


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than is allowed is enough to know; a device or a pipe may have no end.
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        help_ = "`rupture protocols` lists those shipped"
        raise NotThere(f"cannot read `{shorten(name)}`: {reason.lower()}", help=help_) from None
    except ValueError:
        raise NotThere(f"cannot read `{shorten(name)}`: not a path") from None
