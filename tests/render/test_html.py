"""The page for a meeting: it is complete, holds nothing foreign, and no text of a protocol can break it."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from rupture_protocol import Protocol, load, loads
from rupture_protocol.language.protocol import Interrupt, Transition
from rupture_protocol.render.direction import direction
from rupture_protocol.render.html import html
from rupture_protocol.render.markup import VOID
from rupture_protocol.render.page import POLICY
from rupture_protocol.render.svg import svg
from rupture_protocol.render.words import Words

HOSTILE = """<script>alert(1)</script>"'></svg></style><img src=x onerror=alert(2)>&amp;<!--"""


def hostile() -> Protocol:
    """A protocol that says the hostile text wherever it may say anything."""
    text = "'" + HOSTILE.replace("'", "''") + "'"
    return loads(f"""
format: 1
protocol: hostile
version: 1.0.0
title: {text}
about: {{purpose: {text}, intended_users: [{text}], not_for: {text}, authors: [{text}]}}
sources:
  s: {{title: {text}, kind: law, url: 'javascript:alert(3)'}}
roles: {{r: {text}}}
facts:
  f: {{type: choice, values: [a, b], title: {text}, ask: {text}, labels: {{a: {text}}}, by: [r], source: s}}
conditions: {{c: {{f: a}}}}
states:
  one:
    initial: true
    title: {text}
    wait: {{reason: {text}}}
    transitions:
      go:
        to: two
        title: {text}
        when: {{c: true, f: a}}
        guidance: {{say: [{text}], avoid: [{text}], steps: [{text}]}}
        for: [{{when: {{f: a}}, because: {text}}}]
        source: s
      again: {{to: one, title: {text}}}
  held: {{title: {text}, transitions: {{back: {{to: one, title: {text}}}}}}}
  two: {{final: true, title: {text}, outcome: done}}
interrupts:
  hold: {{to: held, title: {text}, when: {{f: b}}, guidance: {text}}}
promises:
  p: {{enter: two, only_if: {{f: a}}, says: {text}}}
""")


class Tags(HTMLParser):
    """Every tag with its attributes; that they are nested is checked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def standard() -> Protocol:
    return load("standard")


def test_no_text_of_a_protocol_becomes_markup() -> None:
    page = html(hostile())
    tags = Tags(page)
    names = {name for name, _ in tags.tags}
    assert not names & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert tags.comments == []
    assert not [key for _, attributes in tags.tags for key in attributes if key.startswith("on")]
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert page.count("&lt;script&gt;") > 20


def test_a_link_leads_within_the_page_or_to_the_web(standard: Protocol) -> None:
    assert "javascript:" not in str([each.get("href") for each in Tags(html(hostile())).named("a")])
    tags = Tags(html(standard))
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for each in tags.named("a"):
        href = each["href"] or ""
        assert href[1:] in ids if href.startswith("#") else href.startswith("https://"), href


def test_the_page_loads_nothing_and_runs_nothing(standard: Protocol) -> None:
    tags = Tags(html(standard))
    metas = {each.get("http-equiv"): each.get("content") for each in tags.named("meta")}
    assert metas["Content-Security-Policy"] == POLICY
    assert POLICY.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not [attributes for _, attributes in tags.tags if {"src", "style"} & attributes.keys()]
    assert "@import" not in html(standard)
    assert "url(http" not in html(standard)


def test_the_page_has_headings_contents_and_a_language(standard: Protocol) -> None:
    tags = Tags(html(standard))
    (page,) = tags.named("html")
    assert page["lang"] == "en"
    assert len(tags.named("h1")) == len(tags.named("main")) == len(tags.named("nav")) == 1
    sections = [each["id"] for each in tags.named("section")]
    assert [each["href"] for each in tags.named("a")][1 : len(sections) + 1] == [
        f"#{id_}" for id_ in sections
    ]
    assert all(each.get("scope") for each in tags.named("th"))
    (picture,) = tags.named("svg")
    assert picture["role"] == "img"
    assert picture["aria-labelledby"] == "picture-title picture-description"


def test_every_part_of_the_protocol_is_on_the_page(standard: Protocol) -> None:
    page = html(standard)
    words = Words(standard)
    tables = (standard.states, standard.facts, standard.promises, standard.conditions, standard.sources)
    for name in (name for table in tables for name in table):
        assert f"<code>{name}</code>" in page, name
    ways: list[Transition | Interrupt] = [*standard.anywhere.values(), *standard.interrupts.values()]
    ways += [each for state in standard.states.values() for each in state.transitions.values()]
    for each in ways:
        assert f"<code>{each.trigger}</code>" in page
        assert page.count("<li>") >= len(words.requires(each))


def test_a_promise_is_said_to_be_proved_only_where_a_proof_is_given(standard: Protocol) -> None:
    assert html(standard).count("stated, not proved") == len(standard.promises)
    page = html(standard, proofs={"safety_always": "proved for all cases"})
    assert page.count("stated, not proved") == len(standard.promises) - 1
    assert "proved for all cases" in page


def test_the_picture_is_xml_with_a_title_and_a_description_first(standard: Protocol) -> None:
    for protocol in (standard, hostile()):
        root = ElementTree.fromstring(svg(protocol))  # our own text, made a line above
        title, description, *_ = root
        assert title.tag.endswith("}title")
        assert description.tag.endswith("}desc")
        assert (title.text or "").startswith(protocol.title)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", None), ("de-CH", None), ("ar", "rtl"), ("fa-IR", "rtl"), ("HE", "rtl"), ("ar-Latn", None),
     ("az-Arab", "rtl"), ("ar-001", "rtl"), ("arn", None)],
)  # fmt: skip
def test_the_direction_of_the_page_is_that_of_its_language(language: str, expected: str | None) -> None:
    assert direction(language) == expected
