"""A protocol as one page for a governance meeting. Of a case it holds only what is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.render.chapters import Chapters
from rupture_protocol.render.marks import NO_MARKS, Marks, titled
from rupture_protocol.render.markup import Markup, element, joined
from rupture_protocol.render.page import page

NO_JUDGEMENT = "It informs. It does not replace clinical judgement, supervision, the law or local policy."


def html(
    protocol: Protocol,
    *,
    proofs: Mapping[str, str] = NOTHING,
    proved_by: Iterable[str] = (),
    marks: Marks = NO_MARKS,
) -> str:
    """The page.

    Args:
        protocol: What it shows.
        proofs: What was found about promises, a sentence for each by its name. Of the others the page says
            that they are stated and not proved.
        proved_by: What has proved them and what a proof means, in sentences.
        marks: Where a case stands and what each way out comes to, if a case is to be shown.
    """
    return page(
        titled(protocol),
        list(Chapters(protocol, proofs, marks).all()),
        heading=protocol.title,
        about=joined(("Protocol ", *called(protocol))),
        small_print=(*_small_print(protocol), *(joined((each,)) for each in proved_by)),
        language=protocol.language,
    )


def called(protocol: Protocol) -> Iterator[str]:
    """Which protocol it is, exactly."""
    yield element("code", protocol.id)
    yield f", version {protocol.version}, digest "
    yield element("code", protocol.digest[:12])


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
    yield joined((NO_JUDGEMENT,))
