"""Attacks by somebody who recomputes everything and has no signing key: only signatures find them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.store.books import HOUR, KIM, LEE, NOON, SUE, TEXT, small_engine
from tests.tamper.attacker import (
    Signer,
    a_key_of_their_own,
    cut,
    forging,
    noise,
    nothing,
    one_after_another,
    retell,
    signatures,
    under_the_id,
    with_stolen,
)
from tests.tamper.attacks import Level, attack, change
from tests.tamper.forgeries import put_in_place
from tests.tamper.target import ANNA, BEA, LATER, STORIES, Step, Target, tell

from rupture_protocol.store.engines import Engines
from rupture_protocol.store.entry import from_bytes
from rupture_protocol.store.sealing import signed

ON, AT = Level.SIGNATURES, "case_id = 'anna' AND seq"
# The order of the group of Ed25519: adding it to a signature makes another one of the same message.
ORDER = 2**252 + 27742317777372353535851937790883648493


# Nothing but signatures is changed ----------------------------------------------------------------

change(ON, "a signature is taken off", f"UPDATE event SET signature = x'' WHERE {AT} = 2")
change(ON, "every signature is taken off", "UPDATE event SET signature = x''")
change(ON, "a signature is zeros", f"UPDATE event SET signature = zeroblob(72) WHERE {AT} = 5")
change(
    ON, "a signature is cut short", f"UPDATE event SET signature = substr(signature, 1, 71) WHERE {AT} = 5"
)
change(
    ON, "a signature is longer", f"UPDATE event SET signature = CAST(signature || 'x' AS BLOB) WHERE {AT} = 5"
)
change(
    ON,
    "signatures of two events are swapped",
    f"CREATE TEMP TABLE before AS SELECT seq, signature FROM event WHERE {AT} IN (2, 3)",
    "UPDATE event SET signature = (SELECT b.signature FROM before b WHERE b.seq = 5 - event.seq) "
    f"WHERE {AT} IN (2, 3)",
)
change(
    ON,
    "a signature is that of another store's event",
    f"UPDATE event SET signature = (SELECT signature FROM other.event WHERE {AT} = 2) WHERE {AT} = 2",
)


@attack(ON, "a bit of a signature flips")
def _(target: Target) -> None:
    sign_anew(target, lambda old: old[:40] + bytes([old[40] ^ 1]) + old[41:])


@attack(ON, "a signature says another key's id")
def _(target: Target) -> None:
    (other,) = {each[:8] for each in signatures(target, "anna")[:4]}
    sign_anew(target, lambda old: other + old[8:])


@attack(ON, "a second signature is made of a good one")
def _(target: Target) -> None:
    def made(old: bytes) -> bytes:
        number = int.from_bytes(old[40:], "little") + ORDER
        return old[:40] + number.to_bytes(32, "little")

    sign_anew(target, made)


def sign_anew(target: Target, made: Any) -> None:
    """Puts another signature on the last event of a case."""
    old = signatures(target, "anna")[4]
    target.run(f"UPDATE event SET signature = :new WHERE {AT} = 5", new=made(old))


# The history is another one, and all else is made to agree ----------------------------------------


def rewritten(name: str, kept: int, *steps: Step, case: str = "anna") -> None:
    """Adds an attack that tells a case otherwise from one event on, under the signatures that there were."""

    def do(target: Target) -> None:
        retell(target, case, kept, steps, one_after_another(signatures(target, case)[kept:]))

    REWRITTEN[name] = lambda target: retell(target, case, kept, steps, with_stolen(target))
    attack(ON, name)(do)


REWRITTEN: dict[str, Callable[[Target], None]] = {}
"""The same by somebody who has the signing key: as it should be, to those who look at signatures only."""


def record(case: str, by: Any = LEE, at: Any = NOON, **facts: Any) -> Step:
    """A step that records."""
    return lambda book: book.record(case, facts, by=by, at=at)


rewritten(
    "a recorded fact is another one", 1, record("anna", risk="low", remark="a first meeting"), *ANNA[2:]
)
rewritten("an event in the middle is left out", 2, *ANNA[3:])
rewritten("the first event is another one", 0, lambda book: book.open("anna", by=SUE, at=NOON), *ANNA[1:])
rewritten("the last event is another one", 4, record("anna", SUE, LATER, count=8))
rewritten("two events change places, and all agrees", 1, ANNA[2], ANNA[1], *ANNA[3:])
rewritten("an event is put in between", 2, record("anna", KIM, agrees=True), *ANNA[2:])
rewritten("an event is there twice", 3, ANNA[2], *ANNA[3:])
rewritten("another person did it", 1, record("anna", SUE, risk="none", remark="a first meeting"), *ANNA[2:])
rewritten(
    "another role did it",
    3,
    lambda book: book.take("anna", "acknowledge", by=SUE, at=NOON, idempotency_key="take anna"),
    ANNA[4],
)
rewritten(
    "a case is back-dated, and all agrees",
    0,
    lambda book: book.open("anna", by=LEE, at=NOON - 9 * HOUR, idempotency_key="open anna"),
    *ANNA[1:],
)
rewritten(
    "the middle is replaced, the ends are kept, and all agrees",
    1,
    record("anna", risk="none", remark="much better"),
    record("anna", remark="all is well"),
    *ANNA[3:],
)
rewritten(
    "a case goes another way",
    3,
    lambda book: book.take("anna", "refer", by=LEE, at=NOON, idempotency_key="take anna"),
)
rewritten(
    "an override was a step by the client's choice",
    3,
    record("bea", KIM, LATER, agrees=True),
    BEA[3],
    lambda book: book.take("bea", "go_on", by=SUE, at=LATER),
    case="bea",
)
rewritten(
    "events of another case are grafted on, and all agrees",
    1,
    record("anna", risk="low", remark="afraid"),
    record("anna", remark="less afraid", at=NOON + HOUR),
    *ANNA[3:],
)


def by_signer(name: str, made: Any) -> None:
    """Adds an attack that rewrites the end of a case, with whatever there is to sign with."""

    @attack(ON, name)
    def _(target: Target) -> None:
        signer: Signer = made(target)
        retell(target, "anna", 4, (record("anna", SUE, LATER, count=8),), signer)


by_signer("a rewritten event is not signed", lambda target: nothing)
by_signer("a rewritten event is signed with noise", lambda target: noise)
by_signer("a rewritten event is signed with a key of their own", lambda target: a_key_of_their_own)
by_signer(
    "a rewritten event is signed with a key of their own, under the id of the store's",
    lambda target: under_the_id(signatures(target, "anna")[4][:8].hex()),
)
by_signer(
    "a rewritten event has the signature of another case's event",
    lambda target: one_after_another(signatures(target, "bea")[4:]),
)


# What is added ------------------------------------------------------------------------------------


def added(name: str, step: Step, signer: Signer = nothing) -> None:
    """Adds an attack that adds an event."""

    @attack(ON, name)
    def _(target: Target) -> None:
        with forging(target, signer) as book:
            step(book)


added("an event is added without a signature", record("anna", count=9, at=LATER))
added(
    "an event is added, signed with a key of their own", record("anna", count=9, at=LATER), a_key_of_their_own
)
added("a case is invented", lambda book: book.open("zoe", by=LEE, at=LATER))
added("a legal hold is lifted", lambda book: book.release("dora", by=SUE, at=LATER, reason="settled"))
added(
    "a case is erased by nobody who may", lambda book: book.erase("anna", by=SUE, at=LATER, basis="a request")
)


@attack(ON, "a rewritten event is signed with a stolen key that was retired before")
def _(target: Target) -> None:
    retell(target, "bea", 4, (record("bea", SUE, LATER, count=8),), with_stolen(target, earlier=True))


@attack(ON, "an event is added, signed with a stolen key that was retired before")
def _(target: Target) -> None:
    with forging(target, with_stolen(target, earlier=True)) as book:
        book.record("dora", {"remark": "settled"}, by=LEE, at=LATER)


@attack(ON, "an erasure says another reason")
def _(target: Target) -> None:
    (last,) = signatures(target, "cleo")[2:]
    with forging(target, one_after_another([last])) as book:
        store: Any = book.store
        with store.session(write=True) as session:
            entries = session.load("cleo")
            header = {**from_bytes(entries[2].header), "basis": "the end of the time it had to be kept"}
            entry = signed(header, b"", entries[:2], session.vault)
    put_in_place(target, entry)


@attack(ON, "a case forks: its head goes on from an event before")
def _(target: Target) -> None:
    with forging(target, nothing) as book:
        cut(book, "anna", 3)
        book.take("anna", "refer", by=LEE, at=NOON)


@attack(ON, "a case of another store is made one of this store, under its signatures")
def _(target: Target) -> None:
    with Target(target.elsewhere).book() as book:
        store: Any = book.store
        signed_there = [entry.signature for entry in store.load("anna")]
    retell(target, "anna", 0, ANNA, one_after_another(signed_there))


@attack(ON, "the protocol is looser, and all cases stand under it")
def _(target: Target) -> None:
    looser = small_engine(TEXT.replace("        not_same_person: [acknowledge]\n", ""))
    with target.book() as book:
        cases = {name: steps for name, steps in STORIES.items() if name != "cleo"}
        old = [each for name in cases for each in signatures(target, name)]
    target.run("DELETE FROM protocol_file", "DELETE FROM protocol")
    with forging(target, one_after_another(old)) as book:
        book.engines = Engines([looser])
        for name, steps in cases.items():
            cut(book, name, 0)
            tell(book, steps)
