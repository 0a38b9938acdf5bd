"""A protocol as one page for a governance meeting: to read, to print, to file.

The page holds all that it needs: no script, nothing from elsewhere, and of a case only what is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.render.chapters import Chapter, Chapters
from rupture_protocol.render.marks import NO_MARKS, Marks
from rupture_protocol.render.markup import Markup, element, joined, trusted

# Nothing may be loaded and nothing may run; only the page's own style sheet counts.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def html(protocol: Protocol, *, proofs: Mapping[str, str] = NOTHING, marks: Marks = NO_MARKS) -> str:
    """The page.

    Args:
        protocol: What it shows.
        proofs: What was found about promises, a sentence for each by its name. Of the others the page says
            that they are stated and not proved.
        marks: Where a case stands and what each way out comes to, if a case is to be shown.
    """
    chapters = list(Chapters(protocol, proofs, marks).all())
    page = element(
        "html",
        _head(protocol),
        element(
            "body",
            element("a", "Skip to the text", href="#text", class_="skip"),
            _banner(protocol),
            _contents(chapters),
            element("main", *map(_section, chapters), id="text"),
            _foot(protocol),
        ),
        lang=protocol.language,
    )
    return f"<!DOCTYPE html>\n{page}"


def _head(protocol: Protocol) -> Markup:
    style = Path(__file__).with_name("report.css").read_text("utf-8")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{protocol.title} ({protocol.id} {protocol.version})"),
        element("style", trusted(style)),
    )


def _banner(protocol: Protocol) -> Markup:
    return element(
        "header",
        element("h1", protocol.title),
        element(
            "p",
            joined(("Protocol ", element("code", protocol.id), f", version {protocol.version}, digest ")),
            element("code", protocol.digest[:12]),
            class_="soft",
        ),
    )


def _contents(chapters: list[Chapter]) -> Markup:
    links = (element("li", element("a", each.heading, href=f"#{each.id}")) for each in chapters)
    return element("nav", element("h2", "Contents"), element("ol", *links), aria_label="Contents")


def _section(chapter: Chapter) -> Markup:
    return element(
        "section",
        element("h2", chapter.heading, id=f"{chapter.id}-heading"),
        *chapter.parts,
        id=chapter.id,
        aria_labelledby=f"{chapter.id}-heading",
    )


def _foot(protocol: Protocol) -> Markup:
    return element("footer", *(element("p", each, class_="soft") for each in _small_print(protocol)))


def _small_print(protocol: Protocol) -> Iterator[Markup]:
    yield joined(
        (
            "Every sentence on this page is made from the protocol itself: ",
            element("code", f"{protocol.id} {protocol.version}"),
            ", digest ",
            element("code", protocol.digest),
            ". It shows what the protocol says, not that the protocol is clinically right.",
        )
    )
    yield joined(
        ("It informs. It does not replace clinical judgement, supervision, the law or local policy.",)
    )
