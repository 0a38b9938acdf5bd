"""The proof of a case: its entries as they are kept, for somebody who has neither the store nor its keys.

`verify_case.py`, which needs nothing of this library, checks one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupture_protocol.engine.case import Case
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.keys.provider import PublicKey
from rupture_protocol.store.vault import KEY_ID_SIZE

PROOF = "rupture-proof/1"


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """A case with the entries that it was read from, their contents, and the public keys that signed them."""

    case: Case
    store_id: str
    entries: Sequence[Entry]
    contents: Sequence[bytes]
    keys: Mapping[str, PublicKey]

    def to_json(self, *, contents: Iterable[int] | None = None) -> dict[str, Any]:
        """The proof as `rupture-proof/1`.

        Args:
            contents: The numbers of the events whose contents are shown; None is all of them. What is left
                out is proved to be there, and nothing of it is told.
        """
        shown = set(range(1, len(self.entries) + 1) if contents is None else contents)
        signers = dict.fromkeys(signer_of(entry) for entry in self.entries)
        return {
            "schema": PROOF,
            "store": self.store_id,
            "entries": [
                _entry_json(entry, content if entry.seq in shown else None)
                for entry, content in zip(self.entries, self.contents, strict=True)
            ],
            "keys": [_key_json(self.keys[each]) for each in signers if each in self.keys],
        }


def signer_of(entry: Entry) -> str:
    """The id of the key that signed an entry."""
    return entry.signature[:KEY_ID_SIZE].hex()


def _entry_json(entry: Entry, content: bytes | None) -> dict[str, Any]:
    written: dict[str, Any] = {
        "header": entry.header.decode("utf-8"),
        "payload": base64.b64encode(entry.payload).decode("ascii"),
    }
    if content is not None:
        written["content"] = content.decode("utf-8")
    signature = entry.signature[KEY_ID_SIZE:].hex()
    return {**written, "hash": entry.hash.hex(), "signer": signer_of(entry), "signature": signature}


def _key_json(key: PublicKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "public": key.raw.hex(),
        "made": key.made.isoformat(),
        "retired": None if key.retired is None else key.retired.isoformat(),
    }
