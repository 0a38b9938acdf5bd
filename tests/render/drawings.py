"""Every drawing of a small protocol: plain, with a case, and what changed in its next version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rupture_protocol import Engine, Protocol, loads
from rupture_protocol.prover.diff import diff
from rupture_protocol.render.changes import changes_drawn
from rupture_protocol.render.comparison import comparison
from rupture_protocol.render.dot import dot
from rupture_protocol.render.html import html
from rupture_protocol.render.marks import NO_MARKS, Marks, marks_of
from rupture_protocol.render.mermaid import mermaid
from rupture_protocol.render.table import table

GOLDEN = Path(__file__).parent / "golden"
OLD, NEW = (loads((GOLDEN / f"{name}.yaml").read_text("utf-8")) for name in ("old", "new"))
_BLOCKS = "section|h[1-4]|p|li|tr|svg|g|path|article|dt|desc|figcaption|/body"


def case_of_the_old() -> Marks:
    """Where a case stands in which something was told, and nobody knows of danger."""
    engine = Engine(OLD)
    case = engine.imagine(state="told_it", visited=["noticed"], facts={"agrees": False, "told": True})
    return marks_of(engine.decide(case, at=datetime(2026, 11, 24, tzinfo=UTC)))


def drawings() -> Iterator[tuple[str, str]]:
    """The name of each golden file, and what belongs into it."""
    case = case_of_the_old()
    found = diff(OLD, NEW)
    yield from _forms("plain", OLD, NO_MARKS)
    yield from _forms("case", OLD, case)
    yield from _forms("changes", *changes_drawn(OLD, NEW, found))
    yield "plain.html", _page(html(OLD))
    yield "case.html", _page(html(OLD, marks=case))
    yield "changes.html", _page(comparison(OLD, NEW, found))


def _forms(name: str, protocol: Protocol, marks: Marks) -> Iterator[tuple[str, str]]:
    yield f"{name}.txt", table(protocol, marks=marks)
    yield f"{name}.mmd", mermaid(protocol, marks=marks)
    yield f"{name}.dot", dot(protocol, marks=marks)


def _page(page: str) -> str:
    """A page without its style sheet, an element a line where a block begins."""
    bare = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(
        r"(?=<(?:section|h[1-4]|p|li|tr|svg|g|path|article|dt|desc|figcaption|/body)\b)", "\n", bare
    )
