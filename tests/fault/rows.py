"""What came of a part of the harness, in a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.fault.requests import Tally

COUNTS = ("trials", "acknowledged", "lost", "doubled", "broken")


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, what came of it, and what was made weaker, if this is a control: it must fail."""

    what: str
    tally: Tally
    control: str = ""

    @property
    def good(self) -> bool:
        return self.tally.failed == bool(self.control)

    @property
    def counts(self) -> tuple[int, ...]:
        tally = self.tally
        return tally.trials, tally.acknowledged, tally.lost, tally.doubled, len(tally.broken)

    def __str__(self) -> str:
        words = " ".join(f"{name} {count:,}" for name, count in zip(COUNTS, self.counts, strict=True))
        control = f" [{self.control}]" if self.control else ""
        return f"{'good' if self.good else 'BAD '} {self.what}{control}: {words}"


def report(rows: Iterable[Row]) -> None:
    """Prints each line as it comes; exit code 1 where one is not as it must be."""
    bad = 0
    for row in rows:
        print(row, flush=True)
        if not row.good:
            bad += 1
            print("\n".join(f"     {each}" for each in sorted(set(row.tally.broken))[:8]))
    raise SystemExit(min(bad, 1))
