"""The law of extensions, on the shipped protocol and what edits make of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from rupture_protocol import loads, shipped
from rupture_protocol.prover import Answer, hold_to


@cache
def text() -> str:
    found = shipped.find("standard")
    assert found is not None
    return Path(found).read_text(encoding="utf-8")


def edited(old: str, new: str, after: str = "") -> str:
    before, mark, rest = text().partition(after) if after else ("", "", text())
    assert old in rest
    return before + mark + rest.replace(old, new, 1)


LOOSER = {
    "a part of a guard is gone": edited("consultation_held: true, ", "", "\n  refer:\n"),
    "a need is gone": edited("needs: [route_handover_consent]", "needs: [record_complete]", "\n  refer:\n"),
    "an interrupt is narrower": edited(
        "when: {contact_refused: true}", "when: {contact_refused: true, legal_hold: true}", "\ninterrupts:\n"
    ),
    "it goes on despite one": edited("despite: [no_contact]", "despite: [no_contact, safeguard]"),
    "it is offered elsewhere": edited(
        "only: [consulted, safeguarding,", "only: [aware, consulted, safeguarding,"
    ),
    "a number is lower": edited(
        "route_transfer_offers: {at_least: 2}", "route_transfer_offers: {at_least: 1}"
    ),
}

TIGHTER = {
    "nothing is changed": text(),
    "a guard asks for more": edited("{reason_to_refer: true,", "{reason_to_refer: true, legal_hold: false,"),
    "a need is added": edited(
        "needs: [route_handover_consent]", "needs: [route_handover_consent, legal_hold]"
    ),
    "an interrupt is added": text().replace(
        "\ninterrupts:\n", "\ninterrupts:\n  stop: {to: paused, when: {legal_hold: true}}\n"
    ),
    "a number is higher": edited(
        "org_attempts_recorded: {at_least: 2}", "org_attempts_recorded: {at_least: 3}"
    ),
    "a new way that the base does not have": edited(
        "    transitions:\n", "    transitions:\n      wait_a_little: {to: paused}\n", "\n  aware:\n"
    ),
    "it is offered in fewer states": edited("only: [consulted, safeguarding,", "only: [consulted,"),
}


@pytest.mark.parametrize("extension", LOOSER.values(), ids=[name.replace(" ", "-") for name in LOOSER])
def test_what_opens_more_breaks_the_law(extension: str) -> None:
    result = hold_to(loads(text()), loads(extension))
    assert result.answer is Answer.FAILS
    assert {finding.code for finding in result.findings} == {"opens-more"}


@pytest.mark.parametrize("extension", TIGHTER.values(), ids=[name.replace(" ", "-") for name in TIGHTER])
def test_what_only_tightens_keeps_it(extension: str) -> None:
    assert hold_to(loads(text()), loads(extension)).answer is Answer.PROVED
