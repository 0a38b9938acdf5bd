"""Where the files are that a protocol extends: what the language asks of whoever reads files."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rupture_protocol.errors import shorten


@dataclass(frozen=True, slots=True)
class Text:
    """A file that was found and read, once."""

    name: str
    """As issues show it: never an absolute path."""
    data: bytes = field(repr=False)
    key: Hashable = None
    """Which file it is: two of one key are one."""
    home: object = None
    """Where the files beside it are, for the library."""


class NotThere(Exception):
    """A file that cannot be used: the message says why, and repeats no path."""

    def __init__(self, message: str, *, code: str = "base-not-found", help: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


class Kept:
    """A library of files that were read before, and nothing else: what a protocol was once read from.

    The `home` of each text is any value that texts of the same folder share.
    """

    def __init__(self, texts: Iterable[Text]) -> None:
        self.texts = tuple(texts)

    def named(self, protocol: str) -> Iterator[Text]:
        """The files that are called as the protocol of that id would be."""
        return (text for text in self.texts if _file_name(text) == f"{protocol}.yaml")

    def beside(self, text: Text, name: str) -> Text:
        """The file of that plain name in the folder of `text`.

        Raises:
            NotThere: It was not kept.
        """
        for each in self.texts:
            if _file_name(each) == name and each.home == text.home:
                return each
        raise NotThere(f"the file `{shorten(name)}` was not kept")

    def translations(self, text: Text) -> Mapping[str, Text]:  # noqa: ARG002  # as every library answers
        """None: what means nothing else is not kept."""
        return {}

    def names(self) -> tuple[str, ...]:
        """What its files are called."""
        return tuple(sorted(_file_name(text).removesuffix(".yaml") for text in self.texts))


def _file_name(text: Text) -> str:
    return text.name.replace("\\", "/").rpartition("/")[2]


class Library(Protocol):
    """Finds the files that a protocol extends. Reads them; the language itself does no I/O."""

    def named(self, protocol: str) -> Iterator[Text]:
        """The files that may hold the protocol of that id, those that come first in the search path first."""

    def beside(self, text: Text, name: str) -> Text:
        """The file of that plain name in the folder of `text`.

        Raises:
            NotThere: There is none, it is a link, or `text` has no folder.
        """

    def translations(self, text: Text) -> Mapping[str, Text]:
        """The translations beside a file, by language: `standard.de.yaml` beside `standard.yaml`."""

    def names(self) -> tuple[str, ...]:
        """The ids of the protocols that there are, for advice."""
