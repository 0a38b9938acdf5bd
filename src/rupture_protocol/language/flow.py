"""A value as YAML on one line, which reads back as the same value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from rupture_protocol.language.facts import Unknown, decimal_text, to_json
from rupture_protocol.language.scalars import Plain, scalar

_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_/.-]*( [A-Za-z0-9_-]+)*")


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{flow(key)}: {flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(each) for each in value)}]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Unknown) or value is None:
        return "unknown"
    if isinstance(value, Decimal):
        return json.dumps(decimal_text(value))
    plain = to_json(value)
    return flow(plain) if isinstance(plain, str | list) else json.dumps(plain)


def _text(text: str) -> str:
    """Bare where every reader takes it for that text, else in double quotes."""
    read = scalar(text) if _BARE.fullmatch(text) else None
    bare = isinstance(read, str) and not isinstance(read, Plain)
    return str(text) if bare else json.dumps(str(text), ensure_ascii=False)
