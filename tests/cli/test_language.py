"""`--language` and RUPTURE_LANGUAGE: the texts of a protocol as its translation says them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.cli.running import Ran, Rupture
from tests.language.test_translations import GERMAN, ORIGINAL

GO, NOTICED, QUESTION = "Weiter", "Bemerkt", "Wie schlimm?"
SCRIPT = """\
protocol: small.yaml
steps:
  - at: "2026-11-24T10:00:00+00:00"
    by: {id: lee, role: therapist}
    record: {harm: mild}
"""


@pytest.fixture
def folder(rupture: Rupture, tmp_path: Path) -> Path:
    """The folder that the command line is in, with a protocol and its translations."""
    (tmp_path / "small.yaml").write_text(ORIGINAL, "utf-8")
    (tmp_path / "small.de.yaml").write_text(GERMAN, "utf-8")
    hebrew = 'translates: small\nlanguage: he\ntitle: "תיקון"\nstates: {aware: {title: "הבחנה"}}\n'
    (tmp_path / "small.he.yaml").write_text(hebrew, "utf-8")
    (tmp_path / "script.yaml").write_text(SCRIPT, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("show small.yaml", ["Klein", "Bemerkt (aware)", "“Leicht”", "Nie ohne", "wait: Wir warten"]),
        ("show small.yaml --mermaid", ["accTitle: Klein", '"Bemerkt" as s_aware', GO, '"Vorbei"']),
        ("show small.yaml --dot", ["Klein (small 1.0.0)", "Bemerkt\\naware", GO]),
        ("show small.yaml --json", ["Klein", GO]),
        ("show small.yaml --resolved", ["title: Klein", "language: de"]),
        (
            "decide small.yaml --fact harm=mild",
            [f"{NOTICED} (aware)", GO, "Es ist Zeit", "waiting: Wir warten"],
        ),
        ("decide small.yaml --json", [GO, QUESTION]),
        ("play script.yaml", ["Klein", "Leicht"]),
        ("explain small.yaml", ["purpose: Zum Reparieren", NOTICED, QUESTION, "Wie wir es tun", "Nie ohne"]),
        ("explain go --protocol small.yaml", [GO, "Entschuldigung"]),
        ("explain harm --protocol small.yaml --json", [QUESTION]),
    ],
)
def test_every_command_shows_the_texts_in_the_language(
    rupture: Rupture, command: str, said: list[str]
) -> None:
    german = rupture(*command.split(), "--language", "de")
    original = rupture(*command.split())

    assert (german.code, original.code) == (0, 0)
    assert [text for text in said if text not in german.out] == []
    assert [text for text in said if text in original.out] == []


def page_of(ran: Ran) -> str:
    """The page as a browser reads it: character references are characters."""
    return re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), ran.out)


@pytest.mark.usefixtures("folder")
def test_the_page_is_in_the_language_picture_and_all(rupture: Rupture) -> None:
    page = page_of(rupture("show", "small.yaml", "--html", "--language", "de", "--state", "aware"))
    picture = page[page.index("<svg") : page.index("</svg>")]

    assert '<html lang="de">' in page
    assert [text for text in ("Klein", NOTICED, GO, "Vorbei") if text not in picture] == []
    assert [text for text in ("Notfälle", "Nie ohne", "Jetzt anhalten", "Bald") if text not in page] == []
    assert '<html lang="en">' in rupture("show", "small.yaml", "--html").out


@pytest.mark.usefixtures("folder")
def test_the_page_goes_from_right_to_left_where_the_language_does(rupture: Rupture) -> None:
    page = page_of(rupture("show", "small.yaml", "--html", "--language", "he"))

    assert '<html lang="he" dir="rtl">' in page
    assert "תיקון" in page
    # The picture is drawn from left to right whatever stands in it: its places are worked out so.
    assert re.search(r"svg \{ direction: ltr;", page)


def test_a_story_of_the_proof_is_told_in_the_language_and_stands_at_the_same_line(
    rupture: Rupture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the interrupt and the wait, whoever was harmed severely is left where they are.
    for name, text in {"small.yaml": ORIGINAL, "small.de.yaml": GERMAN}.items():
        (folder / name).write_text(re.sub(r"(?m)^(interrupts:|    wait:).*\n", "", text), "utf-8")
    german, original = rupture("check", "small.yaml", "--language", "de"), rupture("check", "small.yaml")
    places = [re.findall(r"^small\.yaml:\S+", ran.out, re.MULTILINE) for ran in (german, original)]
    refused = rupture("check", "small.yaml", "mini.yaml", "--language", "fr")
    monkeypatch.setenv("RUPTURE_LANGUAGE", "fr")

    assert (german.code, original.code) == (1, 1)
    assert "begins at “Bemerkt”" in german.out
    assert "begins at “Noticed”" in original.out
    assert places[0] == places[1] != []
    assert (refused.code, "there is `en`, `de`, `he`" in refused.err) == (3, True)
    assert rupture("check", "small.yaml").out == original.out


@pytest.mark.usefixtures("folder")
def test_a_region_falls_back_to_its_language(rupture: Rupture) -> None:
    assert "Klein" in rupture("show", "small.yaml", "--language", "de-CH").out
    assert "Small" in rupture("show", "small.yaml", "--language", "en-GB").out


@pytest.mark.usefixtures("folder")
def test_a_language_that_is_not_there_is_refused_with_those_that_are(rupture: Rupture) -> None:
    ran = rupture("show", "small.yaml", "--language", "fr")

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "error: `small` has no translation to `fr`",
        "help: there is `en`, `de`, `he`",
        "next: rupture show --help",
    ]


@pytest.mark.usefixtures("folder")
def test_the_environment_asks_and_does_not_insist(rupture: Rupture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUPTURE_LANGUAGE", "de")
    german, english = rupture("show", "small.yaml"), rupture("show", "mini.yaml")

    assert "Klein" in german.out
    assert (english.code, "Mini" in english.out) == (0, True)
    assert english.err == "note: `mini` has no translation to `de`, so it is shown in `en`\n"
    assert "Small" in rupture("show", "small.yaml", "--language", "en").out
    assert rupture("demo").code == 0


@pytest.mark.usefixtures("folder")
def test_what_comes_from_stdin_has_no_translation_beside_it(
    rupture: Rupture, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = rupture("show", "-", "--language", "de", stdin=ORIGINAL)
    monkeypatch.setenv("RUPTURE_LANGUAGE", "de")
    shown = rupture("show", "-", stdin=ORIGINAL)

    assert refused.code == 3
    assert "translations are files beside a file" in refused.err
    assert rupture("show", "-", "--language", "en-GB", stdin=ORIGINAL).code == 0
    assert (shown.code, "Small" in shown.out) == (0, True)


def test_a_decision_is_the_same_in_every_language(rupture: Rupture, folder: Path) -> None:
    asked = ("decide", "small.yaml", "--fact", "harm=severe", "--json")
    german, original = rupture(*asked, "--language", "de").json, rupture(*asked).json

    assert german["protocol"] == original["protocol"]
    assert [each["verdict"] for each in german["options"]] == [
        each["verdict"] for each in original["options"]
    ]


def test_a_difference_is_told_in_the_language_and_ignores_the_environment(
    rupture: Rupture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {"small.yaml": ORIGINAL, "small.de.yaml": GERMAN}.items():
        (folder / "new").mkdir(exist_ok=True)
        (folder / "new" / name).write_text(
            text.replace("when: {harm: mild}", "when: {harm: severe}", 1), "utf-8"
        )
    german = rupture("diff", "small.yaml", "new/small.yaml", "--language", "de")
    monkeypatch.setenv("RUPTURE_LANGUAGE", "de")
    english = rupture("diff", "small.yaml", "new/small.yaml")

    drawn = page_of(rupture("diff", "small.yaml", "new/small.yaml", "--html", "--language", "de"))

    assert "Leicht" in german.out
    assert "Mild" in english.out
    assert '<html lang="de">' in drawn
    assert NOTICED in drawn


def test_a_case_of_the_original_is_marked_in_a_translation(rupture: Rupture, folder: Path) -> None:
    from datetime import UTC, datetime

    from rupture_protocol import Actor, Engine, load

    engine = Engine(load(folder / "small.yaml"))
    case = engine.open("case-1", by=Actor("lee", "therapist"), at=datetime(2026, 11, 24, tzinfo=UTC))
    (folder / "case.json").write_text(engine.dump_case(case))
    ran = rupture("show", "small.yaml", "--html", "--language", "de", "--case", "case.json")

    assert ran.code == 0
    assert json.loads((folder / "case.json").read_text())["protocol"]["digest"] in ran.out
