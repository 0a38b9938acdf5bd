"""Collecting the issues of one file while it is read further."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from rupture_protocol.errors import LONGEST_QUOTE, Issue, Severity, shorten
from rupture_protocol.language.characters import REPLACEMENT
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.source import Document, Path

_MOST_COMPARED = 50_000
_LONG = re.compile(f"`[^`]{{{LONGEST_QUOTE + 1},}}`")
_WRITE_IT = {
    "fact": "a fact is written under `facts:`",
    "interrupt": "an interrupt is written under `interrupts:`",
    "role": "a role is written under `roles:`",
    "source": "a source is written under `sources:`",
    "state": "a state is written under `states:`",
    "trigger": "a trigger is the name of a transition or an interrupt",
}


class Report:
    """The issues found so far in a document, each at most once at a place."""

    def __init__(self, document: Document, issues: tuple[Issue, ...] = ()) -> None:
        self.document = document
        self._issues: dict[object, Issue] = dict(enumerate(issues))
        self._compared = 0

    def __call__(
        self, code: str, message: str, path: Path, *, key: bool = False, help: str | None = None
    ) -> None:
        """Note an issue with the value at `path` (or its key)."""
        # The first complaint at a place is the cause; what else is wrong there mostly follows from it.
        if (path, key, code) not in self._issues:
            self._issues[path, key, code] = self.document.issue(
                code, _cut(message), path, key=key, help=_cut(help) if help else None
            )

    def unknown(self, kind: str, name: str, known: Collection[str], path: Path, *, key: bool = False) -> None:
        """Note a name that is not known, with the nearest that is."""
        advice = self.did_you_mean(name, known) or _WRITE_IT.get(kind)
        self(f"unknown-{kind}", f"unknown {kind} `{shorten(name)}`", path, key=key, help=advice)

    def did_you_mean(self, name: str, known: Collection[str]) -> str | None:
        """What to write instead of a name that is not known."""
        # Comparing thousands of wrong names with thousands of known ones would take minutes.
        self._compared += len(known)
        return did_you_mean(name, known) if self._compared <= _MOST_COMPARED else None

    def written(self, path: Path) -> Any:
        """What is written at a place; None where nothing is."""
        data: Any = self.document.data
        for step in path:
            # A mapping may be where a list belongs, or a text that is short for a mapping.
            if isinstance(data, dict) and isinstance(step, str):
                data = data.get(step)
            elif isinstance(data, list) and isinstance(step, int):
                data = data[step]
            else:
                return None
        return data

    def is_written(self, path: Path) -> bool:
        """Whether a key is written there, even one that is broken and has been left out of the shape."""
        owner = self.written(path[:-1])
        return isinstance(owner, dict) and path[-1] in owner

    @property
    def failed(self) -> bool:
        """Whether any issue so far is an error."""
        return any(issue.severity is Severity.ERROR for issue in self._issues.values())

    def issues(self) -> tuple[Issue, ...]:
        """All issues, in file order."""
        return tuple(sorted(self._issues.values(), key=lambda issue: (issue.span, issue.code)))


def _cut(text: str) -> str:
    """`text` on one line, with what it quotes of the file cut where that is long."""
    line = text
    if not text.isprintable():
        line = "".join(char if char.isprintable() else REPLACEMENT for char in text)
    return _LONG.sub(lambda found: f"`{shorten(found.group()[1:-1])}`", line)
