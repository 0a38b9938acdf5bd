"""A checkpoint: what all cases were at one moment, signed, in a file outside the database.

    {"schema": "rupture-checkpoint/1", "store": …, "number": …, "at": …, "size": …, "root": …,
     "signer": …, "signature": …, "heads": [[case, version, hash], …]}

The root is that of the tree of RFC 6962 over the heads in the order of their ids, each as canonical JSON. The
signature (Ed25519) is over "rupture-checkpoint/1" 00 and the canonical JSON of all but itself, its signer and
the heads. Whoever keeps the file can tell that a case was shortened, rewritten or lost since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from rupture_protocol.language.digest import canonical_json
from rupture_protocol.store.case_check import Finding
from rupture_protocol.store.keys.provider import PublicKey
from rupture_protocol.store.merkle import leaf_hash, root_of

SCHEMA = "rupture-checkpoint/1"
LARGEST = 1 << 30
_SIGNED = b"rupture-checkpoint/1\0"
_NAME = re.compile(r"checkpoint-(\d{6,18})\.json")


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a case, as a checkpoint has it."""

    case: str
    version: int
    hash: str

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree."""
        return leaf_hash(canonical_json([self.case, self.version, self.hash]).encode("utf-8"))


class Kept(NamedTuple):
    """What a store has where a checkpoint has a head: its hash, and the id of the key that signed it."""

    hash: str
    signer: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What all cases of a store were at one moment. Numbers rise strictly with each one of a store."""

    store: str
    number: int
    at: datetime
    heads: tuple[Head, ...]
    signer: str = ""
    signature: bytes = b""

    @property
    def root(self) -> str:
        """The root over all heads, in hex."""
        return root_of([head.leaf for head in self.heads]).hex()

    @property
    def signed(self) -> bytes:
        """What is signed."""
        return _SIGNED + canonical_json(self._stated()).encode("utf-8")

    def _stated(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "store": self.store,
            "number": self.number,
            "at": self.at.isoformat(),
            "size": len(self.heads),
            "root": self.root,
        }

    def to_json(self) -> dict[str, Any]:
        """The checkpoint as `rupture-checkpoint/1`."""
        heads = [[head.case, head.version, head.hash] for head in self.heads]
        return {**self._stated(), "signer": self.signer, "signature": self.signature.hex(), "heads": heads}

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"checkpoint-{self.number:06}.json"


class NoCheckpoint(ValueError):
    """Bytes that are no checkpoint; the message says what is wrong and nothing of them."""


def read_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint that bytes hold; whether it is signed by whom it should be is not looked at.

    Raises:
        NoCheckpoint: They hold none, or its root is not that of its heads.
    """
    try:
        written = json.loads(data)
        heads = tuple(Head(*each) for each in written["heads"])
        made = Checkpoint(
            written["store"],
            written["number"],
            datetime.fromisoformat(written["at"]),
            heads,
            written["signer"],
            bytes.fromhex(written["signature"]),
        )
        said = made.to_json()
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise NoCheckpoint("it is no checkpoint") from None
    if not _well_formed(made):
        raise NoCheckpoint("it is no checkpoint")
    if said != written:
        raise NoCheckpoint("its root or size is not that of its heads")
    return made


def _well_formed(made: Checkpoint) -> bool:
    ids = [head.case for head in made.heads]
    return (
        all(
            type(head.case) is str and type(head.version) is int and type(head.hash) is str
            for head in made.heads
        )
        and all(before < after for before, after in pairwise(ids))
        and type(made.number) is int
        and made.number > 0
        and type(made.store) is str
        and type(made.signer) is str
        and made.at.tzinfo is not None
    )


def differences(
    checkpoint: Checkpoint,
    *,
    store: str,
    last: int,
    keys: Mapping[str, PublicKey],
    kept: Iterator[tuple[Head, Kept | None]],
    since: Iterator[tuple[str, int, str]],
) -> Iterator[Finding]:
    """What a checkpoint says otherwise than the store.

    Args:
        store, last: The id of the store, and the number of its last checkpoint.
        keys: The public keys that it trusts, oldest first.
        kept: Heads of the checkpoint, each with what the store has at that place, or None.
        since: Events that came after it: case, number, and the id of the key that signed them.
    """
    name = f"checkpoint {checkpoint.number}"
    if checkpoint.store != store:
        yield Finding(None, None, f"{name} is of another store")
        return
    key = keys.get(checkpoint.signer)
    if key is None or not key.verifies(checkpoint.signed, checkpoint.signature):
        yield Finding(None, None, f"{name} is not signed by this store")
        return
    if checkpoint.number < last:
        yield Finding(None, None, f"{name} is not the last one: that has the number {last}")
    if checkpoint.number > last:
        yield Finding(None, None, f"the store is older than {name}: its last one was {last or 'none'}")
    # No clock counts, as it can be set: an older key signs nothing after a newer one has signed.
    age = {key: number for number, key in enumerate(keys)}
    newest = signed = age[checkpoint.signer]
    for head, there in kept:
        if there is None:
            yield Finding(head.case, head.version, f"{name} has it, and the store has not")
        elif there.hash != head.hash:
            yield Finding(head.case, head.version, f"it is another one than {name} has")
        else:
            newest = max(newest, age.get(there.signer, 0))
    if signed < newest:
        yield Finding(None, None, f"{name} is signed with a key that was retired before")
    for case, seq, signer in since:
        if age.get(signer, signed) < signed:
            what = f"it came after {name}, and is signed with a key that was retired before"
            yield Finding(case, seq, what)


def number_of(file: Path) -> int:
    """The number that the name of a checkpoint's file says; 0 for any other."""
    found = _NAME.fullmatch(file.name)
    return int(found[1]) if found else 0
