"""What is only worded differently: titles, guidance, questions, labels, sources. Arguments, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rupture_protocol.language.dump import written
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.difference import OTHER, REWORDED, Change

_TEXTS = frozenset({"title", "guidance", "labels", "source", "says", "about", "because", "reason", "url"})
_NAMED = {"facts": "fact", "states": "state", "promises": "promise", "deadlines": "deadline", "roles": "role"}
_ADVICE = frozenset({"for", "against"})


def changed_texts(old: Protocol, new: Protocol) -> Iterator[Change]:
    """What is only worded differently, and which arguments for or against are others."""
    before, after = written(old), written(new)
    for name in [name for name in old.conditions if name in new.conditions]:
        if old.condition_titles.get(name) != new.condition_titles.get(name):
            yield Change("condition", name, "is worded differently: title", REWORDED)
    found: dict[tuple[str, str, str | None, bool], dict[str, None]] = {}
    for path in _differing(before, after, ()):
        text = _is_text(path)
        if text or _ADVICE & set(path):
            part, name, what = _called(path)
            state = path[1] if part == "option" and path[0] == "states" else None
            found.setdefault((part, name, state, text), {})[what] = None
    for (part, name, state, text), named in found.items():
        states = () if state is None else (state,)
        if text:
            yield Change(part, name, f"is worded differently: {', '.join(named)}", REWORDED, states)
        else:
            yield Change(part, name, "has other arguments for or against", OTHER, states)


def _differing(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where two written protocols differ, as deep as both have the same shape."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            here = (*path, str(key))
            if key in old and key in new:
                yield from _differing(old[key], new[key], here)
            elif _is_text(here) or here[-1] in _ADVICE:
                yield here
    elif old != new:
        yield path


def _is_text(path: tuple[str, ...]) -> bool:
    if path[0] in ("about", "sources", "title", "language", "derived_from"):
        return True
    asks = path[0] == "facts" and path[-1] == "ask"
    # A fact or a condition may be called `title`: what stands at depth 2 is a name.
    return asks or (len(path) > 2 and bool(_TEXTS & set(path[2:])) and path[0] != "conditions")


def _called(path: tuple[str, ...]) -> tuple[str, str, str]:
    """The kind, the name, and which text of a thing."""
    if path[0] in ("title", "language", "about", "derived_from"):
        return "protocol", "protocol", path[0]
    if path[0] == "states" and len(path) > 4 and path[2] == "transitions":
        return "option", path[3], path[4]
    if path[0] in ("anywhere", "interrupts"):
        return "option", path[1], path[2]
    part = _NAMED.get(path[0], path[0].removesuffix("s"))
    return part, path[1], path[2] if len(path) > 2 else "text"
