"""PostgreSQL that is cut off or crashes: what was acknowledged is there, once; the rest, when asked again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.fault.crashing import crashes
from tests.fault.cutting import CONTROLS, cuts
from tests.fault.proxy import Cut
from tests.store.postgres import QUICK, Postgres, running

pytestmark = pytest.mark.once

TRIALS = 25


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running(**QUICK) as started:
        yield started


@pytest.mark.parametrize("where", Cut, ids=lambda each: each.name.lower())
def test_a_connection_that_is_cut_at_the_commit_loses_and_doubles_nothing(
    server: Postgres, where: Cut
) -> None:
    tally = cuts(server, where, TRIALS)
    assert tally.acknowledged == tally.trials == TRIALS
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


@pytest.mark.parametrize(
    ("careless", "where"), [(careless, where) for careless, places in CONTROLS.items() for where in places]
)
def test_who_does_not_ask_again_under_the_key_is_caught(server: Postgres, careless: str, where: Cut) -> None:
    tally = cuts(server, where, 5, careless=careless)
    assert tally.lost + tally.doubled == 5


def test_a_server_that_is_killed_under_load_loses_and_doubles_nothing() -> None:
    tally = crashes(4, quick=True)
    assert tally.acknowledged >= 12
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_server_that_answers_before_the_disk_has_it_is_caught() -> None:
    assert crashes(1, weaker=True, quick=True).lost > 0
