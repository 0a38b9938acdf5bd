"""Writes the golden drawings anew: `PYTHONPATH=src:. python -m tests.render.regenerate`.

Then look at every change, and at the pictures themselves: `golden/*.html` in a browser.
"""

from __future__ import annotations

from tests.render.drawings import GOLDEN, drawings

if __name__ == "__main__":
    for name, text in drawings():
        (GOLDEN / name).write_text(f"{text}\n", encoding="utf-8")
