"""Attacks by somebody who changes the database and recomputes nothing: the chain finds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.tamper.attacker import forging, with_stolen
from tests.tamper.attacks import Level, attack, change
from tests.tamper.forgeries import case_with_two_keys, file_of, give_key, put_in_place
from tests.tamper.target import LATER, Target

from rupture_protocol.store.entry import from_bytes
from rupture_protocol.store.sealing import sealed, signed

ON, AT = Level.CHAIN, "case_id = 'anna' AND seq"
ROW = "kind, recorded_at, actor, header, payload, hash, signature"


def exchanged(name: str, columns: str, *pairs: tuple[str, int, str, int]) -> None:
    """Adds an attack that exchanges what two events have in some columns, once or more."""

    @attack(ON, name)
    def _(target: Target) -> None:
        for case, seq, other, also in pairs:
            there, here = row(target, columns, other, also), row(target, columns, case, seq)
            put(target, case, seq, there)
            put(target, other, also, here)


def row(target: Target, columns: str, case: str, seq: int) -> dict[str, Any]:
    """Some columns of an event."""
    at = "FROM event WHERE case_id = :case AND seq = :seq"
    return {each: target.value(f"SELECT {each} {at}", case=case, seq=seq) for each in columns.split(", ")}


def put(target: Target, case: str, seq: int, values: dict[str, Any]) -> None:
    """Gives an event other columns."""
    sets = ", ".join(f"{each} = :{each}" for each in values)
    target.run(
        f"UPDATE event SET {sets} WHERE case_id = :at AND seq = :number", at=case, number=seq, **values
    )


def copied(case: str, seq: str, chosen: str) -> str:
    """Copies events, under other ids, as there may be only one of each."""
    return (
        f"INSERT INTO event (case_id, seq, event_id, {ROW}) "
        f"SELECT '{case}', {seq}, event_id || ' {case}', {ROW} FROM event WHERE {chosen}"
    )


# An event -----------------------------------------------------------------------------------------

change(ON, "a payload is overwritten", f"UPDATE event SET payload = zeroblob(length(payload)) WHERE {AT} = 2")
change(ON, "a payload is emptied", f"UPDATE event SET payload = x'' WHERE {AT} = 2")
exchanged("payloads of two events are swapped", "payload", ("anna", 2, "anna", 3))
change(
    ON,
    "a payload is put in from another case",
    "UPDATE event SET payload = (SELECT payload FROM event WHERE case_id = 'bea' AND seq = 2) "
    f"WHERE {AT} = 2",
)
change(
    ON,
    "a header says another person",
    'UPDATE event SET header = CAST(replace(CAST(header AS TEXT), \'"id":"lee"\', \'"id":"sue"\') AS BLOB), '
    f"actor = 'sue' WHERE {AT} = 2",
)
change(
    ON,
    "a header says another role",
    "UPDATE event "
    "SET header = CAST(replace(CAST(header AS TEXT), '\"therapist\"', '\"supervisor\"') AS BLOB) "
    f"WHERE {AT} = 2",
)
change(
    ON,
    "a header has a blank more",
    f"UPDATE event SET header = CAST(replace(CAST(header AS TEXT), ':', ': ') AS BLOB) WHERE {AT} = 2",
)
change(ON, "a column says another person", f"UPDATE event SET actor = 'sue' WHERE {AT} = 2")
change(ON, "a column says another kind", f"UPDATE event SET kind = 'taken' WHERE {AT} = 2")
change(ON, "a column says another id", f"UPDATE event SET event_id = 'e' WHERE {AT} = 2")
change(ON, "a column says another time", f"UPDATE event SET recorded_at = recorded_at - 1 WHERE {AT} = 2")
change(ON, "a column says another number", f"UPDATE event SET seq = 9 WHERE {AT} = 5")
change(
    ON,
    "an event is back-dated, in column and header",
    "UPDATE event SET recorded_at = recorded_at - 86400000000, "
    "header = CAST(replace(CAST(header AS TEXT), '2026-03-02', '2026-03-01') AS BLOB) "
    f"WHERE {AT} = 1",
)


@attack(ON, "a bit of a hash flips")
def _(target: Target) -> None:
    flip(target, 3)


@attack(ON, "a bit of the last hash flips, in the head too")
def _(target: Target) -> None:
    hash_ = flip(target, 5)
    target.run("UPDATE case_head SET hash = :hash WHERE case_id = 'anna'", hash=hash_)


def flip(target: Target, seq: int) -> bytes:
    """Flips a bit of an event's hash."""
    hash_ = bytearray(target.value(f"SELECT hash FROM event WHERE {AT} = :seq", seq=seq))
    hash_[7] ^= 16
    target.run(f"UPDATE event SET hash = :hash WHERE {AT} = :seq", hash=bytes(hash_), seq=seq)
    return bytes(hash_)


