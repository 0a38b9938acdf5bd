"""What editors say about a protocol file, in our words: messages, and pieces to begin with."""

from __future__ import annotations

from typing import Any

from rupture_protocol.language import shapes
from rupture_protocol.language.quantities import DATE_HELP, DURATION_HELP

Node = dict[str, Any]

FORM_OF: dict[str | None, str] = {
    None: "text",
    shapes.NAME_PATTERN: "name",
    shapes.ID_PATTERN: "protocol-id",
    shapes.SOURCE_PATTERN: "source-id",
    shapes.VERSION_PATTERN: "version",
    shapes.LANGUAGE_PATTERN: "language-tag",
    shapes.DURATION_PATTERN: "duration",
    shapes.DATE_PATTERN: "day",
    shapes.NUMBER_PATTERN: "decimal-text",
}
"""The definitions of the forms of text, by the pattern that the shapes ask for."""


def _form(pattern: str, description: str, message: str, *examples: str) -> Node:
    made: Node = {
        "description": description,
        "type": "string",
        "pattern": pattern,
        "patternErrorMessage": message,
        "errorMessage": message,
    }
    return {**made, "examples": list(examples)} if examples else made


def no_list_and_no_mapping(message: str) -> Node:
    """Any single value. To name its types would make editors offer `true`, `false` and `null` for a text."""
    return {"if": {"type": ["object", "array"]}, "then": {"type": "string", "errorMessage": message}}


def _loosely(form: Node) -> Node:
    """A form that an unquoted `1e3` has, too: text to the loader, a number to an editor."""
    message = form["errorMessage"]
    return {**{key: value for key, value in form.items() if key != "type"}, **no_list_and_no_mapping(message)}


_NO_TEXT = "text is expected here; put it in quotes if in doubt"

FORM_DEFS: dict[str, Node] = {
    "text": {
        "description": "Text; in quotes if in doubt.",
        "minLength": 1,
        "errorMessage": _NO_TEXT,
        **no_list_and_no_mapping(_NO_TEXT),
    },
    "name": _form(
        shapes.NAME_PATTERN,
        "A name: small letters, digits and `_`.",
        "a name: a small letter, then small letters, digits and `_`",
    ),
    "protocol-id": _form(
        shapes.ID_PATTERN,
        "An id in kebab-case.",
        "an id: small letters and digits, in words joined by `-`",
        "riverside-clinic",
    ),
    "source-id": _loosely(
        _form(
            shapes.SOURCE_PATTERN,
            "The id of a source in `sources`.",
            "a source's id: letters, digits, `.`, `_` and `-`",
        )
    ),
    "version": _form(
        shapes.VERSION_PATTERN, "A semantic version.", "three whole numbers, as in `1.0.0`", "1.0.0"
    ),
    "language-tag": _loosely(
        _form(
            shapes.LANGUAGE_PATTERN, "A BCP 47 language tag.", "a language tag, as in `en` or `pt-BR`", "en"
        )
    ),
    "duration": _form(
        shapes.DURATION_PATTERN, "A length of time.", DURATION_HELP, "24 hours", "10 working days", "6 months"
    ),
    "day": _form(shapes.DATE_PATTERN, "A day.", DATE_HELP, "2026-11-01"),
    "decimal-text": _form(
        shapes.NUMBER_PATTERN, "An exact decimal, as text.", "a plain decimal, as in `3` or `0.5`"
    ),
}
"""The forms of text."""

OBJECTS: dict[str, str] = {
    "protocol": "a protocol",
    "about": "`about`",
    "source": "a source",
    "role": "a role",
    "fact": "a fact",
    "guidance": "guidance",
    "argument": "an argument",
    "override": "`override`",
    "interrupt": "an interrupt",
    "transition": "a transition",
    "anywhere": "a transition from anywhere",
    "wait": "`wait`",
    "state": "a state",
    "mark": "a deadline's start or end",
    "deadline": "a deadline",
    "promise": "a promise",
    "extends": "what is extended",
    "migration": "an entry of `migrates`",
}
"""What a mapping is called, by definition."""

ENUMS: dict[str, dict[str, str]] = {
    "fact-type": {
        "boolean": "yes or no",
        "choice": "one of `values`, in no order",
        "scale": "one of `values`, in rising order; `also` holds judgements outside it",
        "set": "several of `values`, or none of them",
        "integer": "a whole number",
        "number": "an exact decimal",
        "date": "a day",
        "datetime": "a day and time, with its offset",
        "text": "free text: recorded and shown, never read by a condition",
    },
    "source-kind": {
        "law": "a statute or a court's rule",
        "code": "a professional code",
        "guideline": "a guideline of a professional or health body",
        "research": "a published study or model",
        "clinic": "the clinic's own rule",
    },
    "deadline-kind": {
        "law": "set by law",
        "code": "set by a professional code",
        "policy": "set by the policy of a body or funder",
        "clinic": "the clinic's own default",
    },
}
"""What each listed value means, by definition."""

SNIPPETS: dict[str, list[Node]] = {
    "protocol": [
        {
            "label": "a whole small protocol",
            "description": "two states and one step to begin with",
            "body": {
                "format": 1,
                "protocol": "${1:my-clinic}",
                "version": "1.0.0",
                "title": "${2:Repairing harm}",
                "states": {
                    "aware": {"initial": True, "transitions": {"acknowledge": {"to": "acknowledged"}}},
                    "acknowledged": {"final": True},
                },
            },
        }
    ],
    "fact": [
        {
            "label": "boolean",
            "description": "yes or no",
            "body": {"type": "boolean", "ask": "${1:Question?}"},
        },
        {
            "label": "choice",
            "description": "one of several, in no order",
            "body": {"type": "choice", "values": ["${1:a}", "${2:b}"], "ask": "${3:Question?}"},
        },
        {
            "label": "scale",
            "description": "one of several, in rising order",
            "body": {
                "type": "scale",
                "values": ["${1:none}", "${2:some}", "${3:much}"],
                "also": ["not_assessable"],
                "ask": "${4:Question?}",
            },
        },
    ],
    "transition": [
        {
            "label": "transition",
            "description": "a step with its guard",
            "body": {"to": "${1:state}", "when": {"${2:fact}": "${3:value}"}},
        }
    ],
    "interrupt": [
        {
            "label": "interrupt",
            "description": "comes before everything below it",
            "body": {"to": "${1:state}", "when": {"${2:fact}": "${3:value}"}},
        }
    ],
    "deadline": [
        {
            "label": "deadline",
            "description": "by when something is due",
            "body": {
                "starts": {"state": "${1:state}"},
                "within": "${2:10 working days}",
                "met_by": {"fact": "${3:fact}"},
                "kind": "clinic",
            },
        }
    ],
    "promise": [
        {
            "label": "only if",
            "description": "a state is entered only where a condition is true",
            "body": {"enter": "${1:state}", "only_if": {"${2:fact}": "${3:value}"}},
        },
        {
            "label": "only after",
            "description": "a state is entered only after another",
            "body": {"enter": "${1:state}", "only_after": "${2:state}"},
        },
        {
            "label": "whenever, offer",
            "description": "a trigger is open wherever a condition is true",
            "body": {"whenever": {"${1:fact}": "${2:value}"}, "offer": "${3:trigger}"},
        },
        {
            "label": "always reachable",
            "description": "there is a way to these states from everywhere",
            "body": {"always_reachable": ["${1:state}"]},
        },
    ],
}
"""Pieces that an editor offers to begin with, by definition."""
