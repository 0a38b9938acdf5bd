"""The ring: which keys a store has and had, none of them secret. It is the file `keys.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from rupture_protocol.store.errors import KeysDamaged, KeysMissing, StoreError
from rupture_protocol.store.keys import files
from rupture_protocol.store.keys.provider import PublicKey, id_of

SCHEMA = "rupture-key-ring/1"
FILE = "keys.json"


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A key that wraps others, by its id: since when, and since when no more."""

    id: str
    made: datetime
    retired: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of a store, oldest first; the last of each kind is the one in use."""

    signing: tuple[PublicKey, ...] = ()
    wrapping: tuple[Wrapping, ...] = ()

    def followed(self, public: bytes, wrapping: str, at: datetime) -> Ring:
        """The ring with these keys in use; those that were in use before are retired.

        Raises:
            StoreError: One of them was in use before, and was retired.
        """
        retired = {each.id for each in self.signing if each.retired}
        retired |= {each.id for each in self.wrapping if each.retired}
        if retired & {id_of(public), wrapping}:
            raise StoreError("a key that was retired is not used again", help="make a new one")
        signing, wraps = self.signing, self.wrapping
        if not signing or signing[-1].raw != public:
            signing = (*_retired(signing, at), PublicKey(id_of(public), public, at))
        if not wraps or wraps[-1].id != wrapping:
            wraps = (*_retired(wraps, at), Wrapping(wrapping, at))
        return Ring(signing, wraps)

    def finished(self, before: Ring, at: datetime) -> Ring:
        """The ring after a rotation that began with `before`: nothing lies under old wrapping keys any more.

        The key that signed until then is retired as of now: it may have signed while others came into use.
        """
        signed = {each.id for each in before.signing if not each.retired}
        return Ring(
            tuple(
                replace(each, retired=at) if each.retired and each.id in signed else each
                for each in self.signing
            ),
            self.wrapping[-1:],
        )


K = TypeVar("K", PublicKey, Wrapping)


def _retired(keys: tuple[K, ...], at: datetime) -> tuple[K, ...]:
    return tuple(each if each.retired else replace(each, retired=at) for each in keys)


def read_ring(folder: Path) -> Ring:
    """The ring in a folder of keys.

    Raises:
        KeysMissing: There is none.
        KeysDamaged: It is not what was written.
        StoreError: It cannot be read.
    """
    with files.told_as_ours():
        data = files.read(folder / FILE)
    if data is None:
        raise KeysMissing(
            "the keys of this store are not here",
            help="bring them back from a backup, or say with `RUPTURE_KEYS` where they are",
        )
    try:
        return _ring_of(json.loads(data))
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise KeysDamaged(
            f"the list of keys is not what was written: `{FILE}`",
            help="bring the keys back from a backup",
        ) from None


def write_ring(folder: Path, ring: Ring) -> None:
    """Puts the ring in place of the one before; whoever calls this holds the lock."""
    data = {
        "schema": SCHEMA,
        "signing": [
            {"id": each.id, "public": each.raw.hex(), **_times(each.made, each.retired)}
            for each in ring.signing
        ],
        "wrapping": [{"id": each.id, **_times(each.made, each.retired)} for each in ring.wrapping],
    }
    files.write(folder / FILE, (json.dumps(data, indent=1) + "\n").encode())


class RingFile:
    """The ring in a folder, as it is now: it is read again when somebody has changed it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = (state_of(folder), read_ring(folder))

    def now(self) -> Ring:
        """The ring. Raises as `read_ring`."""
        state = state_of(self._folder)
        if state != self._read[0]:
            self._read = (state, read_ring(self._folder))
        return self._read[1]


def state_of(folder: Path) -> tuple[int, ...]:
    """What tells one ring from another without reading it."""
    try:
        at = (folder / FILE).stat()
    except OSError:
        return ()  # reading it says what is wrong
    return (at.st_ino, at.st_size, at.st_mtime_ns, at.st_ctime_ns)


class Trusted(Mapping[str, PublicKey]):
    """The public keys of a ring by their ids, as they are now."""

    def __init__(self, folder: Path) -> None:
        self._ring = RingFile(folder)

    def __getitem__(self, key: str) -> PublicKey:
        for each in self._ring.now().signing:
            if each.id == key:
                return each
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter([each.id for each in self._ring.now().signing])

    def __len__(self) -> int:
        return len(self._ring.now().signing)


def _ring_of(data: Any) -> Ring:
    if data["schema"] != SCHEMA:
        raise ValueError("another schema")
    signing = tuple(
        PublicKey(each["id"], bytes.fromhex(each["public"]), *_read_times(each)) for each in data["signing"]
    )
    wrapping = tuple(Wrapping(each["id"], *_read_times(each)) for each in data["wrapping"])
    for key in signing:
        if len(key.raw) != 32 or id_of(key.raw) != key.id:
            raise ValueError("the id is another key's")
    for keys in (signing, wrapping):
        if [each.retired is None for each in keys] != [False] * (len(keys) - 1) + [True]:
            raise ValueError("not one key is in use")
        if len({each.id for each in keys}) != len(keys):
            raise ValueError("a key twice")
    if not all(len(bytes.fromhex(each.id)) == 8 for each in wrapping):
        raise ValueError("no id")  # it names a file
    return Ring(signing, wrapping)


def _times(made: datetime, retired: datetime | None) -> dict[str, str | None]:
    return {"made": made.isoformat(), "retired": None if retired is None else retired.isoformat()}


def _read_times(data: Any) -> tuple[datetime, datetime | None]:
    made, retired = data["made"], data["retired"]
    return datetime.fromisoformat(made), None if retired is None else datetime.fromisoformat(retired)
