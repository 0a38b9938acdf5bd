"""A store of each kind, for tests that hold on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.store.books import address
from tests.store.postgres import QUICK, Postgres, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this worker, for tests that leave it as it is."""
    with running(**QUICK) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store of each kind."""
    if request.param == "sqlite":
        return address(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.address(schema=server.new_schema())
