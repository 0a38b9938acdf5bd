"""Whatever bits flip and whatever values turn into, verifying finds it; less of it does not."""

from __future__ import annotations

import re

import pytest
from tests.tamper.matrix import PAGE
from tests.tamper.noise import MARK, changed, checkpoints, flipped, garbage

pytestmark = pytest.mark.once


def test_every_bit_that_flips_is_found() -> None:
    tally = changed(150, flipped, seed=5)
    assert (tally.trials, tally.missed, tally.failed) == (150, [], [])


def test_garbage_of_any_length_is_found() -> None:
    tally = changed(150, garbage, seed=6)
    assert (tally.trials, tally.missed, tally.failed) == (150, [], [])


def test_a_checkpoint_of_which_a_bit_is_another_one_is_found() -> None:
    tally = checkpoints(400, seed=7)
    assert (tally.trials, tally.missed, tally.failed) == (400, [], [])


def test_a_verification_that_looks_at_less_misses_bits() -> None:
    assert changed(30, flipped, seed=5, weaker=True).missed


def test_the_page_has_the_figures_of_a_long_run_that_missed_nothing() -> None:
    measured = re.search(MARK.format("(?s:(.*?))"), PAGE.read_text(encoding="utf-8"))
    assert measured
    rows = [line.strip("| ").split(" | ") for line in measured[1].splitlines() if line.startswith("| ")][1:]
    *real, control = rows
    assert len(real) == 3
    for _, trials, missed, failed in real:
        assert (int(trials.replace(",", "")) >= 20_000, missed, failed) == (True, "0", "0")
    assert control[0].startswith("control")
    assert int(control[2]) > 0
