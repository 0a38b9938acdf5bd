"""Verifying: what is kept is held against everything else that is kept, whatever it is."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.books import HOUR, LEE, NOON, SUE, TEXT, address, book_in, small_engine

from rupture_protocol import Casebook, CaseNotFound, Engine, StoreError, loads
from rupture_protocol.engine.case import Actor, Event, EventKind, ProtocolRef
from rupture_protocol.language.digest import canonical_json
from rupture_protocol.store.case_check import is_canonical
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import Entry, digest_of_content, from_bytes
from rupture_protocol.store.sealing import sealed, signed
from rupture_protocol.store.vault import OpenVault

ENGINE: Final = small_engine()


def filled(folder: Path) -> Path:
    """A store with two cases, one of them overridden."""
    file = folder / "cases.db"
    file.write_bytes(_filled())
    return file


@cache
def _filled() -> bytes:
    folder = Path(mkdtemp())
    with book_in(folder, ENGINE) as book:
        for name in ("a", "b"):
            book.open(name, by=LEE, at=NOON, idempotency_key=f"open {name}")
            book.record(name, {"risk": "none", "remark": "é"}, by=LEE, at=NOON)
            book.take(name, "acknowledge", by=LEE, at=NOON, idempotency_key=f"take {name}")
        book.override("b", "go_on", reason="client_preference", by=SUE, at=NOON + HOUR)
    data = (folder / "cases.db").read_bytes()
    rmtree(folder)
    return data


def change(file: Path, *statements: str, **values: object) -> None:
    """Changes a database behind the library's back."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA synchronous=OFF")
    for statement in statements:
        database.execute(statement, values if ":" in statement else {})
    database.commit()
    database.close()


def found(
    file: Path, case: str | None = None, *, given: bool = True
) -> list[tuple[str | None, int | None, str]]:
    with Casebook(file, [ENGINE] if given else []) as book:
        return [(each.case, each.seq, each.what) for each in book.verify(case)]


def test_what_is_as_it_was_written_has_no_findings(tmp_path: Path) -> None:
    file = filled(tmp_path)
    for known in (True, False):
        assert found(file, given=known) == []
        assert found(file, "a", given=known) == []


def test_a_case_that_left_no_trace_is_not_found(tmp_path: Path) -> None:
    file = filled(tmp_path)
    for name in ("x", "\udcff"):
        with pytest.raises(CaseNotFound):
            found(file, name)


