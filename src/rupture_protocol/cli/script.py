"""A play script: YAML or JSON → steps, with every mistake in it found at once, at its line."""

from __future__ import annotations

from dataclasses import dataclass

from rupture_protocol.cli.inputs import cannot_load, read_data
from rupture_protocol.scenarios.step_reader import StepReader
from rupture_protocol.scenarios.steps import Action, Correct, Expect, Override, Record, Step, Take

__all__ = ["Action", "Correct", "Expect", "Override", "Record", "Script", "Step", "Take", "read_script"]

_SCRIPT_KEYS = ("protocol", "case", "title", "steps")


@dataclass(frozen=True, slots=True)
class Script:
    """A protocol's name or path as it is written, the case's id, and the steps."""

    protocol: str
    case: str
    steps: tuple[Step, ...]
    title: str | None = None


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


class _Reader(StepReader):
    def script(self) -> Script | None:
        data = self.report.document.data
        if not isinstance(data, dict):
            self.report("wrong-type", "a script is a mapping", (), help="begin it with `protocol: standard`")
            return None
        self.only(data, _SCRIPT_KEYS, ())
        protocol = self.text(data, "protocol", (), required=True)
        steps = data.get("steps")
        if not isinstance(steps, list) or not steps:
            self.demand("steps", (), "a list of steps", present="steps" in data)
            return None
        read = self.steps(steps, ("steps",))
        case, title = self.text(data, "case", ()) or "case", self.text(data, "title", ())
        return Script(protocol or "", case, read, title)
