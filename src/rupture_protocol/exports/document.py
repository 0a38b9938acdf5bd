"""A case as an export: `rupture-export/1`, which says for whom it is and what it leaves out."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rupture_protocol.engine import wire
from rupture_protocol.exports.profiles import DAYS, OUT, PROOF, RANDOM, SENSITIVE, Profile, form, left_out
from rupture_protocol.exports.telling import Telling
from rupture_protocol.store.casebook import Casebook
from rupture_protocol.store.errors import CaseErased, CaseNotFound
from rupture_protocol.store.proof import Proof

SCHEMA = "rupture-export/1"
Json = dict[str, Any]
_IN_THE_OPEN = ("seq", "kind", "at", "by", "under")


def exported(
    book: Casebook, case_id: str, profile: Profile, *, at: datetime, sensitive: bool = False
) -> Json:
    """A case for one reader. Of `full` it is what can be imported again: a `rupture-case/1` with its proof.

    Args:
        at: When it is exported, an aware datetime.
        sensitive: Whether values that the protocol calls sensitive are told, to those who may have them.

    Raises:
        ValueError: Sensitive values for a profile that never has them.
        CaseErased: There is nothing left to export.
        StoreError: As `Casebook.get`; for `full` and `audit` as `Casebook.proof`.
    """
    if profile is Profile.FULL:
        proof = book.proof(case_id)
        return {**wire.case_to_json(proof.case), "proof": proof.to_json()}
    return told(book, case_id, profile, at=at, sensitive=sensitive)


def told(book: Casebook, case_id: str, profile: Profile, *, at: datetime, sensitive: bool = False) -> Json:
    """A case for one reader, as `rupture-export/1` whichever it is: what becomes a table. As `exported`."""
    if sensitive and profile not in SENSITIVE:
        raise ValueError(f"`{profile}` never has sensitive values")
    case = book.get(case_id)
    protocols = {ref: book.engine(ref).protocol for ref in {event.protocol for event in case.history}}
    telling = Telling(case, profile, sensitive, protocols)
    written: Json = {"schema": SCHEMA, "profile": profile.value, "sensitive": sensitive}
    if form("event", "at", profile) is not DAYS:
        written["at"] = at.isoformat()
    written |= {
        "left_out": left_out(profile, sensitive=sensitive),
        "case": secrets.token_hex(8) if form("case", "id", profile) is RANDOM else case.id,
        "protocol": telling.protocol(case.protocol, form("case", "protocol", profile)),
        "state": telling.state(case.state, case.protocol, form("case", "state", profile)),
        "events": list(telling.events()),
    }
    refusals = list(telling.refusals(book.refusals(case_id)))
    if refusals:
        written["refusals"] = refusals
    if PROOF.of(profile) is not OUT and profile is not Profile.FULL:
        written["evidence"] = _evidence(book.proof(case_id))
    return written


def _evidence(proof: Proof) -> Json:
    """What lies in the open of a case, and its proof: a `rupture-case/1` that verifies without contents."""
    whole = wire.case_to_json(proof.case)
    history = [{name: each[name] for name in _IN_THE_OPEN if name in each} for each in whole["history"]]
    kept = {name: whole[name] for name in ("schema", "case", "version", "protocol")}
    return {**kept, "history": history, "proof": proof.to_json(contents=())}


def in_any_order(case_ids: Iterable[str], profile: Profile) -> list[str]:
    """The cases of an export of many: shuffled, where their ids are not told."""
    ordered = sorted(case_ids)
    if form("case", "id", profile) is RANDOM:
        secrets.SystemRandom().shuffle(ordered)
    return ordered


def all_exported(
    book: Casebook, profile: Profile, *, at: datetime, sensitive: bool = False, as_table: bool = False
) -> Iterator[Json]:
    """Every case that is kept, one after another; one that is erased meanwhile is passed over."""
    export = told if as_table else exported
    for case_id in in_any_order((each.case for each in book.find()), profile):
        try:
            yield export(book, case_id, profile, at=at, sensitive=sensitive)
        except (CaseErased, CaseNotFound):
            continue
