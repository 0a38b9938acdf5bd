"""How time and memory are measured: both in turns, with the garbage collector off, and the median counts."""

from __future__ import annotations

import atexit
import gc
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from statistics import median
from typing import Any

ROUNDS = 25
ROUND_SECONDS = 0.02


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection meanwhile."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(*actions: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """How long each takes, in seconds of this process, as a median of rounds in which they take turns."""
    times = [_repeats(action) for action in actions]
    taken: list[list[float]] = [[] for _ in actions]
    with no_collection():
        for _ in range(rounds):
            for action, repeats, found in zip(actions, times, taken, strict=True):
                found.append(_timed(action, repeats))
    return [median(found) for found in taken]


def _repeats(action: Callable[[], Any]) -> int:
    """So many that a round is long enough for the clock, and short enough to take turns often."""
    action()
    return max(1, round(ROUND_SECONDS / max(_timed(action, 3), 1e-9)))


def _timed(action: Callable[[], Any], repeats: int) -> float:
    # The time of this process alone: what others do on the machine meanwhile is not counted.
    start = time.process_time()
    for _ in range(repeats):
        action()
    return (time.process_time() - start) / repeats


def bytes_each(make: Callable[[int], Any], count: int) -> float:
    """What one of `count` made things keeps in memory."""
    make(-1)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [make(number) for number in range(count)]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before - sys.getsizeof(kept)) / count


def fresh_seconds(*programs: Sequence[str], rounds: int = 15) -> list[float]:
    """How long each takes in a fresh process, from its start to its end, as a median of rounds in turns."""
    taken: list[list[float]] = [[] for _ in programs]
    for program in programs:
        fresh(*program)  # so that the bytecode is there, as it is where the package is installed
    for _ in range(rounds):
        for program, found in zip(programs, taken, strict=True):
            start = _of_children()
            fresh(*program)
            found.append(_of_children() - start)
    return [median(found) for found in taken]


def _of_children() -> float:
    """The processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fresh(*program: str) -> str:
    """What `python -c` with these arguments prints."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPYCACHEPREFIX": _bytecode()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", *program],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout


@cache
def _bytecode() -> str:
    """A folder for bytecode, so that none is left in the checkout."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
