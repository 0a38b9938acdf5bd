"""The JSON Schema (2020-12) of format 1, for editors: made from the shapes, worded for authors.

It never refuses what the loader accepts. An unquoted `012`, `1e3`, `True` or `~` is text to the loader
where text is expected, but a number, a truth or nothing to an editor: so a text here is all that is
no list and no mapping, and `check` says the rest.
"""

from __future__ import annotations

from typing import Any

from rupture_protocol.language import shapes
from rupture_protocol.language.schema_conditions import CONDITION_DEFS, condition_ref, value_ref
from rupture_protocol.language.schema_words import ENUMS, FORM_DEFS, FORM_OF, OBJECTS, SNIPPETS

Node = dict[str, Any]

SCHEMA_ID = "urn:rupture-protocol:format:1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Node:
    """The schema of a protocol file, as JSON data; the same on every call."""
    made = shapes.ProtocolShape.model_json_schema(by_alias=True)
    defs = {_def_name(name): _rewritten(each) for name, each in sorted(made.pop("$defs").items())}
    for name, each in defs.items():
        _dress(each, name)
    root = _rewritten(made)
    _dress(root, "protocol")
    root["properties"]["conditions"]["additionalProperties"] = {"$ref": "#/$defs/named-condition"}
    whole = _whole(root, defs)
    all_defs = {**defs, **CONDITION_DEFS, **FORM_DEFS, "whole": whole}
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        "title": "Protocol (rupture_protocol, format 1)",
        **_with_markdown(root),
        "if": {"not": {"required": ["extends"]}},
        "then": {"$ref": "#/$defs/whole"},
        "$defs": {name: _with_markdown(all_defs[name]) for name in sorted(all_defs)},
    }


_INHERITED = {
    "sources": "source",
    "roles": "role",
    "facts": "fact",
    "anywhere": "anywhere",
    "interrupts": "interrupt",
    "deadlines": "deadline",
}
_ONLY_WHOLE = "What is asked for where nothing is extended."


def _whole(root: Node, defs: dict[str, Node]) -> Node:
    """What a protocol that extends nothing must have; an extension inherits it, so the rest does not ask."""

    def each(required: list[str]) -> Node:
        return {"description": _ONLY_WHOLE, "additionalProperties": {"required": required}}

    step = each(defs["transition"].pop("required"))
    states = {"properties": {"transitions": step}}
    properties = {key: each(defs[name].pop("required")) for key, name in _INHERITED.items()}
    properties["states"] = {"description": _ONLY_WHOLE, "additionalProperties": states}
    inherited = ["title", "states"]
    root["required"] = [key for key in root["required"] if key not in inherited]
    return {"description": _ONLY_WHOLE, "required": inherited, "properties": properties}


def _def_name(name: str) -> str:
    """`WaitShape` → `wait`, `FactType` → `fact-type`."""
    words = "".join(f"-{char.lower()}" if char.isupper() else char for char in name.removesuffix("Shape"))
    return words.removeprefix("-")


def _rewritten(node: Node) -> Node:
    """A piece of pydantic's schema in the form of ours."""
    form = node.pop("x-form", None)
    if form is not None:
        reference = condition_ref() if form == "condition" else value_ref()
        return {**reference, **_said(node)}
    if "$ref" in node:
        return {"$ref": f"#/$defs/{_def_name(node['$ref'].rpartition('/')[2])}", **_said(node)}
    if "anyOf" in node:
        return _alternatives(node)
    return _plain(node)


def _said(node: Node) -> Node:
    return {key: node[key] for key in ("description", "default") if node.get(key) is not None}


def _alternatives(node: Node) -> Node:
    """Without the `null` that pydantic adds for what may be left out: the loader refuses it."""
    choices = [_rewritten(each) for each in node["anyOf"] if each.get("type") != "null"]
    if len(choices) == 1:
        return {**choices[0], **_said(node)}
    return {"anyOf": choices, **_said(node)}


def _plain(node: Node) -> Node:
    node.pop("title", None)
    if node.get("default", ...) is None:
        del node["default"]
    if node.get("type") == "string" and "enum" not in node and "const" not in node:
        return {"$ref": f"#/$defs/{FORM_OF[node.get('pattern')]}", **_said(node)}
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(key), dict):
            node[key] = _rewritten(node[key])
    for key in ("properties", "patternProperties"):
        if key in node:
            node[key] = {name: _rewritten(each) for name, each in node[key].items()}
    if "patternProperties" in node:
        _named_entries(node)
    if node.get("type") == "array":
        node["errorMessage"] = "a list is expected here, as in `[a, b]`"
    if node.get("type") == "boolean":
        node["errorMessage"] = "write `true` or `false`"
    return node


def _named_entries(node: Node) -> None:
    """A mapping by the author's own names: what a bad name is told is ours to say."""
    ((pattern, entry),) = node.pop("patternProperties").items()
    node["additionalProperties"] = entry
    node["propertyNames"] = {"$ref": f"#/$defs/{FORM_OF[pattern]}"}


def _dress(node: Node, name: str) -> None:
    """Our words for a definition: what it may hold, what to begin with."""
    if name in OBJECTS:
        keys = ", ".join(f"`{key}`" for key in node["properties"])
        node["errorMessage"] = f"{OBJECTS[name]} has the keys {keys}, and no others"
    if name in SNIPPETS:
        node["defaultSnippets"] = SNIPPETS[name]
    if name in ENUMS:
        node["enumDescriptions"] = [ENUMS[name][value] for value in node["enum"]]
        node["markdownEnumDescriptions"] = node["enumDescriptions"]
        node["errorMessage"] = f"one of {', '.join(f'`{value}`' for value in node['enum'])}"


def _with_markdown(node: Any) -> Any:
    """Every description once more as Markdown, which editors show with its code set as code."""
    if isinstance(node, list):
        return [_with_markdown(each) for each in node]
    if not isinstance(node, dict):
        return node
    done = {key: _with_markdown(each) for key, each in node.items()}
    if isinstance(done.get("description"), str) and "markdownDescription" not in done:
        done["markdownDescription"] = done["description"]
    return done
