"""The report of a proof: golden ones, and what it says in a few lines."""

from __future__ import annotations

import pytest
from tests.prover.golden.regenerate import HERE, PROOFS, proof, texts
from tests.prover.tiny import HEAD

from rupture_protocol import loads
from rupture_protocol.prover import Answer, Report, prove, report_to_json
from rupture_protocol.prover.report import DISCLAIMER, IN_SHORT, SEMANTICS


@pytest.mark.parametrize("name", [f"{name}.{form}" for name in PROOFS for form in ("txt", "json")])
def test_a_report_is_the_golden_one(name: str) -> None:
    assert texts()[name] == (HERE / name).read_text("utf-8")


def test_the_golden_reports_are_of_every_answer() -> None:
    answers = {name: {each.answer for each in proof(name).promises} for name in PROOFS}
    assert answers["proved"] == {Answer.PROVED}
    assert Answer.FAILS in answers["broken"]
    assert answers["not-decided"] == {Answer.NOT_DECIDED}
    assert not proof("proved").errors


@pytest.mark.parametrize("name", PROOFS)
def test_every_report_says_what_was_proved_by_what_and_what_was_not(name: str) -> None:
    report = proof(name)
    text, data = report.render(), report_to_json(report)
    for said in (report.digest[:12], "rupture_protocol 0.0.0", SEMANTICS, DISCLAIMER):
        assert said in text
    assert data["protocol"]["digest"] == report.digest
    assert (data["library"], data["semantics"], data["note"]) == ("0.0.0", SEMANTICS, DISCLAIMER)
    assert IN_SHORT in report.summary()
    assert report.small_print == ("Proved by rupture_protocol 0.0.0.", SEMANTICS, DISCLAIMER)


def test_the_summary_counts_promises() -> None:
    assert "3 promises proved for all combinations of facts; this proves" in proof("proved").summary()
    assert "2 promises proved for all combinations of facts, 1 broken; " in proof("broken").summary()
    assert "no promises proved for all combinations of facts, 3 not decided; " in (
        proof("not-decided").summary()
    )
    assert "\nno promises stated; this proves" in small("").summary()
    assert "1 promise proved for" in small("promises: {end: {always_reachable: [done]}}").summary()


def test_the_summary_says_what_was_assumed() -> None:
    *_, assumed = proof("proved").summary().splitlines()
    assert assumed.startswith("assumed: assumption 1 (proved.yaml:32:10) leaves out ")


def small(more: str) -> Report:
    states = "states: {start: {initial: true, transitions: {go: {to: done}}}, done: {final: true}}\n"
    return prove(loads(f"{HEAD}{states}{more}"))
