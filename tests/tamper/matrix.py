"""The matrix of attacks and levels in `docs/reliability.md`: `python -m tests.tamper.matrix`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from tests.tamper.attacks import Level
from tests.tamper.everything import ATTACKS
from tests.tamper.outcome import LEVELS, outcome_of

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
MARK = "<!-- made by the tests: tampering -->\n{}<!-- end -->"
HEAD = f"| what is done | {' | '.join(level.value for level in LEVELS)} | a read | what is said |"


WHO = {
    Level.CHAIN: "Somebody changes the database, and recomputes nothing",
    Level.SIGNATURES: "Somebody recomputes everything, and cannot sign",
    Level.CHECKPOINT: "Somebody takes away or rewrites the past, with an older copy or a stolen signing key",
    Level.NOTHING: "What nothing finds, and nothing can",
}


def table(rows: Iterable[tuple[Level, str]]) -> str:
    """The matrix in Markdown, a table for each level."""
    lines: list[str] = []
    for level, group in groupby(rows, key=itemgetter(0)):
        lines += [f"### {WHO[level]}", "", HEAD, f"|---{'|:-:' * len(LEVELS)}|---|---|"]
        lines += [*(row for _, row in group), ""]
    return "\n".join(lines)


def on_page() -> list[str]:
    """The rows that the page has."""
    found = re.search(MARK.format("(?s:(.*?))"), PAGE.read_text(encoding="utf-8"))
    return [row for row in found[1].splitlines() if row[:2] == "| " and row != HEAD] if found else []


def main() -> None:
    rows = [(attack.level, outcome_of(attack).row) for attack in ATTACKS]
    page = PAGE.read_text(encoding="utf-8")
    made = MARK.format(table(rows))
    PAGE.write_text(re.sub(MARK.format("(?s:.*?)"), lambda _: made, page), encoding="utf-8")


if __name__ == "__main__":
    main()
