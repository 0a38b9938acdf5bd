"""Each reader gets what the table of profiles says, and nothing that it does not name."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.store.books import HOUR, KIM, LEE, NOON, SUE, address

from rupture_protocol import Actor, Casebook, Engine, loads, verify_case
from rupture_protocol.engine.case import Case, Event, EventKind
from rupture_protocol.errors import Refused
from rupture_protocol.exports import document, profiles, table, telling
from rupture_protocol.exports.profiles import Form, Profile
from rupture_protocol.language.facts import UNKNOWN, FactType
from rupture_protocol.store.errors import CaseErased
from rupture_protocol.store.refusing import Refusal

AGO = NOON - 90 * 24 * HOUR
MO = Actor("mo", "manager")
TEXT = """\
format: 1
protocol: told
version: 1.0.0
title: A told practice
roles: {therapist: A therapist, supervisor: A supervisor, client: The client}
facts:
  agrees: {type: boolean, title: Client agrees, by: [client]}
  way: {type: choice, values: [slow, fast], labels: {slow: Slowly}, by: [therapist, client]}
  risk: {type: scale, values: [none, high], title: The risk, sensitive: true}
  many: {type: set, values: [one, two]}
  count: integer
  ratio: number
  day: date
  moment: datetime
  words: text
states:
  aware:
    initial: true
    title: Harm noticed
    transitions:
      acknowledge: {to: acknowledged, title: Say what happened, when: {agrees: true, risk: none}}
      leave: {to: done, when: {agrees: false}, override: {by: [supervisor], reasons: [client_preference]}}
  acknowledged: {transitions: {back: {to: aware}, end: {to: done, when: {way: fast},
    override: {by: [supervisor], reasons: [client_preference]}}}}
  done: {final: true}
