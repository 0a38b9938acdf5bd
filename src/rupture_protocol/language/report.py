"""Collecting the issues of one file while it is read further."""

from __future__ import annotations

from typing import Any

from rupture_protocol.errors import Issue, Severity, shorten
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.source import Document, Path


class Report:
    """The issues found so far in a document, each at most once at a place."""

    def __init__(self, document: Document, issues: tuple[Issue, ...] = ()) -> None:
        self.document = document
        self._issues: dict[object, Issue] = dict(enumerate(issues))

    def __call__(
        self, code: str, message: str, path: Path, *, key: bool = False, help: str | None = None
    ) -> None:
        """Note an issue with the value at `path` (or its key)."""
        # The first complaint at a place is the cause; what else is wrong there mostly follows from it.
        self._issues.setdefault(
            (path, key, code), self.document.issue(code, message, path, key=key, help=help)
        )

    def unknown(
        self, kind: str, name: str, known: object, path: Path, *, key: bool = False, code: str | None = None
    ) -> None:
        """Note a name that is not known, with the nearest that is."""
        names = (
            [str(each) for each in known] if isinstance(known, list | tuple | dict | set | frozenset) else []
        )
        self(
            code or f"unknown-{kind}",
            f"unknown {kind} `{shorten(name)}`",
            path,
            key=key,
            help=did_you_mean(name, names),
        )

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
