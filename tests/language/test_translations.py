"""A translation says the texts of a protocol in another language, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rupture_protocol import Engine, InvalidProtocol, Protocol, ProtocolNotFound, load
from rupture_protocol.errors import TranslationNotFound
from rupture_protocol.loading import check

ORIGINAL = """\
format: 1
protocol: small
version: 1.0.0
title: Small
about: {purpose: To repair, intended_users: [therapists, supervisors], not_for: [emergencies]}
sources: {ours: {title: How we do it, kind: clinic}}
roles: {therapist: The clinician}
facts:
  harm: {type: choice, values: [mild, severe], labels: {mild: Mild, severe: Severe}, ask: "How bad?"}
conditions: {bad: {title: Bad, harm: severe}}
states:
  aware:
    initial: true
    title: Noticed
    wait: {reason: We wait}
    transitions:
      go:
        to: ended
        title: Go on
        when: {harm: mild}
        source: ours
        guidance: {say: [Sorry, Thank you], avoid: Never}
        for: [{because: It is time, when: {harm: mild}}]
  ended: {final: true, title: Over}
interrupts: {hold: {to: ended, when: {bad: true}, guidance: Stop now, source: ours}}
promises: {safe: {enter: ended, needs: [harm], says: Never without}}
deadlines: {soon: {starts: {state: aware}, met_by: {state: ended}, title: Soon, source: ours}}
"""
GERMAN = """\
translates: small
language: de
title: Klein
about: {purpose: Zum Reparieren, intended_users: [Therapeuten, Supervisoren], not_for: [Notfälle]}
sources: {ours: {title: Wie wir es tun}}
roles: {therapist: Die Fachperson}
facts:
  harm: {labels: {mild: Leicht, severe: Schwer}, ask: "Wie schlimm?"}
conditions: {bad: {title: Schlimm}}
states:
  aware:
    title: Bemerkt
    wait: {reason: Wir warten}
    transitions:
      go:
        title: Weiter
        guidance: {say: [Entschuldigung, Danke], avoid: Nie}
        for: [{because: Es ist Zeit}]
  ended: {title: Vorbei}
