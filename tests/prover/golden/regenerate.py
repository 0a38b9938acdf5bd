"""Writes the golden files of `diff` anew: `python tests/prover/golden/regenerate.py`; read what changed."""

from __future__ import annotations

import json
from pathlib import Path

from rupture_protocol import loads
from rupture_protocol.prover.diff import diff
from rupture_protocol.prover.diff_report import difference_to_json, render

HERE = Path(__file__).parent

if __name__ == "__main__":
    old, new = (loads((HERE / f"{name}.yaml").read_text("utf-8")) for name in ("old", "new"))
    found = diff(old, new)
    (HERE / "diff.txt").write_text(f"{render(found)}\n", "utf-8")
    written = json.dumps(difference_to_json(found), indent=1, ensure_ascii=False)
    (HERE / "diff.json").write_text(f"{written}\n", "utf-8")
