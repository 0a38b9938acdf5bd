"""The tutorial runs as it is told: each command, each edit, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tests.docs.blocks import blocks
from tests.docs.following import Compared, follow, refreshed
from tests.docs.generate import FOLLOWED

from rupture_protocol import load

pytestmark = pytest.mark.once

LOOP = ("init", "check", "test", "diff", "show")
ADVICE = "what is shown in full is written anew by `python -m tests.docs.generate`; mend what is cut by hand"


Followed = Callable[[Path], tuple[Path, list[Compared]]]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """A page's folder after all of it was done, once, and everything that it shows, with what was found."""

    @cache
    def followed(page: Path) -> tuple[Path, list[Compared]]:
        folder = tmp_path_factory.mktemp(page.stem)
        return folder, list(follow(page.read_text("utf-8"), folder))

    return followed


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.stem)
def test_a_page_that_is_followed_shows_what_is_there(page: Path, followed: Followed) -> None:
    _, compared = followed(page)
    assert len(compared) >= 10
    for each in compared:
        assert each.is_so, f"{page.name} shows\n\n{each.shown.text}\nand there is\n\n{each.found}\n{ADVICE}"


def test_the_tutorial_goes_the_whole_way_of_an_author(followed: Followed) -> None:
    page = FOLLOWED[0].read_text("utf-8")
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    commands = [line.split()[1] for line in lines]
    assert list(dict.fromkeys(each for each in commands if each in LOOP)) == list(LOOP)
    folder, _ = followed(FOLLOWED[0])
    step = load(folder / "riverside.yaml").states["modified"].transitions["continue"]
    assert "client_complaint_info_given" in str(step.when)
    assert "<svg" in (folder / "riverside.html").read_text("utf-8")


PAGE = """
```sh
rupture protocols
```

```text
standard  {shown}
```
"""


def test_what_is_cut_stands_for_anything_and_the_rest_for_itself(tmp_path: Path) -> None:
    expected = {
        "1.0.0  …\nnext: rupture explain standard": True,
        "1.0.0  …\n…": True,
        "1.0.0  …": False,
        "2.0.0  …\n…": False,
        "…\nnext: rupture explain": False,
    }
    command, _, shown = PAGE.partition("```text")
    page = command + "".join(f"```text{shown.format(shown=each)}\n" for each in expected)
    assert [compared.is_so for compared in follow(page, tmp_path)] == list(expected.values())


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
