"""A page that is followed from top to bottom in one folder: its commands run, its edits are made.

| block | what is done with it |
|---|---|
| `sh` | each line is run |
| `text` | must be what the commands before it printed: first what was asked for, then the talk |
| `yaml add=FILE` | is added at the end of the file |
| `yaml try=FILE` | the same, until the commands after it have run |
| `yaml shows=FILE` | must be what is in the file |

A line `…` in what is shown stands for any lines, and `…` within a line for anything.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import Block, blocks

RUPTURE = str(Path(sys.executable).parent / "rupture")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a page shows, and what was there instead of it."""

    shown: Block
    found: str

    @property
    def is_so(self) -> bool:
        """Whether the page shows what was found."""
        return re.fullmatch(_pattern(self.shown.text), self.found) is not None


def follow(page: str, folder: Path) -> Iterator[Compared]:
    """Do what a page says, in an empty folder; everything that it shows, with what was found."""
    printed = ""
    tried: dict[Path, str] = {}
    for block in blocks(page):
        match block.language, dict(word.partition("=")[::2] for word in block.words):
            case "sh", _:
                printed = "".join(run(line, folder) for line in block.text.splitlines())
                for path, text in tried.items():
                    path.write_text(text, "utf-8")
                tried.clear()
            case "text", _:
                yield Compared(block, printed)
            case "yaml", {"add": file}:
                _append(folder / file, block.text)
            case "yaml", {"try": file}:
                tried[folder / file] = _append(folder / file, block.text)
            case "yaml", {"shows": file}:
                yield Compared(block, (folder / file).read_text("utf-8"))
            case other:
                raise AssertionError(f"a page that is followed says what to do with each block: {other}")


def run(line: str, folder: Path) -> str:
    """What one command prints, without a terminal: stdout, then stderr."""
    program, *words = shlex.split(line)
    assert program == "rupture", line
    done = subprocess.run(
        [RUPTURE, *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def refreshed(page: str, folder: Path) -> str:
    """The page with what its commands print now, wherever it shows all of it; what is cut stays as it is."""
    for each in follow(page, folder):
        if not each.is_so and "…\n" not in each.shown.text:
            page = page.replace(f"\n{each.shown.text}```", f"\n{each.found}```")
    return page


def _append(path: Path, text: str) -> str:
    before = path.read_text("utf-8")
    path.write_text(before + text, "utf-8")
    return before


def _pattern(shown: str) -> str:
    lines = [
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)
