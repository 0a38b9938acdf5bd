"""Attacks whose history holds and is signed: it is shorter, older or another one, and a checkpoint tells.

They need an older copy of the database, or a stolen signing key; what they cannot do is change a checkpoint
that is kept where they do not come.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.store.books import HOUR, LEE, NOON
from tests.tamper.attacker import cut, forging, nothing, retell, stolen, with_stolen
from tests.tamper.attacks import Level, attack, change
from tests.tamper.forgeries import give_key
from tests.tamper.on_signatures import record
from tests.tamper.target import ANNA, BEA, CHECKED, LATER, STORIES, Step, Target

from rupture_protocol.store.checkpoint import Checkpoint, Head, read_checkpoint
from rupture_protocol.store.checkpointing import written
from rupture_protocol.store.keys.provider import id_of

ON = Level.CHECKPOINT


def shortened(name: str, **sizes: int) -> None:
    """Adds an attack that makes cases what they were before, in every table."""

    @attack(ON, name)
    def _(target: Target) -> None:
        cut_all(target, sizes)


def cut_all(target: Target, sizes: dict[str, int]) -> None:
    """Makes cases what they were after so many events."""
    with forging(target, nothing) as book:
        for case, size in sizes.items():
            cut(book, case, size)


# Rolled back -------------------------------------------------------------------------------------

shortened("a case is rolled back by one event, in every table", bea=4)
shortened("a case is rolled back to its first event, in every table", bea=1)
shortened("every case is rolled back to its first event", anna=1, bea=1, dora=1)
shortened("a case is dropped from every table", bea=0)
shortened("every case is dropped from every table", anna=0, bea=0, cleo=0, dora=0)


@attack(ON, "the whole database is put back as it was")
def _(target: Target) -> None:
    shutil.copy(target.earlier, target.file)


@attack(ON, "the whole database is put back, and counts its checkpoints on")
def _(target: Target) -> None:
    shutil.copy(target.earlier, target.file)
    target.run("UPDATE store_meta SET value = '2' WHERE name = 'checkpoint'")


@attack(ON, "an erasure is undone with a copy of the key")
def _(target: Target) -> None:
    give_key(target, "cleo", target.key_of_cleo.read_bytes())
    cut_all(target, {"cleo": 2})


# A stolen key writes another past -------------------------------------------------------------------


def past(name: str, case: str, kept: int, *steps: Step) -> None:
    """Adds an attack that tells a case otherwise from one event on, signed with a stolen key."""

    @attack(ON, f"{name}, signed with a stolen key")
    def _(target: Target) -> None:
        retell(target, case, kept, steps, with_stolen(target))


past("a recorded fact is another one", "anna", 1, record("anna", risk="low"), *ANNA[2:])
past("an event in the middle is left out", "anna", 2, *ANNA[3:])
past("two events change places", "anna", 1, ANNA[2], ANNA[1], *ANNA[3:])
past(
    "a case is back-dated",
    "anna",
    0,
    lambda book: book.open("anna", by=LEE, at=NOON - 9 * HOUR, idempotency_key="open anna"),
    *ANNA[1:],
)
past("a case is rolled back, and goes another way", "bea", 4, record("bea", at=LATER, remark="well"))
past("every event is the same, sealed and signed anew", "bea", 0, *BEA)


@attack(ON, "two cases tell each other's story, signed with a stolen key")
def _(target: Target) -> None:
    class Renamed:
        """A casebook in which two cases have each other's names."""

        def __init__(self, book: Any) -> None:
            self.book = book

        def __getattr__(self, verb: str) -> Callable[..., object]:
            def act(case: str, *given: Any, idempotency_key: object = None, **more: Any) -> object:
                return getattr(self.book, verb)({"anna": "bea", "bea": "anna"}[case], *given, **more)

            return act

    with forging(target, with_stolen(target)) as book:
        for case in ("anna", "bea"):
            cut(book, case, 0)
            other: Any = Renamed(book)
            for step in STORIES["bea" if case == "anna" else "anna"]:
                step(other)


