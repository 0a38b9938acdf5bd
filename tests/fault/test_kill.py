"""Processes that are killed with `kill -9`, and processes that fork."""

from __future__ import annotations

import os

import pytest
from tests.fault.nursery import in_nursery

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes to fork here"),
    pytest.mark.once,
]
SQLITES = pytest.mark.parametrize("module", ["sqlite3", "apsw"])


@pytest.mark.parametrize(("module", "requests"), [("sqlite3", 5), ("apsw", 3)])
def test_a_process_killed_at_any_step_of_an_append_leaves_it_whole(module: str, requests: int) -> None:
    tally = in_nursery("kill_at_each_step", module, requests)
    assert tally.trials > requests * 25
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


@SQLITES
def test_three_writers_killed_at_random_times_lose_and_double_nothing(module: str) -> None:
    tally = in_nursery("kill_at_random_times", module, 20)
    assert tally.acknowledged > 0
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_store_without_transactions_is_caught() -> None:
    assert in_nursery("kill_at_each_step", "weaker", 2).broken


@SQLITES
def test_after_a_fork_parent_and_child_go_on_with_the_same_casebook(module: str) -> None:
    tally = in_nursery("fork", module)
    assert tally.acknowledged > 40
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_child_that_inherits_connections_loses_what_it_writes() -> None:
    assert in_nursery("fork", "weaker").lost > 0


@SQLITES
def test_who_forks_in_the_middle_of_a_write_has_a_child_that_leaves_the_store_alone(module: str) -> None:
    assert not in_nursery("fork_while_writing", module).failed
