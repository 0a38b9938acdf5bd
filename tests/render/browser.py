"""Debian's Chromium, without a window: what axe-core finds on a page, and the page as it is printed."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="needs Chromium: `apt-get install chromium`, as `.ci/run` does"
)
DARK = "--blink-settings=preferredColorScheme=0"
_ASK = """
axe.run({resultTypes: ["violations", "passes"]}).then(found => {
  const told = document.createElement("pre");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  told.id = "axe-told";
  const passes = found.passes.map(each => each.id);
  told.textContent = JSON.stringify({dark, violations: found.violations, passes});
  document.body.append(told);
});
"""
_TOLD = re.compile(r'<pre id="axe-told">(.*?)</pre>', re.DOTALL)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def chromium(folder: Path, *options: str) -> str:
    """What Chromium prints, with a profile of its own."""
    assert BROWSER is not None
    own = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    done = subprocess.run(
        [BROWSER, *own, f"--user-data-dir={folder / 'profile'}", *options],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
        env={**os.environ, "HOME": str(folder)},
    )
    return done.stdout


def looked_at(page: str, folder: Path, *options: str) -> dict[str, Any]:
    """What axe-core says of a page.

    It runs in a copy without the page's policy, which lets no script run: that one, and nothing else, is
    taken out.
    """
    copy, times = _POLICY.subn("", page)
    assert times <= 1
    script = f"<script>{axe()}</script><script>{_ASK}</script></body>"
    file = folder / "copy.html"
    file.write_text(copy.replace("</body>", script), "utf-8")
    dom = chromium(folder, "--virtual-time-budget=20000", "--dump-dom", *options, file.as_uri())
    (told,) = _TOLD.findall(dom)
    found: dict[str, Any] = json.loads(html.unescape(told))
    return found


def violations(found: dict[str, Any]) -> list[tuple[str, Sequence[str]]]:
    """The rules that are broken, each with the elements that break it."""
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]]


def axe() -> str:
    """The script of axe-core."""
    spec = find_spec("axe_playwright_python")  # not imported, as it would import another browser's driver
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return (
        (Path(spec.submodule_search_locations[0]) / "axe.min.js")
        .read_text("utf-8")
        .replace("</script", "<\\/script")
    )


def printed(page: str, folder: Path) -> list[str]:
    """The text of each page as it is printed."""
    from pypdf import PdfReader

    file, pdf = folder / "page.html", folder / "page.pdf"
    file.write_text(page, "utf-8")
    chromium(folder, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", file.as_uri())
    pages = PdfReader(pdf).pages
    assert {(round(each.mediabox.width), round(each.mediabox.height)) for each in pages} == {(595, 842)}  # A4
    return [each.extract_text() for each in pages]