"""
STAFF_WORDS, CLIENT_WORDS, WHY = "words of the staff", "words of the client", "words about why"
VALUES: dict[str, Any] = {
    "risk": "none",
    "many": ["one", "two"],
    "count": 7041,
    "ratio": "0.125",
    "day": "2019-04-13",
    "moment": "2019-04-14T03:00:00+00:00",
    "words": STAFF_WORDS,
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Casebook]:
    """A casebook with one case in which everything has happened."""
    with Casebook(address(tmp_path), [Engine(loads(TEXT))]) as book:
        book.open("c-17", by=LEE, at=AGO, note=STAFF_WORDS)
        book.record("c-17", VALUES, by=LEE, at=NOON)
        book.record(
            "c-17", {"agrees": True, "way": "slow", "words": CLIENT_WORDS}, by=KIM, at=NOON, note=CLIENT_WORDS
        )
        with pytest.raises(Refused):
            book.take("c-17", "leave", by=LEE, at=NOON)
        book.take("c-17", "acknowledge", by=Actor("ann", "therapist"), at=NOON)
        book.correct("c-17", "count", reason=WHY, by=LEE, at=NOON)
        book.hold("c-17", reason=WHY, by=MO, at=NOON)
        book.record("c-17", {"count": UNKNOWN}, by=LEE, at=NOON)
        book.override("c-17", "end", reason="client_preference", by=SUE, at=NOON, note=STAFF_WORDS)
        yield book


def told(book: Casebook, profile: Profile, *, sensitive: bool = False) -> dict[str, Any]:
    return document.told(book, "c-17", profile, at=NOON, sensitive=sensitive)


def everything(written: dict[str, Any]) -> str:
    """All that an export says, in both forms; without the proof, which is of its own kind."""
    profile = Profile(written["profile"])
    rows = "".join(table.as_csv([written], profile, sensitive=written["sensitive"]))
    return json.dumps({name: each for name, each in written.items() if name != "evidence"}) + rows


# Nothing is forgotten ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "thing"),
    [(profiles.CASE, Case), (profiles.EVENT, Event), (profiles.PERSON, Actor), (profiles.REFUSAL, Refusal)],
)
def test_every_field_is_classified(rows: dict[str, Any], thing: type) -> None:
    assert set(rows) == {each.name for each in fields(thing)}


def test_every_type_of_fact_and_every_kind_of_event_is_classified() -> None:
    assert set(profiles.VALUE) == set(FactType)
    assert set(profiles.KINDS) == set(EventKind) == set(telling._SAID)


def test_every_field_that_is_told_has_somebody_who_tells_it() -> None:
    assert set(telling._OF_EVENT) == set(profiles.EVENT)
    assert set(telling._OF_REFUSAL) == set(profiles.REFUSAL) - {"case"}


@pytest.mark.parametrize("profile", Profile)
def test_what_nobody_has_classified_is_left_out(
    book: Casebook, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = everything(told(book, profile))
    assert '"by"' in whole
    monkeypatch.delitem(profiles.EVENT, "by")
    monkeypatch.delitem(profiles.PERSON, "role")
    monkeypatch.delitem(profiles.VALUE, FactType.BOOLEAN)
    monkeypatch.delitem(profiles.KINDS, EventKind.OVERRIDE)
    less = json.dumps(told(book, profile)["events"])
    assert '"by"' not in less
    assert "agrees" not in less.lower()
    assert "end" not in {each.get("trigger") for each in told(book, profile)["events"]}


def test_a_test_would_notice_a_new_field() -> None:
    more = dataclasses.make_dataclass("More", [("mood", str, "")], bases=(Event,), frozen=True)
    assert set(profiles.EVENT) != {each.name for each in fields(more)}


# Who gets what ----------------------------------------------------------------------------------------


def test_full_is_what_can_be_imported_again(book: Casebook) -> None:
    written = document.exported(book, "c-17", Profile.FULL, at=NOON)
    assert written["schema"] == "rupture-case/1"
    assert written["proof"]["entries"][0]["content"]
    del written["proof"]
    assert book.engine(book.get("c-17").protocol).load_case(written) == book.get("c-17")


def test_a_client_reads_titles_and_their_own_words(book: Casebook) -> None:
    written = told(book, Profile.CLIENT)
    said = everything(written)
    for kept in (
        "Say what happened",
        "Harm noticed",
        "Client agrees",
        "Slowly",
        CLIENT_WORDS,
        "Client preference",
    ):
        assert kept in said
    for gone in (
        STAFF_WORDS,
        WHY,
        "lee",
        "ann",
        "kim",
        "mo",
        "sue",
        "The risk",
        "acknowledge",
        "legal",
        "refus",
    ):
        assert gone not in json.dumps(written["events"])
    assert [each["kind"] for each in written["events"]][-1] == "A step was taken as an exception"
    assert next(each for each in written["events"] if "trigger" in each)["rests_on"] == ["Client agrees"]
    assert "refusals" not in written


def test_a_client_is_told_what_is_sensitive_only_when_somebody_asks(book: Casebook) -> None:
    assert '"The risk"' in everything(told(book, Profile.CLIENT, sensitive=True))


def test_supervision_has_the_course_with_reasons_and_nobody_by_id(book: Casebook) -> None:
    written = told(book, Profile.SUPERVISION)
    assert written["case"] == "c-17"
    said = everything(written)
    for kept in (STAFF_WORDS, CLIENT_WORDS, WHY, "7041", "client_preference", '"held"'):
        assert kept in said
    for gone in ('"lee"', '"kim"', ",lee,", ",kim,"):
        assert gone not in said
    by = [(each["by"]["role"], each["by"]["number"]) for each in written["events"]]
    assert by[:5] == [("therapist", 1), ("therapist", 1), ("client", 1), ("therapist", 2), ("therapist", 1)]
    facts = {each["fact"]: each.get("value") for each in written["events"][1]["facts"]}
    assert facts["risk"] is None
    assert facts["day"] == "2019-04-13"
    again = told(book, Profile.SUPERVISION, sensitive=True)["events"][1]["facts"]
    assert {"fact": "risk", "value": "none"} in again


def test_an_audit_has_who_and_when_and_no_value(book: Casebook) -> None:
    written = told(book, Profile.AUDIT)
    said = everything(written)
    for value in ("7041", "0.125", "2019", "slow", '"one"', STAFF_WORDS, CLIENT_WORDS, WHY):
        assert value not in said
    assert {each["fact"] for each in written["events"][1]["facts"]} == set(VALUES)
    assert written["refusals"][0]["by"] == {"id": "lee", "role": "therapist"}
    assert written["events"][-1]["kind"] == "override"
    assert written["events"][-1]["reason"] == "client_preference"
    entries = written["evidence"]["proof"]["entries"]
    assert len(entries) == len(book.history("c-17"))
    assert not any("content" in each for each in entries)
    with pytest.raises(ValueError, match="never has sensitive"):
        told(book, Profile.AUDIT, sensitive=True)


@pytest.mark.parametrize("migrated", [False, True])
def test_the_evidence_of_an_audit_verifies_without_contents(tmp_path: Path, migrated: bool) -> None:
    new = Engine(loads(TEXT.replace("1.0.0", "2.0.0") + "migrates: [{from: '>=1,<2'}]\n"))
    with Casebook(address(tmp_path), [Engine(loads(TEXT))]) as book:
        book.open("c-17", by=LEE, at=NOON, note=STAFF_WORDS)
        book.record("c-17", {"words": STAFF_WORDS}, by=LEE, at=NOON)
        if migrated:
            book.migrate("c-17", to=new, by=LEE, at=NOON)
        evidence = told(book, Profile.AUDIT)["evidence"]
    assert STAFF_WORDS not in json.dumps(evidence)
    assert not [level.findings for level in verified(evidence) if level.findings]
    evidence["history"][1]["at"] = NOON.isoformat().replace("12:", "11:")
    assert [level.name for level in verified(evidence) if level.findings] == ["history"]


def verified(evidence: dict[str, Any]) -> list[verify_case.Level]:
    """What `verify_case.py` says of it, which knows nothing of this library."""
    return verify_case.verify(verify_case.read_proof(json.dumps(evidence)))


def test_research_has_days_and_numbers_and_nobody(book: Casebook) -> None:
    written = told(book, Profile.RESEARCH, sensitive=True)
    said = everything(written)
    for gone in ("c-17", "lee", "ann", "kim", "sue", STAFF_WORDS, CLIENT_WORDS, WHY, "2026-", "2019", "T12:"):
        assert gone not in said
    assert written["events"][1]["day"] == 90
    facts = {each["fact"]: each["value"] for each in written["events"][1]["facts"]}
    assert facts == {
        "risk": "none",
        "many": ["one", "two"],
        "count": 7041,
        "ratio": "0.125",
        "day": (date.fromisoformat(VALUES["day"]) - AGO.date()).days,
        "moment": (datetime.fromisoformat(VALUES["moment"]) - AGO).days,
    }
    assert written["case"] != told(book, Profile.RESEARCH)["case"]
    assert "risk" not in json.dumps(told(book, Profile.RESEARCH)["events"])


@pytest.mark.parametrize("profile", [each for each in Profile if each is not Profile.FULL])
def test_an_export_says_what_is_left_out_and_the_same_whatever_is_in_the_case(
    book: Casebook, profile: Profile
) -> None:
    book.open("c-18", by=LEE, at=NOON)
    written = told(book, profile)
    assert written["left_out"] == document.told(book, "c-18", profile, at=NOON)["left_out"]
    assert len(written["left_out"]) > 2
    rows = "".join(table.as_csv([written], profile)).splitlines()
    assert len(rows) > len(written["events"]) + len(written["left_out"])


@pytest.mark.parametrize("profile", Profile)
def test_an_erased_case_is_exported_to_nobody(book: Casebook, profile: Profile) -> None:
    book.open("gone", by=LEE, at=NOON)
    book.erase("gone", by=MO, at=NOON, basis="asked for")
    with pytest.raises(CaseErased):
        document.exported(book, "gone", profile, at=NOON)
    assert [each["case"] for each in document.all_exported(book, Profile.AUDIT, at=NOON)] == ["c-17"]


def test_what_a_later_version_calls_sensitive_is_so_in_what_was_recorded_before(tmp_path: Path) -> None:
    old = Engine(loads(TEXT))
    text = TEXT.replace("version: 1.0.0", "version: 2.0.0").replace(
        "  count: integer", "  sum: {type: integer, sensitive: true}"
    )
    new = Engine(loads(f"{text}migrates: [{{from: '>=1,<2', facts: {{count: sum}}}}]\n"))
    with Casebook(address(tmp_path), [old]) as book:
        book.open("c-17", by=LEE, at=AGO)
        book.record("c-17", {"count": 7041, "way": "slow"}, by=LEE, at=NOON)
        assert "7041" in everything(told(book, Profile.RESEARCH))
        book.migrate("c-17", to=new, by=LEE, at=NOON)
        for profile in (Profile.RESEARCH, Profile.CLIENT, Profile.SUPERVISION):
            said = everything(told(book, profile))
            assert "7041" not in said
            assert "slow" in said.lower()
            assert "7041" in everything(told(book, profile, sensitive=True))


def test_the_forms_of_the_table_are_all_used() -> None:
    used = {
        row.of(profile) for rows in profiles.TABLES.values() for row in rows.values() for profile in Profile
    }
    assert used == set(Form)
