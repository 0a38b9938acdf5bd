"""The schema for editors: it explains every key, refuses common mistakes, and nothing that is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from tests.docs.blocks import blocks, completed
from tests.language.dressed import TEXTS, dressed_data
from tests.language.yaml_1_2 import read_1_2
from tests.strategies import Data, law

from rupture_protocol import loads, shipped
from rupture_protocol.language.codes import ALL, page
from rupture_protocol.language.conditions import FORMS, Operator
from rupture_protocol.language.dump import dump
from rupture_protocol.language.schema import json_schema
from rupture_protocol.loading import checks

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
CORPUS = Path(__file__).parent.parent / "corpus" / "valid"
RIGHT = [
    block.protocol
    for code in ALL
    for block in blocks(page(code))
    if "right" in block.words and not {"translation", "scenarios"} & set(block.words)
]


def nodes(node: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    yield place, node
    for key, each in node.items() if isinstance(node, dict) else ():
        yield from nodes(each, f"{place}/{key}")


def messages(text: str) -> list[str]:
    """What an editor shows: our message where the schema has one."""
    return [message for error in VALIDATOR.iter_errors(read_1_2(text)) for message in _ours(error)]


def _ours(error: Any) -> Iterator[str]:
    own = "patternErrorMessage" if error.validator == "pattern" else "errorMessage"
    yield str(error.schema.get(own, error.message))
    for inner in error.context:
        yield from _ours(inner)


def test_it_is_a_schema_of_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(json_schema()) == json.dumps(SCHEMA)


def test_every_reference_leads_somewhere_and_every_definition_is_used() -> None:
    used = {node["$ref"] for _, node in nodes(SCHEMA) if isinstance(node, dict) and "$ref" in node}
    listed = [node for _, node in nodes(SCHEMA) if isinstance(node, dict) and "anyOf" in node]
    used |= {each["$ref"] for node in listed for each in node["anyOf"] if "$ref" in each}

    assert {f"#/$defs/{name}" for name in SCHEMA["$defs"]} == used


def test_every_key_and_every_definition_has_a_description() -> None:
    silent = [
        f"{place}/{name}"
        for place, node in nodes(SCHEMA)
        if place.endswith(("/properties", "/$defs"))
        for name, each in node.items()
        if not each.get("description") or not each.get("markdownDescription")
    ]
    assert silent == []


def test_every_closed_mapping_says_which_keys_it_has() -> None:
    closed = [node for _, node in nodes(SCHEMA) if isinstance(node, dict) and _is_closed(node)]

    assert len(closed) > 15
    for node in closed:
        assert all(f"`{key}`" in node["errorMessage"] for key in node["properties"])


def _is_closed(node: Data) -> bool:
    return node.get("additionalProperties") is False


def test_every_form_and_every_operator_is_explained() -> None:
    assert set(FORMS) == set(SCHEMA["$defs"]["condition"]["properties"])
    assert set(Operator) == set(SCHEMA["$defs"]["operators"]["properties"])


def test_keys_that_come_later_are_not_in_it() -> None:
    assert "scenarios" not in SCHEMA["properties"]


def test_nothing_of_pydantic_shows() -> None:
    text = json.dumps(SCHEMA)

    assert "Shape" not in text
    assert "x-form" not in text
    assert '"null"' not in text


# What the loader accepts, it does not refuse -----------------------------------------------------------


@law(40)
@given(dressed_data())
def test_it_never_refuses_what_the_loader_accepts(data: Data) -> None:
    text = json.dumps(data)
    assert checks(text).protocol is not None

    assert messages(text) == []
    assert messages(dump(loads(text))) == []


@pytest.mark.parametrize("name", shipped.names())
def test_it_accepts_the_shipped_protocols(name: str) -> None:
    path = shipped.find(name)
    assert path is not None

    assert messages(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.yaml")), ids=lambda path: str(path.stem))
def test_it_accepts_the_valid_corpus(path: Path) -> None:
    assert messages(path.read_text("utf-8")) == []


@pytest.mark.parametrize("text", RIGHT)
def test_it_accepts_what_the_pages_of_the_codes_call_right(text: str) -> None:
    assert messages(text) == []


LOOKALIKES = (
    "yes no on off y n True FALSE Null NULL ~ 012 +5 0x1F 0o17 1e3 .5 1. 1_000 12:30 .inf .nan 2026-11-24"
)


@pytest.mark.parametrize("text", [*LOOKALIKES.split(), *(json.dumps(text) for text in TEXTS)])
def test_it_accepts_what_is_text_to_the_loader_however_an_editor_reads_it(text: str) -> None:
    written = completed(f"""
