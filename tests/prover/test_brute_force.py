"""The prover against brute force: the same answers on random protocols, and every story lived through."""

from __future__ import annotations

import pytest
from tests.prover.brute import Brute
from tests.prover.random_protocols import random_protocol
from tests.prover.replaying import assert_replays

from rupture_protocol.language.protocol import EnterPromise, OfferPromise
from rupture_protocol.prover import Answer, Report, prove

pytestmark = pytest.mark.once

SEEDS = 120


def places(report: Report, code: str) -> set[str]:
    return {finding.issue.message.split("`")[1] for finding in report.findings if finding.code == code}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_prover_and_brute_force_agree(seed: int) -> None:
    protocol = random_protocol(seed)
    report = prove(protocol)
    safety = Brute(protocol, True)
    ways = safety.otherwise()

    for name, promise in protocol.promises.items():
        brute = safety if isinstance(promise, EnterPromise | OfferPromise) else ways
        expected = Answer.FAILS if brute.breaks(promise) else Answer.PROVED
        assert report[name].answer is expected, name
    assert places(report, "dead-end") == ways.dead_ends
    assert (report["no_traps"].answer is Answer.FAILS) == bool(ways.trapped - ways.dead_ends)
    assert places(report, "unreachable-state") == safety.unreachable
    assert places(report, "never-open") == {each.split("@")[0] for each in safety.never_open}
    assert places(report, "never-true") == safety.never_true
    assert places(report, "always-true") == safety.never_false
    assert "not-decided" not in {finding.code for finding in report.findings}
    for finding in report.findings:
        if finding.story is not None:
            assert_replays(protocol, finding.story)


def test_a_planted_fault_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every fact could change at any time in proofs of ways out as well."""
    monkeypatch.setattr("rupture_protocol.prover.motion.Motion.moves", lambda _motion, _variable: True)
    with pytest.raises(AssertionError):
        list(map(test_the_prover_and_brute_force_agree, range(30)))
