"""The golden drawings: `python -m tests.render.regenerate` writes them anew, to be looked at."""

from __future__ import annotations

import pytest
from tests.render.drawings import GOLDEN, drawings

DRAWN = dict(drawings())


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_the_golden_one(name: str) -> None:
    assert f"{DRAWN[name]}\n" == (GOLDEN / name).read_text("utf-8")


def test_every_golden_drawing_is_still_drawn() -> None:
    assert {each.name for each in GOLDEN.iterdir()} == {*DRAWN, "old.yaml", "new.yaml"}
