"""A protocol as a graph in DOT, for Graphviz.

Alone here: quoting. Every name and text is a quoted string, so none is a keyword, an HTML label or an escape.
"""

from __future__ import annotations

import re

from rupture_protocol.language.protocol import Protocol, State
from rupture_protocol.render.edges import Edge, described, edges

_ENTITY = re.compile(r"&(?=#?\w+;)")
_ANYWHERE = "from any state"
"""No state has this id: names hold no space."""


def dot(protocol: Protocol) -> str:
    """The graph. Its name becomes the title of the SVG, its tooltip the description."""
    title = _quoted(f"{protocol.title} ({protocol.id} {protocol.version})")
    lines = [
        f"digraph {title} {{",
        f"    graph [label={title}, labelloc=t, tooltip={_quoted(described(protocol))}];",
        '    graph [fontname="sans-serif"];',
        '    node [shape=box, style=rounded, fontname="sans-serif"];',
        '    edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += [_node(state) for state in protocol.states.values()]
    arrows = list(edges(protocol))
    if any(edge.source is None for edge in arrows):
        lines.append(f"    {_quoted(_ANYWHERE)} [shape=plaintext];")
    lines += [_arrow(edge) for edge in arrows]
    return "\n".join([*lines, "}"])


def _node(state: State) -> str:
    title = f"{state.title}\n{state.name}" if state.title else state.name
    more = ", penwidth=2" if state.initial else ", peripheries=2" if state.final else ""
    ending = f"an ending ({state.outcome}); " if state.outcome else "an ending; "
    begins = "the beginning; " if state.initial else ending if state.final else ""
    return (
        f"    {_quoted(state.name)} [label={_quoted(title)}, tooltip={_quoted(begins + state.name)}{more}];"
    )


def _arrow(edge: Edge) -> str:
    style = "" if edge.urgency is None else ", style=dashed"
    ends = f"{_quoted(edge.source or _ANYWHERE)} -> {_quoted(edge.to)}"
    return f"    {ends} [label={_quoted(edge.label)}, tooltip={_quoted(edge.trigger)}{style}];"


def _quoted(text: str) -> str:
    r"""A DOT string that shows `text` as it is: a backslash would start an escape such as `\N`."""
    escaped = _ENTITY.sub("&amp;", text).replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\r", " ").replace("\n", "\\n")
    return f'"{escaped}"'
