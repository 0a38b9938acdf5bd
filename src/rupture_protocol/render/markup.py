"""Elements of HTML and SVG. Alone here: escaping, which no text escapes.

Only what `element` and `joined` have made is taken for markup; every other text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import NewType

Markup = NewType("Markup", str)
"""Text that is HTML already."""

VOID = frozenset({"meta", "br", "hr", "col"})


class _Made(str):
    """What was made here, told apart from a text by its type."""

    __slots__ = ()


def element(name: str, /, *parts: str | None, **attributes: str | None) -> Markup:
    """An element. A text is escaped, None is left out.

    Args:
        name: Its tag.
        parts: What it holds: texts, and elements made by this function.
        attributes: `class_` is written `class`, `aria_label` `aria-label`.

    >>> element("p", "a < b", element("b", "c"), class_="x")
    '<p class="x">a &lt; b<b>c</b></p>'
    """
    written = "".join(
        f' {_attribute(key)}="{escape(value)}"' for key, value in attributes.items() if value is not None
    )
    if name in VOID:
        return Markup(_Made(f"<{name}{written}>"))
    return Markup(_Made(f"<{name}{written}>{joined(parts)}</{name}>"))


def joined(parts: Iterable[str | None]) -> Markup:
    """Texts and elements one after the other."""
    return Markup(
        _Made(
            "".join(each if isinstance(each, _Made) else escape(each) for each in parts if each is not None)
        )
    )


def trusted(text: str) -> Markup:
    """A text of this library that is markup already, as its style sheet is. Never one of a protocol."""
    return Markup(_Made(text))


_CODE = re.compile(r"`([^`]+)`")


def sentence(text: str) -> Markup:
    """A sentence of ours, with every name in backticks as code.

    >>> sentence("`a` is < b")
    '<code>a</code> is &lt; b'
    """
    pieces = _CODE.split(text)
    return joined(element("code", each) if number % 2 else each for number, each in enumerate(pieces))


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
