"""Who may: why a person may not record a fact, take a step or override one; None where they may."""

from __future__ import annotations

from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.options import Step
from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Override


def not_recorder(fact: Fact, by: Actor, roles: frozenset[str]) -> str | None:
    """Why that person may not record that fact.

    A therapist who also supervises stays the therapist: whoever has acted in a role that may not record
    a fact may not record it in another.

    Args:
        fact: The fact.
        by: Who records it.
        roles: Every role in which that person has acted in the case, as `Case.roles_of` says.
    """
    barred = _barred(fact.by, roles)
    if not barred:
        return None
    acted = "" if barred == [by.role] else f" (who has acted as {', '.join(barred)} in this case)"
    # Not by id: a client records as well, and messages reach logs.
    return f"`{fact.name}` cannot be recorded by {by.role}{acted}"


def not_taker(step: Step, case: Case, by: Actor) -> str | None:
    """Why that person may not take that step, whatever its verdict: by role, or as a person."""
    if step.defined.by and by.role not in step.defined.by:
        return f"it is taken by {', '.join(step.defined.by)}, not by {by.role}"
    return _took_before(step, case, by)


def not_overrider(step: Step, override: Override, case: Case, by: Actor, reason: str) -> str | None:
    """Why that person may not override that step for that reason."""
    barred = _barred(override.by, case.roles_of(by))
    if barred:
        return f"it is overridden by {', '.join(override.by)}, not by who has acted as {', '.join(barred)}"
    if reason not in override.reasons:
        # What was given instead may be anything, words about a client too: it is not repeated.
        return f"the reason given is none of its own: {', '.join(override.reasons)}"
    return _took_before(step, case, by)


def _took_before(step: Step, case: Case, by: Actor) -> str | None:
    taken = case.has_taken(by.id, step.not_same_person)
    return f"whoever took `{taken}` may not take it (`not_same_person`)" if taken else None


def _barred(allowed: tuple[str, ...], roles: frozenset[str]) -> list[str]:
    """Those of a person's roles that are not allowed; none where anybody is."""
    return sorted(role for role in roles if role not in allowed) if allowed else []
