"""Exceptions, Ctrl-C and cancellation in the middle of an append."""

from __future__ import annotations

import pytest
from tests.fault.apsw_driver import ApswDriver
from tests.fault.interrupted import BREAKS, LAST, WEAKER, Breaks, interruptions

SQLITES = [(None, BREAKS), (ApswDriver(), BREAKS[:1])]


@pytest.mark.parametrize(("module", "breaks"), SQLITES, ids=["sqlite3", "apsw"])
def test_an_exception_at_any_step_leaves_nothing_by_halves_and_the_casebook_goes_on(
    module: object, breaks: Breaks
) -> None:
    tally = interruptions(module=module, breaks=breaks)
    assert tally.trials > LAST * len(breaks) * 25
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


def test_a_store_without_transactions_is_caught() -> None:
    assert interruptions(module=WEAKER, breaks=(MemoryError,)).broken
