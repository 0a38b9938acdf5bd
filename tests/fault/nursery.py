"""Processes that are killed, or forked: a process of its own for tests that fork, since pytest has threads.

`python -m tests.fault.nursery PART` does one part and prints what came of it, as JSON.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fault.requests import Tally


def forked(child: Callable[[int], object]) -> tuple[int, int]:
    """Forks, and does something in the child with the end of a pipe to write to.

    Returns:
        The child's id, and the other end of the pipe.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    code = 1
    try:
        child(writing)
        code = 0
    finally:
        os._exit(code)


def told_by(reading: int) -> list[str]:
    """All lines that a child wrote, until it had no more to say or was killed."""
    with os.fdopen(reading) as pipe:
        return pipe.read().splitlines()


def ended(pid: int) -> int:
    """How a child ended: its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def say(writing: int, what: object) -> None:
    """Tells the parent; in one write, so that it is told wholly or not at all."""
    os.write(writing, f"{what}\n".encode())


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_nursery(part: str, *arguments: object) -> Tally:
    """Does a part in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fault.nursery", part, *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Tally(**json.loads(done.stdout))


def main() -> None:
    from tests.fault.forks import PARTS as FORKS
    from tests.fault.kill import PARTS as KILLS

    part, *arguments = sys.argv[1:]
    tally = {**FORKS, **KILLS}[part](*arguments)
    print(json.dumps(dataclasses.asdict(tally)))


if __name__ == "__main__":
    main()
