"""A legal hold: it says that a case may not be erased, and changes nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.store.books import LEE, NOON, small_engine

from rupture_protocol import Actor, Case, Refused, RuptureError

CLERK = Actor("max", "records officer")
HOUR = timedelta(hours=1)


def begun() -> Case:
    engine = small_engine()
    return engine.record(engine.open("c", by=LEE, at=NOON), {"risk": "low"}, by=LEE, at=NOON)


def test_a_hold_is_an_event_that_changes_nothing_else() -> None:
    engine, case = small_engine(), begun()
    held = engine.hold(case, reason="complaint 12", by=CLERK, at=NOON + HOUR, note="by letter")
    assert (case.held, held.held) == (False, True)
    assert (held.state, held.facts, held.visits) == (case.state, case.facts, case.visits)
    assert held.version == case.version + 1
    later = NOON + 2 * HOUR
    assert engine.decide(held, at=later).verdicts == engine.decide(case, at=later).verdicts


def test_a_case_is_held_until_it_is_released() -> None:
    engine = small_engine()
    held = engine.hold(begun(), reason="complaint", by=CLERK, at=NOON)
    held = engine.take(held, "acknowledge", by=LEE, at=NOON)
    assert held.held
    with pytest.raises(Refused, match="already"):
        engine.hold(held, reason="again", by=CLERK, at=NOON)
    free = engine.release(held, reason="settled", by=CLERK, at=NOON)
    assert not free.held
    with pytest.raises(Refused, match="no legal hold"):
        engine.release(free, reason="again", by=CLERK, at=NOON)
    assert engine.hold(free, reason="appeal", by=CLERK, at=NOON).held


@pytest.mark.parametrize("reason", ["", "\ud800"])
def test_a_hold_says_why(reason: str) -> None:
    with pytest.raises(RuptureError):
        small_engine().hold(begun(), reason=reason, by=CLERK, at=NOON)


def test_a_hold_comes_back_from_json() -> None:
    engine = small_engine()
    case = engine.hold(begun(), reason="complaint", by=CLERK, at=NOON)
    case = engine.release(case, reason="settled", by=CLERK, at=NOON + HOUR)
    assert engine.load_case(engine.dump_case(case)) == case
    assert engine.restore("c", case.history) == case
