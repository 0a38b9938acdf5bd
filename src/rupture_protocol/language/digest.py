"""The digest of a protocol: what its meaning is, in 64 hex digits.

Canonical JSON after RFC 8785: keys sorted by UTF-16 code units, no white space, numbers as whole
numbers or exact decimal text. Where the order of a mapping means something (interrupts: urgency;
everything else: the order in which options are offered), the mapping is a list of pairs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from rupture_protocol.language.facts import to_json


def digest_of(protocol: object) -> str:
    """SHA-256 over the canonical JSON of a resolved protocol, as 64 hex digits."""
    return hashlib.sha256(canonical_json(_plain(protocol)).encode("utf-8")).hexdigest()


def canonical_json(data: Any) -> str:
    """JSON after RFC 8785, for data without floats and with whole numbers below 2^53.

    >>> canonical_json({"b": 1, "a": [True, None, "é"]})
    '{"a":[true,null,"é"],"b":1}'
    """
    match data:
        case dict():
            keys = sorted(data, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
            return (
                "{"
                + ",".join(
                    f"{json.dumps(key, ensure_ascii=False)}:{canonical_json(data[key])}" for key in keys
                )
                + "}"
            )
        case list() | tuple():
            return "[" + ",".join(canonical_json(part) for part in data) + "]"
        case float():
            raise TypeError("canonical JSON of this library holds no float")
        case _:
            return json.dumps(data, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A frozen value as JSON data: a dataclass as its kind and those of its fields that say something."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Mapping():
            return [[name, _plain(each)] for name, each in value.items()]
        case tuple():
            return [_plain(each) for each in value]
        case Decimal() | date() | frozenset():
            return {type(value).__name__: to_json(value)}
    if not is_dataclass(value):
        raise TypeError(f"no canonical form for {type(value).__name__}")
    written = {"": type(value).__name__}
    for each in fields(value):
        part = getattr(value, each.name)
        # What a missing key means is left out; `presume: false` is not what a missing `presume` means.
        if each.compare and (type(part) is not type(each.default) or part != each.default):
            written[each.name] = _plain(part)
    return written
