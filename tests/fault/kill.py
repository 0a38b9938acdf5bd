"""`kill -9`: at each step of an append, and at random times with three writers at work."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count

from tests.fault.apsw_driver import ApswDriver
from tests.fault.disk import image_of, lay_out
from tests.fault.interrupted import WEAKER
from tests.fault.nursery import die, ended, forked, in_nursery, say, told_by
from tests.fault.power import Bench, scratch
from tests.fault.requests import Request, Tally, examine, inconsistencies, requests
from tests.fault.rows import Row
from tests.fault.steps import at_step
from tests.store.books import LEE, NOON, SUE

from rupture_protocol import Case, Casebook, RuptureError
from rupture_protocol.store.sql import SqlStore

MODULES: dict[str, ApswDriver | None] = {"sqlite3": None, "apsw": ApswDriver(), "weaker": WEAKER}
WRITERS = 3


def at_each_step(module: str, last: str = "5") -> Tally:
    """A process is killed at each step of each request, and tells nobody more."""
    total = Tally()
    with scratch() as folder:
        bench = Bench(MODULES[module], folder / "disk")
        told: list[Case] = []
        for request in requests(int(last)):
            before = image_of(bench.folder) if told else {}
            for step in count():
                lay_out(before, bench.folder)
                if not _killed(bench, request, step):
                    break
                with bench.opened() as book:
                    total += examine(book, told, request)
            lay_out(before, bench.folder)
            with bench.opened() as book:
                told.append(request.send(book))
    return total


def _killed(bench: Bench, request: Request, step: int) -> bool:
    """Sends it from a process that kills itself at that step; whether there was such a step."""

    def child(_writing: int) -> None:
        with bench.opened() as book:
            assert isinstance(book.store, SqlStore)
            with at_step(book.store, step, die):
                request.send(book)

    pid, reading = forked(child)
    os.close(reading)
    how = ended(pid)
    assert how in (0, -signal.SIGKILL), how
    return how != 0


def at_random_times(module: str, trials: str) -> Tally:
    """Three writers on one case, with clocks that differ; one is killed, soon after it the others."""
    total = Tally()
    chance = random.Random(module)
    with scratch() as folder:
        bench = Bench(MODULES[module], folder / "disk")
        for _ in range(int(trials)):
            lay_out({}, bench.folder)
            total += _three_writers(bench, chance)
    return total


def _three_writers(bench: Bench, chance: random.Random) -> Tally:
    with bench.opened() as book:
        book.open("a", by=LEE, at=NOON, idempotency_key="opened")
    children = [forked(partial(_write_on, bench, n)) for n in range(WRITERS)]
    for _, reading in children:
        os.read(reading, len("ready\n"))
    chance.shuffle(children)
    for pid, _ in children:
        time.sleep(chance.uniform(0.0, 0.08))
        os.kill(pid, signal.SIGKILL)
    for pid, _ in children:
        ended(pid)
    told = {line for _, reading in children for line in told_by(reading)}
    try:
        with bench.opened() as book:
            return _all_there(book, told)
    except RuptureError as error:
        return Tally(1, len(told), lost=len(told), broken=[f"{type(error).__name__}: {error}"])


def _write_on(bench: Bench, writer: int, writing: int) -> None:
    with bench.opened() as book:
        say(writing, "ready")
        for number in count():
            _write(book, f"{writer} {number}")
            say(writing, f"{writer} {number}")


def _write(book: Casebook, name: str) -> None:
    at = NOON + (int(name[0]) - 1) * timedelta(days=1)  # one is a day behind, one a day ahead
    book.record("a", {"remark": name}, by=SUE, at=at, idempotency_key=name)


def _all_there(book: Casebook, told: set[str]) -> Tally:
    """What was told is there, once; a request that had no answer is sent again, and is there once then."""
    kept = [event.facts["remark"] for event in book.history("a")[1:]]
    tally = Tally(1, len(told), lost=len(told - set(kept)), doubled=len(kept) - len(set(kept)))
    unanswered = [f"{n} {sum(name.startswith(f'{n} ') for name in told)}" for n in range(WRITERS)]
    tally.doubled += len(set(kept) - told - set(unanswered))
    for name in unanswered:
        _write(book, name)
    kept = [event.facts["remark"] for event in book.history("a")[1:]]
    tally.doubled += sum(kept.count(name) - 1 for name in unanswered)
    times = [event.at for event in book.history("a")]
    tally.broken += inconsistencies(book) + (["time went back"] if times != sorted(times) else [])
    return tally


PARTS: dict[str, Callable[..., Tally]] = {
    "kill_at_each_step": at_each_step,
    "kill_at_random_times": at_random_times,
}


def rows(trials: int) -> Iterator[Row]:
    """What came of it, with Python's SQLite and apsw's, and of a store without transactions."""
    for module, control in (("sqlite3", ""), ("apsw", ""), ("weaker", "no transaction")):
        where = "" if control else f", {module}"
        step = in_nursery("kill_at_each_step", module)
        yield Row(f"`kill -9` at each step of an append{where}", step, control)
        times = in_nursery("kill_at_random_times", module, trials)
        yield Row(f"`kill -9` of three writers at random times{where}", times, control)
