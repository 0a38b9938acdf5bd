"""A report as a browser shows it: nobody is kept out of it, in any light, direction or on paper."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.render.browser import DARK, chromium, looked_at, needs_browser, printed, violations
from tests.render.reported import HEBREW, eventful, report, small

from rupture_protocol.store.case_check import Finding

pytestmark = [needs_browser, pytest.mark.once]
BROKEN = (Finding("case-17", 2, "its payload is not what was written"),)
BAD = """<!DOCTYPE html><html><head><title>x</title></head><body>
<p style="color:#bbb;background:#fff">grey on white</p><img src="data:,"><h4>deep</h4></body></html>"""
Found = dict[str, dict[str, Any]]


def shown(texts: dict[str, str] | None = None, **how: Any) -> str:
    engine = small(**(texts or {}))
    return report(eventful(engine), engine, **how)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What axe-core says of each page: all are looked at at once, as a browser mostly waits."""
    on_screen, in_style = shown(), "@media print"
    assert on_screen.count(in_style) == 1
    looks = {
        "light": (on_screen,),
        "dark, not verified": (shown(findings=BROKEN), DARK),
        "right to left, small": (shown(HEBREW, sensitive=True), "--window-size=500,900"),
        # axe-core looks at screens: in this copy, the screen shows what paper does.
        "printed": (on_screen.replace(in_style, "@media all"),),
        "bad": (BAD,),
    }
    with ThreadPoolExecutor(3) as pool:
        folders = {name: tmp_path_factory.mktemp("look") for name in looks}
        asked = {
            name: pool.submit(looked_at, page, folders[name], *how) for name, (page, *how) in looks.items()
        }
        return {name: each.result() for name, each in asked.items()}


@pytest.mark.parametrize("name", ["light", "dark, not verified", "right to left, small", "printed"])
def test_axe_finds_nothing(found: Found, name: str) -> None:
    assert violations(found[name]) == []
    assert {"color-contrast", "heading-order", "region", "skip-link"} - {
        *found[name]["passes"],
        *(("skip-link",) if name == "printed" else ()),
    } == set()


def test_the_dark_was_dark(found: Found) -> None:
    assert [name for name, each in found.items() if each["dark"]] == ["dark, not verified"]


def test_axe_finds_what_is_wrong_with_a_bad_page(found: Found) -> None:
    wrong = {name for name, _ in violations(found["bad"])}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= wrong


def test_each_printed_page_has_its_number_and_the_case(tmp_path: Path) -> None:
    engine = small()
    pages = printed(report(eventful(engine, note="A long note. " * 300), engine), tmp_path)
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert re.search(rf"Case report case-17, page {number} of {len(pages)}\b", text)
        assert "Confidential" in text
    assert "Skip to the report" not in "".join(pages)
    assert "This report informs" in pages[0]


def test_the_policy_lets_no_script_run_that_would_run_without_it(tmp_path: Path) -> None:
    probed = shown().replace("</body>", '<script>document.title = "it ran"</script></body>')
    file = tmp_path / "probe.html"
    file.write_text(probed, "utf-8")
    assert "it ran</title>" not in chromium(tmp_path, "--dump-dom", file.as_uri())
    file.write_text(re.sub("<meta http-equiv[^>]*>", "", probed), "utf-8")
    assert "it ran</title>" in chromium(tmp_path, "--dump-dom", file.as_uri())
