"""Settings for editors beside a protocol: the JSON Schema, and which files it is for.

Alone here: what may be done with a file that is there already. What is ours and needs no change is left; to
our settings a protocol is added; anything else is left alone, and what to add by hand is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rupture_protocol.cli import output
from rupture_protocol.language.schema import json_schema

SCHEMA = "protocol.schema.json"
SETTINGS = ".vscode/settings.json"
_KEY = "yaml.schemas"


class Settings:
    """The settings of a folder, for one protocol file more."""

    def __init__(self, home: Path, file: str) -> None:
        self._home = home
        self._file = file
        wanted = {SCHEMA: _text(json_schema()), SETTINGS: _text({_KEY: {f"./{SCHEMA}": [file]}})}
        self.new = {name: text for name, text in wanted.items() if not self._is_there(name)}
        """The files that are not there yet, with their texts."""

    @property
    def strangers(self) -> list[str]:
        """Files that are there, and that what is written would rely on, but are none of ours."""
        found = self._read(SCHEMA)
        ours = isinstance(found, dict) and found.get("$id") == json_schema()["$id"]
        return [] if SCHEMA in self.new or ours else [SCHEMA]

    def extend(self) -> Iterator[str]:
        """Add the protocol to what is ours, and say what was done with each file that was there before."""
        if SCHEMA not in self.new:
            yield self._schema()
        if SETTINGS not in self.new:
            yield self._settings()

    def _schema(self) -> str:
        if self._read(SCHEMA) == json_schema():
            return f"left as it is: {SCHEMA}"
        return f"left as it is: {SCHEMA}, of another version; `rupture schema > {SCHEMA}` renews it"

    def _settings(self) -> str:
        """Only what holds nothing but our own entry is written anew."""
        found = self._read(SETTINGS)
        match found:
            case {"yaml.schemas": {"./protocol.schema.json": [*files]}} if _is_only_ours(found):
                if self._file in files:
                    return f"left as it is: {SETTINGS}"
                text = _text({_KEY: {f"./{SCHEMA}": [*files, self._file]}})
                if self._replace(SETTINGS, text):
                    return f"{self._file} was added to {SETTINGS}"
        entry = json.dumps({f"./{SCHEMA}": [self._file]})
        return f"left as it is: {SETTINGS}; editors need this under `{_KEY}`: {output.printable(entry)}"

    def _is_there(self, name: str) -> bool:
        path = self._home / name
        return path.exists() or path.is_symlink()

    def _read(self, name: str) -> Any:
        """What is in a file of JSON; None where it is something else, as JSON with comments."""
        try:
            return json.loads((self._home / name).read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None

    def _replace(self, name: str, text: str) -> bool:
        path = self._home / name
        try:
            if path.is_symlink():
                return False
            path.write_text(text, "utf-8", newline="\n")
        except OSError:
            return False
        return True


def _is_only_ours(found: dict[str, Any]) -> bool:
    return (
        len(found) == 1
        and len(found[_KEY]) == 1
        and all(isinstance(each, str) for each in found[_KEY][f"./{SCHEMA}"])
    )


def _text(data: object) -> str:
    return f"{json.dumps(data, ensure_ascii=False, indent=2)}\n"
