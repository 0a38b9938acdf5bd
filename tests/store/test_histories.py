"""Workers of every kind on one store: nothing lost, nothing doubled, nothing out of order."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.store import weaker
from tests.store.contests import ROUNDS, WAYS, WORKERS, book_at, history_of, in_threads
from tests.store.histories import CASES, Call

pytestmark = pytest.mark.once


@pytest.mark.parametrize("way", WAYS)
def test_no_event_is_lost_doubled_or_out_of_order(
    way: Callable[[str, int, Path], list[Call]], where: str, tmp_path: Path
) -> None:
    checker = history_of(way, where, tmp_path, seed=1)

    assert checker.wrong() == []
    refusals = [call.refusal for call in checker.calls if call.refusal]
    assert "Conflict" in refusals
    assert not {"StoreBusy", "OutcomeUnknown"} & set(refusals)
    # It was a real contest: everybody wrote to every case, and most of what was asked for was kept.
    assert sum(case.version for case in checker.kept.values()) > WORKERS * ROUNDS / 4
    assert set(checker.kept) == set(CASES)
    with book_at(where) as book:
        assert book.verify() == ()


@pytest.mark.parametrize(
    ("weaken", "said"),
    [
        (weaker.forgets_keys, "times"),
        (
            weaker.loses_commits,
            "is not kept|is not how the case stood",
        ),  # the latter where its place was taken
        (weaker.reads_late, "after a later one had been seen"),
        (weaker.expects_nothing, "expected version"),
        (weaker.delivers_backwards, "delivered"),
        (weaker.delivers_all_but_some, "delivered"),
    ],
)
def test_a_store_that_does_not_is_caught(
    weaken: Callable[[pytest.MonkeyPatch], None],
    said: str,
    where: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weaken(monkeypatch)
    found = history_of(in_threads, where, tmp_path, seed=2).wrong()

    assert any(re.search(said, each) for each in found), found
