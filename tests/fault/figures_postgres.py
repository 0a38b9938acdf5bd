"""The figures of PostgreSQL in `docs/reliability.md`: `python -m tests.fault.figures_postgres`."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterator
from datetime import date
from itertools import chain

import psycopg
from tests.fault import contests, crashing, cutting
from tests.fault.figures import write_down
from tests.fault.rows import Row
from tests.store.postgres import QUICK, running

MARK = "<!-- measured: postgresql -->\n{}<!-- end -->"


def all_rows(trials: int, rounds: int) -> Iterator[Row]:
    """So many cuts at each place, and so many crashes; less of each control, and of workers at once."""
    yield from chain(cutting.rows(trials), crashing.rows(rounds))
    with running(**QUICK) as server:
        yield from contests.rows(max(2, rounds // 10), server)


def versions() -> str:
    """When and on what it ran."""
    with running(**QUICK) as server:
        [(version,)] = server.execute("SHOW server_version")
    ours = f"psycopg {psycopg.__version__}, Python {platform.python_version()}, {platform.system()}"
    return f"{date.today()}, PostgreSQL {version}, {ours}.\n\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500, help="how many cuts at each place")
    parser.add_argument("--rounds", type=int, default=50, help="how many crashes")
    given = parser.parse_args()
    write_down(all_rows(given.trials, given.rounds), MARK, versions)


if __name__ == "__main__":
    main()
