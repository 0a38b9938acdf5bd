"""A protocol as a Mermaid state diagram.

Alone here: what Mermaid takes for its own. Ids are prefixed, so that none is a keyword; of a text only what
means nothing to any of its lexers is left as it is. Arrows cannot be styled, so their marks are in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rupture_protocol.language.protocol import Protocol, State
from rupture_protocol.render.edges import Edge, edges
from rupture_protocol.render.marks import NO_MARKS, Look, Marks, described, titled

ANYWHERE, LEGEND = "from_anywhere", "legend"

# Letters, digits, spaces, a little punctuation; not `ﬂ`, `°`, `¶`, which Mermaid uses to hide entities, and
# not a `direction LR`, which it takes for its own wherever it stands in a line.
_SPECIAL = r"[^\w ,.()'’/!?-]|[ﬂ°¶]|--+|direction(?= +(?:TB|BT|LR|RL))"
_SPOKEN = re.compile(_SPECIAL, re.IGNORECASE)
# Labels are Markdown besides: no lists, no `__bold__`.
_SHOWN = re.compile(rf"{_SPECIAL}|^-|^\d+[.)]|(?<![^\W_])_|_(?![^\W_])", re.IGNORECASE)
_BREAK = "<br/>"

_STYLES = {
    Look.HERE: "stroke-width:4px",
    Look.NEW: "stroke-width:4px",
    Look.GONE: "stroke-dasharray:2 4",
}
"""How a marked state looks, where it is not as any other that changed."""
_CHANGED = "stroke-width:2px,stroke-dasharray:8 3"


def mermaid(protocol: Protocol, *, marks: Marks = NO_MARKS) -> str:
    """The diagram, with an accessible title and description.

    Args:
        protocol: What is drawn.
        marks: What is marked in it, if anything.
    """
    states = protocol.states.values()
    lines = [
        "stateDiagram-v2",
        f"    accTitle: {_spoken(titled(protocol, marks))}",
        f"    accDescr: {_spoken(described(protocol, marks))}",
        "",
    ]
    lines += [f'    state "{_shown(state, marks)}" as {_id(state.name)}' for state in states]
    arrows = list(edges(protocol, marks))
    if any(edge.source is None for edge in arrows):
        lines.append(f'    state "from any state" as {ANYWHERE}')
    if marks.legend:
        lines.append(f'    state "{_BREAK.join(map(_text, marks.legend))}" as {LEGEND}')
    lines += ["", f"    [*] --> {_id(protocol.initial)}", *map(_arrow, arrows)]
    lines += [f"    {_id(state.name)} --> [*]" for state in states if state.final]
    return "\n".join([*lines, *_classes(marks)])


def _shown(state: State, marks: Marks) -> str:
    mark = marks.of(state)
    title = _text(state.title or state.name)
    return title if mark is None else f"{_text(mark.text)}{_BREAK}{title}"


def _arrow(edge: Edge) -> str:
    source = ANYWHERE if edge.source is None else _id(edge.source)
    because = "" if edge.mark is None or edge.mark.look is Look.OPEN else edge.mark.because
    label = _text(edge.label) + (f"{_BREAK}{_text(because)}" if because else "")
    return f"    {source} --> {_id(edge.way.to)} : {label}"


def _classes(marks: Marks) -> Iterator[str]:
    """Line styles for the states that are marked."""
    looks: dict[Look, list[str]] = {}
    for name, mark in marks.states.items():
        if mark.look is Look.REWORDED:
            continue  # it means what it meant
        looks.setdefault(mark.look, []).append(_id(name))
    for look, ids in looks.items():
        name = look.value.replace("-", "_")
        yield f"    classDef {name} {_STYLES.get(look, _CHANGED)}"
        yield f"    class {','.join(ids)} {name}"


def _id(state: str) -> str:
    return f"s_{state}"


def _text(text: str) -> str:
    """A text as a label: what is not plain as a character entity."""
    whole = " ".join(text.split())
    return _SHOWN.sub(lambda match: "".join(f"#{ord(char)};" for char in match.group()), whole) or "-"


_PAUSES = str.maketrans({":": ",", ";": ","})


def _spoken(text: str) -> str:
    """A text where Mermaid knows no entities: what is not plain becomes a space."""
    return " ".join(_SPOKEN.sub(" ", text.translate(_PAUSES)).split()) or "-"
