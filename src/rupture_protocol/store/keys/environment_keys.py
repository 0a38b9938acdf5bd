"""Keys from the environment: secrets that whoever starts the process gives it; no file of ours holds them.

    RUPTURE_SIGNING_KEY     32 bytes in base64
    RUPTURE_WRAPPING_KEY    the same; after a space those that were used before, while they are needed

The ring and the wrapped keys of cases are in the folder, as with keys in files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rupture_protocol.store.errors import KeysDamaged, KeysMissing
from rupture_protocol.store.keys import files, wrapping
from rupture_protocol.store.keys.key_store import FolderKeyStore
from rupture_protocol.store.keys.provider import Signature, id_of
from rupture_protocol.store.keys.ring import FILE, Ring, RingFile, Trusted, read_ring, write_ring
from rupture_protocol.store.keys.rotating import rotate
from rupture_protocol.store.keys.secret_files import WRAPPING, decoded, read_secret
from rupture_protocol.store.keys.wrapping import WrappingKey

SIGNING_VARIABLE, WRAPPING_VARIABLE = "RUPTURE_SIGNING_KEY", "RUPTURE_WRAPPING_KEY"


@dataclass(frozen=True, slots=True, repr=False)
class _Given:
    """What the environment says."""

    signing: Ed25519PrivateKey
    wraps: WrappingKey
    before: tuple[WrappingKey, ...]

    @property
    def public(self) -> bytes:
        return self.signing.public_key().public_bytes_raw()

    @property
    def wrapping(self) -> dict[str, WrappingKey]:
        return {each.id: each for each in (*self.before, self.wraps)}


class EnvironmentKeys:
    """A `KeyProvider` whose secret keys are in the environment of the process."""

    def __init__(self, folder: Path, given: _Given) -> None:
        self.folder = folder
        self.kept = FolderKeyStore(folder / "kept", before=self._under_the_key_in_use)
        self.trusted = Trusted(folder)
        self._ring = RingFile(folder)
        self._given = given

    def __repr__(self) -> str:
        return "<EnvironmentKeys>"

    def __reduce__(self) -> tuple[object, ...]:
        return (EnvironmentKeys.open, (self.folder,))  # secrets are read again, and never written elsewhere

    @classmethod
    def open(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> EnvironmentKeys:
        """The keys of the environment, if they are those of the folder's ring.

        Raises:
            KeysMissing: There is no ring, or the keys in use are others.
            KeysDamaged: A variable holds no key, or the ring is not what was written.
            StoreError: The folder cannot be read.
        """
        given = _given(environment)
        now = read_ring(folder)
        if now.signing[-1].raw != given.public or now.wrapping[-1].id != given.wraps.id:
            raise KeysMissing(
                "the keys of the environment are not those that this store uses",
                help="give it those, or bring these into use with `rupture key rotate`",
            )
        return cls(folder, given)

    @classmethod
    def make(
        cls, folder: Path, environment: Mapping[str, str] = os.environ, *, at: datetime | None = None
    ) -> EnvironmentKeys:
        """Brings the keys of the environment into use for a store that has none. Raises as `open`."""
        given = _given(environment)
        with files.told_as_ours():
            files.make_folder(folder / "kept")
            kept = FolderKeyStore(folder / "kept")
            with kept.locked():
                if not (folder / FILE).exists():
                    kept.must_be_empty()
                    write_ring(folder, Ring().followed(given.public, given.wraps.id, at or datetime.now(UTC)))
        return cls.open(folder, environment)

    @classmethod
    def rotate(
        cls, folder: Path, environment: Mapping[str, str] = os.environ, *, at: datetime | None = None
    ) -> EnvironmentKeys:
        """Brings the keys of the environment into use in place of others.

        Whatever lies under an old wrapping key is wrapped anew: that key is in the environment, too, or still
        in its file in the folder, where it is destroyed then.

        Raises:
            KeysMissing: An old wrapping key is not to be had, so that nothing is changed.
            KeysDamaged, StoreError: As `FileKeys.rotate`.
        """
        given = _given(environment)
        now = read_ring(folder)
        keys = dict(given.wrapping)
        for each in now.wrapping:
            if each.id not in keys:
                try:
                    keys[each.id] = read_secret(folder, WRAPPING, each.id, WrappingKey)
                except KeysMissing:
                    # A rotation that was cut off may have destroyed it: then nothing lies under it.
                    if each.retired is None:
                        raise
        own = cls(folder, given)
        rotate(
            folder,
            own.kept,
            following=lambda ring, at: ring.followed(given.public, given.wraps.id, at),
            rewrapped=lambda kept: wrapping.rewrapped(kept, keys, given.wraps),
            at=at,
        )
        return own

    def sign(self, message: bytes) -> Signature:
        """The signature of a message, by the key of the environment.

        Raises:
            KeysMissing: The keys have been rotated since this process began.
        """
        key = id_of(self._given.public)
        self._must_be_in_use(key, self._ring.now().signing[-1].id)
        return Signature(key, self._given.signing.sign(message))

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """A key, wrapped under the first wrapping key of the environment."""
        return self._given.wraps.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """A key that was wrapped in that context. Raises as `FileKeys.unwrap`."""
        return wrapping.unwrap(wrapped, context, self._given.wrapping)

    def _under_the_key_in_use(self, wrapped: bytes) -> bytes:
        """What is about to be kept: the keys may have been rotated since this process began."""
        self._must_be_in_use(self._given.wraps.id, self._ring.now().wrapping[-1].id)
        return wrapped

    def _must_be_in_use(self, mine: str, in_use: str) -> None:
        if mine != in_use:
            raise KeysMissing(
                "the keys of the environment are in use no more", help="start again with the new ones"
            )


def is_given(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment says anything about keys."""
    return bool(environment.get(SIGNING_VARIABLE) or environment.get(WRAPPING_VARIABLE))


def _given(environment: Mapping[str, str]) -> _Given:
    signing = _secrets(environment, SIGNING_VARIABLE)
    wraps = _secrets(environment, WRAPPING_VARIABLE)
    if len(signing) > 1:
        raise KeysDamaged(f"`{SIGNING_VARIABLE}` holds more than one key", help=_SHAPE)
    first, *before = map(WrappingKey, wraps)
    return _Given(Ed25519PrivateKey.from_private_bytes(signing[0]), first, tuple(before))


def _secrets(environment: Mapping[str, str], name: str) -> list[bytes]:
    try:
        secrets = [decoded(each.encode()) for each in environment.get(name, "").split()]
    except ValueError:
        raise KeysDamaged(f"`{name}` holds no key", help=_SHAPE) from None
    if not secrets:
        raise KeysMissing(f"`{name}` is not set", help="the signing and the wrapping key go together")
    return secrets


_SHAPE = "a key is 32 random bytes in base64, as `openssl rand -base64 32` makes them"
