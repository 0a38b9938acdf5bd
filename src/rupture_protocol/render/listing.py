"""Lists on a page: pairs of a name and what it means, tables, and what kind of source something is."""

from __future__ import annotations

from collections.abc import Iterable

from rupture_protocol.render.markup import Markup, element


def kind_of(kind: str) -> Markup:
    """A kind of source or deadline: a clinic's own is never shown as law."""
    return element("span", kind, class_="kind")


def pairs(said: Iterable[tuple[str, Markup]]) -> Markup:
    """Each name with what it means."""
    return element(
        "dl", *(part for name, text in said for part in (element("dt", name), element("dd", text)))
    )


def table_of(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[Markup, ...]]) -> Markup:
    """A table that may be wider than the page; the first cell of each row is its heading."""
    head = element("thead", element("tr", *(element("th", each, scope="col") for each in heads)))
    body = (
        element("tr", element("th", first, scope="row"), *(element("td", each) for each in others))
        for first, *others in rows
    )
    table = element("table", element("caption", caption), head, element("tbody", *body))
    return element("div", table, class_="wide", tabindex="0", role="group", aria_label=caption)
