"""What keys do for a store: three methods, which a host may have done by a key service of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature (Ed25519, 64 bytes), and the id of the key that made it."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What verifies signatures: nothing about it is secret, and it may be published.

    Attributes:
        id: The first 16 hex digits of the SHA-256 of `raw`.
        raw: The public key of Ed25519, 32 bytes.
        made: Since when it signs, aware.
        retired: Since when it signs no more; None for the one that does. What it signed stays valid.
    """

    id: str
    raw: bytes
    made: datetime
    retired: datetime | None = None

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly that message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class KeyProvider(Protocol):
    """Who has the secret keys of a store. Safe to be called by several threads at once."""

    def sign(self, message: bytes) -> Signature:
        """The signature of a message, by the key that signs now."""
        ...

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """A key, encrypted: unwrapped in the same context only. It says itself what it was wrapped with."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """A key that was wrapped in that context.

        Raises:
            StoreError: It cannot be: another context, changed bytes, or the key that opens it is gone.
        """
        ...


def id_of(public: bytes) -> str:
    """The id of a public key."""
    return hashlib.sha256(public).hexdigest()[:16]
