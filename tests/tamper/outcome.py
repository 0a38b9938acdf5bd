"""What comes of an attack: what verifying finds at each level, and what a read says."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.tamper.attacks import Attack, Level
from tests.tamper.controls import without
from tests.tamper.target import CHECKED, Target, copied, scratch

from rupture_protocol import CaseErased, CaseNotFound, StoreError
from rupture_protocol.store.case_check import Finding

LEVELS = (Level.CHAIN, Level.SIGNATURES, Level.CHECKPOINT)
_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack: the findings before it, at its own level and at the one below, and reading."""

    attack: Attack
    twin: tuple[str, ...]
    """What was found in the same store, before anything was done to it."""
    below: tuple[str, ...]
    """What a verification finds that lacks the level which promises to find it."""
    found: tuple[str, ...]
    read: str

    @property
    def row(self) -> str:
        """A line of the matrix."""
        level = self.attack.level
        cells = ["found" if self.found and level in LEVELS[: at + 1] else "–" for at in range(len(LEVELS))]
        said = self.found[0] if self.found else f"never: {self.attack.why}"
        return f"| {self.attack.name} | {' | '.join(cells)} | {self.read} | {said} |"


def outcome_of(attack: Attack) -> Outcome:
    """Carries an attack out on a copy of the store, and looks."""
    with scratch() as folder:
        target = copied(folder)
        twin = found_in(target, Level.CHECKPOINT, target.checkpoint)
        shown = attack.do(target) or target.checkpoint
        below: tuple[str, ...] = ()
        if attack.level in LEVELS[1:]:
            below = found_in(target, LEVELS[LEVELS.index(attack.level) - 1], shown)
        level = Level.CHECKPOINT if attack.level is Level.NOTHING else attack.level
        return Outcome(attack, twin, below, found_in(target, level, shown), read_of(target))


def found_in(target: Target, level: Level, checkpoint: Path) -> tuple[str, ...]:
    """What a verification up to a level finds; that it cannot be carried out says enough, too."""
    with ExitStack() as stack:
        if level is Level.CHAIN:
            stack.enter_context(without("signatures"))
        book = stack.enter_context(target.book())
        try:
            findings = book.verify(checkpoint=checkpoint if level is Level.CHECKPOINT else None)
        except StoreError as error:
            return (_FILE.sub("…", str(error)),)
    about_cases = sorted(findings, key=lambda each: each.case is None)
    return tuple(map(in_words, about_cases))


def in_words(finding: Finding) -> str:
    """A finding in a line."""
    where = " ".join(str(each) for each in (finding.case, finding.seq) if each is not None)
    what = _FILE.sub("…", finding.what.partition("; or it was right")[0])
    return f"{where}: {what}" if where else what


def read_of(target: Target) -> str:
    """What those who read the cases are told."""
    with target.book() as book:
        said = [_told(lambda case=case: book.get(case)) for case in CHECKED]  # type: ignore[misc]
    return next((each for each in ("refused", "no such case") if each in said), "–")


def _told(ask: Callable[[], object]) -> str:
    try:
        ask()
    except CaseErased:
        return "erased"
    except CaseNotFound:
        return "no such case"
    except StoreError:
        return "refused"
    return "–"
