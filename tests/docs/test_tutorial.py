"""The tutorial runs as it is told: each command, each edit, and what comes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.blocks import blocks
from tests.docs.following import follow, refreshed
from tests.docs.generate import FOLLOWED

from rupture_protocol import load

LOOP = ("init", "check", "test", "diff", "show")
ADVICE = "what is shown in full is written anew by `python -m tests.docs.generate`; mend what is cut by hand"


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.stem)
def test_a_page_that_is_followed_shows_what_is_there(page: Path, tmp_path: Path) -> None:
    compared = list(follow(page.read_text("utf-8"), tmp_path))
    assert len(compared) >= 10
    for each in compared:
        assert each.is_so, f"{page.name} shows\n\n{each.shown.text}\nand there is\n\n{each.found}\n{ADVICE}"


def test_the_tutorial_goes_the_whole_way_of_an_author(tmp_path: Path) -> None:
    page = FOLLOWED[0].read_text("utf-8")
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    commands = [line.split()[1] for line in lines]
    assert list(dict.fromkeys(each for each in commands if each in LOOP)) == list(LOOP)
    for _ in follow(page, tmp_path):
        pass
    step = load(tmp_path / "riverside.yaml").states["modified"].transitions["continue"]
    assert "client_complaint_info_given" in str(step.when)
    assert "<svg" in (tmp_path / "riverside.html").read_text("utf-8")


PAGE = """
```sh
rupture protocols
```

```text
standard  {shown}
```
"""


@pytest.mark.parametrize(
    ("shown", "is_so"),
    [
        ("1.0.0  …\nnext: rupture explain standard", True),
        ("1.0.0  …\n…", True),
        ("1.0.0  …", False),
        ("2.0.0  …\n…", False),
        ("…\nnext: rupture explain", False),
    ],
)
def test_what_is_cut_stands_for_anything_and_the_rest_for_itself(
    shown: str, is_so: bool, tmp_path: Path
) -> None:
    (compared,) = follow(PAGE.format(shown=shown), tmp_path)
    assert compared.is_so is is_so


def test_what_is_shown_in_full_is_written_anew(tmp_path: Path) -> None:
    page = refreshed(PAGE.format(shown="0.9.9  An old title"), tmp_path)
    (compared,) = follow(page, tmp_path)
    assert compared.is_so
    assert "old title" not in page
    cut = PAGE.format(shown="0.9.9  An old title\n…")
    assert refreshed(cut, tmp_path) == cut


def test_an_edit_that_is_only_tried_is_gone_after_the_next_commands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n", "utf-8")
    page = """
```yaml try=a.yaml
b: 2
```

```yaml shows=a.yaml
a: 1
b: 2
```

```sh
rupture protocols
```

```yaml shows=a.yaml
a: 1
```
"""
    assert all(each.is_so for each in follow(page, tmp_path))
    with pytest.raises(AssertionError, match="what to do with each block"):
        list(follow("```yaml\nc: 3\n```\n", tmp_path))