CHANGES: tuple[tuple[str, str, str | None, int | None], ...] = (
    ("UPDATE event SET payload = x'7b7d' WHERE case_id='a' AND seq=2", "its bytes are not", "a", 2),
    ("UPDATE event SET header = x'00ff' WHERE case_id='a' AND seq=2", "its bytes are not", "a", 2),
    ("UPDATE event SET actor = 'sue' WHERE case_id='a' AND seq=2", "columns are not", "a", 2),
    ("UPDATE event SET kind = 'taken' WHERE case_id='a' AND seq=2", "columns are not", "a", 2),
    ("UPDATE event SET recorded_at = recorded_at + 1 WHERE case_id='a' AND seq=2", "columns", "a", 2),
    ("UPDATE event SET seq = 9 WHERE case_id='a' AND seq=3", "columns are not", "a", 3),
    ("DELETE FROM event WHERE case_id='b' AND seq=2", "its bytes are not", "b", 2),
    ("DELETE FROM event WHERE case_id='b' AND seq=4", "counts another number", "b", None),
    ("DELETE FROM event WHERE case_id='b'", "a head and no events", "b", None),
    ("DELETE FROM case_head WHERE case_id='b'", "events and no head", "b", None),
    ("UPDATE case_head SET version = 9 WHERE case_id='a'", "counts another number", "a", None),
    ("UPDATE case_head SET hash = x'00' WHERE case_id='a'", "of other events", "a", None),
    ("UPDATE event SET signature = x'' WHERE case_id='a' AND seq=2", "it is not signed", "a", 2),
    ("UPDATE event SET signature = zeroblob(72) WHERE case_id='a' AND seq=2", "none of this store's", "a", 2),
    ("DELETE FROM idempotency WHERE case_id='a' AND seq=1", "key does not lead to it", "a", 1),
    ("UPDATE idempotency SET seq = 2 WHERE case_id='a' AND seq=1", "key does not lead to it", "a", 1),
    ("INSERT INTO idempotency VALUES ('k', 'a', 2)", "no event has", "a", 2),
    ("DELETE FROM outbox WHERE case_id='a' AND seq=2", "not at all, not once", "a", 2),
    ("INSERT INTO outbox (case_id, seq) VALUES ('a', 2)", "2 times, not once", "a", 2),
    ("INSERT INTO outbox (case_id, seq) VALUES ('a', 7)", "that it does not have", "a", None),
    ("INSERT INTO outbox (case_id, seq) VALUES ('x', 1)", "that it does not have", "x", None),
    (
        "UPDATE case_summary SET state = x'6177' WHERE case_id='a'",
        "what lists say of it",
        "a",
        None,
    ),
    ("UPDATE case_summary SET overrides = 0 WHERE case_id='b'", "what lists say of it", "b", None),
    ("UPDATE case_summary SET agenda = x'05' WHERE case_id='a'", "what lists say is due", "a", None),
    ("UPDATE store_meta SET value = '7' WHERE name = 'lists'", "the lists cannot be read", None, None),
    ("UPDATE store_meta SET value = '7' WHERE name = 'keys'", "that these keys are its own", None, None),
    ("DELETE FROM case_summary WHERE case_id='a'", "what lists say of it", "a", None),
    (
        "INSERT INTO case_summary SELECT 'x', version, state, ended, protocol_id, protocol_version, "
        "protocol_digest, opened_at, updated_at, overrides, precautions, agenda FROM case_summary LIMIT 1",
        "it has no events",
        "x",
        None,
    ),
    ("INSERT INTO subscriber VALUES ('ehr', 99)", "where no event has been", None, None),
    ("UPDATE protocol SET version = '9.0.0'", "another protocol", None, None),
    ("UPDATE protocol_file SET data = CAST(data || ' #' AS BLOB)", "", None, None),
    ("UPDATE protocol_file SET data = x'00'", "do not make the protocol", None, None),
    ("DELETE FROM protocol_file", "do not make the protocol", None, None),
    ("DROP TABLE outbox", "there is no table `outbox`", None, None),
    ("DROP TABLE protocol_file", "there is no table `protocol_file`", None, None),
    ("UPDATE store_meta SET value = 'other' WHERE name = 'store_id'", "its bytes are not", "a", 1),
)


@pytest.mark.parametrize(("statement", "what", "case", "seq"), CHANGES, ids=[each[0] for each in CHANGES])
def test_every_change_is_found_and_named(
    tmp_path: Path, statement: str, what: str, case: str | None, seq: int | None
) -> None:
    file = filled(tmp_path)
    change(file, statement)
    findings = found(file)
    if not what:  # a comment more means nothing else, and makes the same digest
        assert findings == []
        return
    assert any(what in said and (case, seq) == (of, at) for of, at, said in findings), findings
    if case is not None:
        of_it = [each for each in findings if each[0] == case or "only the chain" in each[2]]
        assert found(file, case) == of_it


ODD: tuple[object, ...] = (
    None,
    b"",
    b"\0" * 40,
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 5_000,
    b"9" * 5_000,
    b'{"seq":' + b"9" * 30 + b"}",
    b'{"by":[],"case":{},"protocol":{"digest":[],"id":1,"version":null}}',
    b'{"by":{"id":"lee","role":"therapist"},"facts":[1],"kind":[],"protocol":7}',
    b'{"x":"\\ud800"}',
    b'{"x":1.5}',
    b'{"x":NaN}',
    "text",
    "nul\0nul",
    2**62,
    -1,
    1.5,
)


@pytest.mark.parametrize("table", ["event", "case_head", "idempotency", "outbox", "case_summary"])
def test_any_value_in_any_column_is_a_finding_and_no_error(tmp_path: Path, table: str) -> None:
    file, copy = filled(tmp_path), tmp_path / "copy.db"
    loosen(file, table)
    for column in columns(file, table):
        for odd in ODD:
            copy.write_bytes(file.read_bytes())
            change(copy, f"UPDATE {table} SET {column} = :odd WHERE rowid = 1", odd=odd)
            if copy.read_bytes() != file.read_bytes():
                # The first row is of the case `a`; where it no longer is, the whole store has to be asked.
                assert found(copy, None if column == "case_id" else "a"), (column, odd)


def loosen(file: Path, table: str) -> None:
    """Makes a table one that takes anything, as a damaged file may."""
    names = ", ".join(columns(file, table))
    change(
        file,
        f"CREATE TABLE loose ({names})",
        f"INSERT INTO loose SELECT {names} FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE loose RENAME TO {table}",
    )


