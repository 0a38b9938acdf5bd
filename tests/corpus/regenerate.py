"""Writes the expected text beside each broken file: `PYTHONPATH=src:. python tests/corpus/regenerate.py`.

Then read every change as an author would: a text that is not excellent is mended in the code.
"""

from __future__ import annotations

from tests.corpus.cases import INVALID, TOGETHER, broken, issues_of, issues_of_files, rendered


def main() -> None:
    for old in INVALID.glob("*.txt"):
        old.unlink()
    for folder in TOGETHER.iterdir():
        (folder / "expected.txt").write_text(rendered(issues_of_files(folder.name)), encoding="utf-8")
    for name, data in broken():
        (INVALID / f"{name}.txt").write_text(rendered(issues_of(name, data)), encoding="utf-8")


if __name__ == "__main__":
    main()
