"""What takes more than a statement or a story: keys that are exchanged, payloads that two keys open."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.store.books import LEE, NOON
from tests.tamper.collision import FREE, opened_by_both
from tests.tamper.target import Target

from rupture_protocol.store.entry import Entry, digest_of_content, from_bytes
from rupture_protocol.store.padding import padded
from rupture_protocol.store.sealing import signed
from rupture_protocol.store.vault import BLOCK, NONCE_SIZE, SecretKey


def file_of(target: Target, case: str) -> Path:
    """The file of a case's key."""
    digest = hashlib.sha256(f"case:{case}".encode()).hexdigest()
    return target.keys_of_store / "kept" / digest[:2] / digest


def give_key(target: Target, case: str, secret: bytes) -> None:
    """Puts another key in place of that of a case, wrapped as the store would have wrapped it."""
    file_of(target, case).unlink(missing_ok=True)
    with target.book() as book:
        store: Any = book.store
        keys = store.vault.keys
        context = hashlib.sha256(f"rupture-key/1\0{store.id}\0case:{case}".encode()).digest()
        keys.kept.put(f"case:{case}", keys.provider.wrap(secret, context))


def case_with_two_keys(target: Target, case: str) -> bytes:
    """Opens a case as its owner, with a payload that another key opens, too; that key."""
    other = os.urandom(32)
    with target.book() as book:
        book.open(case, by=LEE, at=NOON, note=FREE.decode())
        store: Any = book.store
        (entry,) = store.load(case)
        key: SecretKey = store.vault.case_key(case)
        about = f"rupture-payload/1\0{store.id}\0{case}\0001\0{entry.kind}".encode()
        nonce = os.urandom(NONCE_SIZE)
        content = key.open(1, entry.kind, entry.payload)
        payload = b"\1" + nonce + opened_by_both((key.secret, other), nonce, padded(content, BLOCK), about)
        header = {**from_bytes(entry.header), "content": digest_of_content(key.open(1, entry.kind, payload))}
        put_in_place(target, signed(header, payload, (), store.vault))
        if book.verify():
            raise AssertionError("it was not to be seen before the keys were exchanged")
        AESGCM(other).decrypt(nonce, payload[1 + NONCE_SIZE :], about)
    return other


def put_in_place(target: Target, entry: Entry) -> None:
    """Puts an entry in place of the last one of its case."""
    target.run(
        "UPDATE event SET header = :header, payload = :payload, hash = :hash, signature = :signature "
        "WHERE case_id = :case AND seq = :seq",
        header=entry.header,
        payload=entry.payload,
        hash=entry.hash,
        signature=entry.signature,
        case=entry.case,
        seq=entry.seq,
    )
    target.run("UPDATE case_head SET hash = :hash WHERE case_id = :case", hash=entry.hash, case=entry.case)
