"""A page to read, to print and to file: head, contents, chapters, small print.

The page holds all that it needs: no script, nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rupture_protocol.render.direction import direction
from rupture_protocol.render.markup import Markup, element, trusted

# Nothing may be loaded and nothing may run; only the page's own style sheet counts.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the page with a heading; `id` is what a link leads to."""

    id: str
    heading: str
    parts: tuple[Markup, ...]


def page(
    title: str,
    chapters: Sequence[Chapter],
    *,
    heading: str,
    about: Markup,
    small_print: Iterable[Markup],
    language: str,
) -> str:
    """The whole page.

    Args:
        title: What a browser calls it.
        chapters: What it says; the contents link to each.
        heading: What stands above all.
        about: The line below it: which protocols, exactly.
        small_print: What stands below all.
        language: The language of the texts, as in `lang`; it says in which direction the page goes.
    """
    whole = element(
        "html",
        _head(title),
        element(
            "body",
            element("a", "Skip to the text", href="#text", class_="skip"),
            element("header", element("h1", heading), element("p", about, class_="soft")),
            _contents(chapters),
            element("main", *map(_section, chapters), id="text"),
            element("footer", *(element("p", each, class_="soft") for each in small_print)),
        ),
        lang=language,
        dir=direction(language),
    )
    return f"<!DOCTYPE html>\n{whole}"


def figure(picture: Markup, *caption: Markup | str) -> Markup:
    """A picture that may be wider than the page, and what is said below it."""
    box = element(
        "div", picture, class_="picture", tabindex="0", role="group", aria_label="Picture, can be scrolled"
    )
    return element("figure", box, element("figcaption", *caption))


def _head(title: str) -> Markup:
    style = Path(__file__).with_name("report.css").read_text("utf-8")
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", trusted(style)),
    )


def _contents(chapters: Sequence[Chapter]) -> Markup:
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