interrupts: {hold: {guidance: Jetzt anhalten}}
promises: {safe: {says: Nie ohne}}
deadlines: {soon: {title: Bald}}
"""


def written(folder: Path, german: str = GERMAN) -> Path:
    """The protocol and its translation, in a folder."""
    (folder / "small.yaml").write_text(ORIGINAL, encoding="utf-8")
    (folder / "small.de.yaml").write_text(german, encoding="utf-8")
    return folder / "small.yaml"


def texts(found: Protocol) -> list[object]:
    step, hold = found.states["aware"].transitions["go"], found.interrupts["hold"]
    return [
        found.title,
        found.language,
        found.about and found.about.intended_users,
        found.roles["therapist"].about,
        found.facts["harm"].ask,
        found.facts["harm"].label("mild"),
        found.condition_titles["bad"],
        found.states["aware"].wait and found.states["aware"].wait.reason,
        step.title,
        step.guidance and step.guidance.say,
        step.guidance and step.guidance.avoid,
        step.arguments_for[0].because,
        hold.guidance and hold.guidance.text,
        found.promises["safe"].says,
        found.deadlines["soon"].title,
        found.sources["ours"].title,
    ]


def test_every_text_is_said_in_the_other_language(tmp_path: Path) -> None:
    found = load(written(tmp_path), language="de")

    assert texts(found) == [
        "Klein",
        "de",
        ("Therapeuten", "Supervisoren"),
        "Die Fachperson",
        "Wie schlimm?",
        "Leicht",
        "Schlimm",
        "Wir warten",
        "Weiter",
        ("Entschuldigung", "Danke"),
        ("Nie",),
        "Es ist Zeit",
        "Jetzt anhalten",
        "Nie ohne",
        "Bald",
        "Wie wir es tun",
    ]


def test_a_whole_translation_is_without_warnings_of_its_own(tmp_path: Path) -> None:
    assert [issue.code for issue in check(written(tmp_path))] == ["no-guidance", "cannot-be-known"][1:]
    assert check(tmp_path / "small.de.yaml") == ()


def test_it_means_the_same_so_it_has_the_digest_of_the_original_and_cases_go_on(tmp_path: Path) -> None:
    path = written(tmp_path)
    original, german = load(path), load(path, language="de")
    step = german.states["aware"].transitions["go"]
    guard = (*step.path, "when")

    assert german.digest == original.digest
    assert step.when == original.states["aware"].transitions["go"].when
    assert str(german.span(guard)) == str(original.span(guard))
    assert Engine(german).ref == Engine(original).ref


def test_what_is_missing_is_a_warning_and_the_original_is_shown(tmp_path: Path) -> None:
    path = written(
        tmp_path, GERMAN.replace("        title: Weiter\n", "").replace("[Entschuldigung, Danke]", "[Oh]")
    )
    issues = [issue for issue in check(path) if issue.code.startswith("translation")]
    found = load(path, language="de").states["aware"].transitions["go"]

    assert [(issue.code, issue.severity, str(issue.span)) for issue in issues] == [
        ("translation-missing", "warning", place) for place in ("small.yaml:19:16", "small.yaml:22:33")
    ]
    assert (found.title, found.guidance and found.guidance.say) == ("Go on", ("Oh", "Thank you"))


def test_what_the_original_does_not_have_is_a_warning(tmp_path: Path) -> None:
    path = written(
        tmp_path, GERMAN.replace("[Entschuldigung, Danke]", "[A, B, C]") + "anywhere: {refer: {title: X}}\n"
    )
    issues = [issue for issue in check(path) if issue.code.startswith("translation")]

    assert [(issue.code, str(issue.span)) for issue in issues] == [
        ("translation-orphaned", "small.de.yaml:17:32"),
        ("translation-orphaned", "small.de.yaml:23:1"),
    ]
    assert load(path, language="de").title == "Klein"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("translates: small", "translates: other", "translation-form"),
        ("language: de", "language: fr", "translation-form"),
        ("language: de\n", "", "translation-form"),
        ("title: Bemerkt", "title: Bemerkt\n    initial: true", "unknown-key"),
        ('ask: "Wie schlimm?"', 'ask: "Wie schlimm?", values: [leicht]', "unknown-key"),
        ("title: Schlimm", "harm: mild", "unknown-key"),
        ("title: Weiter", "title: [Weiter]", "wrong-type"),
        ("title: Weiter", "title:", "nothing-written"),
    ],
)
def test_what_is_no_text_is_an_error_in_the_translation(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    found = check(written(tmp_path, GERMAN.replace(before, after, 1)))

    assert code in [issue.code for issue in found if issue.span.file == "small.de.yaml"]


def test_a_translation_is_no_protocol(tmp_path: Path) -> None:
    written(tmp_path)

    with pytest.raises(InvalidProtocol, match="this is a translation"):
        load(tmp_path / "small.de.yaml")


def test_a_language_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = written(tmp_path)

    with pytest.raises(ProtocolNotFound, match="no translation to `fr`") as refused:
        load(path, language="fr")
    assert refused.value.help == "there is `en`, `de`"
    assert load(path, language="en").language == "en"
    assert load(path, language="en-GB").language == "en"
    assert load(path, language="de-CH").title == "Klein"


def test_an_extension_is_translated_file_by_file(tmp_path: Path) -> None:
    written(tmp_path)
    own = "states:\n  aware: {transitions: {go: {guidance: {say: [Slowly]}, title: Go on}}}\n"
    head = "format: 1\nprotocol: clinic\nversion: 1.0.0\nextends: {file: small.yaml}\n"
    (tmp_path / "clinic.yaml").write_text(head + own)
    (tmp_path / "clinic.de.yaml").write_text(
        "translates: clinic\nlanguage: de\n" + own.replace("Slowly", "Langsam")
    )
    found = load(tmp_path / "clinic.yaml", language="de")
    step = found.states["aware"].transitions["go"]

    assert step.guidance is not None
    assert step.guidance.say == ("Entschuldigung", "Danke", "Langsam")
    assert (found.title, step.title) == ("Klein", "Weiter")
    assert found.digest == load(tmp_path / "clinic.yaml").digest


def test_an_extension_written_in_another_language_is_shown_in_it_as_a_whole(tmp_path: Path) -> None:
    written(tmp_path)
    head = "format: 1\nprotocol: clinic\nversion: 1.0.0\nextends: {file: small.yaml}\n"
    (tmp_path / "clinic.yaml").write_text(f"{head}language: de\ntitle: Klinik\n", encoding="utf-8")
    plain, german = load(tmp_path / "clinic.yaml"), load(tmp_path / "clinic.yaml", language="de")

    assert (plain.title, plain.states["aware"].title) == ("Klinik", "Noticed")
    assert (german.title, german.states["aware"].title) == ("Klinik", "Bemerkt")
    assert german.digest == plain.digest


def test_the_languages_of_what_is_extended_are_told_as_well(tmp_path: Path) -> None:
    written(tmp_path)
    head = "format: 1\nprotocol: clinic\nversion: 1.0.0\nextends: {file: small.yaml}\n"
    (tmp_path / "clinic.yaml").write_text(head, encoding="utf-8")

    with pytest.raises(TranslationNotFound) as refused:
        load(tmp_path / "clinic.yaml", language="fr")
    assert refused.value.help == "there is `en`, `de`"


def test_a_file_without_translations_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[object] = []
    parse = yaml.parse

    def parsing(*given: Any, **more: Any) -> Any:
        parsed.append(given)
        return parse(*given, **more)

    monkeypatch.setattr(yaml, "parse", parsing)
    path = tmp_path / "clinic.yaml"
    path.write_text(ORIGINAL, "utf-8")

    check(path)
    assert len(parsed) == 1
