"""A database of PostgreSQL: its settings, the wire to it, the rights of its role, its clock, its layout."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import URL, Connection, TextClause, text
from sqlalchemy.exc import SQLAlchemyError

from rupture_protocol.store import layout, tables
from rupture_protocol.store.checkup.remarks import Remark, on_keys, on_layout, whatever_happens
from rupture_protocol.store.connecting import connect
from rupture_protocol.store.errors import StoreError

OLDEST = 14
SKEW = timedelta(seconds=5)
DAMAGED = "look at the server's log, then `rupture case verify`"

NEEDED = {
    "store_meta": ("INSERT", "UPDATE"),
    "case_head": ("INSERT", "UPDATE"),
    "event": ("INSERT",),
    "idempotency": ("INSERT",),
    "protocol": ("INSERT",),
    "protocol_file": ("INSERT",),
    "outbox": ("INSERT",),
    "subscriber": ("INSERT", "UPDATE"),
    "case_summary": ("INSERT", "UPDATE", "DELETE"),
    "refusal": ("INSERT", "DELETE"),
}
"""What a role needs besides reading: events are added, and never changed or removed."""

_MUST_BE_ON = {
    "fsync": "a crash of the machine can lose and damage everything",
    "full_page_writes": "a crash of the machine can leave pages half written",
}
_WHY_NOT = (
    ("password authentication failed", "the server refuses this user or password", "check both"),
    ("no password supplied", "the server asks for a password", "give it in `PGPASSWORD` or `~/.pgpass`"),
    (
        "pg_hba.conf",
        "the server lets nobody in from here",
        "ask whoever runs it for a line in its pg_hba.conf",
    ),
    ("translate host name", "no machine has this name", "check the host in the address"),
    ("certificate", "the server's certificate is not the one expected", "check `sslmode` and `sslrootcert`"),
    ("does not support SSL", "the server does not speak TLS", "ask whoever runs it to turn it on"),
    ("does not exist", "the server has no such database or role", "make it, or check the address"),
    ("too many c", "the server has no connection left", "raise its `max_connections`, or close others"),
    ("starting up", "the server is starting", "try again in a moment"),
    ("shutting down", "the server is shutting down", "start it again"),
    ("timeout expired", "the server does not answer", "check the host, the port and what lies between"),
    ("refused", "no server listens there", "start it, or check the host and the port"),
    ("No such file", "no server listens there", "start it, or check the folder of its socket"),
)
"""What libpq says, in our words: it may name a user, and an address may hold a password."""


def told(address: URL) -> str:
    """Where a database is, without a user or a password."""
    host = address.host or _text(address.query.get("host")) or "this machine"
    return f"{address.database or 'its database'} on {host}"


def remarks_at(address: URL, timeout: float) -> Iterator[Remark]:
    """What is to be said about a database, without changing it."""
    try:
        database = connect(address, timeout=timeout)
    except StoreError as error:
        yield Remark("connection", str(error), error.help or "check the address")
        return
    try:
        with database.connect() as connection:
            yield Remark("connection", "it answers")
            for about, look in _LOOKS.items():
                yield from whatever_happens(about, lambda look=look: look(connection), DAMAGED)  # type: ignore[misc]
                connection.rollback()  # one look that fails does not keep the next from looking
    except SQLAlchemyError as error:
        yield _why_not(error)
    finally:
        database.dispose()


def _why_not(error: SQLAlchemyError) -> Remark:
    said = str(getattr(error, "orig", None) or "")
    for words, found, do in _WHY_NOT:
        if words in said:
            return Remark("connection", found, do)
    return Remark("connection", "it cannot be reached", "check the address, and whether the server runs")


def _on_version(connection: Connection) -> Iterable[Remark]:
    number = int(_shown(connection, "server_version_num"))
    found = f"PostgreSQL {number // 10000}.{number % 10000}"
    old = number // 10000 < OLDEST
    return [Remark("version", found, f"use PostgreSQL {OLDEST} or newer" if old else "")]


def _on_settings(connection: Connection) -> Iterator[Remark]:
    for name, why in _MUST_BE_ON.items():
        value = _shown(connection, name)
        do = f"`ALTER SYSTEM SET {name} = on`, then reload the server: {why}" if value != "on" else ""
        yield Remark(name, value, do)
    ours = _shown(connection, "synchronous_commit")
    query = text("SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'")
    theirs = connection.execute(query).scalar_one()
    also = "" if ours == theirs else f" for what this library writes; {theirs} for others"
    yield Remark("synchronous_commit", f"{ours}{also}")
    checksums = _shown(connection, "data_checksums")
    yield Remark(
        "data_checksums", checksums if checksums == "on" else "off: a page that decays goes unnoticed"
    )
    encoding = _shown(connection, "server_encoding")
    yield Remark("encoding", encoding, "" if encoding == "UTF8" else "keep cases in a database with UTF8")


def _on_wire(connection: Connection) -> Iterable[Remark]:
    query = text("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    row = connection.execute(query).one_or_none()
    server = connection.execute(text("SELECT host(inet_server_addr())")).scalar()
    info = getattr(connection.connection.driver_connection, "info", None)
    mode = "" if info is None else info.get_parameters().get("sslmode", "")
    return [on_encryption(row.version if row is not None and row.ssl else None, server, mode)]


def on_encryption(version: str | None, server: str | None, mode: str) -> Remark:
    """What is to be said of the wire.

    Args:
        version: That of TLS; None where it is not used.
        server: The server's address; None where it is reached through a socket of this machine.
        mode: How the client is told to see to it (`sslmode`).
    """
    if version is None and (server is None or ipaddress.ip_address(server).is_loopback):
        return Remark("tls", "none; the server is on this machine")
    if version is None:
        return Remark(
            "tls", "none: whoever is on the way reads along", "add `sslmode=verify-full` to the address"
        )
    if mode not in ("verify-full", "verify-ca"):
        return Remark(
            "tls",
            f"{version}, and anybody could pretend to be the server",
            "add `sslmode=verify-full` to the address, and `sslrootcert` where the system does not know it",
        )
    return Remark("tls", f"{version}, and the server is who it should be")


def _on_role(connection: Connection) -> Iterator[Remark]:
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
        yield Remark("writable", "no: it is a standby", "write to the primary")
        return
    if _shown(connection, "default_transaction_read_only") == "on":
        yield Remark("writable", "no: its role or server is set to read only", "use a role that may write")
        return
    missing = _missing_rights(connection)
    yield Remark(
        "writable",
        f"no: the role lacks {', '.join(missing)}" if missing else "yes",
        "`GRANT` it what it lacks" if missing else "",
    )


def _missing_rights(connection: Connection) -> list[str]:
    there = layout.tables_in(connection)
    if tables.store_meta.name not in there:
        makes = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        return [] if _is_so(connection, makes, {}) else ["CREATE on the schema"]
    query = text("SELECT has_table_privilege(:name, :right)")
    lacking = {
        name: [
            right
            for right in ("SELECT", *more)
            if not _is_so(connection, query, {"name": name, "right": right})
        ]
        for name, more in NEEDED.items()
        if name in there
    }
    missing = [f"{' and '.join(rights)} on {name}" for name, rights in lacking.items() if rights]
    counts = text("SELECT has_sequence_privilege(pg_get_serial_sequence('outbox', 'position'), 'USAGE')")
    if not _is_so(connection, counts, {}):
        missing.append("USAGE on the sequence of outbox")
    return missing


def _is_so(connection: Connection, query: TextClause, given: dict[str, str]) -> bool:
    return connection.execute(query, given).scalar() is not False


def _on_clock(connection: Connection) -> Iterable[Remark]:
    before = datetime.now(UTC)
    there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    after = datetime.now(UTC)
    return [on_skew(before, there, after)]


def on_skew(before: datetime, there: datetime, after: datetime) -> Remark:
    """What is to be said of a server's clock that was read between two readings of this machine's."""
    apart = max(before - there, there - after, timedelta())
    if apart <= SKEW:
        return Remark("clock", "as this machine's")
    return Remark(
        "clock",
        f"{apart.total_seconds():.0f} seconds from this machine's",
        "have both set by the network (NTP): times of events are those of whoever writes them",
    )


def _on_contents(connection: Connection) -> Iterator[Remark]:
    yield Remark("schema", str(connection.execute(text("SELECT current_schema()")).scalar() or "none"))
    yield from on_layout(layout.read(connection))
    yield from on_keys(connection)


def _shown(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value or ())


_LOOKS = {
    "version": _on_version,
    "settings": _on_settings,
    "tls": _on_wire,
    "writable": _on_role,
    "clock": _on_clock,
    "layout": _on_contents,
}
