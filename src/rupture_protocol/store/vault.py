"""The vault: what seals the contents of a store and opens them again, and signs what lies in the open.

    case key    32 random bytes; wrapped, in the key store, and never in the database
    payload     01, nonce (12 bytes), AES-256-GCM of the content, padded to blocks of 256 bytes, and bound to
                store, case, number and kind
    case_key    in the header of the opening event: SHA-256("rupture-case-key/1" 00, store 00, case 00, key)
    signature   id of the key (8 bytes), Ed25519 over "rupture-signature/1" 00 and the entry's hash

The opening event commits to the key, as AES-GCM does not: no other key makes another content of these bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rupture_protocol.store.entry import Entry
from rupture_protocol.store.errors import KeysMissing
from rupture_protocol.store.keys.keys import Keys
from rupture_protocol.store.lists import ListKey
from rupture_protocol.store.padding import padded, unpadded

KEY_SIZE, NONCE_SIZE, KEY_ID_SIZE = 32, 12, 8
BLOCK = 256
"""Contents are padded to blocks of so many bytes."""
_VERSION = b"\x01"
_SIGNED = b"rupture-signature/1\0"


class Unreadable(Exception):
    """A payload that its key does not open."""


class CaseKey(Protocol):
    """What seals the contents of one case."""

    @property
    def commitment(self) -> str: ...
    def seal(self, seq: int, kind: str, content: bytes) -> bytes: ...
    def open(self, seq: int, kind: str, payload: bytes) -> bytes: ...


class Vault(Protocol):
    """What a store's contents are sealed and its entries signed with."""

    store_id: str

    def case_key(self, case_id: str, *, make: bool = False) -> CaseKey:
        """The key of a case.

        Raises:
            KeysMissing: It is not here.
        """

    def has_key_of(self, case_id: str) -> bool:
        """Whether the key of a case is here."""

    def sign(self, hash_: bytes) -> bytes:
        """The signature over the hash of an entry."""

    def signature_is_wrong(self, entry: Entry) -> str:
        """What is wrong with an entry's signature; empty, where nothing is."""

    def age_of_signer(self, entry: Entry) -> int:
        """The place of the key that signed among those of the store, oldest first; 0 where nobody knows."""


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """The key of one case."""

    store_id: str
    case_id: str
    secret: bytes
    _cipher: AESGCM = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    @property
    def commitment(self) -> str:
        about = f"rupture-case-key/1\0{self.store_id}\0{self.case_id}\0".encode()
        return hashlib.sha256(about + self.secret).hexdigest()

    def seal(self, seq: int, kind: str, content: bytes) -> bytes:
        nonce = os.urandom(NONCE_SIZE)
        sealed = self._cipher.encrypt(nonce, padded(content, BLOCK), self._bound_to(seq, kind))
        return _VERSION + nonce + sealed

    def open(self, seq: int, kind: str, payload: bytes) -> bytes:
        nonce = payload[1 : 1 + NONCE_SIZE]
        if payload[:1] != _VERSION or len(nonce) < NONCE_SIZE:
            raise Unreadable
        try:
            return unpadded(self._cipher.decrypt(nonce, payload[1 + NONCE_SIZE :], self._bound_to(seq, kind)))
        except (InvalidTag, ValueError):
            raise Unreadable from None

    def _bound_to(self, seq: int, kind: str) -> bytes:
        return f"rupture-payload/1\0{self.store_id}\0{self.case_id}\0{seq}\0{kind}".encode()


