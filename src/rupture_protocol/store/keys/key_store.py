"""Where wrapped keys lie, by name: three methods, and a folder that has them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from rupture_protocol.store.errors import KeysDamaged
from rupture_protocol.store.keys import files

_MAGIC = b"rupture-wrapped-key/1\n"


class KeyStore(Protocol):
    """Where wrapped keys lie. It learns no key: what it keeps is opened by a `KeyProvider` only."""

    def get(self, name: str) -> bytes | None:
        """The wrapped key of that name; None where there is none, or none any more."""
        ...

    def put(self, name: str, wrapped: bytes) -> bytes:
        """Keeps it for good, unless there is one of that name: the first one stays. Returns what is kept."""
        ...

    def destroy(self, name: str) -> None:
        """Destroys it for good. Nothing where there is none."""
        ...


class FolderKeyStore:
    """Wrapped keys in a folder, a file each; its name is the SHA-256 of the key's name.

    Args:
        folder: It is made when the first key is put there.
        before: What is to be done with a wrapped key just before it is kept, while nobody else writes.
    """

    def __init__(self, folder: Path, *, before: Callable[[bytes], bytes] | None = None) -> None:
        self.folder = folder
        self._before = before

    def __repr__(self) -> str:
        return "<FolderKeyStore>"

    def get(self, name: str) -> bytes | None:
        """The wrapped key of that name, in one read; None where there is none, or none any more.

        Raises:
            KeysDamaged: Its file is not what was written.
            StoreError: It cannot be read.
        """
        with files.told_as_ours():
            return _opened(self._file(name))

    def put(self, name: str, wrapped: bytes) -> bytes:
        """Keeps it: it is on the disk when this returns. The first of a name stays. Raises as `get`."""
        file = self._file(name)
        with files.told_as_ours():
            files.make_folder(file.parent)
            with self.locked():
                kept = _opened(file)
                if kept is not None:
                    files.keep_names(file.parent)  # whoever put it may have been cut off just before this
                    return kept
                kept = wrapped if self._before is None else self._before(wrapped)
                _write(file, kept)
                return kept

    def destroy(self, name: str) -> None:
        """Overwrites it, on the disk, and removes it. Raises as `get`."""
        file = self._file(name)
        with files.told_as_ours():
            if self.folder.exists():
                with self.locked():
                    files.destroy(file)

    def rewrap(self, change: Callable[[bytes], bytes]) -> None:
        """Puts in place of each wrapped key what `change` makes of it; the same bytes leave it as it is.

        Others may put, get and destroy meanwhile.
        """
        with files.told_as_ours():
            for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
                for file in sorted(folder.glob("[0-9a-f]" * 64)):
                    with self.locked():  # held for one at a time: whoever opens a case need not wait
                        kept = _opened(file)
                        after = None if kept is None else change(kept)
                        if after is not None and after != kept:
                            _write(file, after)

    def must_be_empty(self) -> None:
        """Makes sure that no key lies here, before new keys are made that would not open it.

        Raises:
            KeysDamaged: One does.
        """
        if any(self.folder.glob("??/*")):
            raise KeysDamaged(
                "the keys of cases are here, and not the keys that open them",
                help="bring the keys back from a backup",
            )

    def _file(self, name: str) -> Path:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / digest[:2] / digest

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else changes anything here while it is held."""
        return files.locked(self.folder / "lock")


def _opened(file: Path) -> bytes | None:
    data = files.read(file)
    if data is None or files.is_destroyed(data):
        return None  # whoever overwrote it was cut off before removing it
    size = len(_MAGIC) + 32
    wrapped = data[size:]
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : size] != _check(file, wrapped):
        raise KeysDamaged(
            f"a wrapped key is not what was written: `{file.parent.name}/{file.name}`",
            help="bring this file back from a backup of the keys",
        )
    return wrapped


def _write(file: Path, wrapped: bytes) -> None:
    files.write(file, _MAGIC + _check(file, wrapped) + wrapped)


def _check(file: Path, wrapped: bytes) -> bytes:
    return hashlib.sha256(file.name.encode() + b"\0" + wrapped).digest()