derived_from: {text}
about: {{purpose: {text}, not_for: [{text}], authors: {text}}}
facts:
  chosen: {{type: choice, values: [{text}, other], presume: {text}, ask: {text}, source: our-policy}}
  several: {{type: set, values: [{text}, other]}}
conditions:
  one: {{title: {text}, chosen: {text}}}
  more: {{any: [{{chosen: [{text}]}}, {{chosen: {{is_not: {text}}}}}, {{several: {{includes: {text}}}}}]}}
""")
    quoted = text.startswith('"')
    if checks(written).protocol is None:
        assert quoted  # a value of a choice may not have spaces around it, or a comma in it
    else:
        assert messages(written) == []


# Common mistakes, it refuses in our words --------------------------------------------------------------


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            "anywhere: {refer: {to: closed, guard: {client_agrees: true}}}",
            "a transition from anywhere has the keys `to`, `title`, `by`, `when`, ",
        ),
        ("scenarios: []", "a protocol has the keys `format`, "),
        ("extends: {protocol: base, versions: '1'}", "what is extended has the keys `protocol`, `version`, "),
        ("facts: {Client agrees: boolean}", "a name: a small letter, then small letters, digits and `_`"),
        ("facts: {agrees: bool}", "one of `boolean`, `choice`, "),
        ("facts: {agrees: {type: boolean, by: therapist}}", "a list is expected here, as in `[a, b]`"),
        ("facts: {agrees: {type: boolean, varies: 'true'}}", "write `true` or `false`"),
        (
            "facts: {agrees: {type: boolean, lasts: 1.5 days}}",
            "a whole number and a unit, as in `24 hours`, ",
        ),
        (
            "facts: {agrees: {type: boolean, ask: [a, b]}}",
            "text is expected here; put it in quotes if in doubt",
        ),
        ("facts: {dose: {type: number, minimum: low}}", "a plain decimal, as in `3` or `0.5`"),
        ("protocol: My Clinic", "an id: small letters and digits, in words joined by `-`"),
        ("version: 1.0", "three whole numbers, as in `1.0.0`"),
        ("about: {reviewed: 1 May 2026}", "a day, as in `2026-11-24`, between 1900 and 2999"),
        ("assume: [client_agrees]", "a condition is a mapping, as in `{client_reachable: true}`"),
        ("assume: [{}]", "a condition is a mapping, as in `{client_reachable: true}`"),
        ("assume: [{any: {client_agrees: true}}]", "`any` takes a list of conditions, as in "),
        ("assume: [{harm_severity: {gt: mild}}]", "a fact is compared with `is`, `is_not`, "),
        ("assume: [{harm_severity: {between: [mild]}}]", "`between` takes two values, as in "),
        ("assume: [{harm_severity: {one_of: mild}}]", "`one_of` takes a list, as in "),
        ("assume: [{visits: {state: aware, at_least: some}}]", "a whole number, 0 or more"),
        ("assume: [{visits: {state: aware}}]", "`state`, and one of `is`, `at_least`, "),
        ("assume: [{elapsed: {since: aware, is: 1 day}}]", "`since`, and one of `at_least`, "),
        (
            "assume: [{elapsed: {since: aware, at_least: 2 working days}}]",
            "a whole number and a unit, as in ",
        ),
        ("sources: {law: {title: A law, kind: Law}}", "one of `law`, `code`, `guideline`, "),
        (
            "interrupts: {hold: {to: aware, when: {client_agrees: false}, needs: [a]}}",
            "an interrupt has the keys ",
        ),
    ],
)
def test_it_refuses_a_common_mistake_in_our_words(mistake: str, message: str) -> None:
    text = completed(f"{mistake}\n")
    assert checks(text).protocol is None, "a mistake is one to the loader, too"

    assert [each for each in messages(text) if each.startswith(message)]


@pytest.mark.parametrize("key", ["format", "protocol", "version", "title", "states"])
def test_it_asks_for_what_is_required(key: str) -> None:
    data = read_1_2(completed(""))
    del data[key]

    assert [error.message for error in VALIDATOR.iter_errors(data)] == [f"{key!r} is a required property"]
