"""What seals the lists of a store: the state in which a case stands, and its agenda.

Lists are searched for a state, so the same state looks the same in every row (AES-SIV); an agenda is bound to
its case, and as long as any other, up to a block. Whenever a case is erased, the lists are sealed anew with a
key of the next generation, and the one before is destroyed: what a copy of the database says of it goes, too.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from rupture_protocol.store.errors import StoreCorrupt
from rupture_protocol.store.padding import padded, unpadded

AGENDA_BLOCK = 512


class ListKey:
    """The key of the lists, of one generation."""

    def __init__(self, secret: bytes, generation: int) -> None:
        self.generation = generation
        self._cipher = AESSIV(hashlib.sha512(b"rupture-lists/1\0" + secret).digest())

    def mask(self, word: str) -> bytes:
        """A word, sealed so that the same one always looks the same."""
        return self._cipher.encrypt(word.encode("utf-8"), None)

    def unmask(self, masked: bytes) -> str:
        """The word.

        Raises:
            StoreCorrupt: It is none of ours.
        """
        try:
            return self._cipher.decrypt(masked, None).decode("utf-8")
        except (InvalidTag, ValueError):
            raise _damaged() from None

    def seal(self, case_id: str, content: bytes) -> bytes:
        """What a list says of a case, sealed for that case."""
        return self._cipher.encrypt(padded(content, AGENDA_BLOCK), [case_id.encode("utf-8")])

    def open(self, case_id: str, sealed: bytes) -> bytes:
        """What it says. Raises as `unmask`."""
        try:
            return unpadded(self._cipher.decrypt(sealed, [case_id.encode("utf-8")]))
        except (InvalidTag, ValueError):
            raise _damaged() from None


def _damaged() -> StoreCorrupt:
    return StoreCorrupt(
        "a list holds what was not written", help="`rupture case verify` says all that is wrong"
    )
