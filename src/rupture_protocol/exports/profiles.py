"""The profiles: which part of a case each reader gets, in one table. What it does not name, nobody gets.

`docs/exports.md` is made of it, and a test holds it against every field that a case, an event, a person, a
refusal and a type of fact have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from rupture_protocol.engine.case import EventKind
from rupture_protocol.language.facts import Fact, FactType

CLIENT: Final = "client"
"""The role in which a client's own words are recorded."""


class Profile(StrEnum):
    """For whom an export is made."""

    FULL = "full"
    CLIENT = "client"
    SUPERVISION = "supervision"
    AUDIT = "audit"
    RESEARCH = "research"


class Form(StrEnum):
    """How much of something is told; the words are those of the docs."""

    OUT = "left out"
    WHOLE = "as it is"
    TITLE = "its title"
    NAME = "its name only"
    DAYS = "days since the opening"
    NUMBER = "a number in each role"
    RANDOM = "a random one"
    OWN = "if the client's own"
    BELOW = "see below"


OUT, WHOLE, TITLE, NAME = Form.OUT, Form.WHOLE, Form.TITLE, Form.NAME
DAYS, NUMBER, RANDOM, OWN, BELOW = Form.DAYS, Form.NUMBER, Form.RANDOM, Form.OWN, Form.BELOW


class Row(NamedTuple):
    """One kind of thing, and in which form each profile has it."""

    says: str
    full: Form
    client: Form
    supervision: Form
    audit: Form
    research: Form

    def of(self, profile: Profile) -> Form:
        """The form for a profile."""
        form: Form = getattr(self, profile.value)
        return form


def _everywhere(says: str, form: Form) -> Row:
    return Row(says, form, form, form, form, form)


