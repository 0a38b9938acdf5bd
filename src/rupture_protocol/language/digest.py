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
from functools import cache
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
    return json.dumps(_in_order(data), ensure_ascii=False, separators=(",", ":"))


def _in_order(data: Any) -> Any:
    """The same data with the keys of every mapping where RFC 8785 has them."""
    match data:
        case dict():
            # ASCII is in the same order in every encoding, and sorted faster.
            names = sorted(data) if all(map(str.isascii, data)) else sorted(data, key=_utf_16)
            return {name: _in_order(data[name]) for name in names}
        case list() | tuple():
            return [_in_order(part) for part in data]
        case float():
            raise TypeError("canonical JSON of this library holds no float")
        case _:
            return data


def _utf_16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


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
    kind: type = type(value)
    written = {"": kind.__name__}
    for name, default in _compared(kind):
        part = getattr(value, name)
        # What a missing key means is left out; `presume: false` is not what a missing `presume` means.
        if type(part) is not type(default) or part != default:
            written[name] = _plain(part)
    return written


@cache
def _compared(kind: type) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass that are part of what it means, each with its default."""
    if not is_dataclass(kind):
        raise TypeError(f"no canonical form for {kind.__name__}")
    return tuple((each.name, each.default) for each in fields(kind) if each.compare)
