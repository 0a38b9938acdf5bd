"""Measures how soon `check --watch` answers a save: `python tests/benchmarks/watch.py`. Run by hand.

By the clock, so it wants a machine that does nothing else: the load at its start is printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import IO

from rupture_protocol import load

SAVES = 15
TARGET = 0.5
"""Seconds from the save to the answer."""
RUPTURE = (sys.executable, "-c", "from rupture_protocol.cli import main; main()")


def main() -> None:
    """Print how long it took for `standard`, and for an extension of it; exit code 1 where it is too long."""
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors, {SAVES} saves each")
    slow = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (standard_in(folder), extension_in(folder)):
            waits = answers(file)
            slow = slow or median(waits) > TARGET
            spread = f"{min(waits):.2f} to {max(waits):.2f} s"
            print(f"{file.name}: {median(waits):.2f} s, {spread} (target {TARGET} s)")
    raise SystemExit(slow)


def standard_in(folder: Path) -> Path:
    """A copy of `standard`."""
    file = folder / "standard.yaml"
    file.write_bytes(load("standard").files[0].data)
    return file


def extension_in(folder: Path) -> Path:
    """What `init` writes for a clinic that extends `standard`."""
    made = folder / "clinic"
    made.mkdir()
    subprocess.run(
        [*RUPTURE, "init", "clinic", "--from", "standard"], cwd=made, check=True, capture_output=True
    )
    return made / "clinic.yaml"


def answers(file: Path) -> list[float]:
    """How long it took from each save until the round was printed to its end."""
    command = [*RUPTURE, "check", str(file), "--watch", "--format", "concise"]
    watching = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=file.parent
    )
    assert watching.stderr is not None
    try:
        _answer(watching.stderr)
        return [_save(file, watching.stderr, number) for number in range(SAVES)]
    finally:
        watching.terminate()
        watching.wait()


def _save(file: Path, told: IO[str], number: int) -> float:
    time.sleep(0.5 + 0.037 * (number % 7))  # at any moment between two looks
    with file.open("a", encoding="utf-8") as written:
        written.write(f"# saved {number}\n")
    began = time.perf_counter()
    _answer(told)
    return time.perf_counter() - began


def _answer(told: IO[str]) -> None:
    for line in told:
        if line.startswith("watching:"):
            return
    raise SystemExit("the watch ended")


if __name__ == "__main__":
    main()
