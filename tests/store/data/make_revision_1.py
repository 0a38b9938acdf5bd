"""Makes `revision-1.db`, a store with layout 1, `revision-1.keys`, and `revision-1.json`, what is in it.

    python -m tests.store.data.make_revision_1

Every later version must open the file, verify it and go on with it; once it was released, it is never made
again. It holds every kind of event, an erased case, idempotency keys, a subscriber, and the files of
protocols that extend others. Its keys have been rotated once; they are secret to nobody.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.store.books import HOUR, KIM, LEE, NOON, SUE, TEXT, small_engine

from rupture_protocol import UNKNOWN, Actor, Case, Casebook, Engine, load, loads
from rupture_protocol.engine import wire
from rupture_protocol.store.keys.file_keys import FileKeys
from rupture_protocol.store.keys.keys import folder_of
from rupture_protocol.store.sql import SqlStore

HERE: Final = Path(__file__).parent
FILE: Final = HERE / "revision-1.db"
KEYS: Final = HERE / "revision-1.keys"
EXPECTED: Final = HERE / "revision-1.json"
CLERK: Final = Actor("max", "records officer")
LATER: Final = NOON + 24 * HOUR
"""When all that is in the file has happened."""
SUBSCRIBER: Final = "ehr"
SEEN: Final = 3
"""How many events the subscriber has had."""

NEWER: Final = TEXT.replace("version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2"}]')
CLINIC: Final = """\
format: 1
protocol: clinic
version: 1.0.0
extends: {file: small.yaml}
states: {aware: {transitions: {acknowledge: {needs: [remark]}}}}
"""


def asked_under_a_key(book: Casebook) -> Case:
    """The request that was made under a key, or makes it again."""
    return book.record("overridden", {"risk": "low"}, by=LEE, at=LATER, idempotency_key="form-1")


def contents(book: Casebook) -> dict[str, Any]:
    """Every case with its whole history, as it is exported."""
    return {each.case: json.loads(wire.dumps(wire.case_to_json(book.get(each.case)))) for each in book.find()}


def id_of(book: Casebook) -> str:
    """The id of its store."""
    assert isinstance(book.store, SqlStore)
    return book.store.id


def fill(book: Casebook) -> None:
    """Everything that can happen to a case."""
    book.open("overridden", by=LEE, at=NOON, protocol="small", note="é, \N{SNOWMAN}")
    book.record("overridden", {"risk": "low"}, by=LEE, at=NOON, idempotency_key="form-1")
    book.correct("overridden", "risk", reason="misread", to="none", by=SUE, at=NOON + HOUR)
    book.record("overridden", {"agrees": UNKNOWN}, by=KIM, at=NOON + HOUR, occurred=NOON)
    book.take("overridden", "acknowledge", by=LEE, at=NOON + HOUR)
    book.override("overridden", "go_on", reason="client_preference", by=SUE, at=NOON + 2 * HOUR)

    FileKeys.open(folder_of(id_of(book), KEYS)).rotate(at=LATER)
    book.open("held", by=SUE, at=NOON, protocol="small")
    book.take("held", "hold", by=LEE, at=NOON + HOUR)

    book.open("migrated", by=LEE, at=NOON, protocol="small")
    book.record("migrated", {"agrees": True}, by=KIM, at=NOON)
    book.migrate("migrated", to=small_engine(NEWER), by=SUE, at=NOON + HOUR)

    book.open("extended", by=LEE, at=NOON, protocol="clinic")
    book.record("extended", {"risk": "low", "remark": "r"}, by=LEE, at=NOON)
    book.take("extended", "acknowledge", by=LEE, at=NOON)
    book.hold("extended", reason="a complaint", by=CLERK, at=NOON)
    book.release("extended", reason="it is settled", by=CLERK, at=NOON + HOUR)

    book.open("erased", by=LEE, at=NOON, protocol="small")
    book.record("erased", {"remark": "gone"}, by=LEE, at=NOON)
    book.erase("erased", by=CLERK, at=NOON + HOUR, basis="retention is over")
    book.done(SUBSCRIBER, book.pending(SUBSCRIBER, limit=SEEN)[-1])


def clinic_in(folder: Path) -> Engine:
    """The protocol of a clinic that extends the small one."""
    (folder / "small.yaml").write_text(TEXT, encoding="utf-8")
    (folder / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    return Engine(load(folder / "clinic.yaml"))


def main() -> None:
    FILE.unlink(missing_ok=True)
    shutil.rmtree(KEYS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        engines = (Engine(loads(TEXT)), clinic_in(Path(folder)))
        with Casebook(FILE, engines, keys=KEYS) as book:
            fill(book)
            text = json.dumps(contents(book), ensure_ascii=False, indent=1)
    EXPECTED.write_text(f"{text}\n", encoding="utf-8")
    with closing(sqlite3.connect(FILE)) as connection:
        for statement in ("journal_mode=DELETE", "page_size=512"):  # small, and without a file beside it
            connection.execute(f"PRAGMA {statement}")
        connection.execute("VACUUM")


if __name__ == "__main__":
    main()
