"""A folder for a store, its keys and what is written for a while; and one in which a case is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from tests.canaries.doing import book_in, verbs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which all is: the store, its keys, and whatever is written for a while."""
    for name in ("store", "keys", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


@pytest.fixture
def kept(folder: Path) -> Path:
    """A folder with a store in which a case is kept."""
    with book_in(folder) as book:
        for _, call, _ in list(verbs(book))[:5]:
            call()
    return folder