# Which events there are, and in which order -------------------------------------------------------

change(ON, "the first event is deleted", f"DELETE FROM event WHERE {AT} = 1")
change(ON, "an event in the middle is deleted", f"DELETE FROM event WHERE {AT} = 3")
change(
    ON,
    "an event in the middle is deleted, and those after it move up",
    f"DELETE FROM event WHERE {AT} = 3",
    f"UPDATE event SET seq = seq - 1 WHERE {AT} > 3",
    "UPDATE case_head SET version = 4 WHERE case_id = 'anna'",
    "DELETE FROM outbox WHERE case_id = 'anna' AND seq = 5",
)
change(ON, "the last event is deleted", f"DELETE FROM event WHERE {AT} = 5")
change(
    ON,
    "the last event is deleted, and the head counts one less",
    f"DELETE FROM event WHERE {AT} = 5",
    "UPDATE case_head SET version = 4 WHERE case_id = 'anna'",
)
exchanged("two events change places", ROW, ("anna", 2, "anna", 3))
change(ON, "a copy of an event is added", copied("anna", "6", f"{AT} = 5"))
change(
    ON,
    "a copy of an event is put in between",
    f"UPDATE event SET seq = seq + 100 WHERE {AT} > 2",
    f"UPDATE event SET seq = seq - 99 WHERE {AT} > 100",
    copied("anna", "3", f"{AT} = 2"),
)
change(ON, "a case is cut to its first event", f"DELETE FROM event WHERE {AT} > 1")
change(ON, "every case is cut to its first event", "DELETE FROM event WHERE seq > 1")
change(ON, "a case is emptied", "DELETE FROM event WHERE case_id = 'anna'")
change(ON, "all events are deleted", "DELETE FROM event")
exchanged("the middle is replaced, and the ends are kept", ROW, ("anna", 2, "bea", 2), ("anna", 3, "bea", 3))

# Cases --------------------------------------------------------------------------------------------

change(
    ON,
    "two cases change their names",
    *(
        f"UPDATE {table} SET case_id = CASE case_id WHEN 'anna' THEN 'bea' ELSE 'anna' END "
        "WHERE case_id IN ('anna', 'bea')"
        for table in ("idempotency", "outbox")
    ),
    *(
        f"UPDATE {table} SET case_id = '{new}' WHERE case_id = '{old}'"
        for table in ("event", "case_head", "case_summary", "refusal")
        for old, new in (("anna", "-"), ("bea", "anna"), ("-", "bea"))
    ),
)
change(
    ON,
    "a case gets another name",
    *(
        f"UPDATE {table} SET case_id = 'zoe' WHERE case_id = 'anna'"
        for table in ("event", "case_head", "idempotency", "outbox", "case_summary", "refusal")
    ),
)
change(
    ON,
    "an event is moved to another case",
    "UPDATE event SET case_id = 'anna', seq = 6 WHERE case_id = 'bea' AND seq = 5",
    "UPDATE case_head SET version = 6, "
    "hash = (SELECT hash FROM event WHERE case_id = 'anna' AND seq = 6) WHERE case_id = 'anna'",
)
change(
    ON,
    "the end of one case is grafted on another",
    f"DELETE FROM event WHERE {AT} > 3",
    copied("anna", "seq", "case_id = 'bea' AND seq > 3"),
    "UPDATE case_head SET hash = (SELECT hash FROM event WHERE case_id = 'bea' AND seq = 5) "
    "WHERE case_id = 'anna'",
)
change(
    ON,
    "the events of a case come from another store",
    "DELETE FROM event WHERE case_id = 'anna'",
    "INSERT INTO event SELECT * FROM other.event WHERE case_id = 'anna'",
    "UPDATE case_head SET hash = (SELECT hash FROM other.case_head WHERE case_id = 'anna') "
    "WHERE case_id = 'anna'",
)

# What stands beside the events --------------------------------------------------------------------

