"""The JSON Schema of conditions and of written values, by hand: their keys are an author's own names."""

from __future__ import annotations

from typing import Any

from rupture_protocol.language.conditions import AGAINST_NOW, IN_ORDER, Operator
from rupture_protocol.language.schema_words import no_list_and_no_mapping
from rupture_protocol.language.shapes import DURATION_PATTERN, NAME_PATTERN

Node = dict[str, Any]

_NOT_A_MAPPING = "a condition is a mapping, as in `{client_reachable: true}`"

FORM_WORDS: dict[str, str] = {
    "all": "Holds when every condition in the list holds, as in `all: [{a: true}, {b: high}]`.",
    "any": "Holds when at least one condition in the list holds, as in `any: [{a: true}, {b: high}]`.",
    "not": "Holds when the condition definitely does not hold. What is unknown stays unknown.",
    "visited": "Holds when the case has been in this state (in all of these) at any time, the present one "
    "included.",
    "visits": "How often a state was entered, as in `visits: {state: modified, at_least: 2}`.",
    "elapsed": "How long ago a state was last entered, as in `elapsed: {since: acknowledged, at_least: 24 "
    "hours}`; false for a state never entered.",
}
"""What each form of condition means."""

OPERATOR_WORDS: dict[Operator, str] = {
    Operator.IS: "Equals this. For a set: has exactly these values.",
    Operator.IS_NOT: "Is on record and is something else than this.",
    Operator.ONE_OF: "Is one of these.",
    Operator.NONE_OF: "Is on record and is none of these.",
    Operator.AT_LEAST: "Is this, or further up the order.",
    Operator.AT_MOST: "Is this, or further down the order.",
    Operator.ABOVE: "Is further up the order than this.",
    Operator.BELOW: "Is further down the order than this.",
    Operator.BETWEEN: "Lies between the two, both included, as in `between: [mild, severe]`. "
    "False for a value in `also`.",
    Operator.INCLUDES: "A set holds this value, or all of these.",
    Operator.WITHIN: "A date lies no further back than this, as in `within: 6 months`.",
    Operator.OLDER_THAN: "A date lies further back than this, as in `older_than: 12 months`.",
}
"""What each operator means."""

_EXAMPLES: dict[Operator, list[Any]] = {
    Operator.AT_LEAST: ["moderate"],
    Operator.ONE_OF: [["none", "low"]],
    Operator.BETWEEN: [["mild", "severe"]],
    Operator.WITHIN: ["6 months"],
    Operator.OLDER_THAN: ["12 months"],
}


def condition_ref() -> Node:
    """A place where a condition stands."""
    return {"$ref": "#/$defs/condition"}


def value_ref() -> Node:
    """A place where a fact's value stands."""
    return {"$ref": "#/$defs/value"}


def _scalar_ref() -> Node:
    return {"$ref": "#/$defs/single-value"}


def _state_ref() -> Node:
    return {"$ref": "#/$defs/state-name"}


def _conditions_list(form: str) -> Node:
    return {
        "type": "array",
        "items": condition_ref(),
        "minItems": 1,
        "description": FORM_WORDS[form],
        "errorMessage": f"`{form}` takes a list of conditions, as in `{form}: [{{a: true}}, {{b: high}}]`",
    }


def _compared(operator: Operator, each: Node) -> Node:
    """What one comparison takes, when `each` is one value of it."""
    said: Node = {"description": OPERATOR_WORDS[operator]}
    if operator in _EXAMPLES:
        said["examples"] = _EXAMPLES[operator]
    match operator:
        case Operator.BETWEEN:
            form: Node = {"type": "array", "items": each, "minItems": 2, "maxItems": 2}
            return {
                **form,
                **said,
                "errorMessage": "`between` takes two values, as in `between: [mild, severe]`",
            }
        case Operator.ONE_OF | Operator.NONE_OF:
            form = {"type": "array", "items": each, "minItems": 1}
            return {**form, **said, "errorMessage": f"`{operator}` takes a list, as in `{operator}: [a, b]`"}
        case Operator.IS | Operator.IS_NOT:
            return {"anyOf": [each, {"type": "array", "items": each}], **said}
        case Operator.INCLUDES:
            return {"anyOf": [each, {"type": "array", "items": each, "minItems": 1}], **said}
        case _:
            return {**each, **said}


def _operators() -> Node:
    lasting = {"$ref": "#/$defs/time-span"}
    return {
        operator.value: _compared(operator, lasting if operator in AGAINST_NOW else _scalar_ref())
        for operator in Operator
    }


