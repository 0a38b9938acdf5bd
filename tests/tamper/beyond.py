"""What nothing finds. Each is shown to be so, with every check there is."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.store.books import HOUR, LEE, SUE
from tests.tamper.attacker import forging, retell, stolen, with_stolen
from tests.tamper.attacks import Level, attack
from tests.tamper.on_checkpoints import cut_all, fitted, signed_by
from tests.tamper.on_signatures import record
from tests.tamper.target import ANNA, LATER, Target

from rupture_protocol.store.checkpointing import written
from rupture_protocol.store.keys.file_keys import FileKeys

ON = Level.NOTHING
OWNER = "who has the signing key is the owner, to everybody who looks"
NEWER = "no checkpoint has seen it yet: make them often"
BOTH = "nothing is left that knows better: keep checkpoints where others cannot write"


@attack(ON, "a stolen key adds an event", why=OWNER)
def _(target: Target) -> None:
    with forging(target, with_stolen(target)) as book:
        book.record("anna", {"count": 9}, by=SUE, at=LATER)


@attack(
    ON,
    "a key is added where the store's keys are, and signs an event",
    why="who writes there says whose signatures count",
)
def _(target: Target) -> None:
    FileKeys.open(target.keys_of_store).rotate(at=LATER)
    with forging(target, with_stolen(target)) as book:
        book.record("anna", {"count": 9}, by=SUE, at=LATER)


@attack(ON, "a stolen key opens a case", why=OWNER)
def _(target: Target) -> None:
    with forging(target, with_stolen(target)) as book:
        book.open("zoe", by=LEE, at=LATER)


@attack(ON, "a stolen key erases a case", why=OWNER)
def _(target: Target) -> None:
    with forging(target, with_stolen(target)) as book:
        book.erase("anna", by=SUE, at=LATER, basis="a request")


@attack(
    ON,
    "a stolen key that was retired adds an event, and no checkpoint was made since",
    why="until it was retired it might have signed that: make a checkpoint when a key is retired",
)
def _(target: Target) -> None:
    signer = with_stolen(target)
    FileKeys.open(target.keys_of_store).rotate(at=LATER + HOUR)
    with forging(target, signer) as book:
        book.record("dora", {"remark": "settled"}, by=LEE, at=LATER)


@attack(ON, "events since the last checkpoint are taken away", why=NEWER)
def _(target: Target) -> None:
    cut_all(target, {"anna": 4})


@attack(ON, "events since the last checkpoint are other ones, signed with a stolen key", why=NEWER)
def _(target: Target) -> None:
    retell(target, "anna", 4, (record("anna", SUE, LATER, count=8),), with_stolen(target))


@attack(ON, "database and checkpoint are put back together", why=BOTH)
def _(target: Target) -> Path:
    shutil.copy(target.earlier, target.file)
    return target.first_checkpoint


@attack(ON, "a stolen key rewrites a case, and signs a checkpoint that fits", why=BOTH)
def _(target: Target) -> Path:
    retell(target, "anna", 1, (record("anna", risk="low"), *ANNA[2:]), with_stolen(target))
    target.checkpoint.write_bytes(written(signed_by(stolen(target), fitted(target))))
    return target.checkpoint


@attack(
    ON,
    "the last refused attempts are deleted",
    why="they are notes beside the history, and nothing counts them",
)
def _(target: Target) -> None:
    target.run("DELETE FROM refusal")


@attack(
    ON,
    "a subscriber is set back, or told that it has seen all",
    why="how far somebody else has read is no part of the history",
)
def _(target: Target) -> None:
    target.run("UPDATE subscriber SET position = 1", "INSERT INTO subscriber VALUES ('lawyer', 5)")


@attack(
    ON,
    "somebody who has the keys says what never happened, as it happens",
    why="that is writing a case: who may write is the host's to say",
)
def _(target: Target) -> None:
    with target.book() as book:
        book.record("anna", {"remark": "invented"}, by=LEE, at=LATER)


@attack(ON, "a copy of the database is kept, and its keys with it", why="reading leaves no trace")
def _(target: Target) -> None:
    shutil.copytree(target.folder, target.folder / "copy")


@attack(
    ON,
    "a comment is added to the protocol's file",
    why="a protocol's digest is of what it says, not of its text",
)
def _(target: Target) -> None:
    target.run("UPDATE protocol_file SET data = CAST(CAST(data AS TEXT) || '# well' AS BLOB)")