#                                                       full   client  superv. audit  research
CASE: Mapping[str, Row] = {
    "id": Row("the id of the case",                     WHOLE, WHOLE,  WHOLE,  WHOLE, RANDOM),
    "protocol": Row("the protocol",                     WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "state": Row("the state in which it stands",        WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "history": _everywhere("its events",                BELOW),
    "facts": _everywhere("what is on record now",       BELOW),
    "visits": _everywhere("the states it has been in",  BELOW),
    "read": _everywhere("its events, in later names",   BELOW),
}  # fmt: skip
EVENT: Mapping[str, Row] = {
    "seq": Row("the numbers of events",                 WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    "kind": Row("what kind of event it is",             WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "at": Row("when it was recorded",                   WHOLE, WHOLE,  WHOLE,  WHOLE, DAYS),
    "occurred": Row("when it happened",                 WHOLE, WHOLE,  WHOLE,  WHOLE, DAYS),
    "by": _everywhere("by whom",                        BELOW),
    "protocol": Row("under which protocol from then on", WHOLE, TITLE, WHOLE,  WHOLE, WHOLE),
    "trigger": Row("which step",                        WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "source": Row("from which state",                   WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "to": Row("to which state",                         WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "verdict": Row("the verdict a step was taken on",   WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    "rests_on": Row("the records a step rests on",      WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "facts": _everywhere("what was recorded",           BELOW),
    "withdrawn": Row("that a record was withdrawn",     WHOLE, WHOLE,  WHOLE,  WHOLE, WHOLE),
    "corrects": Row("which event a correction mends",   WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    "reason": _everywhere("reasons",                    BELOW),
    "note": Row("notes",                                WHOLE, OWN,    WHOLE,  OUT,   OUT),
}  # fmt: skip
REASON: Mapping[str, Row] = {
    "coded": Row("the coded reason of an override",     WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
    "words": Row("reasons in somebody's own words",     WHOLE, OWN,    WHOLE,  OUT,   OUT),
}  # fmt: skip
PERSON: Mapping[str, Row] = {
    "id": Row("the ids of people",                      WHOLE, OUT,    NUMBER, WHOLE, NUMBER),
    "role": Row("their roles",                          WHOLE, TITLE,  WHOLE,  WHOLE, WHOLE),
}  # fmt: skip
REFUSAL: Mapping[str, Row] = {
    "case": _everywhere("the case of a refused attempt", BELOW),
    "version": Row("at which version it was refused",   WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    "at": Row("when somebody was refused",              WHOLE, OUT,    WHOLE,  WHOLE, DAYS),
    "by": Row("who was refused",                        BELOW, OUT,    BELOW,  BELOW, BELOW),
    "verb": Row("what was asked for and refused",       WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    "about": Row("the step or facts of a refusal, by name", WHOLE, OUT, WHOLE, WHOLE, WHOLE),
    "why": Row("why something was refused",             WHOLE, OUT,    WHOLE,  WHOLE, OUT),
}  # fmt: skip
VALUE: Mapping[str, Row] = {
    FactType.BOOLEAN: Row("yes or no",                  WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.CHOICE: Row("a choice",                    WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.SCALE: Row("a point on a scale",           WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.SET: Row("several choices",                WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.INTEGER: Row("a whole number",             WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.NUMBER: Row("a number",                    WHOLE, TITLE,  WHOLE,  NAME,  WHOLE),
    FactType.DATE: Row("a date",                        WHOLE, TITLE,  WHOLE,  NAME,  DAYS),
    FactType.DATETIME: Row("an instant",                WHOLE, TITLE,  WHOLE,  NAME,  DAYS),
    FactType.TEXT: Row("texts that were recorded",        WHOLE, OWN,    WHOLE,  NAME,  OUT),
}  # fmt: skip
PROOF = Row("the proof, without contents",              BELOW, OUT,    OUT,    WHOLE, OUT)  # fmt: skip

KINDS: Mapping[EventKind, Row] = {
    EventKind.OPENED: _everywhere("that it was opened", WHOLE),
    EventKind.RECORDED: _everywhere("that something was recorded", WHOLE),
    EventKind.CORRECTED: _everywhere("that a record was corrected", WHOLE),
    EventKind.TAKEN: _everywhere("that a step was taken", WHOLE),
    EventKind.PRECAUTION: _everywhere("that a step was taken as a precaution", WHOLE),
    EventKind.OVERRIDE: _everywhere("that a step was taken by override", WHOLE),
    EventKind.MIGRATED: _everywhere("that it was carried over to another version", WHOLE),
    EventKind.HELD: Row("that a legal hold began",      WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
    EventKind.RELEASED: Row("that a legal hold ended",  WHOLE, OUT,    WHOLE,  WHOLE, WHOLE),
}  # fmt: skip
"""Which kinds of events each profile has. A kind that is not here is in none."""

TABLES: Mapping[str, Mapping[str, Row]] = {
    "case": CASE,
    "event": EVENT,
    "reason": REASON,
    "person": PERSON,
    "refusal": REFUSAL,
    "value": VALUE,
}
HIDDEN = Row("a sensitive value, unless asked for",    WHOLE, OUT,    NAME,   NAME,  OUT)  # fmt: skip
"""What is told instead of a value that the protocol calls sensitive."""
SENSITIVE = frozenset({Profile.FULL, Profile.CLIENT, Profile.SUPERVISION, Profile.RESEARCH})
"""The profiles that can have sensitive values, where they are asked for."""


def form(table: str, field: str, profile: Profile) -> Form:
    """How much of a field a profile gets; nothing of a field that nobody has classified."""
    row = TABLES[table].get(field)
    return OUT if row is None else row.of(profile)


def has_kind(kind: EventKind, profile: Profile) -> bool:
    """Whether a profile has events of that kind."""
    row = KINDS.get(kind)
    return row is not None and row.of(profile) is not OUT


def form_of_value(fact: Fact | None, profile: Profile, *, is_sensitive: bool, sensitive: bool) -> Form:
    """How much of a fact's value a profile gets.

    Args:
        fact: As its protocol declares it; None for one that no protocol knows.
        is_sensitive: Whether the protocol calls it so.
        sensitive: Whether sensitive values were asked for.
    """
    if fact is None:
        return OUT
    told = form("value", fact.type, profile)
    if not is_sensitive or (sensitive and profile in SENSITIVE):
        return told
    return OUT if told is OUT else HIDDEN.of(profile)


_REFUSALS = _everywhere("attempts that were refused", OUT)


def left_out(profile: Profile, *, sensitive: bool) -> list[str]:
    """What an export leaves out or changes, as kinds of things: the same whatever is in the case."""
    return list(_left_out(profile, sensitive=sensitive))


def _left_out(profile: Profile, *, sensitive: bool) -> Iterator[str]:
    if profile is Profile.FULL:
        return
    if form("value", FactType.CHOICE, profile) is NAME:
        yield "the values of all facts (their names are here)"
    elif not sensitive:
        yield "the values of facts that the protocol calls sensitive"
    rows = [row for table in TABLES.values() if table is not REFUSAL for row in table.values()]
    if form("refusal", "verb", profile) is OUT:
        rows.append(_REFUSALS)
    else:
        rows += REFUSAL.values()
    for row in (*rows, *KINDS.values(), PROOF):
        said = _INSTEAD.get(row.of(profile))
        if said is not None:
            yield said.format(row.says)


_INSTEAD = {
    OUT: "{}",
    DAYS: "{} (whole days since the opening instead)",
    NUMBER: "{} (a number in each role instead)",
    RANDOM: "{} (a random one instead, another in each export)",
    OWN: "{}, unless they are the client's own",
}
