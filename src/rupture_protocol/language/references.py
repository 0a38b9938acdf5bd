"""What makes a protocol meaningless: names that it does not have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Path


@dataclass(frozen=True, slots=True)
class Declared:
    """Every name that is written, those of broken pieces too: a reference to one is no second issue."""

    facts: tuple[str, ...]
    conditions: tuple[str, ...]
    states: tuple[str, ...]
    roles: tuple[str, ...]
    sources: tuple[str, ...]
    interrupts: tuple[str, ...]
    triggers: tuple[str, ...]

    @classmethod
    def of(cls, data: Any) -> Declared:
        """The names in a document's data."""

        def names(value: Any) -> tuple[str, ...]:
            return tuple(str(key) for key in value) if isinstance(value, dict) else ()

        sections = {
            key: names(data.get(key))
            for key in ("facts", "conditions", "states", "roles", "sources", "interrupts", "anywhere")
        }
        states = data.get("states")
        own = [
            trigger
            for state in (states.values() if isinstance(states, dict) else ())
            if isinstance(state, dict)
            for trigger in names(state.get("transitions"))
        ]
        triggers = tuple(dict.fromkeys([*own, *sections.pop("anywhere"), *sections["interrupts"]]))
        return cls(triggers=triggers, **sections)


class References:
    """Looks up the names that one file uses; those it does not have are noted in the report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.declared = Declared.of(report.document.data)

    def names(
        self, kind: str, written: Iterable[str] | None, path: Path, known: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The written names, each of which must be known; a name written alone has `path` itself."""
        found = tuple(written or ())
        if not found:
            return ()
        alone = not isinstance(self.report.written(path), list)
        seen: set[str] = set()
        for at, name in enumerate(found):
            place = path if alone else (*path, at)
            if name not in known:
                self.report.unknown(kind, name, known, place)
            elif name in seen:
                self.report("repeated", f"`{name}` is written twice", place)
            seen.add(name)
        return found

    def sources(self, written: list[str] | None, path: Path) -> tuple[str, ...]:
        """The cited sources, each of which must be listed."""
        return self.names("source", written, (*path, "source"), self.declared.sources)

    def roles(self, written: list[str] | None, path: Path) -> tuple[str, ...]:
        """Who may do it: the roles written, or every role of the protocol."""
        if written is None:
            return self.declared.roles
        return self.names("role", written, path, self.declared.roles)
