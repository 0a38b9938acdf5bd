"""A YAML reader as editors have one: YAML 1.2 with the core schema, nothing refused."""

from __future__ import annotations

import re
from typing import Any

import yaml


class CoreLoader(yaml.SafeLoader):
    """PyYAML with the types of YAML 1.2, section 10.3.2."""


CoreLoader.yaml_implicit_resolvers = {}  # not those of YAML 1.1


_TYPES = {
    "null": (r"null|Null|NULL|~|", [*"nN~", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
}
for _name, (_pattern, _first) in _TYPES.items():
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), _first)


def _integer(loader: Any, node: Any) -> int:
    text = str(node.value)
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text[2:] if base != 10 else text, base)


def _float(loader: Any, node: Any) -> float:
    return float(re.sub(r"\.(inf|nan)", r"\1", str(node.value), flags=re.IGNORECASE))


CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)
CoreLoader.add_constructor("tag:yaml.org,2002:float", _float)


def read_1_2(text: str) -> Any:
    """The data of a YAML text; keys are text, as editors take them."""
    return _with_text_keys(yaml.load(text, Loader=CoreLoader))


def _with_text_keys(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_text_keys(each) for each in data]
    if isinstance(data, dict):
        return {str(key): _with_text_keys(value) for key, value in data.items()}
    return data
