"""Every issue code, once: its name, its severity, and what it means in a sentence.

A code, once released, keeps its meaning. Each has a page under `docs/codes/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rupture_protocol.errors import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of issue."""

    name: str
    severity: Severity
    summary: str


_READING = {
    "not-utf8": "the file is not UTF-8 text",
    "empty-file": "the file holds no YAML",
    "not-yaml": "the text is not well-formed YAML",
    "file-too-large": "the file is larger than 256 KiB",
    "too-deep": "the YAML is nested deeper than 32 levels",
    "too-many-nodes": "the file holds more than 20,000 YAML nodes",
    "scalar-too-long": "a text is longer than 8,192 characters",
    "key-too-long": "a key is longer than 128 characters",
    "duplicate-key": "a key is written twice in one mapping",
    "key-not-text": "a key is not text",
    "tag": "a YAML tag (`!…`) is used",
    "anchor": "a YAML anchor or alias (`&…`, `*…`) is used",
    "merge-key": "a YAML merge key (`<<`) is used",
    "directive": "a YAML directive (`%…`) is used",
    "several-documents": "the file holds more than one YAML document",
    "hidden-character": "a control, bidirectional or invisible character is in the file",
    "quote-it": "an unquoted text that YAML readers take for different things",
    "number-too-large": "a whole number beyond what JSON keeps exactly, or a decimal with too many digits",
}

ALL: dict[str, Code] = {name: Code(name, ERROR, summary) for name, summary in _READING.items()}


def severity(code: str) -> Severity:
    """The severity of a code."""
    return ALL[code].severity
