"""Every attack is found at the level that promises it, and by nothing less; what nothing finds stays so."""

from __future__ import annotations

import pytest
from tests.tamper.attacks import Attack, Level
from tests.tamper.controls import OFF, without
from tests.tamper.everything import ATTACKS
from tests.tamper.matrix import on_page
from tests.tamper.on_signatures import REWRITTEN
from tests.tamper.outcome import found_in, outcome_of
from tests.tamper.target import copied, scratch

pytestmark = pytest.mark.once

BY_NAME = {each.name: each for each in ATTACKS}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_found_at_its_level_and_its_twin_passes(attack: Attack) -> None:
    outcome = outcome_of(attack)
    assert outcome.twin == ()
    assert outcome.below == ()
    assert bool(outcome.found) is (attack.level is not Level.NOTHING), outcome.found
    assert outcome.row in on_page(), "the page is stale: `python -m tests.tamper.matrix`"


def test_the_page_has_every_attack_once_and_no_other() -> None:
    assert [row.split(" | ")[0] for row in on_page()] == [f"| {each.name}" for each in ATTACKS]
    assert len(BY_NAME) == len(ATTACKS)


def test_there_are_attacks_of_every_level_and_each_that_cannot_be_found_says_why() -> None:
    levels = [each.level for each in ATTACKS]
    assert sum(level is not Level.NOTHING for level in levels) >= 38
    assert set(levels) == set(Level)
    for each in ATTACKS:
        assert bool(each.why) is (each.level is Level.NOTHING), each.name


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_is_rewritten_passes_when_its_owner_has_signed_it(name: str) -> None:
    with scratch() as folder:
        target = copied(folder)
        REWRITTEN[name](target)
        assert found_in(target, Level.SIGNATURES, target.checkpoint) == ()


ONLY = {
    "chain": "a column says another id",
    "history": "a step that could not be taken is written, and signed with a stolen key",
    "commitments": "a content is another one than its header says, sealed and signed with stolen keys",
    "contents": "the key of a case is destroyed, though nobody erased it",
    "erasure": "the key of an erased case is brought back",
    "head": "the head is rolled back",
    "keys of requests": "a request's key leads to another event",
    "outbox": "the outbox has events in another order",
    "lists": "a list says that another case's deadlines are its own",
    "refusals": "a refused attempt is another person's",
    "protocols": "the protocol gets another version",
    "database": "a subscriber is sent past the end",
}
"""For each check an attack that nothing else finds."""


@pytest.mark.parametrize("check", ONLY)
def test_a_verification_without_a_check_misses_what_only_that_check_finds(check: str) -> None:
    with scratch() as folder:
        target = copied(folder)
        BY_NAME[ONLY[check]].do(target)
        with without(check):
            assert found_in(target, Level.SIGNATURES, target.checkpoint) == ()


def test_every_check_has_an_attack_that_needs_it() -> None:
    assert {*ONLY, "signatures"} == set(OFF)
