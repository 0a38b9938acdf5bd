"""Whether the people of a clinic can bring a case to an end at all, as far as the rules about people go.

Everybody acts in one role. Looked at is who may record, take and override what, and who may not because of
what they took before (`not_same_person`), in the order in which it happens. Facts may change at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from rupture_protocol.prover.company import Company, Crew
from rupture_protocol.prover.proof import Proof
from rupture_protocol.prover.results import Finding, Results, issue_at

SAYS = "one person, in one role, can bring a case to an end"
ANYBODY = "somebody"
"""The role of those who act where the protocol has no roles."""


def check(proof: Proof) -> Results:
    """One result: whether one is enough."""
    yield proof.result("one_person", SAYS, partial(_findings, proof), ("roles",))


def _findings(proof: Proof) -> Iterator[Finding]:
    message = _too_few(proof, tuple(proof.protocol.roles) or (ANYBODY,))
    if message is not None:
        yield Finding(issue_at(proof.protocol, "needs-several-people", message, ("roles",), help=_ADVICE))


_ADVICE = "fine where that is meant; a clinic that cannot fill these roles cannot work with it"


def _too_few(proof: Proof, roles: tuple[str, ...]) -> str | None:
    """In words, that there must be several people; None where one is enough, or none ever are."""
    company = Company(proof)
    everybody: Mapping[str, Crew] = dict.fromkeys(roles, Crew.MANY)
    if not company.finishes(everybody):
        return None  # that is told of the states
    one_each = dict.fromkeys(roles, Crew.ONE)
    if not company.finishes(one_each):
        several = [role for role in roles if company.finishes({**one_each, role: Crew.MANY})]
        who = "one person in each role" if len(roles) > 1 else "one person"
        says = f": there must be several people as {_listed(several, ' or ')}" if several else ""
        return f"with {who} this protocol cannot finish{says}"
    if any(company.finishes({role: Crew.ONE}) for role in roles):
        return None
    needed = [role for role in roles if not company.finishes({**everybody, role: Crew.NOBODY})]
    says = f": every way to an end needs {_listed(needed, ', ')}" if needed else ""
    return f"with one person, in one role, this protocol cannot finish{says}"


def _listed(roles: list[str], between: str) -> str:
    return between.join(f"`{role}`" for role in roles)
