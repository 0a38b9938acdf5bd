"""Exceptions, Ctrl-C and cancellation in the middle of an append."""

from __future__ import annotations

import pytest
from tests.fault.apsw_driver import ApswDriver
from tests.fault.interrupted import BREAKS, LAST, WEAKER, interruptions


@pytest.mark.parametrize("module", [None, ApswDriver()], ids=["sqlite3", "apsw"])
def test_an_exception_at_any_step_leaves_nothing_by_halves_and_the_casebook_goes_on(module: object) -> None:
    tally = interruptions(module=module)
    assert tally.trials > LAST * len(BREAKS) * 25
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_store_without_transactions_is_caught() -> None:
    assert interruptions(module=WEAKER, breaks=(MemoryError,)).broken