def columns(file: Path, table: str) -> list[str]:
    database = sqlite3.connect(file)
    try:
        return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    finally:
        database.close()


def test_texts_that_are_none_are_findings(tmp_path: Path) -> None:
    file = filled(tmp_path)
    change(file, "UPDATE case_head SET case_id = CAST(x'ff' AS TEXT) WHERE case_id='a'")
    assert (None, None, "there is an id of a case that is no text") in found(file)
    assert ("a", None, "it has events and no head") in found(file)


def test_what_was_never_so_is_found_though_its_chain_holds(tmp_path: Path) -> None:
    file = filled(tmp_path)
    forge(file, "a", 3, lambda event: replace(event, by=Actor("kim", "client"), note="forged"))
    findings = found(file, "a")
    assert any(seq == 3 and "it could not have happened" in what for _, seq, what in findings), findings
    assert "another calendar" in findings[0][2]


def test_an_event_that_is_not_what_comes_of_it_is_found_and_the_next_is_judged_too(tmp_path: Path) -> None:
    file = filled(tmp_path)
    forge(file, "b", 3, lambda event: replace(event, rests_on=(1,)))
    forge(file, "b", 4, lambda event: replace(event, kind=EventKind.TAKEN, reason=None))
    said = [(seq, what.partition(";")[0]) for _, seq, what in found(file, "b") if seq in (3, 4)]
    assert said[0] == (3, "it is not what its protocol and history make of it")
    assert said[1][0] == 4
    assert said[1][1].startswith("it could not have happened: cannot `go_on`")


def forge(file: Path, case: str, seq: int, made: Callable[[Event], Event]) -> None:
    """Rewrites a case from one event on, as somebody would who has the keys: chain and signatures hold."""
    with Casebook(file) as book:
        store: Any = book.store
        entries = list(store.load(case))
        try:
            events = list(book.get(case).history)
        except StoreError:
            raise AssertionError("it was forged before") from None
        requests = [json.loads(content)["request"] for content in book.proof(case).contents]
        events[seq - 1] = made(events[seq - 1])
        for number in range(seq, len(entries) + 1):
            before, key = entries[: number - 1], from_bytes(entries[number - 1].header).get("key")
            request = requests[number - 1]
            entry = sealed(case, events[number - 1], before, store.vault, request=request, key=key)
            entries[number - 1] = entry
            write_over(file, entry)


def write_over(file: Path, entry: Entry) -> None:
    """Puts an entry in place of the one of its number, and makes it the head."""
    change(
        file,
        "UPDATE event SET event_id=:e, kind=:k, actor=:a, header=:h, payload=:p, hash=:x, signature=:g "
        "WHERE case_id=:c AND seq=:s",
        e=entry.event, k=entry.kind, a=entry.actor, h=entry.header, p=entry.payload, x=entry.hash,
        g=entry.signature, c=entry.case, s=entry.seq,
    )  # fmt: skip
    change(file, "UPDATE case_head SET hash=:x WHERE case_id=:c", x=entry.hash, c=entry.case)


def test_a_form_that_is_not_the_canonical_one_is_found(tmp_path: Path) -> None:
    file = filled(tmp_path)
    with Casebook(file) as book:
        store: Any = book.store
        *before, last = store.load("b")
        content = book.proof("b").contents[-1].replace(b'":', b'": ')
        payload = store.vault.case_key("b").seal(last.seq, last.kind, content)
        header = {**from_bytes(last.header), "content": digest_of_content(content)}
        write_over(file, signed(header, payload, before, store.vault))
    assert found(file) == [("b", 4, "its content is not in canonical form")]


def test_a_case_under_a_protocol_that_is_not_to_be_had_is_found(tmp_path: Path) -> None:
    file = filled(tmp_path)
    change(file, "DELETE FROM protocol_file", "DELETE FROM protocol")
    assert ("a", 1, "the protocol that it stands under is not to be had") in found(file, given=False)


