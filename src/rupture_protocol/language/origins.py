"""A resolved protocol as YAML, each value with the file and line that it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rupture_protocol.language.facts import decimal_text
from rupture_protocol.language.places import Path
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.scalars import Plain, scalar
from rupture_protocol.language.source import Document

_AS_IT_IS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./-]*[A-Za-z0-9.]|[A-Za-z0-9]")
_LEFT_OUT = frozenset({"extends"})
"""It is in the protocol by what it extends."""


def origins(protocol: Protocol, *, places: bool = True) -> Iterator[str]:
    """The lines of the whole resolved protocol, as YAML; after each value, `# file:line` where it is written.

    `places` false leaves those out.
    Nothing for a protocol that was not read from a file.
    """
    document = protocol.document
    if document is None or not isinstance(document.data, dict):
        return
    lines = [
        line
        for key, value in document.data.items()
        if key not in _LEFT_OUT
        for line in _entry(document, f"{key}:", value, (key,), 0)
    ]
    width = min(60, max((len(text) for text, _ in lines), default=0))
    for text, where in lines:
        yield f"{text:<{width}}  # {where}" if where and places else text


Line = tuple[str, str]


def _entry(document: Document, head: str, value: Any, path: Path, depth: int) -> Iterator[Line]:
    """A key or a `-`, and what stands after it."""
    indent = "  " * depth
    if isinstance(value, dict) and value:
        yield f"{indent}{head}", ""
        for key, each in value.items():
            yield from _entry(document, f"{_scalar(key)}:", each, (*path, key), depth + 1)
    elif isinstance(value, list) and value:
        yield f"{indent}{head}", ""
        for at, each in enumerate(value):
            yield from _entry(document, "-", each, (*path, at), depth + 1)
    else:
        yield f"{indent}{head} {_scalar(value)}", _where(document, path)


def _where(document: Document, path: Path) -> str:
    """Where a value is written; a text that several files make up has several places."""
    parts = [(*path, at) for at in range(99) if (*path, at) in document.places]
    spans = [document.span(each) for each in parts or [path]]
    return ", ".join(f"{span.file}:{span.line}" for span in spans)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, str):
        plain = _AS_IT_IS.fullmatch(value) and not isinstance(value, Plain) and type(scalar(value)) is str
        return value if plain else json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, int) else json.dumps(value)
