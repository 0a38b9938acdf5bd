"""A full disk, a failing one, one that may not be written: the right error, and nothing lost or by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from tests.fault.apsw_driver import ApswDriver
from tests.fault.failing import NAME, Failing, broken, failures, full
from tests.fault.power import JOURNALS
from tests.fault.requests import requests
from tests.store.books import address, small_engine

from rupture_protocol import Casebook, OutcomeUnknown, RuptureError, StoreFull, StoreUnavailable
from rupture_protocol.store.sql import SqlStore

pytestmark = pytest.mark.once

SECRETS = ("xxxx", "low", "misread")
"""Of what the requests record."""


def behind(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that can be reached from it."""
    yield error
    for each in (error.__cause__, error.__context__):
        if each is not None:
            yield from behind(each)


def assert_tells_nothing(error: RuptureError) -> None:
    for each in behind(error):
        said = f"{each} {each!r} {each.args} {vars(each)}"
        assert not [secret for secret in SECRETS if secret in said]
        if not isinstance(each, RuptureError):
            assert (each.args, getattr(each, "orig", None), each.__traceback__) == ((), None, None)


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize(
    ("error", "classes"), [(full, {StoreFull}), (broken, {OutcomeUnknown, StoreUnavailable})]
)
def test_a_disk_that_fails_at_any_call(
    error: Callable[[], Exception], classes: set[type[RuptureError]], journal: str
) -> None:
    seen = failures(error, journal)
    assert seen.tally.trials > 80
    assert (seen.tally.lost, seen.tally.doubled, seen.tally.broken) == (0, 0, [])
    assert {type(each) for _, each in seen.errors} <= classes
    for _, each in seen.errors:
        assert_tells_nothing(each)


def test_a_sync_that_fails_leaves_the_outcome_unknown() -> None:
    for journal in JOURNALS:
        errors = failures(broken, journal).errors
        assert {type(each) for call, each in errors if call in ("sync", "delete")} == {OutcomeUnknown}


def test_a_store_without_transactions_is_caught() -> None:
    assert failures(full, "WAL", weaker=True).tally.broken


def test_after_an_unknown_outcome_there_is_a_new_connection(tmp_path: Path) -> None:
    driver = ApswDriver()
    store = SqlStore(address(tmp_path), module=driver)
    store.close()
    made: list[object] = []
    event.listen(store.database, "connect", lambda connection, _record: made.append(connection))
    vfs = Failing(broken)
    driver.vfs = NAME
    with Casebook(store, [small_engine()]) as book:
        first, second, third = requests(3)
        first.send(book)
        second.send(book)
        assert len(made) == 1
        vfs.arm(0)
        with pytest.raises(OutcomeUnknown):
            third.send(book)
        vfs.arm(None)
        assert third.send(book) == third.send(book)
        assert len(made) == 2
