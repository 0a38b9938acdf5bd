"""What is PostgreSQL's own: tables, settings and locks of other people, and a server that goes away."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from tests.store.books import LEE, NOON, SUE, book_at, small_engine
from tests.store.postgres import OWNER, QUICK, Postgres, running

from rupture_protocol import Actor, Casebook, CaseNotFound, Engine
from rupture_protocol.store.errors import (
    OutcomeUnknown,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreReadOnly,
    StoreUnavailable,
)
from rupture_protocol.store.sql import SqlStore


@pytest.fixture
def schema(postgres: Postgres) -> str:
    return postgres.new_schema()


@pytest.fixture
def where(postgres: Postgres, schema: str) -> str:
    return postgres.address(schema=schema)


@pytest.fixture
def book(where: str) -> Iterator[Casebook]:
    with book_at(where) as opened:
        opened.open("c", by=LEE, at=NOON)
        yield opened


# Beside others -----------------------------------------------------------------------------------------


def test_a_hosts_own_tables_may_lie_beside_ours(postgres: Postgres, schema: str, where: str) -> None:
    postgres.execute(f"CREATE TABLE {schema}.appointment (id int)")
    with book_at(where) as book:
        book.open("c", by=LEE, at=NOON)
        assert book.verify() == ()
    assert postgres.execute(f"SELECT count(*) FROM {schema}.appointment") == [(0,)]


def test_tables_of_the_same_name_are_not_taken_for_ours(postgres: Postgres, schema: str, where: str) -> None:
    postgres.execute(f"CREATE TABLE {schema}.event (id int)")
    with pytest.raises(StoreCorrupt, match="something else") as refused:
        book_at(where)
    assert "schema of its own" in str(refused.value.help)
    assert postgres.execute("SELECT count(*) FROM pg_tables WHERE schemaname = '" + schema + "'") == [(1,)]


def test_tables_of_the_same_name_further_on_in_the_search_path_are_left_alone(postgres: Postgres) -> None:
    ours, theirs = postgres.new_schema(), postgres.new_schema()
    postgres.execute(f"CREATE TABLE {theirs}.event (id int)")
    where = postgres.address(schema=f"{ours},{theirs}")
    for _ in range(2):
        with book_at(where) as book:
            book.open(f"c{len(book.find())}", by=LEE, at=NOON)
            assert book.verify() == ()
    assert postgres.execute(f"SELECT count(*) FROM {ours}.event") == [(2,)]
    assert postgres.execute(f"SELECT count(*) FROM {theirs}.event") == [(0,)]


def test_a_schema_that_is_not_there_is_said_to_be_missing(postgres: Postgres) -> None:
    with pytest.raises(StoreUnavailable, match="no schema"):
        book_at(postgres.address(schema="nowhere"))


def test_cases_are_listed_in_the_order_in_which_sqlite_has_them(book: Casebook) -> None:
    names = ["B", "a", "C", "Z-1", "z_2", "é"]
    for name in names:
        book.open(name, by=LEE, at=NOON)
    assert [each.case for each in book.find()] == sorted([*names, "c"])


# Settings of others ------------------------------------------------------------------------------------


def settings_of(store: SqlStore, *names: str) -> list[str]:
    with store.database.connect() as connection:
        return [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]


@pytest.fixture
def role(postgres: Postgres, schema: str) -> Iterator[str]:
    """Somebody who may do what a casebook needs, in the schema of this test."""
    name = f"role_{schema}"
    postgres.execute(f"CREATE ROLE {name} LOGIN")
    postgres.execute(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {name}")
    yield name
    postgres.execute(f"DROP OWNED BY {name}")
    postgres.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize(
    ("setting", "kept"),
    [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")],
)
def test_a_commit_waits_for_the_disk_whatever_the_role_is_set_to(
    postgres: Postgres, schema: str, role: str, setting: str, kept: str
) -> None:
    postgres.execute(f"ALTER ROLE {role} SET synchronous_commit = '{setting}'")
    with book_at(postgres.address(schema=schema, user=role)) as book:
        assert isinstance(book.store, SqlStore)
        assert settings_of(book.store, "synchronous_commit") == [kept]


def test_writers_wait_for_one_another_whatever_the_role_is_set_to(
    postgres: Postgres, schema: str, role: str
) -> None:
    postgres.execute(f"ALTER ROLE {role} SET default_transaction_isolation = 'serializable'")
    with book_at(postgres.address(schema=schema, user=role)) as book:
        book.open("c", by=LEE, at=NOON)
        threads = [
            threading.Thread(
                target=lambda: [book.record("c", {"count": n}, by=SUE, at=NOON) for n in range(5)]
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert book.get("c").version == 21


def test_a_store_that_may_only_be_read_is_read(postgres: Postgres, schema: str, role: str) -> None:
    where = postgres.address(schema=schema, user=role)
    with book_at(where) as book:
        book.open("c", by=LEE, at=NOON)
    postgres.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
    with book_at(where) as book:
        assert book.get("c").version == 1
        with pytest.raises(StoreReadOnly):
            book.record("c", {"risk": "low"}, by=LEE, at=NOON)


def test_who_may_not_make_tables_is_told_so(postgres: Postgres, schema: str, role: str) -> None:
    postgres.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM {role}")
    with pytest.raises(StoreReadOnly):
        book_at(postgres.address(schema=schema, user=role))


# What cannot be kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a\0b", "".join(map(chr, range(0x4E00, 0x6E00)))])
def test_an_id_that_postgresql_cannot_keep_is_refused_and_is_not_found(book: Casebook, name: str) -> None:
    with pytest.raises(CaseNotFound):
        book.get(name)
    with pytest.raises(StoreError, match="an id or a name"):
        book.open(name, by=LEE, at=NOON)
    with pytest.raises(StoreError, match="an id or a name"):
        book.record("c", {"risk": "low"}, by=Actor(name, "therapist"), at=NOON)
    assert [(each.case, each.version) for each in book.find()] == [("c", 1)]


# Locks -------------------------------------------------------------------------------------------------


def test_a_case_that_somebody_holds_is_busy_after_the_time_to_wait(postgres: Postgres, schema: str) -> None:
    where = postgres.address(schema=schema)
    with Casebook(where, [small_engine()], timeout=0.2) as book, postgres.connect() as other:
        book.open("c", by=LEE, at=NOON)
        with other.transaction():
            other.execute(f"SELECT * FROM {schema}.case_head FOR UPDATE".encode())
            with pytest.raises(StoreBusy):
                book.record("c", {"risk": "low"}, by=LEE, at=NOON)
            assert book.get("c").version == 1
            assert book.open("d", by=LEE, at=NOON).version == 1  # another case is nobody's
        assert book.record("c", {"risk": "low"}, by=LEE, at=NOON).version == 2


def test_more_threads_than_connections_wait_for_their_turn(book: Casebook) -> None:
    def several() -> None:
        for _ in range(2):
            book.record("c", {"count": 1}, by=SUE, at=NOON)

    threads = [threading.Thread(target=several) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert book.get("c").version == 41
    assert book.verify() == ()


# A server that goes away -------------------------------------------------------------------------------


def put_out(connection: Any) -> None:
    """Ends a session from within, as an administrator would from without."""
    connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_connection_that_ends_before_the_commit_has_written_nothing(book: Casebook, where: str) -> None:
    assert isinstance(book.store, SqlStore)

    class Ending(Engine):
        def record(self, *args: Any, **more: Any) -> Any:
            after = super().record(*args, **more)
            with psycopg.connect(
                host=host_of(where), user=OWNER, dbname="postgres", autocommit=True
            ) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'rupture_protocol' AND state LIKE 'idle in transaction%'"
                )
            return after

    with Casebook(where, [Ending(small_engine().protocol)]) as ending, pytest.raises(StoreUnavailable):
        ending.record("c", {"risk": "low"}, by=LEE, at=NOON)
    assert book.get("c").version == 1
    assert book.record("c", {"risk": "low"}, by=LEE, at=NOON).version == 2


def host_of(where: str) -> str:
    from sqlalchemy import make_url

    return str(make_url(where).query["host"])


def test_a_connection_that_ends_at_the_commit_may_have_written_and_the_key_tells(book: Casebook) -> None:
    assert isinstance(book.store, SqlStore)
    database = book.store.database

    def end(connection: Any) -> None:
        event.remove(database, "commit", end)
        put_out(connection)

    def record() -> Any:
        return book.record("c", {"risk": "low"}, by=LEE, at=NOON, idempotency_key="k")

    event.listen(database, "commit", end)
    with pytest.raises((OutcomeUnknown, StoreUnavailable)):
        record()
    assert record().version == 2
    assert record() == book.get("c")


def test_a_casebook_goes_on_after_the_server_was_started_again() -> None:
    with running(**QUICK) as server, book_at(server.address()) as book:
        threads = [threading.Thread(target=book.find) for _ in range(4)]  # several connections to lose
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        book.open("c", by=LEE, at=NOON)
        server.stop()
        with pytest.raises(StoreUnavailable):
            book.record("c", {"risk": "low"}, by=LEE, at=NOON)
        server.start(**QUICK)
        assert book.record("c", {"risk": "low"}, by=LEE, at=NOON).version == 2


def test_no_password_and_no_value_is_in_an_error(postgres: Postgres) -> None:
    where = postgres.address(schema="nowhere", user="rupture:hush-hush")
    with pytest.raises(StoreUnavailable) as refused:
        book_at(where.replace("host=", "host=/nowhere"))
    assert "hush" not in str(refused.value) + repr(refused.value) + str(refused.value.help)


FORKING = """\
import os, sys
from tests.store.books import LEE, NOON, SUE, book_at
book = book_at(sys.argv[1])
book.open("c", by=LEE, at=NOON)
child = os.fork()
for number in range(10):
    book.record("c", {"count": number}, by=SUE if child else LEE, at=NOON)
book.close()
if not child:
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_parent_and_child_both_go_on_after_a_fork(where: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING, where],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with book_at(where) as book:
        assert book.get("c").version == 21
        assert book.verify() == ()
