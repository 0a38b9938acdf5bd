"""The report of a case: all that happened is told, nothing that is left out, and no text becomes markup."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html import unescape
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError
from tests.render.reported import HEBREW, LEE, NEXT_DAY, NINE, SUE, eventful, report, small
from tests.render.test_html import Tags

from rupture_protocol import Actor, Calendar, Engine, load
from rupture_protocol.cli.playing import play
from rupture_protocol.cli.script import read_script
from rupture_protocol.engine.case import EventKind
from rupture_protocol.render.report import page
from rupture_protocol.render.report.telling import LEFT_OUT
from rupture_protocol.store.case_check import Finding
from rupture_protocol.store.refusing import Refusal

HOUR = timedelta(hours=1)
HOSTILE = (
    """<script>alert(1)</script>"'`</td></style><img src=x onerror=alert(2)>&amp;{{ 7*7 }}{% raw %}${x}"""
)
STYLE = (Path(page.__file__).parent / "report.css").read_text("utf-8")


def text_of(html: str) -> str:
    """What a page says, without its markup."""
    body = html[html.index("<body>") :]
    body = re.sub(r"</?(?:bdi|code|span|a|strong)\b[^>]*>", "", body)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))


def section(html: str, name: str) -> str:
    """What one section says."""
    return text_of("<body><section" + html.split(f'<section id="{name}"')[1].split("</section>")[0])


# What is told ----------------------------------------------------------------------------------------


def test_every_event_is_told_with_who_when_and_what_was_noted() -> None:
    engine = small()
    case = eventful(engine)
    html = report(case, engine)
    rows = re.findall(r'<tr id="event-(\d+)"', html)
    assert rows == [str(event.seq) for event in case.history]
    told = section(html, "timeline")
    assert "Opened the case in “Harm noticed”." in told
    assert "Took “Safety first” as a precaution: from “Harm noticed” to “Held”." in told
    assert "Took “Acknowledge it” by override" in told
    assert "Reason: asked directly" in told
    assert "happened 2026-11-24 06:00 UTC" in told
    assert "Corrected what event 3 says of “Risk”" in told
    assert "Withdrew what event 5 says of “Account”" in told
    assert "Note: They asked, in the room." in told
    assert "Clinical supervisor" in told


def test_each_step_is_decided_again_with_what_it_rested_on() -> None:
    engine = small()
    case = engine.record(
        engine.open("c", by=LEE, at=NINE), {"risk": "low", "reachable": True}, by=LEE, at=NINE
    )
    case = engine.take(case, "acknowledge", by=LEE, at=NINE)
    told = section(report(case, engine, sensitive=True), "steps")
    assert "It was open: everything that it requires was met." in told
    assert "“Reachable” is true. (event 2, by dr-lee (therapist))" in told
    assert "“Risk” is “none” or “Low risk”." in told


def test_what_stood_against_an_override_is_told_where_it_stands_out() -> None:
    engine = small()
    told = section(report(eventful(engine), engine), "loud")
    assert "Override: Acknowledge it" in told
    assert "What stood against it: Not recorded yet: “Reachable”." in told
    assert "Precaution: Safety first" in told
    assert "What was not known: Not recorded yet: “Risk”." in told


def test_a_verdict_that_comes_out_otherwise_now_is_said() -> None:
    engine = small()
    case = eventful(engine)
    history = list(case.history)
    at = next(number for number, event in enumerate(history) if event.kind is EventKind.OVERRIDE)
    history[at] = replace(history[at], verdict="open")
    told = section(report(replace(case, history=tuple(history)), engine), "steps")
    assert "The history says open; decided again now, it is: undecided." in told


