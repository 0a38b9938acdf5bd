"""The page of a report: its template, its style, and what a browser may do with it, which is nothing.

Alone here: jinja2, sandboxed, with every text escaped and every hidden character made visible.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from rupture_protocol.language.characters import HIDDEN, JOINERS, named
from rupture_protocol.render.direction import direction

_HARMLESS = frozenset(JOINERS + "\u200e\u200f\u061c\xad")
"""Hidden characters that scripts need or editors leave behind: they turn no text around."""


def page(told: Mapping[str, Any], *, case: str, language: str) -> str:
    """The page.

    Args:
        told: What the template says, by the names that it uses.
        case: The id of the case; it stands at the foot of each printed page.
        language: The language of the protocol's texts, which decides in which direction the page goes.
    """
    folder = Path(__file__).parent
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    foreign = None if language.partition("-")[0].lower() == "en" else language
    environment.filters["sentence"] = partial(sentence, language=foreign)
    style = (folder / "report.css").read_text("utf-8").replace("CASE", css_text(case))
    return environment.get_template("report.html.jinja").render(
        told,
        case=case,
        mark=Markup(mark(case)),  # noqa: S704  # a digest
        style=Markup(style),  # noqa: S704  # ours, but for the case's id, of which `css_text` leaves no character
        policy=policy(style),
        direction=direction(language) or "ltr",
        language=foreign,
    )


def mark(case: str) -> str:
    """What tells a report of one case from any other file, in the head of the page."""
    return f'<meta name="rupture-report" content="{sha256(case.encode("utf-8")).hexdigest()}">'


def policy(style: str) -> str:
    """What a browser may do: show this style, and nothing else."""
    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def css_text(text: str) -> str:
    """A text for a string of CSS: every character by its number, so that none means anything.

    >>> css_text('a"')
    '\\\\000061\\\\000022'
    """
    return "".join(f"\\{ord(each):06x}" if each != "\0" else "\\00fffd" for each in visible(text))


def shown(value: object) -> object:
    """What stands in the page for a value of the template; only markup that was made here is markup."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def visible(text: str) -> str:
    """A text in which a reader sees every character that could mislead: `⟨U+202E⟩`."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return HIDDEN.sub(lambda found: found[0] if found[0] in _HARMLESS else f"⟨{named(found[0])}⟩", plain)


def sentence(text: str, end: str = ".", *, language: str | None = None) -> Markup:
    """A sentence of ours, with a capital letter and an end. Names in backticks are code.

    What stands in quotation marks is somebody else's: it turns no text around it, and may be in `language`.
    """
    whole = visible(text)
    whole = f"{whole[:1].upper()}{whole[1:]}"
    if whole[-1:] not in ".?!":
        whole += end
    attribute = Markup(' lang="{}"').format(language) if language else ""
    return Markup("").join(_piece(each, attribute) for each in _PIECES.split(whole))


_PIECES = re.compile(r"(`[^`]+`|“[^”]*”)")


def _piece(text: str, attribute: str) -> Markup | str:
    match text[:1]:
        case "`":
            return Markup("<code>{}</code>").format(text[1:-1])
        case "“":
            return Markup("“<bdi{}>{}</bdi>”").format(attribute, text[1:-1])
        case _:
            return text
