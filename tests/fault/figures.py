"""The figures of `docs/reliability.md`, from one run of each fault: `python -m tests.fault.figures`.

It takes as long as the trials that it is told: with `--trials 100000`, an hour or two.
"""

from __future__ import annotations

import argparse
import platform
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NoReturn

import apsw
from tests.fault import contests, failing, flips, forks, interrupted, kill, power, writers
from tests.fault.rows import COUNTS, Row

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
MARK = "<!-- measured: sqlite -->\n{}<!-- end -->"


def all_rows(trials: int, jobs: int) -> Iterator[Row]:
    """Every part; of power cuts as many as are asked for, and less of what takes longer."""
    return chain(
        power.rows(trials, jobs=jobs),
        flips.rows(max(1500, trials // 10)),
        kill.rows(max(20, trials // 500)),
        interrupted.rows(),
        failing.rows(),
        writers.rows(max(60, trials // 100)),
        forks.rows(),
        contests.rows(max(2, trials // 5000)),
    )


def table(rows: Iterable[Row]) -> str:
    """What came of them, in Markdown."""
    lines = [f"| fault | {' | '.join(COUNTS)} |", f"|---|{'--:|' * len(COUNTS)}"]
    controls = [
        f"| what was made weaker | fault | {' | '.join(COUNTS)} | |",
        f"|---|---|{'--:|' * len(COUNTS)}---|",
    ]
    for row in rows:
        counts = " | ".join(f"{count:,}" for count in row.counts)
        caught = "caught" if row.good else "**missed**"
        if row.control:
            controls.append(f"| {row.control} | {row.what} | {counts} | {caught} |")
        else:
            lines.append(f"| {row.what} | {counts} |")
    return "\n".join([*lines, "", "The controls:", "", *controls, ""])


def versions() -> str:
    """When and on what it ran."""
    return (
        f"{date.today()}, Python {platform.python_version()}, its SQLite {sqlite3.sqlite_version}, "
        f"apsw's SQLite {apsw.sqlite_lib_version()}, {platform.system()}.\n\n"
    )


def write_down(rows: Iterable[Row], mark: str, versions: Callable[[], str]) -> NoReturn:
    """Prints each row as it comes, writes all of them into the page, and ends with whether all are good."""
    seen = []
    for row in rows:
        print(row, flush=True)
        seen.append(row)
    page = PAGE.read_text(encoding="utf-8")
    measured = mark.format(versions() + table(seen))
    PAGE.write_text(re.sub(mark.format("(?s:.*?)"), lambda _: measured, page), encoding="utf-8")
    raise SystemExit(0 if all(row.good for row in seen) else 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=6000, help="how many power cuts in all")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time, for power cuts")
    given = parser.parse_args()
    write_down(all_rows(given.trials, given.jobs), MARK, versions)


if __name__ == "__main__":
    main()