def test_where_the_case_stands_has_every_way_and_what_is_due() -> None:
    engine = small()
    case = eventful(engine)
    html = report(case, engine)
    decision = engine.decide(case, at=NEXT_DAY)
    told = section(html, "now")
    for option in decision.options:
        assert (option.title or option.trigger) in told
    assert "Undecided Not recorded yet: “Choice”." in told
    assert "Waiting is right here: it is for the client to choose." in told
    assert "What would you like (client)" in told
    due = section(html, "deadlines")
    assert "Ask the client (policy) ! overdue Began: 2026-11-24 09:00 UTC Due: 2026-11-24 11:00 UTC" in due
    assert "Overdue ! 2 deadlines" in text_of(html)


def test_it_says_which_protocol_and_whether_the_case_verified() -> None:
    engine = small()
    case = eventful(engine)
    told = section(report(case, engine), "about")
    assert f"small 1.0.0, digest {engine.ref.digest}" in told
    assert "Made 2026-11-25 09:00 UTC, by rupture_protocol 9.9.9" in told
    assert "Yes, when this report was made" in told
    told = text_of(report(case, engine, findings=None))
    assert "made without verifying the case" in told
    assert "✓ yes" not in told
    finding = Finding("case-17", 2, "its payload is not what was written")
    told = text_of(report(case, engine, findings=[finding]))
    assert "This history did not verify" in told
    assert "Event 2: its payload is not what was written." in told
    assert "✓ yes" not in told


def test_it_says_that_it_replaces_no_judgement_and_knows_no_refused_attempt() -> None:
    engine = small()
    told = text_of(report(eventful(engine), engine))
    assert "It does not replace clinical judgement, supervision, the law or local policy" in told
    assert "this report cannot say whether there were any" in told


def test_it_lists_what_was_tried_and_refused() -> None:
    engine = small()
    case = eventful(engine)
    facts = engine.protocol.facts
    hidden = next(name for name in facts if facts[name].sensitive)
    refusals = [
        Refusal(case.id, 1, NINE, LEE, "take", ("acknowledge",), "cannot `acknowledge` from `aware`"),
        Refusal(case.id, 1, NINE, LEE, "record", (hidden,), f"`{hidden}` is recorded by others"),
    ]
    page = section(report(case, engine, refusals=refusals), "loud")
    assert "to take “Acknowledge it”" in page
    assert "Cannot acknowledge from aware." in page
    assert "after event 1" in page
    assert "it names what the protocol calls sensitive" in page
    assert "recorded by others" not in page
    assert "recorded by others" in section(report(case, engine, refusals=refusals, sensitive=True), "loud")
    assert "None was refused" in section(report(case, engine, refusals=[]), "loud")


def test_instants_are_those_of_the_clinic() -> None:
    engine = Engine(small().protocol, calendar=Calendar(zone=ZoneInfo("Europe/Athens")))
    told = section(report(eventful(engine), engine), "timeline")
    assert "2026-11-24 11:00 EET" in told
    assert "UTC" not in told


