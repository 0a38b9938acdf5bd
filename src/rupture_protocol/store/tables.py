"""The tables, as they are in SQLite and PostgreSQL. Times are whole microseconds since 1970, in UTC.

What is true is in `event`, what guards it in `case_head`; `case_summary` and `outbox` can be made again from
these. Contents are sealed, and so is what lists say: the state of a case, what is due in it and when. Case
ids, times of recording, kinds of events, who wrote them and whether a case has ended lie in the open.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

SCHEMA_REVISION = 1
"""Raised when tables change; a library reads what is older, and writes only its own."""

metadata = MetaData()


def _table(name: str, *columns: Any) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True)


# SQLite's STRICT tables know INTEGER, TEXT and BLOB, and only INTEGER PRIMARY KEY counts by itself.
_Long = BigInteger().with_variant(Integer, "sqlite")
# By bytes, as SQLite compares: no order of a language, which another version of the system may see otherwise.
_Text = Text().with_variant(Text(collation="C"), "postgresql")

store_meta = _table(
    "store_meta", Column("name", _Text, primary_key=True), Column("value", _Text, nullable=False)
)

case_head = _table(
    "case_head",
    Column("case_id", _Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

event = _table(
    "event",
    Column("case_id", _Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("event_id", _Text, nullable=False, unique=True),
    Column("kind", _Text, nullable=False),
    Column("recorded_at", _Long, nullable=False),
    Column("actor", _Text, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    PrimaryKeyConstraint("case_id", "seq"),
    Index("event_actor", "actor", "case_id"),
)

idempotency = _table(
    "idempotency",
    Column("key", _Text, primary_key=True),
    Column("case_id", _Text, nullable=False),
    Column("seq", Integer, nullable=False),
)

protocol = _table(
    "protocol",
    Column("digest", _Text, primary_key=True),
    Column("id", _Text, nullable=False),
    Column("version", _Text, nullable=False),
)

protocol_file = _table(
    "protocol_file",
    Column("digest", _Text, ForeignKey("protocol.digest"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("folder", Integer, nullable=False),
    Column("name", _Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "number"),
)

outbox = _table(
    "outbox",
    Column("position", _Long, primary_key=True, autoincrement=True),
    Column("case_id", _Text, nullable=False),
    Column("seq", Integer, nullable=False),
)
outbox.dialect_options["sqlite"]["autoincrement"] = True  # a position is never given twice

subscriber = _table(
    "subscriber", Column("name", _Text, primary_key=True), Column("position", _Long, nullable=False)
)

case_summary = _table(
    "case_summary",
    Column("case_id", _Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("ended", Integer, nullable=False),
    Column("protocol_id", _Text, nullable=False),
    Column("protocol_version", _Text, nullable=False),
    Column("protocol_digest", _Text, nullable=False),
    Column("opened_at", _Long, nullable=False),
    Column("updated_at", _Long, nullable=False),
    Column("overrides", Integer, nullable=False),
    Column("precautions", Integer, nullable=False),
    Column("agenda", LargeBinary, nullable=False),
    Index("case_summary_ended", "ended", "case_id"),
    Index("case_summary_state", "state", "case_id"),
    Index("case_summary_protocol", "protocol_id", "case_id"),
    Index("case_summary_updated", "updated_at"),
)

refusal = _table(
    "refusal",
    Column("case_id", _Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("recorded_at", _Long, nullable=False),
    Column("actor", _Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
)
