"""Who attacks: somebody who writes to the database and does all that needs no key, without a mistake.

What they write goes through the library itself, so that hashes, heads, keys of requests, outbox and lists are
those that it would have written; only the signature is what they can make. They have the keys of cases as
well, as somebody has who may read: signing is what they cannot do, unless they have stolen that key, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.tamper.target import STORIES, Step, Target, tell

from rupture_protocol import Casebook
from rupture_protocol.store import tables
from rupture_protocol.store.entry import Entry
from rupture_protocol.store.keys.provider import id_of
from rupture_protocol.store.keys.secret_files import decoded
from rupture_protocol.store.reading import case_of
from rupture_protocol.store.sql import SqlSession
from rupture_protocol.store.summary import agenda_of, summary_of
from rupture_protocol.store.vault import KeyedVault

SIGNED = b"rupture-signature/1\0"
OF_A_CASE = tuple(each for each in tables.metadata.tables.values() if "case_id" in each.c)
Signer = Callable[[bytes], bytes]
"""What somebody puts where the signature over a hash belongs."""


class Forged(KeyedVault):
    """A vault that signs as its owner can, and takes every signature that it meets."""

    signer: Signer

    def sign(self, hash_: bytes) -> bytes:
        return self.signer(hash_)

    def signature_is_wrong(self, entry: Entry) -> str:
        return ""


# What there is to sign with ------------------------------------------------------------------------


def nothing(hash_: bytes) -> bytes:
    """No signature at all."""
    return b""


def noise(hash_: bytes) -> bytes:
    """As many bytes as a signature has."""
    return bytes(range(72))


def a_key_of_their_own(hash_: bytes) -> bytes:
    """A good signature, by a key that nobody has ever heard of."""
    return signed_with(Ed25519PrivateKey.generate(), hash_)


def under_the_id(key: str) -> Signer:
    """A good signature by a key of their own, under the id of the store's key."""
    return lambda hash_: bytes.fromhex(key) + a_key_of_their_own(hash_)[8:]


def one_after_another(signatures: list[bytes]) -> Signer:
    """The signatures that are there, put where they do not belong; the last one again, when all are used."""
    left = list(signatures)
    return lambda hash_: left.pop(0) if len(left) > 1 else left[0]


def signed_with(key: Ed25519PrivateKey, hash_: bytes, about: bytes = SIGNED) -> bytes:
    """A signature as the store's own are."""
    public = key.public_key().public_bytes_raw()
    return bytes.fromhex(id_of(public)) + key.sign(about + hash_)


def stolen(target: Target, *, earlier: bool = False) -> Ed25519PrivateKey:
    """The store's signing key, or the one that it had before, which somebody had copied."""
    (file,) = (target.copied_keys if earlier else target.keys_of_store / "signing").glob("*.key")
    return Ed25519PrivateKey.from_private_bytes(decoded(file.read_bytes()))


def with_stolen(target: Target, *, earlier: bool = False) -> Signer:
    """Signs with a stolen key."""
    key = stolen(target, earlier=earlier)
    return lambda hash_: signed_with(key, hash_)


def signatures(target: Target, case: str) -> list[bytes]:
    """The signatures of a case's events, in their order."""
    with target.book() as book:
        store: Any = book.store
        return [entry.signature for entry in store.load(case)]


# What they do ------------------------------------------------------------------------------------------


@contextmanager
def forging(target: Target, signer: Signer) -> Iterator[Casebook]:
    """A casebook that writes as the real one, and signs with what there is."""
    with target.book() as book:
        store: Any = book.store
        vault = Forged(store.id, store.keys)
        vault.signer = signer
        store.vault = vault
        yield book


def cut(book: Casebook, case: str, size: int) -> None:
    """Makes a case what it was after so many events, in every table; after none, it never was."""
    store: Any = book.store
    with store.session(write=True) as session:
        before = session.load(case)[:size]
        for table in OF_A_CASE:
            gone = table.c.case_id == case
            if "seq" in table.c:
                gone &= table.c.seq > size
            session.connection.execute(table.delete().where(gone))
        if before:
            head = {"case_id": case, "version": size, "hash": before[-1].hash}
            session.connection.execute(tables.case_head.insert(), head)
            _describe(book, session, before)
        session.connection.exec_driver_sql(
            "UPDATE subscriber SET position = min(position, (SELECT coalesce(max(position), 0) FROM outbox))"
        )


def _describe(book: Casebook, session: SqlSession, entries: Any) -> None:
    case = case_of(entries[0].case, entries, session.vault, lambda ref: book.engines.of(ref, session))
    engine = book.engines.of(case.protocol, session)
    session.describe(summary_of(engine, case), agenda_of(engine, case))


def retell(target: Target, case: str, kept: int, steps: tuple[Step, ...], signer: Signer) -> None:
    """Rewrites a case from one event on: what is kept of it, and then another story."""
    with forging(target, signer) as book:
        cut(book, case, kept)
        tell(book, steps)


def other_story(case: str, number: int, *steps: Step) -> tuple[Step, ...]:
    """What was told of a case from that event on, with these steps in its place."""
    return (*steps, *STORIES[case][number:])
