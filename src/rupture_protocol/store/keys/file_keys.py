"""Keys in files: whoever reads the folder reads everything. It is apart from the database, and that is all.

keys.json          which keys there are, none of them secret
signing/ID.key     a secret key, in base64, for its owner alone; destroyed when it is retired
wrapping/ID.key    the same
kept/ab/abcd…      the wrapped keys of cases
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rupture_protocol.store.errors import KeysDamaged, KeysMissing
from rupture_protocol.store.keys import files, wrapping
from rupture_protocol.store.keys.key_store import FolderKeyStore
from rupture_protocol.store.keys.provider import PublicKey, Signature, id_of
from rupture_protocol.store.keys.ring import FILE, Ring, Trusted, read_ring, state_of, write_ring
from rupture_protocol.store.keys.rotating import is_unfinished, rotate
from rupture_protocol.store.keys.secret_files import (
    FROM_BACKUP,
    SECRET_SIZE,
    SIGNING,
    WRAPPING,
    read_secret,
    write_secret,
)
from rupture_protocol.store.keys.wrapping import WrappingKey


@dataclass(frozen=True, slots=True, repr=False)
class _InUse:
    """The secrets as of one reading of the ring."""

    ring: Ring
    seen: tuple[int, ...]
    signing: Ed25519PrivateKey
    wrapping: dict[str, WrappingKey]
    """Those of the ring, and those that were in it when it was read before."""

    @property
    def public(self) -> PublicKey:
        return self.ring.signing[-1]

    @property
    def wraps(self) -> WrappingKey:
        return self.wrapping[self.ring.wrapping[-1].id]


class FileKeys:
    """A `KeyProvider` whose keys are files in a folder.

    It follows the folder: when another process has rotated the keys, the next signature is by the new one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = FolderKeyStore(folder / "kept", before=self._under_the_key_in_use)
        self._in_use = self._read({})
        self.trusted = Trusted(folder)

    def __repr__(self) -> str:
        return "<FileKeys>"

    def __reduce__(self) -> tuple[object, ...]:
        return (FileKeys, (self.folder,))  # secrets are read again, and never written elsewhere

    @classmethod
    def open(cls, folder: Path) -> FileKeys:
        """The keys that are in a folder.

        Raises:
            KeysMissing: There are none.
            KeysDamaged: They are not what was written.
            StoreError: They cannot be read.
        """
        return cls(folder)

    @classmethod
    def make(cls, folder: Path, *, at: datetime | None = None) -> FileKeys:
        """New keys in a folder; those that are there, if somebody else has just made some.

        Raises:
            KeysDamaged: The wrapped keys of cases are there, and not what opens them.
            StoreError: They cannot be written.
        """
        with files.told_as_ours():
            files.make_folder(folder / "kept")
            kept = FolderKeyStore(folder / "kept")
            with kept.locked():
                if not (folder / FILE).exists():
                    kept.must_be_empty()
                    write_ring(folder, _with_new_keys(folder, Ring(), at or datetime.now(UTC)))
        return cls(folder)

    def sign(self, message: bytes) -> Signature:
        """The signature of a message, by the key that signs now. Raises as `open`."""
        now = self._now()
        return Signature(now.public.id, now.signing.sign(message))

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """A key, wrapped under the key that wraps now. Raises as `open`."""
        return self._now().wraps.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """A key that was wrapped in that context.

        Raises:
            KeysMissing: The key that opens it is not here.
            KeysDamaged: It was wrapped in another context, or has been changed.
        """
        keys = self._in_use.wrapping
        if wrapping.wrapped_under(wrapped) not in keys:
            keys = self._now().wrapping
        return wrapping.unwrap(wrapped, context, keys)

    def rotate(self, *, at: datetime | None = None) -> None:
        """A new key signs and a new one wraps from here on; the secret keys before them are destroyed.

        What they signed stays valid, and every wrapped key is wrapped anew. If this is cut off, everything
        stays readable, and the next rotation first finishes this one: it then makes no other keys.

        Raises:
            KeysDamaged: A wrapped key is not what was written; nothing is destroyed.
            StoreError: It cannot be written.
        """
        rotate(
            self.folder,
            self.kept,
            following=lambda now, at: now if is_unfinished(now) else _with_new_keys(self.folder, now, at),
            rewrapped=self._under_the_key_in_use,
            at=at,
        )

    def is_rotating(self) -> bool:
        """Whether a rotation was begun, and is not finished: `rotate` finishes it."""
        return is_unfinished(read_ring(self.folder))

    def _under_the_key_in_use(self, wrapped: bytes) -> bytes:
        """What is about to be kept: keys may have been rotated since it was wrapped."""
        now = self._now()
        return wrapping.rewrapped(wrapped, now.wrapping, now.wraps)

    def _now(self) -> _InUse:
        if state_of(self.folder) != self._in_use.seen:
            self._in_use = self._read(self._in_use.wrapping)
        return self._in_use

    def _read(self, known: dict[str, WrappingKey]) -> _InUse:
        """What is in use now. A rotation may go on meanwhile: what is gone then is in the ring no more."""
        for _ in range(10):
            seen = state_of(self.folder)
            now = read_ring(self.folder)
            try:
                return self._secrets_of(now, seen, known)
            except KeysMissing:
                if seen == state_of(self.folder):
                    raise
        raise KeysMissing("the keys of this store change all the time", help="try again")

    def _secrets_of(self, now: Ring, seen: tuple[int, ...], known: dict[str, WrappingKey]) -> _InUse:
        public = now.signing[-1]
        signing = read_secret(self.folder, SIGNING, public.id, Ed25519PrivateKey.from_private_bytes)
        wraps = dict(known)
        for each in now.wrapping:
            try:
                wraps[each.id] = read_secret(self.folder, WRAPPING, each.id, WrappingKey)
            except KeysMissing:
                # A rotation that was cut off may have destroyed it: then nothing lies under it.
                if each.retired is None:
                    raise
        said = {public.id: id_of(signing.public_key().public_bytes_raw())}
        said |= {each.id: wraps[each.id].id for each in now.wrapping if each.id in wraps}
        for key, found in said.items():
            if key != found:
                raise KeysDamaged(f"a secret key is another one: `{key}.key`", help=FROM_BACKUP)
        return _InUse(now, seen, signing, wraps)


def _with_new_keys(folder: Path, now: Ring, at: datetime) -> Ring:
    """The ring with new keys in use, whose secrets are on the disk."""
    signs, wraps = os.urandom(SECRET_SIZE), os.urandom(SECRET_SIZE)
    public = Ed25519PrivateKey.from_private_bytes(signs).public_key().public_bytes_raw()
    wrapping_id = WrappingKey(wraps).id
    for kind, key, secret in ((SIGNING, id_of(public), signs), (WRAPPING, wrapping_id, wraps)):
        write_secret(folder, kind, key, secret)
    return now.followed(public, wrapping_id, at)
