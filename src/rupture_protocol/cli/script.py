"""A play script: YAML or JSON → steps, with every mistake in it found at once, at its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.cli.inputs import cannot_load, read_data
from rupture_protocol.engine.case import Actor
from rupture_protocol.engine.moments import utc
from rupture_protocol.errors import TimeRefused, shorten
from rupture_protocol.language.nearest import did_you_mean
from rupture_protocol.language.quantities import DATETIME_HELP, parse_datetime
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import Document, Path


@dataclass(frozen=True, slots=True)
class Record:
    """Facts that are recorded, as they are written."""

    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Take:
    """A step that is taken."""

    trigger: str


@dataclass(frozen=True, slots=True)
class Override:
    """A step that is taken though it is not open."""

    trigger: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correct:
    """A record that was wrong; without `to` it is withdrawn."""

    fact: str
    reason: str
    to: object = None
    withdraw: bool = True


@dataclass(frozen=True, slots=True)
class Expect:
    """What must be so here: the state, and triggers with their verdict."""

    state: str | None
    verdicts: Mapping[str, tuple[str, ...]]

    @property
    def not_open(self) -> frozenset[str]:
        """The triggers of which a refusal in the next step is expected."""
        return frozenset(self.verdicts["blocked"] + self.verdicts["undecided"])


Action = Record | Take | Override | Correct | Expect


@dataclass(frozen=True, slots=True)
class Step:
    """One step; who and when are those of the step before where it does not say.

    `refused` says that the step is there to be refused.
    """

    number: int
    action: Action
    at: datetime | None
    by: Actor | None
    occurred: datetime | None = None
    note: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A protocol's name or path as it is written, the case's id, and the steps."""

    protocol: str
    case: str
    steps: tuple[Step, ...]
    title: str | None = None


ACTIONS = ("record", "take", "override", "correct", "expect")
_SCRIPT_KEYS = ("protocol", "case", "title", "steps")
_STEP_KEYS = ("at", "by", "occurred", "note", "refused", *ACTIONS)
_VERDICTS = ("open", "blocked", "undecided")


def read_script(data: bytes, *, file: str) -> Script:
    """The script in these bytes.

    Raises:
        Failed: It is not one; with every issue at its line.
    """
    document = read_data(data, file=file, what="script")
    reader = _Reader(document)
    script = reader.script()
    if script is None or reader.report.failed:
        raise cannot_load(reader.report.issues(), "script")
    return script


