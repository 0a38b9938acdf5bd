"""A bit flips in the database file: an answer is right, or something says that all is not well."""

from __future__ import annotations

import pytest
from tests.fault.flips import flips

pytestmark = pytest.mark.once


def test_every_flip_that_changes_an_answer_is_found() -> None:
    tally = flips(1200)
    assert tally.trials == 1200
    assert tally.broken == []


def test_a_store_that_is_not_verified_is_caught() -> None:
    assert flips(200, weaker=True).lost > 0