@attack(ON, "a stolen key that was retired rewrites what came since")
def _(target: Target) -> None:
    retell(target, "anna", 4, (record("anna", at=LATER, count=8),), with_stolen(target, earlier=True))


@attack(ON, "a stolen key that was retired opens a case")
def _(target: Target) -> None:
    with forging(target, with_stolen(target, earlier=True)) as book:
        book.open("zoe", by=LEE, at=NOON + HOUR)


# Another checkpoint is shown --------------------------------------------------------------------------

change(
    ON,
    "the store counts fewer checkpoints",
    "UPDATE store_meta SET value = '1' WHERE name = 'checkpoint'",
)
change(ON, "the store has forgotten its checkpoints", "DELETE FROM store_meta WHERE name = 'checkpoint'")


@attack(ON, "a case is rolled back, and the checkpoint before is shown")
def _(target: Target) -> Path:
    cut_all(target, {"bea": 3})
    return target.first_checkpoint


@attack(ON, "a checkpoint of another store is shown")
def _(target: Target) -> Path:
    cut_all(target, {"bea": 4})
    return Target(target.elsewhere).checkpoint


def fitting(name: str, made: Callable[[Target, Checkpoint], bytes]) -> None:
    """Adds an attack that rolls a case back, and shows a checkpoint that was made to fit."""

    @attack(ON, f"a case is rolled back, and the checkpoint {name}")
    def _(target: Target) -> Path:
        cut_all(target, {"bea": 4})
        target.checkpoint.write_bytes(made(target, fitted(target)))
        return target.checkpoint


def fitted(target: Target) -> Checkpoint:
    """The last checkpoint as it would be of the heads that there are now, under the signature it had."""
    said = read_checkpoint(target.checkpoint.read_bytes())
    query = "SELECT version FROM case_head WHERE case_id = :case"
    heads = []
    for head in said.heads:
        version = min(CHECKED[head.case], target.value(query, case=head.case))
        hash_ = target.value(
            "SELECT hash FROM event WHERE case_id = :case AND seq = :seq", case=head.case, seq=version
        )
        heads.append(Head(head.case, version, hash_.hex()))
    return replace(said, heads=tuple(heads))


def signed_by(key: Any, made: Checkpoint, signer: str = "") -> Checkpoint:
    """A checkpoint, signed with a key, whosever it is."""
    own = id_of(key.public_key().public_bytes_raw())
    made = replace(made, signer=signer or own)
    return replace(made, signature=key.sign(made.signed))


def only_heads(target: Target, made: Checkpoint) -> bytes:
    """The last checkpoint with other heads under the root that was signed."""
    said = json.loads(target.checkpoint.read_bytes())
    return json.dumps({**said, "heads": made.to_json()["heads"]}).encode()


def by_nobody(target: Target, made: Checkpoint) -> Checkpoint:
    """Signed with a key that nobody knows."""
    key = stolen(Target(target.elsewhere))
    return signed_by(key, made)


fitting("has other heads", only_heads)
fitting("has other heads and their root", lambda target, made: written(made))
fitting("is signed by somebody else", lambda target, made: written(by_nobody(target, made)))
fitting(
    "is signed by somebody else under the id of the store's key",
    lambda target, made: written(replace(by_nobody(target, made), signer=made.signer)),
)
fitting(
    "has the signature of an event",
    lambda target, made: written(
        replace(
            made,
            signature=target.value("SELECT signature FROM event WHERE case_id = 'bea' AND seq = 4")[8:],
        )
    ),
)
fitting(
    "is signed with a stolen key that was retired before",
    lambda target, made: written(signed_by(stolen(target, earlier=True), made)),
)
fitting("has the number of a later one", lambda target, made: written(replace(made, number=3)))
fitting("leaves the case out", lambda target, made: written(replace(made, heads=made.heads[:1])))
fitting("is not signed", lambda target, made: written(replace(made, signer="", signature=b"")))
fitting("is cut short", lambda target, made: written(made)[:-100])
fitting("is empty", lambda target, made: b"")
fitting("is noise", lambda target, made: bytes(range(256)) * 40)