class _Reader:
    """Reads on after a mistake, so that all are reported at once."""

    def __init__(self, document: Document) -> None:
        self.report = Report(document)
        self._data = document.data
        self._at: datetime | None = None
        self._by: Actor | None = None

    def script(self) -> Script | None:
        data = self._data
        if not isinstance(data, dict):
            self.report("wrong-type", "a script is a mapping", (), help="begin it with `protocol: standard`")
            return None
        self._only(data, _SCRIPT_KEYS, ())
        protocol = self._text(data, "protocol", (), required=True)
        steps = data.get("steps")
        if not isinstance(steps, list) or not steps:
            self._demand("steps", (), "a list of steps", present="steps" in data)
            return None
        read = [self._step(step, number) for number, step in enumerate(steps, start=1)]
        return Script(
            protocol or "",
            self._text(data, "case", ()) or "case",
            tuple(step for step in read if step is not None),
            self._text(data, "title", ()),
        )

    def _step(self, data: object, number: int) -> Step | None:
        path: Path = ("steps", number - 1)
        if not isinstance(data, dict):
            self.report("wrong-type", "a step is a mapping", path, help="write `- take: trigger`")
            return None
        self._only(data, _STEP_KEYS, path)
        self._at = self._instant(data, "at", path) or self._at
        self._by = self._actor(data, path) or self._by
        action = self._action(data, path)
        refused = data.get("refused", False)
        if not isinstance(refused, bool):
            self._demand("refused", path, "`true` or `false`")
            return None
        return None if action is None else Step(
            number,
            action,
            self._at,
            self._by,
            self._instant(data, "occurred", path),
            self._text(data, "note", path),
            refused,
        )  # fmt: skip

    def _action(self, data: dict[str, Any], path: Path) -> Action | None:
        found = [key for key in ACTIONS if key in data]
        if len(found) != 1:
            choice = ", ".join(f"`{key}`" for key in ACTIONS)
            what = "a step does nothing" if not found else f"a step does {len(found)} things"
            self.report(
                "missing-key" if not found else "wrong-value", what, path, help=f"write one of {choice}"
            )
            return None
        read: Callable[[Any, Path], Action | None] = getattr(self, f"_{found[0]}")
        return read(data[found[0]], (*path, found[0]))

    def _record(self, value: Any, path: Path) -> Action | None:
        if not isinstance(value, dict) or not value:
            self._demand(None, path, "a mapping of facts, as in `record: {harm_severity: mild}`")
            return None
        return Record(value)

    def _take(self, value: Any, path: Path) -> Action | None:
        if not isinstance(value, str):
            self._demand(None, path, "the name of a trigger")
            return None
        return Take(str(value))

    def _override(self, value: Any, path: Path) -> Action | None:
        if not self._mapping(value, ("trigger", "reason"), path):
            return None
        trigger = self._text(value, "trigger", path, required=True)
        reason = self._text(value, "reason", path, required=True)
        return Override(trigger, reason) if trigger and reason else None

    def _correct(self, value: Any, path: Path) -> Action | None:
        if not self._mapping(value, ("fact", "to", "reason"), path):
            return None
        fact = self._text(value, "fact", path, required=True)
        reason = self._text(value, "reason", path, required=True)
        return Correct(fact, reason, value.get("to"), "to" not in value) if fact and reason else None

    def _expect(self, value: Any, path: Path) -> Action | None:
        if not self._mapping(value, ("state", *_VERDICTS), path):
            return None
        verdicts = {key: self._names(value.get(key, []), (*path, key)) for key in _VERDICTS}
        return Expect(self._text(value, "state", path), verdicts)

    # The kinds of value ---------------------------------------------------------------------------

    def _mapping(self, value: Any, keys: tuple[str, ...], path: Path) -> bool:
        if isinstance(value, dict):
            self._only(value, keys, path)
            return True
        self._demand(None, path, f"a mapping with {', '.join(f'`{key}`' for key in keys)}")
        return False

    def _names(self, value: Any, path: Path) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        self._demand(None, path, "a list of triggers, as in `[consult, refer]`")
        return ()

    def _text(self, data: dict[str, Any], key: str, path: Path, *, required: bool = False) -> str | None:
        value = data.get(key)
        if isinstance(value, str) and value:
            return str(value)
        if key in data or required:
            self._demand(key, path, "a text", present=key in data)
        return None

    def _instant(self, data: dict[str, Any], key: str, path: Path) -> datetime | None:
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

    def _actor(self, data: dict[str, Any], path: Path) -> Actor | None:
        if "by" not in data:
            return None
        value, path = data["by"], (*path, "by")
        if not self._mapping(value, ("id", "role"), path):
            return None
        who = self._text(value, "id", path, required=True)
        role = self._text(value, "role", path, required=True)
        return Actor(who, role) if who and role else None

    def _only(self, data: dict[str, Any], keys: tuple[str, ...], path: Path) -> None:
        for key in data:
            if key not in keys:
                advice = did_you_mean(key, keys)
                self.report(
                    "unknown-key", f"unknown key `{shorten(key)}`", (*path, key), key=True, help=advice
                )

    def _demand(self, key: str | None, path: Path, what: str, *, present: bool = True) -> None:
        name = key or str(path[-1])
        if present:
            where = path if key is None else (*path, key)
            self.report("wrong-type", f"`{name}` is {what}", where)
        else:
            self.report("missing-key", f"`{name}` is missing", path, help=f"`{name}` is {what}")
