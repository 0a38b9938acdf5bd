"""Defects seeded into the shipped protocol: each is found, and named with a story that can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.prover.replaying import assert_replays

from rupture_protocol import loads, shipped
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover import prove

pytestmark = pytest.mark.once


@dataclass(frozen=True)
class Defect:
    """What is cut out of the text after a mark, what is put in its place, and what must be found."""

    name: str
    after: str
    old: str
    new: str
    code: str
    about: str


BROKEN = "broken-promise"
CONSULTED = "consultation_held: true"
ANYWHERE, INTERRUPTS = "\nanywhere:\n", "\ninterrupts:\n"
MODIFY, CONTINUE = "\n      modify:\n", "\n      continue:\n"

DEFECTS = (
    Defect(
        "the agreement of both is dropped",
        CONTINUE,
        "both_agree: true",
        "legal_hold: false",
        BROKEN,
        "only_by_agreement",
    ),
    Defect(
        "the plan needs no advice",
        MODIFY,
        "              consult_supports_repair: true\n",
        "",
        BROKEN,
        "plan_after_advice",
    ),
    Defect(
        "the plan needs no agreement",
        MODIFY,
        "              plan_agreed: true\n",
        "",
        BROKEN,
        "plan_after_advice",
    ),
    Defect(
        "the plan need not be written",
        MODIFY,
        "modify_plan, modify_review_date]",
        "modify_review_date]",
        BROKEN,
        "plan_on_record",
    ),
    Defect(
        "nothing need come before the plan",
        MODIFY,
        "visited: [acknowledged, reflected]",
        "legal_hold: false",
        BROKEN,
        "every_step_taken",
    ),
    Defect(
        "a shortcut to the plan",
        "\n  aware:\n",
        "    transitions:\n",
        "    transitions:\n"
        "      skip: {to: modified, when: {consult_supports_repair: true, plan_agreed: true},\n"
        "        needs: [modify_plan, modify_review_date]}\n",
        BROKEN,
        "every_step_taken",
    ),
    Defect(
        "a shortcut around consult",
        "\n  acknowledged:\n",
        "    transitions:\n",
        "    transitions:\n      skip: {to: closed, when: {record_complete: true}}\n",
        BROKEN,
        "consult_before_any_end",
    ),
    Defect(
        "continuing without a plan",
        "\n  consulted:\n",
        "    transitions:\n",
        "    transitions:\n"
        "      carry_on: {to: continued,\n"
        "        when: {both_agree: true, consult_supports_repair: true, plan_agreed: true}}\n",
        BROKEN,
        "continue_on_a_plan",
    ),
    Defect(
        "continuing on an old yes",
        CONTINUE,
        "              plan_agreed: true\n",
        "",
        BROKEN,
        "continue_with_advice",
    ),
    Defect("closing without advice", "\n  close:\n", f"{CONSULTED}, ", "", BROKEN, "consult_before_any_end"),
    Defect(
        "referring without advice", "\n  refer:\n", f"{CONSULTED}, ", "", BROKEN, "consult_before_any_end"
    ),
    Defect(
        "handing over without advice",
        "\n  hand_to_external:\n",
        f"      {CONSULTED}\n",
        "",
        BROKEN,
        "consult_before_any_end",
    ),
    Defect(
        "the authorities without advice",
        "      hand_to_authorities:\n",
        f"{CONSULTED}, ",
        "",
        BROKEN,
        "consult_before_any_end",
    ),
    Defect(
        "a barred therapist stays",
        INTERRUPTS,
        "when: {therapist_barred: true}",
        "when: {therapist_barred: true, legal_hold: true}",
        BROKEN,
        "nothing_by_a_barred_therapist",
    ),
    Defect(
        "no contact is not heard",
        INTERRUPTS,
        "when: {contact_refused: true}",
        "when: {contact_refused: true, client_status: former}",
        BROKEN,
        "no_contact_is_respected",
    ),
    Defect(
        "an unfit therapist goes on",
        INTERRUPTS,
        "when: {therapist_unfit: true}",
        "when: {therapist_unfit: true, consult_done: true}",
        BROKEN,
        "never_by_an_unfit_therapist",
    ),
    Defect(
        "danger is not enough to hold",
        INTERRUPTS,
        "when: {client_unsafe: true}",
        "when: {client_unsafe: true, safety_lead_informed: true}",
        BROKEN,
        "safety_always",
    ),
    Defect(
        "danger does not stop the acknowledgement",
        "\n      acknowledge:\n",
        "        to: acknowledged\n",
        "        to: acknowledged\n        despite: [hold_for_safety]\n",
        BROKEN,
        "never_in_danger",
    ),
    Defect(
        "danger to others is not enough",
        INTERRUPTS,
        "when: {others_in_danger: true}",
        "when: {others_in_danger: true, consult_done: true}",
        BROKEN,
        "others_always",
    ),
    Defect(
        "an apology reaches who wants none",
        "\n  apology_deferred:\n",
        "        to: apology_settled\n",
        "        to: apology_settled\n        despite: [no_contact]\n",
        BROKEN,
        "no_contact_is_respected",
    ),
    Defect(
        "advice only after what is on record",
        ANYWHERE,
        "    despite: all\n",
        "    despite: all\n    when: {org_incident_logged: true}\n",
        BROKEN,
        "advice_in_a_crisis",
    ),
    Defect(
        "advice only after one kind of event",
        ANYWHERE,
        "    despite: all\n",
        "    despite: all\n    when: {event_kind: misattunement}\n",
        BROKEN,
        "referral_reachable",
    ),
    Defect(
        "no way on from the reflection",
        ANYWHERE,
        "    to: consulted\n",
        "    to: consulted\n    except: [reflected]\n",
        "dead-end",
        "reflected",
    ),
    Defect(
        "a hold without an end",
        ANYWHERE,
        "    to: consulted\n",
        "    to: consulted\n    except: [safety_hold]\n",
        "dead-end",
        "safety_hold",
    ),
    Defect(
        "the apology never waits",
        "      defer_apology:\n",
        "to: apology_deferred",
        "to: apology_settled",
        "unreachable-state",
        "apology_deferred",
    ),
    Defect(
        "a guard that contradicts itself",
        "\n      stand_down:\n",
        "when: {consult_done: true, consult_outcome: stop_practice}",
        "when: {consult_done: true, not: {consult_done: true}}",
        "never-open",
        "stand_down",
    ),
    Defect(
        "an interrupt that another always hides",
        INTERRUPTS,
        "when: {client_dissociating: true}",
        "when: {client_dissociating: true, client_unsafe: true}",
        "never-open",
        "ground_client",
    ),
    Defect(
        "assumptions that cannot hold",
        "\npromises:\n",
        "  only_by_agreement:\n",
        "  only_by_agreement:\n",
        "assume-cannot-hold",
        "assume",
    ),
)


@cache
def text() -> str:
    found = shipped.find("standard")
    assert found is not None
    return Path(found).read_text(encoding="utf-8")


def seeded(defect: Defect) -> Protocol:
    before, mark, rest = text().partition(defect.after)
    assert mark, defect.after
    assert defect.old in rest, defect.old
    edited = before + mark + rest.replace(defect.old, defect.new, 1)
    if defect.code == "assume-cannot-hold":
        edited += "\nassume:\n  - legal_hold: true\n  - legal_hold: false\n"
    return loads(edited, file="standard.yaml")


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name.replace(" ", "-"))
def test_a_seeded_defect_is_found_and_named(defect: Defect) -> None:
    protocol = seeded(defect)
    report = prove(protocol)
    named = [finding for finding in report.errors if finding.code == defect.code]
    assert any(f"`{defect.about}`" in finding.issue.message for finding in named), report.render()
    for finding in report.findings:
        if finding.story is not None:
            assert_replays(protocol, finding.story)