class KeyedVault:
    """A vault with keys. They are looked for when they are first needed.

    Args:
        store_id: The store's own id.
        keys: Gives the keys, as they are now; raises `KeysMissing` where there are none.
    """

    def __init__(self, store_id: str, keys: Callable[[], Keys]) -> None:
        self.store_id = store_id
        self._load = keys
        self._lists: ListKey | None = None

    @property
    def keys(self) -> Keys:
        """The keys of the store, as they are now.

        Raises:
            KeysMissing: They are not here.
        """
        return self._load()

    # Cases ---------------------------------------------------------------------------------------

    def case_key(self, case_id: str, *, make: bool = False) -> SecretKey:
        secret = self._secret(f"case:{case_id}", make=make)
        if secret is None:
            raise KeysMissing(
                "the key of this case is not here",
                help="it is kept with the store's keys, and lost without them",
            )
        return SecretKey(self.store_id, case_id, secret)

    def has_key_of(self, case_id: str) -> bool:
        return self.keys.kept.get(f"case:{case_id}") is not None

    def destroy_key_of(self, case_id: str) -> None:
        """Destroys the key of a case, for ever: nobody reads its contents any more."""
        self.keys.kept.destroy(f"case:{case_id}")

    # Signatures ----------------------------------------------------------------------------------

    def sign(self, hash_: bytes) -> bytes:
        signature = self.keys.provider.sign(_SIGNED + hash_)
        return bytes.fromhex(signature.key) + signature.value

    def signature_is_wrong(self, entry: Entry) -> str:
        if not entry.signature:
            return "it is not signed"
        key = self.keys.trusted.get(entry.signature[:KEY_ID_SIZE].hex())
        if key is None:
            return "it is signed with a key that is none of this store's"
        if not key.verifies(_SIGNED + entry.hash, entry.signature[KEY_ID_SIZE:]):
            return "its signature is not of what is kept"
        return ""

    def age_of_signer(self, entry: Entry) -> int:
        known = list(self.keys.trusted)
        signer = entry.signature[:KEY_ID_SIZE].hex()
        return known.index(signer) if signer in known else 0

    # Lists ---------------------------------------------------------------------------------------

    def lists(self, generation: int) -> ListKey:
        """The key of the lists, of that generation.

        Raises:
            KeysMissing: It is not here.
        """
        if self._lists is None or self._lists.generation != generation:
            secret = self._secret(_lists(generation), make=False)
            if secret is None:
                raise KeysMissing(
                    "the key of the lists is not here: a case was erased since",
                    help="try again; in a backup that was put back, `rupture db lists` makes them anew",
                )
            self._lists = ListKey(secret, generation)
        return self._lists

    def make_lists(self, generation: int) -> ListKey:
        """The key of the lists of a new generation."""
        return ListKey(self._secret(_lists(generation), make=True) or b"", generation)

    def has_lists(self, generation: int) -> bool:
        """Whether there is a key of that generation."""
        return self.keys.kept.get(_lists(generation)) is not None

    def destroy_lists_before(self, generation: int) -> None:
        """Destroys the key of the generation before, and those that were left before it."""
        while generation > 1 and self.has_lists(generation - 1):
            generation -= 1
            self.keys.kept.destroy(_lists(generation))

    def _secret(self, name: str, *, make: bool) -> bytes | None:
        keys = self.keys
        context = hashlib.sha256(f"rupture-key/1\0{self.store_id}\0{name}".encode()).digest()
        wrapped = keys.kept.get(name)
        if wrapped is None and make:
            # The first one that is kept stays: whoever makes one at the same time gets the same.
            wrapped = keys.kept.put(name, keys.provider.wrap(os.urandom(KEY_SIZE), context))
        return None if wrapped is None else keys.provider.unwrap(wrapped, context)


def _lists(generation: int) -> str:
    return f"lists:{generation}"


class NoVault:
    """A store whose keys are not here: its chain can be verified, and nothing else."""

    def __init__(self, store_id: str) -> None:
        self.store_id = store_id

    def case_key(self, case_id: str, *, make: bool = False) -> CaseKey:  # noqa: ARG002  # as a vault does
        raise KeysMissing("the keys of this store are not here")

    def has_key_of(self, case_id: str) -> bool:  # noqa: ARG002  # as a vault does
        return False

    def sign(self, hash_: bytes) -> bytes:  # noqa: ARG002  # as a vault does
        raise KeysMissing("the keys of this store are not here")

    def signature_is_wrong(self, entry: Entry) -> str:  # noqa: ARG002  # as a vault does
        return ""

    def age_of_signer(self, entry: Entry) -> int:  # noqa: ARG002  # as a vault does
        return 0


class OpenVault:
    """No vault: a host's own store keeps contents as they are, and guards them as it guards its data."""

    def __init__(self, store_id: str = "") -> None:
        self.store_id = store_id

    class _NoKey:
        commitment = ""

        def seal(self, seq: int, kind: str, content: bytes) -> bytes:  # noqa: ARG002  # as a key does
            return content

        def open(self, seq: int, kind: str, payload: bytes) -> bytes:  # noqa: ARG002  # as a key does
            return payload

    @cached_property
    def _key(self) -> CaseKey:
        return self._NoKey()

    def case_key(self, case_id: str, *, make: bool = False) -> CaseKey:  # noqa: ARG002  # as a vault does
        return self._key

    def has_key_of(self, case_id: str) -> bool:  # noqa: ARG002  # as a vault does
        return False

    def sign(self, hash_: bytes) -> bytes:  # noqa: ARG002  # as a vault does
        return b""

    def signature_is_wrong(self, entry: Entry) -> str:
        return "it is signed, and this store has no keys" if entry.signature else ""

    def age_of_signer(self, entry: Entry) -> int:  # noqa: ARG002  # as a vault does
        return 0
