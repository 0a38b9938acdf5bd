"""The protocol of `protocol.yaml` by hand, on bare `transitions`: what the engine is measured against.

As a careful engineer would write it: plain functions, nothing looked up that need not be, and the
same answers. What is not recorded is None, and holds back what rests on it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from transitions import EventData, Machine, State

WORST = ("severe", "extreme")


class Model:
    """One case: the facts by name, until when those hold that expire, and when each state was entered."""

    state: str

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.expires: dict[str, datetime] = {}
        self.entered: dict[str, datetime | None] = {"noticed": None}
        self.visits: dict[str, int] = {"noticed": 1}


class Asked(EventData):
    """What the machine hands to a condition; its stub does not say what the model is."""

    model: Model


def lasting(event: Asked, name: str) -> Any:
    """A fact whose record holds for a time only."""
    expires = event.model.expires.get(name)
    return event.model.facts.get(name) if expires is None or expires > event.kwargs["at"] else None


# The interrupts: that each is true, and that it is definitely not ----------------------------------------


def client_unsafe(event: Asked) -> bool:
    facts, level = event.model.facts, lasting(event, "suicide_level")
    if level == "high" or facts.get("self_harm") == "current":
        return True
    return level == "not_assessable" and facts.get("warning_sign", False) is True


def client_safe(event: Asked) -> bool:
    facts, level = event.model.facts, lasting(event, "suicide_level")
    if level is None or level == "high" or facts.get("self_harm") in (None, "current"):
        return False
    return level != "not_assessable" or facts.get("warning_sign", False) is False


def others_unsafe(event: Asked) -> bool:
    return lasting(event, "risk_to_others") in ("serious", "not_assessable")


def others_safe(event: Asked) -> bool:
    return lasting(event, "risk_to_others") in ("none", "possible")


def abused(event: Asked) -> bool:
    return event.model.facts.get("abuse_disclosed") in ("ongoing", "not_assessable")


def not_abused(event: Asked) -> bool:
    return event.model.facts.get("abuse_disclosed") in ("no", "historic")


def far_away(event: Asked) -> bool:
    facts = event.model.facts
    level = facts.get("dissociation")
    return level == "marked" or (level == "not_assessable" and facts.get("warning_sign", False) is True)


def not_far_away(event: Asked) -> bool:
    facts = event.model.facts
    level = facts.get("dissociation")
    if level is None or level == "marked":
        return False
    return level != "not_assessable" or facts.get("warning_sign", False) is False


def misconduct(event: Asked) -> bool:
    return event.model.facts.get("misconduct") in ("alleged", "established")


def no_misconduct(event: Asked) -> bool:
    return event.model.facts.get("misconduct") in ("none", "not_assessable")


def lawyers_lead(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("legal_claim", False) is True and facts.get("client_choice") == "end"


def no_lawyers(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("legal_claim", False) is False or facts.get("client_choice") not in (None, "end")


ALL_CLEAR = [client_safe, others_safe, not_abused, not_far_away, no_misconduct, no_lawyers]

# The guards ----------------------------------------------------------------------------------------------


def talks(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("client_reachable") is True and facts.get("contact_wanted") == "yes"


def writes(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("client_reachable") is True and facts.get("contact_wanted") in ("in_writing", "later")


def grave(event: Asked) -> bool:
    facts = event.model.facts
    severity = facts.get("harm_severity")
    return severity in WORST or (severity == "moderate" and facts.get("harm_repeated") is True)


def not_grave(event: Asked) -> bool:
    facts = event.model.facts
    severity = facts.get("harm_severity")
    if severity is None or severity in WORST:
        return False
    return severity != "moderate" or facts.get("harm_repeated") is False


def better_reflect(event: Asked) -> bool:
    facts = event.model.facts
    if facts.get("contact_wanted") == "later" or facts.get("therapist_owns_it") is False:
        return True
    return grave(event)


def nothing_happened(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("harm_severity") == "none" and facts.get("contact_wanted") == "no"


def apology_is_due(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("apology_wanted") == "yes" and facts.get("therapist_owns_it") is True


def apology_by_letter(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("apology_wanted") == "yes" and facts.get("contact_wanted") == "in_writing"


def apology_not_wanted(event: Asked) -> bool:
    return event.model.facts.get("apology_wanted") in ("no", "unsure")


def no_harm(event: Asked) -> bool:
    return event.model.facts.get("harm_severity") == "none"


def owns_it(event: Asked) -> bool:
    return event.model.facts.get("therapist_owns_it") is True


def does_not_own_it(event: Asked) -> bool:
    return event.model.facts.get("therapist_owns_it") is False


def still_hurts(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("impact") in ("significant", "broken") and facts.get("apology_wanted") == "yes"


def settled(event: Asked) -> bool:
    facts = event.model.facts
    if facts.get("impact") != "none" or facts.get("harm_severity") not in ("none", "mild"):
        return False
    return facts.get("client_choice") == "end"


def never_acknowledged(event: Asked) -> bool:
    return "acknowledged" not in event.model.visits


def supervisor_agrees(event: Asked) -> bool:
    return event.model.facts.get("supervisor_agrees") is True


def reflected(event: Asked) -> bool:
    return "reflected" in event.model.visits


def consulted(event: Asked) -> bool:
    return "consulted" in event.model.visits


def reflect_more(event: Asked) -> bool:
    return event.model.facts.get("supervisor_agrees") is False or "reflected" not in event.model.visits


def both_agree(event: Asked) -> bool:
    facts = event.model.facts
    if facts.get("client_choice") not in ("continue", "continue_with_conditions"):
        return False
    return facts.get("therapist_willing") is True


def not_broken(event: Asked) -> bool:
    return event.model.facts.get("impact") in ("none", "slight", "significant")


def plan_does_not_fit(event: Asked) -> bool:
    facts = event.model.facts
    trust = facts.get("trust")
    if facts.get("client_choice") == "continue_with_conditions" or (trust is not None and trust < 4):
        return True
    return facts.get("supervisor_agrees") is False


def somebody_leaves(event: Asked) -> bool:
    facts = event.model.facts
    if facts.get("client_choice") != "other_therapist" and facts.get("therapist_willing") is not False:
        return False
    return facts.get("client_reachable") is True


def trial_went_well(event: Asked) -> bool:
    facts = event.model.facts
    trust, entered = facts.get("trust"), event.model.entered.get("on_trial")
    if trust is None or trust < 5 or facts.get("impact") not in ("none", "slight"):
        return False
    return entered is not None and event.kwargs["at"] - entered >= timedelta(days=7)


def trial_needs_work(event: Asked) -> bool:
    facts = event.model.facts
    trust = facts.get("trust")
    if facts.get("impact") != "slight" and (trust is None or not 3 <= trust <= 6):
        return False
    return facts.get("supervisor_agrees") is True


def ends(event: Asked) -> bool:
    return event.model.facts.get("client_choice") == "end"


def not_held_too_often(event: Asked) -> bool:
    return int(event.model.visits.get("safety_hold", 0)) <= 2


def cannot_go_on(event: Asked) -> bool:
    facts = event.model.facts
    if facts.get("impact") in ("significant", "broken"):
        return True
    return facts.get("client_choice") == "other_therapist" or facts.get("therapist_willing") is False


def asks_to_close(event: Asked) -> bool:
    facts = event.model.facts
    return facts.get("client_choice") == "end" and facts.get("contact_wanted") in ("no", "later")


def uneasy(event: Asked) -> bool:
    facts = event.model.facts
    if lasting(event, "suicide_level") in ("moderate", "high"):
        return True
    return facts.get("dissociation") in ("mild", "marked") or facts.get("warning_sign", False) is True


# What must be on record ----------------------------------------------------------------------------------


def severity_known(event: Asked) -> bool:
    return event.model.facts.get("harm_severity") is not None


def day_known(event: Asked) -> bool:
    return event.model.facts.get("harm_on") is not None


def repetition_known(event: Asked) -> bool:
    return event.model.facts.get("harm_repeated") is not None


def impact_known(event: Asked) -> bool:
    return event.model.facts.get("impact") is not None


def plan_known(event: Asked) -> bool:
    return event.model.facts.get("new_plan") is not None


def trust_known(event: Asked) -> bool:
    return event.model.facts.get("trust") is not None


# The machine ---------------------------------------------------------------------------------------------

STATES = [
    "noticed",
    "acknowledged",
    "apologised",
    "reflected",
    "consulted",
    "replanned",
    "on_trial",
    "safety_hold",
    "continued",
    "referred",
    "closed",
]
GOING_ON = STATES[:8]

TRANSITIONS: list[tuple[str, str, str, list[Any]]] = [
    ("acknowledge", "noticed", "acknowledged", [*ALL_CLEAR, talks, severity_known]),
    ("acknowledge_in_writing", "noticed", "acknowledged", [*ALL_CLEAR, writes, severity_known, day_known]),
    ("reflect_first", "noticed", "reflected", [*ALL_CLEAR, better_reflect]),
    ("dismiss", "noticed", "closed", [*ALL_CLEAR, nothing_happened, repetition_known]),
    ("apologise", "acknowledged", "apologised", [*ALL_CLEAR, talks, apology_is_due]),
    ("apologise_in_writing", "acknowledged", "apologised", [*ALL_CLEAR, apology_by_letter, not_grave]),
    ("go_on_without_apology", "acknowledged", "reflected", [*ALL_CLEAR, apology_not_wanted]),
    ("correct_the_account", "acknowledged", "noticed", [*ALL_CLEAR, no_harm]),
    ("reflect", "apologised", "reflected", [*ALL_CLEAR, owns_it, impact_known]),
    ("reopen", "apologised", "acknowledged", [*ALL_CLEAR, still_hurts]),
    ("settle", "apologised", "closed", [*ALL_CLEAR, settled]),
    ("consult", "reflected", "consulted", [*ALL_CLEAR, severity_known, impact_known]),
    ("acknowledge_late", "reflected", "acknowledged", [*ALL_CLEAR, talks, never_acknowledged]),
    ("reflect_again", "reflected", "reflected", [*ALL_CLEAR, does_not_own_it]),
    ("replan", "consulted", "replanned", [*ALL_CLEAR, supervisor_agrees, reflected, plan_known]),
    ("acknowledge_after_advice", "consulted", "acknowledged", [*ALL_CLEAR, talks, supervisor_agrees]),
    ("back_to_reflection", "consulted", "reflected", [*ALL_CLEAR, reflect_more]),
    ("try_plan", "replanned", "on_trial", [*ALL_CLEAR, both_agree, not_broken, trust_known]),
    ("change_plan", "replanned", "consulted", [*ALL_CLEAR, plan_does_not_fit]),
    ("hand_over", "replanned", "referred", [*ALL_CLEAR, somebody_leaves]),
    ("continue", "on_trial", "continued", [*ALL_CLEAR, trial_went_well, both_agree, consulted]),
    ("adjust", "on_trial", "replanned", [*ALL_CLEAR, trial_needs_work]),
    ("end_well", "on_trial", "closed", [*ALL_CLEAR, ends, supervisor_agrees, impact_known]),
    ("resume", "safety_hold", "noticed", [*ALL_CLEAR, not_held_too_often]),
    ("resume_with_supervisor", "safety_hold", "consulted", ALL_CLEAR),
]

ANYWHERE: list[tuple[str, str, list[str], list[Any]]] = [
    ("consult_now", "consulted", [], []),
    ("refer", "referred", [], [*ALL_CLEAR, cannot_go_on, severity_known]),
    ("close_on_request", "closed", ["noticed"], [*ALL_CLEAR, asks_to_close]),
    ("pause_for_safety", "safety_hold", [], [*ALL_CLEAR[1:], uneasy]),
    # The interrupts: each is held back by those before it.
    ("hold_for_safety", "safety_hold", [], [client_unsafe]),
    ("protect_others", "safety_hold", [], [*ALL_CLEAR[:1], others_unsafe]),
    ("safeguard", "safety_hold", [], [*ALL_CLEAR[:2], abused]),
    ("ground_client", "safety_hold", [], [*ALL_CLEAR[:3], far_away]),
    ("remove_therapist", "referred", [], [*ALL_CLEAR[:4], misconduct]),
    ("legal_lead", "consulted", [], [*ALL_CLEAR[:5], lawyers_lead]),
]


def remember(event: Asked) -> None:
    """Which states were entered, how often and when: guards read it."""
    model = event.model
    model.entered[model.state] = event.kwargs["at"]
    model.visits[model.state] = model.visits.get(model.state, 0) + 1


def forget(event: Asked) -> None:
    """A new plan makes these two be asked afresh."""
    event.model.facts.pop("client_choice", None)
    event.model.facts.pop("trust", None)


def build() -> Machine:
    """The machine. Models are added to it, so that each has its triggers and its `may_…`."""
    machine = Machine(
        model=None,
        states=STATES,
        initial="noticed",
        auto_transitions=False,
        send_event=True,
        after_state_change=remember,
    )
    for trigger, source, dest, conditions in TRANSITIONS:
        machine.add_transition(trigger, source, dest, conditions=conditions)
    for trigger, dest, besides, conditions in ANYWHERE:
        sources: list[str | Enum | State] = [
            state for state in GOING_ON if state != dest and state not in besides
        ]
        machine.add_transition(trigger, sources, dest, conditions=conditions)
    machine.get_state("replanned").add_callback("enter", forget)
    return machine
