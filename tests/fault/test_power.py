"""Power cuts at every write: what was acknowledged is there, once, and nothing is there by halves."""

from __future__ import annotations

import random

import pytest
from tests.fault.disk import MODES, Make, Remove, Sync, SyncFolder, Truncate, Write, after_cut
from tests.fault.power import CONTROLS, JOURNALS, Setting, cuts

pytestmark = pytest.mark.once

TRIALS = 300


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("journal", JOURNALS)
def test_a_power_cut_loses_and_doubles_nothing(journal: str, mode: str) -> None:
    tally = cuts(Setting(journal), mode, TRIALS)
    assert tally.trials == TRIALS
    assert tally.acknowledged > TRIALS
    assert (tally.lost, tally.doubled, tally.broken) == (0, 0, [])


@pytest.mark.parametrize("weaker", CONTROLS, ids=lambda each: f"{each.journal}-{each.synchronous}")
def test_a_store_that_syncs_less_is_caught(weaker: Setting) -> None:
    assert cuts(weaker, "reordered", 60).lost > 0


def test_the_disk_keeps_what_was_synced_and_chance_decides_the_rest() -> None:
    steps = (Make("a", 0), Write(0, 0, b"old"), Sync(0), SyncFolder(), Write(0, 0, b"new"), Truncate(0, 1))
    chances = [(mode, random.Random(seed)) for mode in MODES for seed in range(60)]
    seen = {after_cut({}, steps, len(steps), mode, each)["a"] for mode, each in chances}
    assert {b"old", b"new", b"n", b"o"} <= seen  # a sector that is torn may hold garbage besides


def test_a_name_is_durable_when_its_folder_is_synced_and_not_before() -> None:
    steps = (Make("a", 0), Write(0, 0, b"x"), Sync(0), SyncFolder(), Remove("a"))
    chances = [random.Random(seed) for seed in range(20)]
    assert {"a" in after_cut({}, steps[:3], 3, "dropped", each) for each in chances} == {True, False}
    assert {"a" in after_cut({}, steps, 4, "dropped", each) for each in chances} == {True}
    assert {"a" in after_cut({}, steps, 5, "dropped", each) for each in chances} == {True, False}


def test_a_write_is_torn_at_sectors() -> None:
    steps = (Make("a", 0), SyncFolder(), Write(0, 100, bytes([7]) * 2000))
    images = [after_cut({}, steps, 3, "torn", random.Random(seed)).get("a", b"") for seed in range(40)]
    torn = [each for each in images if each and each[100:512] == bytes(412) and 7 in each]
    assert torn
