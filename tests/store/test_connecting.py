"""How a connection is set, and what is made where there is nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.store.books import LEE, NOON, book_in


@pytest.mark.skipif(os.name != "posix", reason="folders are not synced here")
def test_the_names_of_a_new_file_and_its_new_folders_are_made_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    fsync = os.fsync

    def noted(opened: int) -> None:
        synced.add(os.fstat(opened).st_ino)
        fsync(opened)

    monkeypatch.setattr(os, "fsync", noted)
    with book_in(tmp_path / "new" / "folder") as book:
        book.open("c", by=LEE, at=NOON)
    folders = (tmp_path, tmp_path / "new", tmp_path / "new" / "folder")
    assert {folder.stat().st_ino for folder in folders} <= synced


def test_an_empty_file_is_a_new_store(tmp_path: Path) -> None:
    (tmp_path / "cases.db").touch()  # its making was cut off
    with book_in(tmp_path) as book:
        assert book.find() == ()
        assert book.open("c", by=LEE, at=NOON).version == 1
        assert book.verify() == ()
