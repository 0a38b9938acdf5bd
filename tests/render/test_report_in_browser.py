"""A report as a browser shows it: nobody is kept out of it, in any light, direction or on paper."""

from __future__ import annotations

import re
from pathlib import Path

from tests.render.browser import DARK, chromium, looked_at, needs_browser, printed, violations
from tests.render.reported import HEBREW, eventful, report, small

from rupture_protocol.store.case_check import Finding

pytestmark = needs_browser
BROKEN = (Finding("case-17", 2, "its payload is not what was written"),)
BAD = """<!DOCTYPE html><html><head><title>x</title></head><body>
<p style="color:#bbb;background:#fff">grey on white</p><img src="data:,"><h4>deep</h4></body></html>"""


def test_axe_finds_nothing_in_the_light(tmp_path: Path) -> None:
    engine = small()
    findings = looked_at(report(eventful(engine), engine), tmp_path)
    assert violations(findings) == []
    assert findings["dark"] is False
    assert {"color-contrast", "heading-order", "region", "skip-link"} <= set(findings["passes"])


def test_axe_finds_nothing_in_the_dark_where_the_case_did_not_verify(tmp_path: Path) -> None:
    engine = small()
    findings = looked_at(report(eventful(engine), engine, findings=BROKEN), tmp_path, DARK)
    assert violations(findings) == []
    assert findings["dark"] is True


def test_axe_finds_nothing_from_right_to_left_on_a_small_screen(tmp_path: Path) -> None:
    engine = small(**HEBREW)
    found = looked_at(report(eventful(engine), engine, sensitive=True), tmp_path, "--window-size=500,900")
    assert violations(found) == []


def test_axe_finds_nothing_as_it_is_printed(tmp_path: Path) -> None:
    engine = small()
    page = report(eventful(engine), engine)
    # axe-core looks at screens: in this copy, the screen shows what paper does.
    assert page.count("@media print") == 1
    assert violations(looked_at(page.replace("@media print", "@media all"), tmp_path)) == []


def test_axe_finds_what_is_wrong_with_a_bad_page(tmp_path: Path) -> None:
    found = {name for name, _ in violations(looked_at(BAD, tmp_path))}
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found


def test_each_printed_page_has_its_number_and_the_case(tmp_path: Path) -> None:
    engine = small()
    pages = printed(report(eventful(engine, note="A long note. " * 300), engine), tmp_path)
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert re.search(rf"Case report case-17, page {number} of {len(pages)}\b", text)
        assert "Confidential" in text
    assert "Skip to the report" not in "".join(pages)
    assert "This report informs" in pages[0]


def test_the_policy_lets_no_script_run_and_each_probe_would_show_it(tmp_path: Path) -> None:
    engine = small()
    page = report(eventful(engine), engine)
    probed = page.replace("</body>", '<script>document.title = "it ran"</script></body>')
    file = tmp_path / "probe.html"
    file.write_text(probed, "utf-8")
    assert "it ran</title>" not in chromium(tmp_path, "--dump-dom", file.as_uri())
    file.write_text(re.sub("<meta http-equiv[^>]*>", "", probed), "utf-8")
    assert "it ran</title>" in chromium(tmp_path, "--dump-dom", file.as_uri())