def test_a_migrated_case_is_verified_under_both_its_protocols(tmp_path: Path) -> None:
    newer = Engine(loads(TEXT.replace("version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2"}]')))
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        book.migrate("c", to=newer, by=LEE, at=NOON)
        book.record("c", {"risk": "low"}, by=LEE, at=NOON)
    assert found(tmp_path / "cases.db") == []


def test_a_hosts_own_store_is_verified_case_by_case(tmp_path: Path) -> None:
    class Own:
        entries: tuple[Entry, ...] = ()

        def load(self, case_id: str) -> Sequence[Entry]:
            return self.entries if case_id == "c" else ()

        def append(self, entry: Entry, *, expected_version: int) -> None:
            self.entries = (*self.entries, entry)

    own = Own()
    book = Casebook(own, [small_engine()])
    book.open("c", by=LEE, at=NOON)
    book.record("c", {"risk": "low"}, by=LEE, at=NOON)
    assert book.verify("c") == ()
    own.entries = (own.entries[0], replace(own.entries[1], payload=b"{}"))
    assert [(each.seq, each.what) for each in book.verify("c")] == [
        (2, "its bytes are not what was written, or follow something else")
    ]
    with pytest.raises(CaseNotFound):
        book.verify("x")
    with pytest.raises(StoreError):
        book.verify()


# The chain, a second time ---------------------------------------------------------------------------


def first_broken(store_id: str, case_id: str, entries: Sequence[Entry]) -> int | None:
    """The number of the first entry whose hash is not that of its bytes and of what was before it.

    Written anew after docs/casebook.md, with nothing of the library's.
    """
    running = hashlib.sha256()
    running.update(b"rupture-case/1\x00%s\x00%s" % (store_id.encode("utf-8"), case_id.encode("utf-8")))
    before = running.digest()
    for number, entry in enumerate(entries, start=1):
        body = struct.pack(">Q", len(entry.header)) + entry.header
        body += struct.pack(">Q", len(entry.payload)) + entry.payload
        if hashlib.sha256(b"rupture-event/1\x00" + before + body).digest() != entry.hash:
            return number
        before = entry.hash
    return None


REF = ProtocolRef("small", "1.0.0", "0" * 64)


def chained(notes: Sequence[str]) -> list[Entry]:
    entries: list[Entry] = []
    for seq, note in enumerate(notes, start=1):
        event = Event(seq, EventKind.RECORDED, NOON, NOON, LEE, REF, note)
        entries.append(sealed("c", event, entries, OpenVault("store"), request="r", key=None))
    return entries


@settings(max_examples=200, deadline=None)
@given(
    notes=st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=6),
    data=st.data(),
)
def test_both_verifications_of_the_chain_find_the_same(notes: list[str], data: st.DataObject) -> None:
    entries = chained(notes)
    assert first_broken("store", "c", entries) is None
    assert [wrong for _, wrong in verified(entries, store_id="store", case_id="c")] == [""] * len(entries)

    at = data.draw(st.integers(0, len(entries) - 1))
    part = data.draw(st.sampled_from(["header", "payload", "hash", "swap", "drop", "twice"]))
    if part in ("header", "payload", "hash"):
        old = getattr(entries[at], part)
        place = data.draw(st.integers(0, len(old) - 1))
        flipped = bytes([*old[:place], old[place] ^ (1 << data.draw(st.integers(0, 7))), *old[place + 1 :]])
        changed: dict[str, Any] = {part: flipped}
        entries[at] = replace(entries[at], **changed)
    elif part == "swap":
        entries[at], entries[-1] = entries[-1], entries[at]
    elif part == "drop":
        del entries[at]
    else:
        entries.insert(at, entries[at])

    ours = [wrong for _, wrong in verified(entries, store_id="store", case_id="c")]
    broken = [number for number, wrong in enumerate(ours, start=1) if wrong.startswith("its bytes")]
    assert next(iter(broken), None) == first_broken("store", "c", entries)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_nothing_is_canonical_but_what_reads_and_writes_as_itself(data: bytes) -> None:
    if is_canonical(data):
        assert canonical_json(json.loads(data)).encode() == data


@pytest.mark.parametrize(
    ("data", "canonical"),
    [
        (b"{}", True),
        (b'{"a":9007199254740991,"b":[true,null,"\xc3\xa9"]}', True),
        (b'{"a":9007199254740992}', False),
        (b'{"a":1,"a":2}', False),
        (b'{"b":1,"a":2}', False),
        (b'{"a":1.0}', False),
        (b"[]", False),
        (b'{"a":"\\u00e9"}', False),
    ],
)
def test_the_canonical_form_is_one(data: bytes, canonical: bool) -> None:
    assert is_canonical(data) is canonical


def test_a_file_that_is_no_database_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "cases.db").write_bytes(b"not a database, and long enough to be looked at" * 40)
    with pytest.raises(StoreError):
        Casebook(address(tmp_path))
