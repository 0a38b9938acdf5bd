"""The broken files of `invalid/` and what is expected of each; those too large to keep are made here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from rupture_protocol.errors import Issue
from rupture_protocol.loading import check, checks

INVALID = Path(__file__).parent / "invalid"
TOGETHER = Path(__file__).parent / "together"
"""Files that are broken together: a folder for each case, in which `clinic.yaml` is checked."""
VALID = Path(__file__).parent / "valid"
TODAY = date(2026, 11, 24)
"""The day on which the files are checked: `review-overdue` depends on it."""

_HEAD = b"format: 1\nprotocol: example\nversion: 1.0.0\ntitle: Repairing harm\n"
_STATES = b"states:\n  aware: {initial: true, transitions: {close: {to: closed}}}\n  closed: {final: true}\n"

MADE = {
    "file-too-large": _HEAD + _STATES + b"# " + b"x" * 256 * 1024,
    "too-many-nodes": _HEAD + _STATES + b"facts:\n" + b"".join(b"  f%d: date\n" % at for at in range(10_000)),
    "scalar-too-long": _HEAD + b"derived_from: " + b"x" * 8_193 + b"\n" + _STATES,
    "too-many-states": _HEAD + _STATES + b"".join(b"  s%d: {title: Here}\n" % at for at in range(499)),
}
"""Files that are broken by their size."""


def broken() -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of every broken file, in the order of their names."""
    kept = {path.stem: path.read_bytes() for path in INVALID.glob("*.yaml")}
    yield from sorted({**kept, **MADE}.items())


@cache
def issues_of(name: str, data: bytes) -> tuple[Issue, ...]:
    """All that `check` says of a broken file."""
    return checks(data, file=f"{name}.yaml", today=TODAY).issues


def issues_of_files(name: str) -> tuple[Issue, ...]:
    """All that `check` says of the files of a folder."""
    return check(TOGETHER / name / "clinic.yaml", path=[TOGETHER / name], today=TODAY)


def rendered(issues: tuple[Issue, ...]) -> str:
    """The issues as an author reads them."""
    return "\n\n".join(issue.render() for issue in issues) + "\n"
