"""The fenced blocks of a Markdown page, and what makes a fragment of a protocol a whole one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

FRAME = {
    "format": "format: 1\n",
    "protocol": "protocol: example\n",
    "version": "version: 1.0.0\n",
    "title": "title: Example\n",
    "sources": "sources:\n  our-policy: {title: How our clinic answers harm, kind: clinic}\n",
    "roles": "roles:\n  therapist: The clinician whose work is in question\n"
    "  supervisor: The therapist's clinical supervisor\n",
    "facts": "facts:\n  client_agrees: boolean\n  event_aware_date: date\n  modify_plan: text\n"
    "  harm_severity:\n"
    "    {type: scale, values: [none, mild, moderate, severe, extreme], also: [not_assessable]}\n",
    "states": "states:\n  aware: {initial: true, transitions: {close: {to: closed}}}\n"
    "  closed: {final: true}\n",
}
"""What stands for the parts of a protocol that an example leaves out."""

EXTENSION = {
    **{key: FRAME[key] for key in ("format", "protocol", "version", "title")},
    "extends": "extends: {file: base.yaml}\n",
}
"""The same for an extension."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words behind that, and its text."""

    language: str
    words: tuple[str, ...]
    text: str

    @property
    def protocol(self) -> str:
        """The example as a whole file: with the frame for what it leaves out, unless `whole`."""
        if {"whole", "translation"} & set(self.words):
            return self.text
        return completed(self.text, EXTENSION if "extension" in self.words else FRAME)

    @property
    def file(self) -> str | None:
        """What the file is called, where it stands beside the other examples of its page."""
        return next((word.removeprefix("file=") for word in self.words if word.startswith("file=")), None)


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(match[1], tuple(match[2].split()), match[3]) for match in _BLOCK.finditer(page)]


def completed(text: str, frame: dict[str, str] = FRAME) -> str:
    """A fragment with the top-level keys that it leaves out, after its own: its lines keep their numbers."""
    written = set(re.findall(r"^(\w+):", text, re.MULTILINE))
    return text + "".join(part for key, part in frame.items() if key not in written)


def beside(page: str) -> dict[str, str]:
    """The files beside the examples of a page, by name; `base.yaml` is the frame, where it is not shown."""
    shown = {block.file: block.protocol for block in blocks(page) if block.file}
    return {"base.yaml": completed("protocol: base\n"), **shown}
