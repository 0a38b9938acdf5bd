"""Workers of every kind on one store: `python -m tests.fault.contests --trials 20`.

What they were answered is held against what is kept and was delivered.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from tests.fault.power import scratch
from tests.fault.requests import Tally
from tests.fault.rows import Row, report
from tests.store import contests, weaker
from tests.store.books import address
from tests.store.histories import Call, Checker
from tests.store.postgres import QUICK, Postgres, running

Way = Callable[[str, int, Path], list[Call]]


def contest(way: Way, where: str, folder: Path, seed: int) -> Tally:
    """What came of one contest."""
    return tally_of(contests.history_of(way, where, folder, seed))


def tally_of(checker: Checker) -> Tally:
    """What a checker found: lost and doubled events are counted apart from all else."""
    wrong = checker.wrong()
    lost = [each for each in wrong if each.endswith("was acknowledged, and is not kept")]
    doubled = [each for each in wrong if each.endswith(" times")]
    return Tally(
        1,
        sum(1 for call in checker.calls if call.answer and call.request.mark),
        lost=len(lost),
        doubled=len(doubled),
        broken=[each for each in wrong if each not in (*lost, *doubled)],
    )


def rows(trials: int, server: Postgres | None = None) -> Iterator[Row]:
    """Each way so many times, on SQLite or on a server; and stores that forget keys, or lose commits."""
    database = "PostgreSQL, " if server else ""
    for way in contests.WAYS:
        what = way.__name__.replace("_", " ")
        yield Row(f"{database}three workers at once, {what}", _contests(way, server, trials))
    for weaken in (weaker.forgets_keys, weaker.loses_commits):
        with pytest.MonkeyPatch.context() as patch:
            weaken(patch)
            found = _contests(contests.in_threads, server, 1)
        control = weaken.__name__.replace("_", " ")
        yield Row(f"{database}three workers at once, in threads", found, control)


def _contests(way: Way, server: Postgres | None, trials: int) -> Tally:
    total = Tally()
    for seed in range(1, trials + 1):
        with scratch() as folder:
            where = server.address(schema=server.new_schema()) if server else address(folder)
            total += contest(way, where, folder, seed)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="how many of each kind")
    given = parser.parse_args()
    with running(**QUICK) as server:
        report(chain(rows(given.trials), rows(given.trials, server)))


if __name__ == "__main__":
    main()