change(ON, "the head of a case is deleted", "DELETE FROM case_head WHERE case_id = 'anna'")
change(
    ON,
    "the head is rolled back",
    "UPDATE case_head SET version = 4, "
    "hash = (SELECT hash FROM event WHERE case_id = 'anna' AND seq = 4) WHERE case_id = 'anna'",
)
change(
    ON,
    "a request's key leads to another event",
    "UPDATE idempotency SET seq = 2 WHERE case_id = 'anna' AND seq = 1",
)
change(
    ON,
    "a request's key leads to another case",
    "UPDATE idempotency SET case_id = 'bea', seq = 1 WHERE case_id = 'anna' AND seq = 1",
)
change(ON, "a request's key is deleted", "DELETE FROM idempotency WHERE case_id = 'anna' AND seq = 1")
change(ON, "a request's key is invented", "INSERT INTO idempotency VALUES ('a', 'anna', 2)")
change(ON, "an event is taken out of the outbox", f"DELETE FROM outbox WHERE {AT} = 2")
change(ON, "an event is twice in the outbox", "INSERT INTO outbox (case_id, seq) VALUES ('anna', 2)")
change(
    ON,
    "the outbox has events in another order",
    "UPDATE outbox SET seq = 5 - seq WHERE case_id = 'anna' AND seq IN (2, 3)",
)
change(ON, "a subscriber is sent past the end", "UPDATE subscriber SET position = 999")
change(
    ON,
    "a list says another state",
    "UPDATE case_summary SET state = (SELECT state FROM case_summary WHERE case_id = 'bea') "
    "WHERE case_id = 'anna'",
)
change(ON, "a list hides an override", "UPDATE case_summary SET overrides = 0")
change(ON, "a list forgets a case", "DELETE FROM case_summary WHERE case_id = 'anna'")
change(
    ON,
    "a list says that another case's deadlines are its own",
    "UPDATE case_summary SET agenda = (SELECT agenda FROM case_summary WHERE case_id = 'bea') "
    "WHERE case_id = 'anna'",
)
change(ON, "a list's deadlines are overwritten", "UPDATE case_summary SET agenda = zeroblob(length(agenda))")
change(ON, "the lists say another key", "UPDATE store_meta SET value = '9' WHERE name = 'lists'")
change(ON, "a refused attempt is another person's", "UPDATE refusal SET actor = 'lee' WHERE number = 1")
change(ON, "a refused attempt is deleted, and a later one is left", "DELETE FROM refusal WHERE number = 1")
change(ON, "refused attempts are put into an erased case", "UPDATE refusal SET case_id = 'cleo'")
change(ON, "refused attempts are put where there is no case", "UPDATE refusal SET case_id = 'zoe'")
change(
    ON,
    "the protocol's file says something else",
    "UPDATE protocol_file SET data = CAST(replace(CAST(data AS TEXT), 'high', 'low ') AS BLOB)",
)
change(ON, "the protocol's file is deleted", "DELETE FROM protocol_file")
change(ON, "the protocol gets another version", "UPDATE protocol SET version = '9.0.0'")
change(ON, "a table is dropped", "DROP TABLE outbox")
change(
    ON, "the store says that it is another one", "UPDATE store_meta SET value = 'x' WHERE name = 'store_id'"
)


# Keys ---------------------------------------------------------------------------------------------


@attack(ON, "the key of a case is destroyed, though nobody erased it")
def _(target: Target) -> None:
    file_of(target, "anna").unlink()


@attack(ON, "the keys of two cases change places")
def _(target: Target) -> None:
    one, other = file_of(target, "anna"), file_of(target, "bea")
    data = one.read_bytes(), other.read_bytes()
    other.write_bytes(data[0])
    one.write_bytes(data[1])


@attack(ON, "the key of an erased case is brought back")
def _(target: Target) -> None:
    give_key(target, "cleo", target.key_of_cleo.read_bytes())


@attack(ON, "something is put where the key of an erased case was")
def _(target: Target) -> None:
    file_of(target, "cleo").write_bytes(b"no key")


@attack(ON, "another key is given to a case, wrapped as it should be")
def _(target: Target) -> None:
    give_key(target, "anna", bytes(32))


@attack(ON, "a payload that two keys open is opened with the other one")
def _(target: Target) -> None:
    give_key(target, "eve", case_with_two_keys(target, "eve"))


@attack(ON, "a step that could not be taken is written, and signed with a stolen key")
def _(target: Target) -> None:
    with forging(target, with_stolen(target)) as book:
        store: Any = book.store
        event = replace(book.get("anna").history[3], seq=6, at=LATER)
        with store.session(write=True) as session:
            before = session.load("anna")
            entry = sealed("anna", event, before, session.vault, request="", key=None)
            session.append(entry, expected_version=5)


@attack(ON, "a content is another one than its header says, sealed and signed with stolen keys")
def _(target: Target) -> None:
    with target.book() as book:
        store: Any = book.store
        *before, last = store.load("anna")
        key = store.vault.case_key("anna")
        content = key.open(5, last.kind, last.payload).replace(b":7", b":8")
        payload = key.seal(5, last.kind, content)
        put_in_place(target, signed(from_bytes(last.header), payload, before, store.vault))


@attack(ON, "a header says another store, signed with a stolen key")
def _(target: Target) -> None:
    with target.book() as book:
        store: Any = book.store
        *before, last = store.load("anna")
        header = {**from_bytes(last.header), "store": "x"}
        put_in_place(target, signed(header, last.payload, before, store.vault))
