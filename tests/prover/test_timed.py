"""The prover against brute force where time decides: how clocks and dates relate, tick by tick."""

from __future__ import annotations

import pytest
from tests.prover.replaying import assert_replays
from tests.prover.test_brute_force import places
from tests.prover.timed_brute import TimedBrute
from tests.prover.timed_protocols import ALONE, TOGETHER, timed_protocol
from tests.strategies import THOROUGH

from rupture_protocol.language.protocol import EnterPromise, OfferPromise
from rupture_protocol.prover import Answer, Report, prove
from rupture_protocol.prover.proof import Proof

pytestmark = pytest.mark.once

ENOUGH = {"a clock": 16, "a date": 16, "a date that varies": 16, "two clocks": 32}
"""So many protocols of each kind; fewer of the others, in which there are many situations to look at."""


def compared(seed: int, kind: str) -> Report:
    """The prover's report, after brute force has looked at the same and every story was lived through.

    Nothing is proved that brute force breaks, nothing fails that it does not. Where one length of time, or
    a date that is recorded anew, is all there is, nothing is left undecided either.
    """
    protocol = timed_protocol(seed, kind)
    report = prove(protocol)
    safety, ways = TimedBrute(protocol, True), TimedBrute(protocol, False)
    fails = {
        name: (safety if isinstance(promise, EnterPromise | OfferPromise) else ways).breaks(promise)
        for name, promise in protocol.promises.items()
    }
    fails["no_dead_ends"] = bool(ways.dead_ends)
    fails["no_traps"] = bool(ways.trapped - ways.dead_ends)
    fails["states_reachable"] = bool(safety.unreachable)
    fails["triggers_open"] = bool(safety.never_open)
    fails["conditions_vary"] = bool(safety.never_true | safety.never_false)
    for name, broken in fails.items():
        expected = {Answer.FAILS if broken else Answer.PROVED}
        undecided = set() if kind in ALONE else {Answer.NOT_DECIDED}
        assert report[name].answer in expected | undecided, (name, expected)
    assert places(report, "dead-end") <= ways.dead_ends
    assert places(report, "unreachable-state") <= safety.unreachable
    for finding in report.findings:
        if finding.story is not None:
            assert_replays(protocol, finding.story)
    return report


def seeds(*kinds: str) -> list[tuple[int, str]]:
    return [(seed, kind) for kind in kinds for seed in range(ENOUGH.get(kind, 8) * (6 if THOROUGH else 1))]


@pytest.mark.parametrize(("seed", "kind"), seeds(*ALONE))
def test_the_prover_and_brute_force_agree_on_time(seed: int, kind: str) -> None:
    compared(seed, kind)


@pytest.mark.parametrize(("seed", "kind"), seeds(*TOGETHER))
def test_nothing_is_proved_that_two_lengths_of_time_together_break(seed: int, kind: str) -> None:
    compared(seed, kind)


def test_little_is_left_undecided() -> None:
    answers = [
        result.answer
        for seed in range(32)
        for result in prove(timed_protocol(seed, "two clocks")).results
        if result.name != "one_person"
    ]
    assert answers.count(Answer.NOT_DECIDED) < len(answers) / 50


def test_clocks_taken_one_by_one_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: as if a way out counted that only seems to be one."""
    monkeypatch.setattr(Proof, "sure_ways", property(lambda proof: proof.ways))
    with pytest.raises(AssertionError):
        compared(49, "two clocks")


def test_a_date_that_could_get_younger_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: as if what is held against now could change without being recorded anew."""
    monkeypatch.setattr(
        "rupture_protocol.prover.regions.FactVariable.free",
        property(lambda fact: fact.fact.varies or fact.timeline is not None),
    )
    with pytest.raises(AssertionError):
        [compared(seed, "a date") for seed in range(ENOUGH["a date"])]
