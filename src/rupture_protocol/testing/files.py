"""Scenario files on disk: which there are, and which protocol each is about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rupture_protocol import loading, shipped
from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.engine import Engine
from rupture_protocol.errors import InvalidProtocol, Issue, ProtocolNotFound, shorten
from rupture_protocol.folders import SearchPath
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import LARGEST_FILE
from rupture_protocol.scenarios.model import Scenarios
from rupture_protocol.scenarios.reading import SUFFIX, Reading
from rupture_protocol.scenarios.running import Result, run


@dataclass(frozen=True)
class Suite:
    """The scenarios of one file, and the engine of the protocol that they are about."""

    scenarios: Scenarios
    engine: Engine = field(repr=False)

    @property
    def protocol(self) -> Protocol:
        """The protocol that they are about."""
        return self.engine.protocol

    def run(self) -> tuple[Result, ...]:
        """What becomes of each, in file order."""
        return run(self.engine, self.scenarios)


class InvalidScenarios(InvalidProtocol):
    """A file of scenarios with errors; `issues` holds all of them, in file order."""


def load_scenarios(
    source: str | os.PathLike[str], *, calendar: Calendar | None = None, path: SearchPath = ()
) -> Suite:
    """The scenarios of a file, with their protocol.

    Args:
        source: The path of a `*.scenarios.yaml`.
        calendar: The clinic's working days, for deadlines.
        path: Folders in which what the protocol extends is looked for first, as for `load`.

    Raises:
        InvalidScenarios: It has errors; `.issues` holds them all.
        InvalidProtocol: Its protocol has.
        ProtocolNotFound: The file, or its protocol, is not there or cannot be read.
    """
    file = Path(source)
    data, shown = _bytes_of(file)
    return loads_scenarios(data, file=shown, folder=file.parent, calendar=calendar, path=path)


def loads_scenarios(
    text: str | bytes,
    *,
    file: str = f"protocol{SUFFIX}",
    folder: Path | None = None,
    calendar: Calendar | None = None,
    path: SearchPath = (),
) -> Suite:
    """Scenarios from their text; `file` is what issues call it, `folder` where its protocol is looked for."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    reading = Reading(data, file=file)
    protocol = None if reading.protocol is None else _protocol(reading.protocol, folder, path)
    scenarios, issues = reading.against(protocol)
    if scenarios is None or protocol is None:
        raise InvalidScenarios(issues)
    return Suite(scenarios, Engine(protocol, calendar=calendar))


def check_scenarios(source: str | os.PathLike[str], *, path: SearchPath = ()) -> tuple[Issue, ...]:
    """All issues of a file of scenarios, in file order."""
    try:
        load_scenarios(source, path=path)
    except InvalidScenarios as error:
        return error.issues
    return ()


def find_suites(source: str | os.PathLike[str]) -> tuple[Path, ...]:
    """The files of scenarios that a name or path stands for.

    A file of scenarios is itself, a folder all of them in it, a protocol (by its file, or the name of a
    shipped one) those beside it.
    """
    path = Path(source)
    if path.name.endswith(SUFFIX):
        return (path,)
    if path.is_dir():
        return tuple(sorted(path.rglob(f"*{SUFFIX}")))
    found = shipped.find(str(source)) if isinstance(source, str) else None
    protocol = found or path
    return tuple(_beside(protocol)) if protocol.parent.is_dir() else ()


def _beside(protocol: Path) -> Iterator[Path]:
    """`NAME.scenarios.yaml`, then any `NAME.….scenarios.yaml`."""
    name = protocol.name.removesuffix(".yaml").removesuffix(".yml")
    first = protocol.with_name(f"{name}{SUFFIX}")
    if first.is_file():
        yield first
    more = (path for path in protocol.parent.iterdir() if path.name.startswith(f"{name}."))
    yield from sorted(path for path in more if path.name.endswith(SUFFIX) and path != first)


def _protocol(name: str, folder: Path | None, path: SearchPath) -> Protocol:
    """The protocol of that name: a file beside the scenarios, with its ending or not, or a shipped one."""
    for candidate in (name, f"{name}.yaml", f"{name}.yml"):
        # Not `folder / "/etc/…"`, nor up and out of the folder: a name, or a path below it.
        if folder is not None and not Path(candidate).is_absolute() and (folder / candidate).is_file():
            return loading.load(folder / candidate, path=path)
    return loading.load(name, path=path)


def _bytes_of(path: Path) -> tuple[bytes, str]:
    shown = _shown(path)
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1), shown
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise ProtocolNotFound(f"cannot read `{shorten(shown)}`: {reason}") from None
    except ValueError:
        raise ProtocolNotFound(f"cannot read `{shorten(shown)}`: not a path") from None


def _shown(path: Path) -> str:
    """What messages call a file: relative to where we are, or its bare name; never an absolute path."""
    if not path.is_absolute():
        return str(path)
    try:
        return str(path.relative_to(Path.cwd()))
    except (OSError, ValueError):
        return path.name
