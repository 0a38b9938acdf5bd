"""A file of scenarios as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rupture_protocol.errors import Span
from rupture_protocol.frozen import NOTHING
from rupture_protocol.language.source import Document, Path
from rupture_protocol.scenarios.steps import Step


@dataclass(frozen=True, slots=True)
class Start:
    """An imagined beginning, for questions only: where the case stands and has been, what is on record."""

    state: str | None = None
    visited: tuple[str, ...] = ()
    facts: Mapping[str, object] = NOTHING


@dataclass(frozen=True, slots=True)
class Scenario:
    """One named case. It begins anew; or where another ends (`follows`); or it is imagined (`start`)."""

    name: str
    steps: tuple[Step, ...]
    title: str | None = None
    at: datetime | None = None
    follows: str | None = None
    start: Start | None = None
    path: Path = field(default=(), compare=False, repr=False)

    @property
    def says(self) -> str:
        """Its title, or its name in words."""
        return self.title or self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Scenarios:
    """All scenarios of one file. `protocol` is the name or file of theirs, as it is written."""

    protocol: str
    cases: Mapping[str, Scenario]
    at: datetime
    document: Document = field(compare=False, repr=False)

    @property
    def file(self) -> str:
        """What messages call the file."""
        return self.document.file

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where something of it is written."""
        return self.document.span(path, key=key)
