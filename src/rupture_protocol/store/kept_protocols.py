"""The files of the protocols that cases were opened with: byte for byte, so that a case outlives its file."""

from __future__ import annotations

from collections.abc import Iterable

from rupture_protocol.errors import RuptureError
from rupture_protocol.language.bases import assemble
from rupture_protocol.language.dump import dump
from rupture_protocol.language.library import Kept, Text
from rupture_protocol.language.protocol import Protocol


def files_of(protocol: Protocol) -> tuple[Text, ...]:
    """The files that a protocol was read from, its own first, by the numbers of their folders.

    One that was made in Python has none; it is written out.
    """
    texts = protocol.files or (Text(f"{protocol.id}.yaml", dump(protocol).encode("utf-8")),)
    folders = list(dict.fromkeys(text.home for text in texts))
    return tuple(
        Text(_plain(text.name), text.data, number, folders.index(text.home))
        for number, text in enumerate(texts)
    )


def _plain(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def read_again(files: Iterable[Text], digest: str) -> Protocol | None:
    """The protocol that kept files make; None where they do not make the one of that digest."""
    texts = tuple(files)
    if not texts:
        return None
    try:
        found = assemble(texts[0], Kept(texts)).protocol
    except RuptureError:
        return None
    return found if found is not None and found.digest == digest else None
