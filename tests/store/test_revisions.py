"""Stores of each version that was released are opened, verified and gone on with; newer ones are not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from tests.store.books import LEE, book_at
from tests.store.data.make_revision_1 import (
    EXPECTED,
    FILE,
    KEYS,
    LATER,
    SEEN,
    SUBSCRIBER,
    asked_under_a_key,
    contents,
)

from rupture_protocol import Casebook, Engine, RuptureError, load
from rupture_protocol.engine.case import EventKind
from rupture_protocol.store import tables
from rupture_protocol.store.checkup import check_up
from rupture_protocol.store.errors import CaseErased, StoreOutdated, StoreUnavailable
from rupture_protocol.store.upgrading import Upgrade, upgrade


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of the store of the first layout."""
    copy = tmp_path / "cases.db"
    shutil.copyfile(FILE, copy)
    shutil.copytree(KEYS, tmp_path / "keys")
    return copy


# Released ----------------------------------------------------------------------------------------------


def test_the_first_store_is_read_as_it_was_written(file: Path) -> None:
    with Casebook(file, keys=file.parent / "keys") as book:
        assert contents(book) == json.loads(EXPECTED.read_text("utf-8"))
        kinds = {event.kind for case in book.find() for event in book.history(case.case)}
        assert kinds == set(EventKind)
        with pytest.raises(CaseErased):
            book.get("erased")
        assert book.verify() == ()


def test_the_first_store_is_gone_on_with(file: Path) -> None:
    upgrade(file)
    with Casebook(file, [Engine(load("standard"))], keys=file.parent / "keys") as book:
        before = contents(book)
        assert asked_under_a_key(book).version == 2
        assert contents(book) == before
        for name in ("held", "migrated", "extended"):
            assert book.record(name, {"risk": "none"}, by=LEE, at=LATER).version > 2
        kept = sum(len(book.history(each.case)) for each in book.find())
        pending = book.pending(SUBSCRIBER)
        assert len([each for each in pending if each.event]) == kept - SEEN
        assert {each.case for each in pending if each.erased} == {"erased"}
        assert book.verify() == ()
        book.open("new", by=LEE, at=LATER, protocol="standard")
    assert "integrity" in {remark.about for remark in check_up(file).remarks if remark.fine}


# Others ------------------------------------------------------------------------------------------------


def revised(where: Path, revision: int) -> None:
    with closing(sqlite3.connect(where)) as connection:
        connection.execute("UPDATE store_meta SET value = ? WHERE name = 'schema_revision'", (str(revision),))
        connection.commit()


def add_a_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE subscriber ADD COLUMN since INTEGER NOT NULL DEFAULT 0"))


def test_a_newer_store_is_refused(file: Path) -> None:
    revised(file, tables.SCHEMA_REVISION + 1)
    for use in (Casebook, upgrade):
        with pytest.raises(StoreOutdated, match="layout") as refused:
            use(file)
        assert refused.value.help == "use a newer rupture-protocol"


def test_an_older_store_is_read_and_not_written_to_until_it_is_upgraded(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book_at(where) as book:
        book.open("c", by=LEE, at=LATER)
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 2)
    with book_at(where) as book:
        kept = book.get("c")
        with pytest.raises(StoreOutdated) as refused:
            book.record("c", {"risk": "low"}, by=LEE, at=LATER)
        assert "rupture db upgrade" in str(refused.value.help)

    assert upgrade(where, steps={1: add_a_column}) == Upgrade(1, 2)
    assert upgrade(where, steps={1: add_a_column}) == Upgrade(2, 2)
    with book_at(where) as book:
        assert book.get("c") == kept
        assert book.record("c", {"risk": "low"}, by=LEE, at=LATER).version == 2
        assert book.verify() == ()


def test_an_upgrade_that_goes_wrong_changes_nothing(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with book_at(where) as book:
        book.open("c", by=LEE, at=LATER)
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 3)

    def fail(connection: Connection) -> None:
        connection.execute(text("SELECT * FROM nothing"))

    for steps in ({1: add_a_column}, {1: add_a_column, 2: fail}):
        with pytest.raises(RuptureError):
            upgrade(where, steps=steps)
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 1)
    with book_at(where) as book:
        assert book.record("c", {"risk": "low"}, by=LEE, at=LATER).version == 2
    monkeypatch.setattr(tables, "SCHEMA_REVISION", 2)
    assert upgrade(where, steps={1: add_a_column}) == Upgrade(1, 2)  # the column was not there yet


def test_there_is_a_way_from_every_layout_that_was_released(file: Path) -> None:
    assert upgrade(file).after == tables.SCHEMA_REVISION


def test_an_upgrade_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no store"):
        upgrade(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
