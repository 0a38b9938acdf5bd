"""Writes the golden files anew: `PYTHONPATH=src:. python -m tests.prover.golden.regenerate`.

Then read what changed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rupture_protocol import loads
from rupture_protocol.prover import BUDGET, Report, prove, report_to_json
from rupture_protocol.prover.diff import diff
from rupture_protocol.prover.diff_report import difference_to_json, render

HERE = Path(__file__).parent
PROOFS = {"proved": ("proved", BUDGET), "broken": ("broken", BUDGET), "not-decided": ("proved", 10)}
"""The golden reports of proofs: the protocol that each is about, and how many nodes it may take."""


def proof(name: str) -> Report:
    """The report of that name; whichever version of the library has made it."""
    file, budget = PROOFS[name]
    text = (HERE / f"{file}.yaml").read_text("utf-8")
    return replace(prove(loads(text, file=f"{file}.yaml"), budget=budget), library="0.0.0")


def texts() -> dict[str, str]:
    """Every golden file and what belongs into it."""
    found: dict[str, str] = {}
    for name in PROOFS:
        report = proof(name)
        found[f"{name}.txt"] = f"{report.render()}\n"
        found[f"{name}.json"] = _json(report_to_json(report))
    old, new = (loads((HERE / f"{name}.yaml").read_text("utf-8")) for name in ("old", "new"))
    difference = diff(old, new)
    found["diff.txt"] = f"{render(difference)}\n"
    found["diff.json"] = _json(difference_to_json(difference))
    return found


def _json(data: dict[str, Any]) -> str:
    return f"{json.dumps(data, indent=1, ensure_ascii=False)}\n"


if __name__ == "__main__":
    for name, text in texts().items():
        (HERE / name).write_text(text, "utf-8")
