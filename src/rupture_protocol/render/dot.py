"""A protocol as a graph in DOT, for Graphviz.

Alone here: quoting. Every name and text is a quoted string, so none is a keyword, an HTML label or an escape.
"""

from __future__ import annotations

import re

from rupture_protocol.language.protocol import Protocol, State
from rupture_protocol.render.edges import Edge, edges
from rupture_protocol.render.marks import NO_MARKS, Look, Marks, described, titled
from rupture_protocol.render.wrapping import wrap

_ENTITY = re.compile(r"&(?=#?\w+;)")
_ANYWHERE = "from any state"
"""No state has this id: names hold no space."""

_FONT = "Helvetica"
"""Graphviz knows how wide it is even where there are no fonts, and says `sans-serif` beside it in SVG."""

_WIDEST = 44
"""How wide a title or a reason is, in characters."""

_GREEN, _RED, _BROWN, _BLUE = "#1c7a47", "#b3261e", "#8a5a00", "#14578c"
_LOOKS: dict[Look, tuple[str, float, str]] = {
    Look.HERE: ("solid", 4, _GREEN),
    Look.OPEN: ("solid", 3, _GREEN),
    Look.UNDECIDED: ("dashed", 1, _BROWN),
    Look.BLOCKED: ("dotted", 1.5, _RED),
    Look.NEW: ("solid", 4, _BLUE),
    Look.GONE: ("dotted", 1.5, _RED),
}
"""The line, its width and its colour, where something is not as anything else that changed."""
_CHANGED = ("dashed", 2.5, _BROWN)
_SAME = ("solid", 1, "#000000")
"""What is reworded means what it meant."""


def dot(protocol: Protocol, *, marks: Marks = NO_MARKS) -> str:
    """The graph. Its name becomes the title of the SVG, its tooltip the description.

    Args:
        protocol: What is drawn.
        marks: What is marked in it, if anything.
    """
    title = titled(protocol, marks)
    head = [*wrap(title, 2 * _WIDEST), *marks.legend, *filter(None, [marks.lines])]
    label = _quoted("\n".join(head))
    lines = [
        f"digraph {_quoted(title)} {{",
        f"    graph [label={label}, labelloc=t, tooltip={_quoted(described(protocol, marks))}];",
        f'    graph [fontname="{_FONT}"];',
        f'    node [shape=box, style=rounded, fontname="{_FONT}"];',
        f'    edge [fontname="{_FONT}", fontsize=10];',
    ]
    lines += [_node(state, marks) for state in protocol.states.values()]
    arrows = list(edges(protocol, marks))
    if any(edge.source is None for edge in arrows):
        lines.append(f"    {_quoted(_ANYWHERE)} [shape=plaintext];")
    lines += [_arrow(edge) for edge in arrows]
    return "\n".join([*lines, "}"])


def _node(state: State, marks: Marks) -> str:
    mark = marks.of(state)
    title = "\n".join([*wrap(state.title, _WIDEST), state.name]) if state.title else state.name
    told = [] if mark is None else [mark.because or mark.word]
    told += ["the beginning"] if state.initial else []
    told += [f"an ending ({state.outcome})" if state.outcome else "an ending"] if state.final else []
    label = _quoted(title if mark is None else f"{mark.text}\n{title}")
    more = ", peripheries=2" if state.final else ""
    if mark is not None:
        more += _styled(mark.look, "rounded")
    elif state.initial:
        more += ", penwidth=2"
    return (
        f"    {_quoted(state.name)} [label={label}, tooltip={_quoted('; '.join([*told, state.name]))}{more}];"
    )


def _arrow(edge: Edge) -> str:
    mark, told = edge.mark, edge.way.trigger
    label = wrap(edge.label, _WIDEST)
    style = "" if edge.urgency is None else ", style=dashed"
    if mark is not None:
        style = _styled(mark.look)
        told += f": {mark.word}" + (f", {mark.because}" if mark.because else "")
        if mark.because and mark.look is not Look.OPEN:
            label += wrap(mark.because, _WIDEST)
    ends = f"{_quoted(edge.source or _ANYWHERE)} -> {_quoted(edge.way.to)}"
    shown = _quoted("\n".join(label))
    return f"    {ends} [label={shown}, tooltip={_quoted(told)}{style}];"


def _styled(look: Look, *besides: str) -> str:
    line, width, colour = _SAME if look is Look.REWORDED else _LOOKS.get(look, _CHANGED)
    return f', style="{",".join((*besides, line))}", penwidth={width:g}, color="{colour}"'


def _quoted(text: str) -> str:
    r"""A DOT string that shows `text` as it is: a backslash would start an escape such as `\N`."""
    escaped = _ENTITY.sub("&amp;", text).replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\r", " ").replace("\n", "\\n")
    return f'"{escaped}"'
