"""A document's data → `ProtocolShape`: what is in the wrong shape is noted, and left out of the rest."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from rupture_protocol.language.report import Report
from rupture_protocol.language.shapes import ProtocolShape
from rupture_protocol.language.source import BROKEN, Path
from rupture_protocol.language.wording import report_complaint

_STAND_INS: dict[str, Any] = {"format": 1, "protocol": "unnamed", "version": "0.0.0", "title": "unnamed"}


def shape(report: Report) -> ProtocolShape | None:
    """The document in its shape, without the pieces that have none; None if too little is left."""
    data = report.document.data
    if data is BROKEN:
        return None
    if not isinstance(data, dict):
        report("wrong-type", "a protocol is a mapping", (), help="begin the file with `format: 1`")
        return None
    written = _without_nothing(data, (), report)
    _check_scenarios(written, report)
    if _another_format(written, report):
        return None
    return _fit(written, report)


def _fit(data: dict[str, Any], report: Report) -> ProtocolShape | None:
    first = True
    while True:
        try:
            return ProtocolShape.model_validate(data)
        except ValidationError as invalid:
            complaints = invalid.errors(include_url=False)
        if first:  # taking a piece out can only uncover its own consequences: later rounds are silent
            for complaint in complaints:
                report_complaint(complaint, report)
        first = False
        taken_out = [_take_out(data, complaint["loc"], complaint["type"]) for complaint in complaints]
        if not any(taken_out):
            return None


def _take_out(data: dict[str, Any], place: Path, kind: str) -> bool:
    """Take out the piece at `place` (what is missing: its owner; in a list: the list), if it is there."""
    if place[-1] == "[key]":
        place = place[:-1]
    if kind == "missing":
        if len(place) == 1:
            return _stand_in(data, str(place[0]))
        place = place[:-1]
    whole = next((place[:at] for at, step in enumerate(place) if isinstance(step, int)), place)
    owner = data
    for at, step in enumerate(whole, 1):
        inner = owner.get(str(step))
        # Inside a short form there is nothing to take out: it goes as a whole.
        if at == len(whole) or not isinstance(inner, dict):
            return owner.pop(str(step), None) is not None
        owner = inner
    return False


def _stand_in(data: dict[str, Any], key: str) -> bool:
    if key not in _STAND_INS:
        return False
    data[key] = _STAND_INS[key]
    return True


def _without_nothing(data: Any, path: Path, report: Report) -> Any:
    """A copy in which `null`, and a key with nothing after it, are noted and broken: they mean nothing."""
    if isinstance(data, dict):
        return {key: _without_nothing(value, (*path, key), report) for key, value in data.items()}
    if isinstance(data, list):
        return [_without_nothing(value, (*path, at), report) for at, value in enumerate(data)]
    if data is None:
        what = (
            f"nothing is written after `{path[-1]}:`"
            if path and isinstance(path[-1], str)
            else "nothing is written here"
        )
        report(
            "nothing-written",
            what,
            path,
            key=bool(path) and isinstance(path[-1], str),
            help="write a value, or leave it out",
        )
        return BROKEN
    return data


def _check_scenarios(data: dict[str, Any], report: Report) -> None:
    """Note scenarios inside a protocol, and take them out of the rest: refused, never ignored."""
    if data.pop("scenarios", None) is not None:
        report(
            "not-supported-yet",
            "`scenarios` is not supported in a protocol",
            ("scenarios",),
            key=True,
            help="write them in a file of their own beside it, `NAME.scenarios.yaml`",
        )


def _another_format(data: dict[str, Any], report: Report) -> bool:
    written = data.get("format", 1)
    if written is BROKEN or (type(written) is int and written == 1):
        return False
    report(
        "format-version", "this version of the library reads format 1", ("format",), help="write `format: 1`"
    )
    # Python takes `true` and `1.0` for 1; what another format says cannot be told.
    data["format"] = 1
    return type(written) is int
