"""What changed between two versions, as one page for a governance meeting: a picture, and every change."""

from __future__ import annotations

from collections.abc import Iterator

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.diff_report import NOTE, others_alike, sections, shifted, summary, told, unsaid
from rupture_protocol.prover.difference import Change, Difference, Shift
from rupture_protocol.render.changes import changes_drawn
from rupture_protocol.render.html import NO_JUDGEMENT, called
from rupture_protocol.render.marks import titled
from rupture_protocol.render.markup import Markup, element, joined, sentence
from rupture_protocol.render.page import Chapter, figure, page
from rupture_protocol.render.svg import svg


def comparison(old: Protocol, new: Protocol, difference: Difference) -> str:
    """The page.

    Args:
        old: The version before.
        new: The version now.
        difference: What `diff` found between them, all of it.
    """
    both, marks = changes_drawn(old, new, difference)
    caption = (
        "Both versions in one: what is gone is drawn where it was. At the side: what comes first, wherever a "
        "case stands. All that is marked is in words below."
    )
    legend = element("ul", *(element("li", each) for each in marks.legend), class_="legend")
    pictures = (figure(svg(both, marks=marks), element("p", caption), legend, element("p", marks.lines)),)
    chapters = [
        Chapter("short", "In short", tuple(_short(difference))),
        Chapter("picture", "What changed, in a picture", pictures),
        *_chapters(difference),
    ]
    return page(
        titled(both, marks),
        chapters,
        heading=f"What changed: {new.title}",
        about=joined(("From ", *called(old), " to ", *called(new))),
        small_print=_small_print(),
        language=new.language,
    )


def _short(difference: Difference) -> Iterator[Markup]:
    if not difference:
        yield element("p", "Nothing changes in what they mean, or in their texts.")
        return
    yield element("p", f"Changes: {summary(difference)}. One change may be several of these.")
    if any(change.shifts for change in difference.changes):
        yield element("p", NOTE, class_="soft")


def _chapters(difference: Difference) -> Iterator[Chapter]:
    for number, (heading, groups) in enumerate(sections(difference), start=1):
        yield Chapter(f"changes-{number}", heading, tuple(map(_changed, groups)))


def _changed(alike: list[Change]) -> Markup:
    """Changes that are told in one: what changed, and where, with a case for each rule."""
    others = others_alike(alike)
    return element(
        "article",
        element("h3", sentence(told(alike[0]))),
        element("p", sentence(others)) if others else None,
        *(part for shift in alike[0].shifts for part in _shift(shift)),
        class_="way",
    )


def _shift(shift: Shift) -> Iterator[Markup]:
    yield element("p", shifted(shift))
    rules = [
        element(
            "li",
            sentence(f"where {rule.says}"),
            element("p", sentence(f"one case: {rule.case.says}"), class_="soft"),
        )
        for rule in shift.rules
    ]
    left_out = unsaid(shift)
    rules += [element("li", left_out)] if left_out else []
    if rules:
        yield element("ul", *rules)


def _small_print() -> Iterator[Markup]:
    yield joined(
        (
            "Every sentence on this page is made from the two protocols themselves. It shows what they say, "
            "not that either is clinically right. The cases on it are made up.",
        )
    )
    yield joined((NO_JUDGEMENT,))
