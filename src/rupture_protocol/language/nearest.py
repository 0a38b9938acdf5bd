"""Which of the known names a mistyped one most likely means."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from rupture_protocol.errors import shorten


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, if one is alike at all."""
    close = get_close_matches(name[:128], list(known)[:5000], n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """What to write instead: the nearest name, or the few there are."""
    names = list(known)
    match = nearest(name, names)
    if match is not None:
        return f"did you mean `{shorten(match)}`?"
    if 0 < len(names) <= 12:
        return f"known: {', '.join(f'`{shorten(each)}`' for each in names)}"
    return None
