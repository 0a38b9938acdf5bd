"""A `*.scenarios.yaml` → `Scenarios`, or every issue of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rupture_protocol.engine.case import Actor
from rupture_protocol.errors import Issue, shorten
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path, read
from rupture_protocol.scenarios.model import Scenario, Scenarios, Start
from rupture_protocol.scenarios.names import check_names
from rupture_protocol.scenarios.step_reader import StepReader

SUFFIX: Final = ".scenarios.yaml"
FIRST_MOMENT: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When a case begins where nothing says it: a Monday morning, the same every time."""
FILE_KEYS = ("format", "scenarios", "title", "at", "people", "cases")
CASE_KEYS = ("title", "at", "follows", "start", "steps")
START_KEYS = ("state", "visited", "facts")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Reading:
    """One file, read as far as it goes: first on its own, then against its protocol.

    `protocol` is the name or file of the protocol as it is written, None where that cannot be told.
    """

    def __init__(self, data: bytes, *, file: str) -> None:
        self._document, self._issues = read(data, file=file)
        self._reader = None if self._document is None else _FileReader(self._document)
        found = None if self._reader is None else self._reader.scenarios()
        self._scenarios = found
        self.protocol = None if found is None else found.protocol or None

    def against(self, protocol: Protocol | None) -> tuple[Scenarios | None, tuple[Issue, ...]]:
        """The scenarios, unless something is wrong with them, and all that is, in file order.

        Args:
            protocol: The protocol they are about, if it could be had: names are then looked up in it.
        """
        if self._reader is None:
            return None, self._issues
        if self._scenarios is not None and protocol is not None:
            check_names(self._scenarios, protocol, self._reader.report)
        found = (*self._issues, *self._reader.report.issues())
        issues = tuple(sorted(found, key=lambda issue: (issue.span, issue.code)))
        return (None if issues else self._scenarios), issues


class _FileReader(StepReader):
    def scenarios(self) -> Scenarios | None:
        data = self.report.document.data
        if not isinstance(data, dict):
            advice = "begin it with `format: 1` and `scenarios: standard`"
            self.report("wrong-type", "a file of scenarios is a mapping", (), help=advice)
            return None
        self.only(data, FILE_KEYS, ())
        self._format(data)
        protocol = self.text(data, "scenarios", (), required=True)
        self.text(data, "title", ())
        at = self.instant(data, "at", ()) or FIRST_MOMENT
        self.people = Frozen(self._people(data))
        cases = data.get("cases")
        if not isinstance(cases, dict) or not cases:
            self.demand("cases", (), "a mapping of named cases", present="cases" in data)
            return None
        read = {name: self._case(name, case) for name, case in cases.items()}
        kept = {name: case for name, case in read.items() if case is not None}
        self._check_follows(kept, tuple(read))
        return Scenarios(protocol or "", Frozen(kept), at, self.report.document)

    def _format(self, data: dict[str, Any]) -> None:
        if "format" not in data:
            self.report("missing-key", "`format` is missing", (), help="begin the file with `format: 1`")
        elif data["format"] != 1 or isinstance(data["format"], bool):
            message = "this version of the library reads `format: 1`"
            self.report("format-version", message, ("format",), help="write `format: 1`")

    def _people(self, data: dict[str, Any]) -> dict[str, Actor]:
        people: dict[str, Actor] = {}
        for name, role in self.table(data, "people", (), "roles, as in `{lee: therapist}`").items():
            if isinstance(role, str):
                people[str(name)] = Actor(str(name), str(role))
            else:
                self.demand(None, ("people", name), "the name of a role")
        return people

    def _case(self, name: str, data: object) -> Scenario | None:
        path: Path = ("cases", name)
        if not _NAME.fullmatch(name):
            advice = "small letters, digits and `_`, a letter first"
            self.report("bad-name", f"`{shorten(name)}` is not a name", path, key=True, help=advice)
        if not isinstance(data, dict):
            self.demand(None, path, "a mapping with `steps`")
            return None
        self.only(data, CASE_KEYS, path)
        self.by = None
        if "steps" not in data:
            self.demand("steps", path, "a list of steps", present=False)
        steps = self.steps(data["steps"], (*path, "steps")) if "steps" in data else ()
        follows = self.text(data, "follows", path)
        if follows is not None and "start" in data:
            self.report("wrong-value", "`follows` and `start` do not go together", (*path, "start"), key=True)
        start = self._start(data, path)
        return Scenario(
            name, steps, self.text(data, "title", path), self.instant(data, "at", path), follows, start, path
        )

    def _start(self, data: dict[str, Any], path: Path) -> Start | None:
        if "start" not in data:
            return None
        value, path = data["start"], (*path, "start")
        if not self.mapping(value, START_KEYS, path):
            return Start()
        facts: Mapping[str, object] = self.table(value, "facts", path, "facts")
        visited = self.names(value.get("visited", []), (*path, "visited"), what="states")
        return Start(self.text(value, "state", path), visited, facts)

    def _check_follows(self, cases: Mapping[str, Scenario], known: tuple[str, ...]) -> None:
        for name, case in cases.items():
            path = ("cases", name, "follows")
            if case.follows is not None and case.follows not in known:
                self.report.unknown("case", case.follows, known, path)
            elif case.follows is not None and case.follows in cases and cases[case.follows].start is not None:
                message = f"`{case.follows}` is imagined, so nothing can follow it"
                self.report("wrong-value", message, path, help="follow a case that has steps of its own")
            elif _leads_back(case, cases):
                self.report("circular-case", f"`{name}` follows a case that follows it", path)


def _leads_back(case: Scenario, cases: Mapping[str, Scenario]) -> bool:
    seen: set[str] = set()
    at = case.follows
    while at is not None and at in cases and at not in seen:
        seen.add(at)
        at = cases[at].follows
    return at is not None and at in seen
