"""Steps as they are written → values, with every mistake in them found at once, at its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rupture_protocol.engine.case import Actor
from rupture_protocol.engine.moments import utc
from rupture_protocol.errors import TimeRefused, shorten
from rupture_protocol.language.quantities import (
    DATETIME_HELP,
    Duration,
    no_duration,
    parse_datetime,
    parse_duration,
)
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Document, Path
from rupture_protocol.scenarios.steps import (
    NOT_OPEN,
    VERDICTS,
    Action,
    Correct,
    Expect,
    Override,
    Record,
    Step,
    Take,
)

ACTIONS = ("record", "take", "override", "correct", "expect")
STEP_KEYS = ("at", "after", "by", "occurred", "note", "refused", *ACTIONS)
EXPECT_KEYS = ("state", *VERDICTS, "others", "missing", "ask", "due", "suppose")


class StepReader:
    """Reads on after a mistake, so that all are reported at once.

    Args:
        people: Who may be named in `by` by an id alone.
    """

    def __init__(self, document: Document, people: Mapping[str, Actor] | None = None) -> None:
        self.report = Report(document)
        self.people: Mapping[str, Actor] = people or {}
        self.by: Actor | None = None

    def steps(self, value: object, path: Path) -> tuple[Step, ...]:
        """The steps of a list; those that are broken are left out, and reported."""
        if not isinstance(value, list) or not value:
            self.demand(None, path, "a list of steps")
            return ()
        read = [self.step(step, number, (*path, number - 1)) for number, step in enumerate(value, start=1)]
        return tuple(step for step in read if step is not None)

    def step(self, data: object, number: int, path: Path) -> Step | None:
        """One step."""
        if not isinstance(data, dict):
            self.report("wrong-type", "a step is a mapping", path, help="write `- take: trigger`")
            return None
        self.only(data, STEP_KEYS, path)
        if "at" in data and "after" in data:
            self.report("wrong-value", "`at` and `after` do not go together", (*path, "after"), key=True)
        self.by = self._actor(data, path) or self.by
        action = self._action(data, path)
        at, after = self.instant(data, "at", path), self._duration(data, path)
        occurred, note = self.instant(data, "occurred", path), self.text(data, "note", path)
        refused = data.get("refused", False)
        if not isinstance(refused, bool):
            self.demand("refused", path, "`true` or `false`")
            return None
        if action is None:
            return None
        return Step(number, action, at, self.by, occurred, note, refused, after, path)

    # What a step does -----------------------------------------------------------------------------

    def _action(self, data: dict[str, Any], path: Path) -> Action | None:
        found = [key for key in ACTIONS if key in data]
        if len(found) != 1:
            choice = ", ".join(f"`{key}`" for key in ACTIONS)
            what = "a step does nothing" if not found else f"a step does {len(found)} things"
            code = "missing-key" if not found else "wrong-value"
            self.report(code, what, path, help=f"write one of {choice}")
            return None
        read: Callable[[Any, Path], Action | None] = getattr(self, f"_{found[0]}")
        return read(data[found[0]], (*path, found[0]))

    def _record(self, value: Any, path: Path) -> Action | None:
        if not isinstance(value, dict) or not value:
            self.demand(None, path, "a mapping of facts, as in `record: {harm_severity: mild}`")
            return None
        return Record(value)

    def _take(self, value: Any, path: Path) -> Action | None:
        if not isinstance(value, str):
            self.demand(None, path, "the name of a trigger")
            return None
        return Take(str(value))

    def _override(self, value: Any, path: Path) -> Action | None:
        if not self.mapping(value, ("trigger", "reason"), path):
            return None
        trigger = self.text(value, "trigger", path, required=True)
        reason = self.text(value, "reason", path, required=True)
        return Override(trigger, reason) if trigger and reason else None

    def _correct(self, value: Any, path: Path) -> Action | None:
        if not self.mapping(value, ("fact", "to", "reason"), path):
            return None
        fact = self.text(value, "fact", path, required=True)
        reason = self.text(value, "reason", path, required=True)
        return Correct(fact, reason, value.get("to"), "to" not in value) if fact and reason else None

    def _expect(self, value: Any, path: Path) -> Action | None:
        if not self.mapping(value, EXPECT_KEYS, path):
            return None
        return Expect(
            self.text(value, "state", path),
            {key: self.names(value.get(key, []), (*path, key)) for key in VERDICTS},
            self._missing(value.get("missing", {}), (*path, "missing")),
            self.names(value.get("ask", []), (*path, "ask"), what="facts"),
            self._due(value.get("due", {}), (*path, "due")),
            self.table(value, "suppose", path, "facts, as in `{harm_severity: mild}`"),
            self._others(value, path),
        )

    def _others(self, data: dict[str, Any], path: Path) -> str | None:
        others = self.text(data, "others", path)
        known = (*VERDICTS, NOT_OPEN)
        if others is not None and others not in known:
            advice = self.report.did_you_mean(others, known)
            self.report("wrong-value", "`others` is a verdict, or `not open`", (*path, "others"), help=advice)
        return others

    def _missing(self, value: Any, path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
        """For each trigger one set of facts, `[a, b]`, or several, `[[a], [b, c]]`."""
        if not isinstance(value, dict):
            self.demand(None, path, "facts for each trigger, as in `{acknowledge: [harm_severity]}`")
            return {}
        read = {}
        for trigger, sets in value.items():
            where = (*path, trigger)
            several = isinstance(sets, list) and any(isinstance(each, list) for each in sets)
            listed = [(each, (*where, at)) for at, each in enumerate(sets)] if several else [(sets, where)]
            read[trigger] = tuple(self.names(each, at, what="facts") for each, at in listed)
        return read

    def _due(self, value: Any, path: Path) -> dict[str, str]:
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return {str(name): str(each) for name, each in value.items()}
        self.demand(None, path, "how deadlines stand, as in `{written_notice: running}`")
        return {}

    # The kinds of value ---------------------------------------------------------------------------

    def mapping(self, value: Any, keys: tuple[str, ...], path: Path) -> bool:
        """Whether it is a mapping; keys that it may not have are reported."""
        if isinstance(value, dict):
            self.only(value, keys, path)
            return True
        self.demand(None, path, f"a mapping with {', '.join(f'`{key}`' for key in keys)}")
        return False

    def table(self, data: dict[str, Any], key: str, path: Path, what: str) -> dict[str, Any]:
        """A mapping under a key whose own keys are free; empty where it is left out."""
        value = data.get(key, {})
        if isinstance(value, dict):
            return value
        self.demand(key, path, f"a mapping of {what}")
        return {}

    def names(self, value: Any, path: Path, *, what: str = "triggers") -> tuple[str, ...]:
        """A list of names."""
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        example = "[consult, refer]" if what == "triggers" else "[one, another]"
        self.demand(None, path, f"a list of {what}, as in `{example}`")
        return ()

    def text(self, data: dict[str, Any], key: str, path: Path, *, required: bool = False) -> str | None:
        """A text under a key."""
        value = data.get(key)
        if isinstance(value, str) and value:
            return str(value)
        if key in data or required:
            self.demand(key, path, "a text", present=key in data)
        return None

    def instant(self, data: dict[str, Any], key: str, path: Path) -> datetime | None:
        """A day and time under a key, in UTC."""
        if key not in data:
            return None
        value = data[key]
        moment = parse_datetime(str(value)) if isinstance(value, str) else None
        if moment is not None:
            try:
                return utc(moment)
            except TimeRefused:
                pass
        self.report("bad-date", f"`{key}` is not an instant", (*path, key), help=f"write {DATETIME_HELP}")
        return None

    def _duration(self, data: dict[str, Any], path: Path) -> Duration | None:
        if "after" not in data:
            return None
        value = data["after"]
        length = parse_duration(str(value)) if isinstance(value, str) else None
        if length is None:
            what, advice = no_duration(str(value))
            self.report("bad-duration", f"`after` {what}", (*path, "after"), help=f"write {advice}")
        return length

    def _actor(self, data: dict[str, Any], path: Path) -> Actor | None:
        if "by" not in data:
            return None
        value, path = data["by"], (*path, "by")
        if isinstance(value, str) and self.people:
            if value not in self.people:
                self.report.unknown("person", value, self.people, path)
            return self.people.get(value)
        if not self.mapping(value, ("id", "role"), path):
            return None
        who = self.text(value, "id", path, required=True)
        role = self.text(value, "role", path, required=True)
        return Actor(who, role) if who and role else None

    def only(self, data: dict[str, Any], keys: tuple[str, ...], path: Path) -> None:
        """Report the keys that are none of these."""
        for key in data:
            if key not in keys:
                advice = self.report.did_you_mean(key, keys)
                message = f"unknown key `{shorten(key)}`"
                self.report("unknown-key", message, (*path, key), key=True, help=advice)

    def demand(self, key: str | None, path: Path, what: str, *, present: bool = True) -> None:
        """Report that a value is missing, or of the wrong kind."""
        name = key or str(path[-1])
        if present:
            where = path if key is None else (*path, key)
            self.report("wrong-type", f"`{name}` is {what}", where)
        else:
            self.report("missing-key", f"`{name}` is missing", path, help=f"`{name}` is {what}")
