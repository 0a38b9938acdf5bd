"""Wrapping: a key, encrypted under another one (AES-256-GCM), that says with what and in which context.

    01, id of the wrapping key (8 bytes), length of the context (2), context, nonce (12), ciphertext and tag

All before the ciphertext is authenticated with it. The context is in the open, so that keys can be wrapped
anew under another key without knowing what they are for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rupture_protocol.store.errors import KeysDamaged, KeysMissing

_VERSION = b"\x01"
_ID, _NONCE = 8, 12


class WrappingKey:
    """A key that wraps others. What it is made of cannot be seen in it."""

    __slots__ = ("_cipher", "id")

    def __init__(self, secret: bytes) -> None:
        self.id = hashlib.sha256(b"rupture-wrapping-key/1\0" + secret).hexdigest()[: 2 * _ID]
        self._cipher = AESGCM(secret)

    def __repr__(self) -> str:
        return f"<WrappingKey {self.id}>"

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """A key, wrapped in a context of at most 65,535 bytes."""
        nonce = os.urandom(_NONCE)
        before = _VERSION + bytes.fromhex(self.id) + len(context).to_bytes(2, "big") + context + nonce
        return before + self._cipher.encrypt(nonce, key, before)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key that was wrapped, in whatever context.

        Raises:
            KeysDamaged: Not with this key, or the bytes have been changed.
        """
        end = _end_of_context(wrapped) + _NONCE
        try:
            return self._cipher.decrypt(wrapped[end - _NONCE : end], wrapped[end:], wrapped[:end])
        except (InvalidTag, ValueError):
            raise _damaged() from None


def unwrap(wrapped: bytes, context: bytes, keys: Mapping[str, WrappingKey]) -> bytes:
    """The key that was wrapped in that context, under one of these.

    Raises:
        KeysMissing: It was wrapped under another key.
        KeysDamaged: It was wrapped in another context, or has been changed.
    """
    key = keys.get(wrapped_under(wrapped))
    if context_of(wrapped) != context:
        raise KeysDamaged("a wrapped key belongs to something else")
    if key is None:
        raise KeysMissing("the key that opens a wrapped key is not here", help=_HELP)
    return key.unwrap(wrapped)


def rewrapped(wrapped: bytes, keys: Mapping[str, WrappingKey], now: WrappingKey) -> bytes:
    """The same key in the same context, wrapped under `now`; as it is, where it was already."""
    if wrapped_under(wrapped) == now.id:
        return wrapped
    context = context_of(wrapped)
    return now.wrap(unwrap(wrapped, context, keys), context)


def wrapped_under(wrapped: bytes) -> str:
    """The id of the key that it was wrapped under. Raises as `context_of`."""
    _end_of_context(wrapped)
    return wrapped[1 : 1 + _ID].hex()


def context_of(wrapped: bytes) -> bytes:
    """The context that it was wrapped in.

    Raises:
        KeysDamaged: This is nothing that was wrapped here.
    """
    return wrapped[_ID + 3 : _end_of_context(wrapped)]


def _end_of_context(wrapped: bytes) -> int:
    end = _ID + 3 + int.from_bytes(wrapped[_ID + 1 : _ID + 3], "big")
    if wrapped[:1] != _VERSION or len(wrapped) < end + _NONCE:
        raise _damaged()
    return end


def _damaged() -> KeysDamaged:
    return KeysDamaged("a wrapped key is not what was written", help=_HELP)


_HELP = "bring the keys back from a backup"
