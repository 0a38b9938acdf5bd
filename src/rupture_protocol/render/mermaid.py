"""A protocol as a Mermaid state diagram.

Alone here: what Mermaid takes for its own. Ids are prefixed, so that none is a keyword; of a text only what
means nothing to any of its lexers is left as it is.
"""

from __future__ import annotations

import re

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.render.edges import described, edges

ANYWHERE = "from_anywhere"

# Letters, digits, spaces and a little punctuation; not `ﬂ`, `°`, `¶`, which Mermaid uses to hide entities.
_PLAIN = re.compile(r"[^\w ,.()'’/!?-]|[ﬂ°¶]|--+")


def mermaid(protocol: Protocol) -> str:
    """The diagram, with an accessible title and description."""
    lines = [
        "stateDiagram-v2",
        f"    accTitle: {_spoken(f'{protocol.title} ({protocol.id} {protocol.version})')}",
        f"    accDescr: {_spoken(described(protocol))}",
        "",
    ]
    named = ((_text(state.title or state.name), _id(state.name)) for state in protocol.states.values())
    lines += [f'    state "{title}" as {id_}' for title, id_ in named]
    arrows = list(edges(protocol))
    if any(edge.source is None for edge in arrows):
        lines.append(f'    state "from any state" as {ANYWHERE}')
    lines += ["", f"    [*] --> {_id(protocol.initial)}"]
    for edge in arrows:
        source = ANYWHERE if edge.source is None else _id(edge.source)
        lines.append(f"    {source} --> {_id(edge.to)} : {_text(edge.label)}")
    lines += [f"    {_id(state.name)} --> [*]" for state in protocol.states.values() if state.final]
    return "\n".join(lines)


def _id(state: str) -> str:
    return f"s_{state}"


def _text(text: str) -> str:
    """A text as a label: what is not plain as a character entity."""
    whole = " ".join(text.split())
    return _PLAIN.sub(lambda match: "".join(f"#{ord(char)};" for char in match.group()), whole) or "-"


def _spoken(text: str) -> str:
    """A text where Mermaid knows no entities: what is not plain becomes a space."""
    return " ".join(_PLAIN.sub(" ", text).split()) or "-"