def _counted(key: str, each: Node, operators: list[Operator], description: str) -> Node:
    """`visits` or `elapsed`: a state, and how the count or the time compares."""
    compared = {operator.value: _compared(operator, each) for operator in operators}
    for operator, node in compared.items():
        node.pop("examples", None)
        node["description"] = _COUNTED_WORDS[Operator(operator)]
    return {
        "type": "object",
        "properties": {key: {**_state_ref(), "description": "The state."}, **compared},
        "required": [key],
        "minProperties": 2,
        "additionalProperties": False,
        "description": description,
        "errorMessage": f"`{key}`, and one of {', '.join(f'`{each}`' for each in compared)}",
    }


_COUNTED_WORDS = {
    Operator.IS: "Exactly this.",
    Operator.AT_LEAST: "This, or more.",
    Operator.AT_MOST: "This, or less.",
    Operator.ABOVE: "More than this.",
    Operator.BELOW: "Less than this.",
    Operator.BETWEEN: "Between the two, both included.",
}
_IN_ORDER = [operator for operator in Operator if operator in IN_ORDER]


def _condition(*, named: bool) -> Node:
    properties: Node = {
        "all": _conditions_list("all"),
        "any": _conditions_list("any"),
        "not": {**condition_ref(), "description": FORM_WORDS["not"]},
        "visited": {
            "anyOf": [_state_ref(), {"type": "array", "items": _state_ref(), "minItems": 1}],
            "description": FORM_WORDS["visited"],
        },
        "visits": _counted(
            "state", {"$ref": "#/$defs/count"}, [Operator.IS, *_IN_ORDER], FORM_WORDS["visits"]
        ),
        "elapsed": _counted("since", {"$ref": "#/$defs/time-span"}, _IN_ORDER, FORM_WORDS["elapsed"]),
    }
    if named:
        # A fact may be called `title`: then this is a comparison with it.
        properties["title"] = {
            "description": "What the condition is called in sentences.",
            "$ref": "#/$defs/comparison",
        }
    words = "What must hold: every key in it. True, false, or unknown while a fact is not on record."
    return {
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "propertyNames": {
            "pattern": NAME_PATTERN,
            "patternErrorMessage": "the name of a fact or condition: small letters, digits and `_`",
        },
        "additionalProperties": {"$ref": "#/$defs/comparison"},
        "description": f"A condition with a name. {words}" if named else words,
        "errorMessage": _NOT_A_MAPPING,
        "examples": [{"suicide_level": {"at_least": "moderate"}}, {"any": [{"a": True}, {"b": ["x", "y"]}]}],
        "defaultSnippets": [
            {"label": "any", "description": "one of several", "body": {"any": ["$1"]}},
            {"label": "all", "description": "all of several", "body": {"all": ["$1"]}},
            {"label": "not", "description": "definitely not", "body": {"not": {"${1:fact}": "${2:value}"}}},
            {"label": "visited", "description": "has been in a state", "body": {"visited": "${1:state}"}},
        ],
    }


CONDITION_DEFS: dict[str, Node] = {
    "condition": _condition(named=False),
    "named-condition": _condition(named=True),
    "comparison": {
        "description": "A fact's value, a list of values one of which it is, or operators; for a named "
        "condition `true` (it holds) or `false` (it definitely does not).",
        # Not `anyOf`: editors would say what is wrong with one of the three, and not with the one meant.
        "if": {"type": "object"},
        "then": {"$ref": "#/$defs/operators"},
        "else": {"if": {"type": "array"}, "then": {"items": _scalar_ref(), "minItems": 1}},
        "examples": [True, "high", ["none", "low"], {"at_least": "moderate"}],
    },
    "operators": {
        "type": "object",
        "description": "How the fact compares; several must all hold.",
        "properties": _operators(),
        "minProperties": 1,
        "additionalProperties": False,
        "errorMessage": f"a fact is compared with {', '.join(f'`{each}`' for each in Operator)}",
    },
    "value": {
        "description": "A value of the fact; for a set, a list of its values.",
        "anyOf": [_scalar_ref(), {"type": "array", "items": _scalar_ref()}],
        "examples": [True, "full", ["a", "b"]],
    },
    "single-value": {
        "description": "A value of the fact: text, a number, `true` or `false`.",
        **no_list_and_no_mapping("one value is expected here"),
    },
    "state-name": {
        "description": "The name of a state.",
        "type": "string",
        "pattern": NAME_PATTERN,
        "patternErrorMessage": "the name of a state: small letters, digits and `_`",
    },
    "count": {
        "description": "How often: a whole number.",
        "type": "integer",
        "minimum": 0,
        "errorMessage": "a whole number, 0 or more",
        "examples": [2],
    },
    "time-span": {
        "description": "A length of time: a whole number and a unit, but no working days.",
        "type": "string",
        "pattern": DURATION_PATTERN.replace("working day|", ""),
        "patternErrorMessage": "a whole number and a unit, as in `24 hours` or `6 months`",
        "examples": ["24 hours", "6 months"],
    },
}
"""What `condition_ref()` and `value_ref()` refer to."""
