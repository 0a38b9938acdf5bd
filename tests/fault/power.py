"""Power cuts: `python -m tests.fault.power --trials 100000`.

A casebook works on a disk that records what is written (`disk`). For each trial the power goes somewhere in
that record; the casebook is opened on what the disk then holds, and must have all that it has acknowledged.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tests.fault.apsw_driver import ApswDriver
from tests.fault.disk import MODES, Image, Mark, Recorder, Step, after_cut, lay_out
from tests.fault.requests import Request, Tally, examine, requests
from tests.fault.rows import Row, report
from tests.store.books import address, small_engine

from rupture_protocol import Case, Casebook, Engine, RuptureError
from rupture_protocol.store.sql import SqlStore

JOURNALS = {"WAL": "", "DELETE": "3.40.1"}
"""How SQLite journals, and the version it shall say it has for the store to choose that."""
VARIETY = ((), ("page_size=512", "wal_autocheckpoint=4"), ("page_size=1024", "cache_size=4"))
"""Small pages, logs and memory, so that tables, log and memory are full early."""
REQUESTS = 9
AGAIN = 0.1
"""In this share of trials the power goes a second time, while what the first cut left is repaired."""
RECORDER = "recorder"


@dataclass(frozen=True, slots=True)
class Life:
    """What a disk went through between two power cuts, and what the writer was told meanwhile."""

    start: Image
    steps: tuple[Step, ...]
    told: tuple[Case, ...]
    queue: tuple[Request, ...]
    """All requests; those that were answered come first."""

    def told_by(self, step: int) -> tuple[Case, ...]:
        marks = [each.what for each in self.steps[:step] if isinstance(each, Mark)]
        return self.told[: max(marks, default=0)]


@dataclass(frozen=True, slots=True)
class Setting:
    """How SQLite is set: its journal, a variety of sizes, and what makes it weaker, for a control."""

    journal: str = "WAL"
    variety: int = 0
    synchronous: str = ""

    def driver(self) -> ApswDriver:
        return ApswDriver(
            library=JOURNALS[self.journal],
            pragmas=VARIETY[self.variety],
            rewrite=self._weaker if self.synchronous else str,
        )

    def _weaker(self, statement: str) -> str:
        is_it = statement.startswith("PRAGMA synchronous=")
        return f"PRAGMA synchronous={self.synchronous}" if is_it else statement


@cache
def engine() -> Engine:
    return small_engine()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory, where there is one: nothing here needs a real disk."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Bench:
    """A folder for disks, and a casebook that is opened again and again on what lies there."""

    def __init__(self, driver: ApswDriver | None, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self._driver = driver
        self._store = SqlStore(address(self.folder), module=self._driver)
        self._store.close()

    @contextmanager
    def opened(self, *, recorded: bool = False) -> Iterator[Casebook]:
        # One engine of SQLAlchemy for all trials, since a new one compiles every statement anew; its
        # connections are new ones, and the layout is read or made as for a new store.
        store = self._store
        if self._driver is not None:
            self._driver.vfs = RECORDER if recorded else ""
        try:
            store.prepare()
            yield Casebook(store, [engine()])
        finally:
            store.close()

    def live(self, start: Image, told: Sequence[Case], queue: Sequence[Request]) -> Life:
        """Goes on from what a disk holds until all requests are answered; halfway everything is closed once.

        Raises:
            RuptureError: The casebook cannot be used.
        """
        lay_out(start, self.folder)
        vfs = Recorder(RECORDER, self.folder)
        answers = list(told)
        vfs.steps.append(Mark(len(answers)))
        try:
            halfway = (len(told) + len(queue)) // 2
            for part in (queue[len(told) : halfway], queue[halfway:]):
                with self.opened(recorded=True) as book:
                    for request in part:
                        answers.append(request.send(book))
                        vfs.steps.append(Mark(len(answers)))
        finally:
            vfs.unregister()
        return Life(vfs.start, tuple(vfs.steps), tuple(answers), tuple(queue))

    def cut(self, life: Life, at: int, mode: str, chance: random.Random) -> Tally:
        """The power goes after that many steps. What is there then?"""
        told = life.told_by(at)
        lay_out(after_cut(life.start, life.steps, at, mode, chance), self.folder)
        unanswered = life.queue[len(told)] if len(told) < len(life.queue) else None
        try:
            with self.opened() as book:
                return examine(book, told, unanswered)
        except RuptureError as error:
            return _all_lost(told, error)

    def cut_twice(self, life: Life, at: int, mode: str, chance: random.Random) -> Tally:
        """The power goes, and goes again while SQLite repairs what it finds, or soon after."""
        told = life.told_by(at)
        image = after_cut(life.start, life.steps, at, mode, chance)
        try:
            second = self.live(image, told, life.queue[: len(told) + 2])
        except RuptureError as error:
            return _all_lost(told, error)
        return self.cut(second, chance.randint(1, len(second.steps)), mode, chance)


def _all_lost(told: Sequence[Case], error: RuptureError) -> Tally:
    return Tally(1, len(told), lost=len(told), broken=[f"{type(error).__name__}: {error}"])


def cuts(setting: Setting, mode: str, trials: int, *, seed: int = 0) -> Tally:
    """So many power cuts, spread over all steps of lives with small and large pages."""
    total = Tally()
    chance = random.Random(f"{seed} {setting} {mode}")
    with scratch() as folder:
        settings = [replace(setting, variety=number) for number in range(len(VARIETY))]
        benches = [Bench(each.driver(), folder / str(each.variety)) for each in settings]
        lives = [bench.live({}, (), requests(REQUESTS)) for bench in benches]
        for number in range(trials):
            bench, life = benches[number % len(benches)], lives[number % len(benches)]
            at = 1 + int((number + chance.random()) / trials * len(life.steps))
            cut = bench.cut_twice if chance.random() < AGAIN else bench.cut
            total += cut(life, at, mode, chance)
    return total


CONTROLS = (
    Setting("WAL", synchronous="OFF"),
    Setting("WAL", synchronous="NORMAL"),
    Setting("DELETE", synchronous="OFF"),
    Setting("DELETE", synchronous="NORMAL"),
    Setting("DELETE", synchronous="FULL"),  # the reason for EXTRA: a deleted journal may come back
)
"""Each must lose something, in as many cuts as `CONTROL`."""
CONTROL = 300


def rows(trials: int, *, seed: int = 0, jobs: int = 1) -> Iterator[Row]:
    """What came of so many cuts in all, and of some for each control."""
    kinds = [(setting, mode) for setting in map(Setting, JOURNALS) for mode in MODES]
    work = [(setting, mode, trials // len(kinds), seed) for setting, mode in kinds]
    work += [(setting, mode, CONTROL, seed) for setting in CONTROLS for mode in MODES]
    if jobs == 1:
        yield from map(_row, work)
        return
    # Processes that are not forked: SQLite would be in the middle of something.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield from pool.map(_row, work)


def _row(work: tuple[Setting, str, int, int]) -> Row:
    setting, mode, trials, seed = work
    weaker = f"synchronous={setting.synchronous}" if setting.synchronous else ""
    return Row(f"power cut, {setting.journal}, writes {mode}", cuts(setting, mode, trials, seed=seed), weaker)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=6000, help="in all, for both journals and three modes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    given = parser.parse_args()
    report(rows(given.trials, seed=given.seed, jobs=given.jobs))


if __name__ == "__main__":
    main()