@pytest.mark.parametrize("ending", ["continued", "referred"])
def test_the_demos_can_be_reported_from_each_of_their_moments(ending: str) -> None:
    from rupture_protocol import cli

    engine = Engine(load("standard"))
    file = Path(cli.__file__).with_name(f"demo_{ending}.yaml")
    outcomes = list(play(read_script(file.read_bytes(), file=file.name), engine, clock=NINE))
    case = outcomes[-1].case
    for part in (1, case.version // 2, case.version):
        then = engine.restore(case.id, case.history[:part])
        told = text_of(report(then, engine, at=then.history[-1].at))
        assert f"{part} event" in told
        if part == 1:
            assert "steps that would come first cannot be ruled out yet, “Hold for the" in told
    assert "It has ended" in told


def test_a_migrated_case_is_told_in_the_words_of_each_version() -> None:
    old = small()
    new = small(
        **{"version: 1.0.0": "version: 2.0.0\nmigrates: [{from: 1.0.0}]", "Harm noticed": "Harm seen"}
    )
    case = old.migrate(old.open("c", by=LEE, at=NINE), to=new, by=LEE, at=NINE)
    html = page_of_both(case, old, new)
    told = section(html, "timeline")
    assert "Opened the case in “Harm noticed”." in told
    assert "Carried the case over to small 2.0.0." in told
    about = section(html, "about")
    assert old.ref.digest in about
    assert new.ref.digest in about


def page_of_both(case: object, old: Engine, new: Engine) -> str:
    from rupture_protocol.render.report import case_report

    return case_report(case, [old, new], at=NINE, made=NINE, library="1", findings=())  # type: ignore[arg-type]


def test_a_legal_hold_is_told_and_stands_at_the_top_while_it_lasts() -> None:
    engine = small()
    case = engine.hold(eventful(engine), reason="a complaint", by=SUE, at=NINE + HOUR)
    told = text_of(report(case, engine))
    assert "Legal hold yes: it may not be erased" in told
    assert "Put the case under a legal hold. Reason: a complaint" in told
    told = text_of(report(engine.release(case, reason="settled", by=SUE, at=NINE + HOUR), engine))
    assert "Ended the legal hold. Reason: settled" in told
    assert "it may not be erased" not in told


def test_every_kind_of_event_has_words_of_its_own() -> None:
    engine = small()
    case = engine.hold(eventful(engine), reason="r", by=SUE, at=NINE + HOUR)
    case = engine.release(case, reason="r", by=SUE, at=NINE + HOUR)
    shown = {event.kind for event in case.history}
    assert set(EventKind) - shown == {EventKind.MIGRATED}  # told above


# What is left out ------------------------------------------------------------------------------------


def test_what_is_sensitive_is_left_out_unless_it_is_asked_for() -> None:
    engine = small()
    case = engine.open("c", by=LEE, at=NINE)
    early = NINE - timedelta(hours=3)
    case = engine.record(case, {"risk": "low", "seen": early}, by=LEE, at=NINE, note="about the risk")
    case = engine.correct(case, "risk", to="none", reason="misheard her", by=LEE, at=NINE)
    case = engine.record(
        case, {"account": "as she told it", "reachable": True}, by=LEE, at=NINE, note="by phone"
    )
    case = engine.take(case, "acknowledge", by=LEE, at=NINE)
    left, whole = text_of(report(case, engine)), text_of(report(case, engine, sensitive=True))
    for value in ("Low risk", "about the risk", "misheard her", "2026-11-24 06:00 UTC", "“none”"):
        assert value not in left, value
        assert value in whole, value
    for value in ("as she told it", "by phone", "Reachable yes"):
        assert value in left
    assert LEFT_OUT in left
    assert LEFT_OUT not in whole
    assert "Left out: Risk; Seen." in left
    assert "What is on record as “Risk” speaks for it." in left
    assert "Its note: left out of this report." in left
    assert "are in this report" in whole


def test_nothing_left_out_is_not_said_to_be() -> None:
    engine = small()
    told = text_of(report(engine.open("c", by=LEE, at=NINE), engine))
    assert "Nothing was ever recorded that the protocol calls sensitive." in told
    assert "is left out" not in told


# What texts cannot do --------------------------------------------------------------------------------


@pytest.mark.parametrize("sensitive", [True, False])
def test_no_text_becomes_markup_or_is_filled_in(sensitive: bool) -> None:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    engine = small(
        **dict.fromkeys(
            ("title: Acknowledge it", "title: Reachable", "title: Harm noticed"), f"title: {quoted}"
        )
    )
    person = Actor(HOSTILE, "therapist")
    case = engine.open(HOSTILE, by=person, at=NINE, note=HOSTILE)
    case = engine.record(case, {"account": HOSTILE}, by=person, at=NINE, note=HOSTILE)
    case = engine.correct(case, "account", to=HOSTILE, reason=HOSTILE, by=person, at=NINE)
    html = report(case, engine, sensitive=sensitive, findings=[Finding(HOSTILE, 1, HOSTILE)], library=HOSTILE)
    tags = Tags(html.replace("<!DOCTYPE html>\n", ""))
    assert not {name for name, _ in tags.tags} & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert not [key for _, given in tags.tags for key in given if key.startswith("on") or key == "style"]
    assert tags.comments == []
    assert html.count("</style>") == 1
    assert "<script" not in html
    assert html.count("{{ 7*7 }}") > 8
    assert html.count("{% raw %}") == html.count("{{ 7*7 }}")


def test_what_turns_text_around_is_shown_and_what_scripts_need_is_kept() -> None:
    engine = small()
    note = "invoice\u202efdp.exe\u2066 \x00\x1b[2J one\r\ntwo\n می\u200cشود 👩\u200d👧 \u200fשלום"
    html = report(engine.open("c", by=LEE, at=NINE, note=note), engine)
    told = html[html.index('<section id="timeline"') :]
    assert "invoice⟨U+202E⟩fdp.exe⟨U+2066⟩ ⟨U+0000⟩⟨U+001B⟩[2J one\ntwo\n" in told
    assert "می\u200cشود 👩\u200d👧 \u200fשלום" in told
    assert not set("\u202e\u2066\x00\x1b\r") & set(html)


def test_a_case_id_cannot_leave_the_style_sheet() -> None:
    engine = small()
    name = """x"; } body { display: none } </style>\\\n*/é"""
    html = report(engine.open(name, by=LEE, at=NINE), engine)
    style = html.split("<style>")[1].split("</style>")[0]
    assert style == STYLE.replace("CASE", "".join(f"\\{ord(each):06x}" for each in name))
    assert style.isascii()


# The page --------------------------------------------------------------------------------------------


def test_the_policy_lets_in_exactly_the_style_of_the_page() -> None:
    engine = small()
    html = report(eventful(engine), engine)
    style = html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    metas = {
        each.get("http-equiv"): each.get("content")
        for each in Tags(html.replace("<!DOCTYPE html>\n", "")).named("meta")
    }
    assert metas["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "url(" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_the_style_knows_no_left_and_no_right() -> None:
    sides = r"(?:(?:margin|padding|border)-)?(?:left|right|top|bottom)"
    physical = rf"(?<![-\w])(?:{sides}|(?:max-|min-)?(?:width|height))\s*:"
    assert not re.findall(physical, re.sub(r"@media screen and \([^)]*\)", "", STYLE))
    assert not re.findall(r":\s*(?:left|right)\b", STYLE)
    assert re.findall(physical, "p { margin-top: 1px }")


def test_every_table_has_a_caption_and_every_heading_a_scope() -> None:
    engine = small()
    tags = Tags(report(eventful(engine), engine).replace("<!DOCTYPE html>\n", ""))
    assert len(tags.named("table")) == len(tags.named("caption")) == 4
    assert all(each.get("scope") in ("col", "row") for each in tags.named("th"))
    levels = [int(name[1]) for name, _ in tags.tags if re.fullmatch(r"h\d", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = {given["id"] for _, given in tags.tags if "id" in given}
    assert {(each["href"] or "")[1:] for each in tags.named("a")} <= ids


def test_a_page_from_right_to_left_says_so_and_calls_foreign_words_by_their_language() -> None:
    engine = small(**HEBREW)
    html = report(eventful(engine), engine)
    (root,) = Tags(html.replace("<!DOCTYPE html>\n", "")).named("html")
    assert root == {"lang": "en", "dir": "rtl"}
    assert '<bdi lang="he">להכיר בפגיעה</bdi>' in html
    english = small()
    assert '<html lang="en" dir="ltr">' in report(eventful(english), english)


def test_a_name_that_the_template_does_not_get_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        page.page({}, case="c", language="en")


def test_the_template_comes_with_the_package() -> None:
    folder = Path(page.__file__).parent
    assert {each.name for each in folder.iterdir()} >= {"report.html.jinja", "report.css"}
