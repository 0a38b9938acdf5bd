"""What is written back is what was read."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from tests.docs.blocks import completed
from tests.language.dressed import dressed_data
from tests.strategies import Data, law

from rupture_protocol import load, loads, shipped
from rupture_protocol.language import dump as dumping
from rupture_protocol.language.dump import dump, written
from rupture_protocol.language.source import LARGEST_FILE
from rupture_protocol.loading import checks


@law(50)
@given(dressed_data())
def test_a_protocol_that_is_dumped_and_loaded_is_the_same(data: Data) -> None:
    protocol = loads(json.dumps(data))
    again = loads(dump(protocol))

    assert again == protocol
    assert again.digest == protocol.digest


@law(10)
@given(dressed_data())
def test_what_is_dumped_is_canonical(data: Data) -> None:
    text = dump(loads(json.dumps(data)))

    assert dump(loads(text)) == text


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_protocol_that_is_dumped_and_loaded_is_the_same(name: str) -> None:
    protocol = load(name)

    assert loads(dump(protocol)) == protocol


@law(10)
@given(dressed_data())
def test_the_law_sees_a_lost_key(data: Data) -> None:
    protocol = loads(json.dumps(data))
    lost = written(protocol)
    del lost["states"]["start"]["initial"]
    lost["states"]["middle"]["initial"] = True

    assert loads(json.dumps(lost)) != protocol


def condition(text: str) -> object:
    protocol = loads(completed(f"assume:\n  - {text}\n"))
    return written(protocol)["assume"][0]


@pytest.mark.parametrize(
    ("as_read", "as_written"),
    [
        ("harm_severity: {is: mild}", {"harm_severity": "mild"}),
        ("harm_severity: {one_of: [mild]}", {"harm_severity": ["mild"]}),
        (
            "harm_severity: {above: none, below: severe}",
            {"harm_severity": {"above": "none", "below": "severe"}},
        ),
        (
            "all: [{harm_severity: {above: none}}, {harm_severity: {below: severe}}]",
            {"harm_severity": {"above": "none", "below": "severe"}},
        ),
        (
            "all: [{harm_severity: {above: none}}, {harm_severity: {above: mild}}]",
            {"all": [{"harm_severity": {"above": "none"}}, {"harm_severity": {"above": "mild"}}]},
        ),
        ("all: [{client_agrees: true}]", {"all": [{"client_agrees": True}]}),
        (
            "all: [{client_agrees: true}, {visited: [aware]}]",
            {"client_agrees": True, "visited": "aware"},
        ),
        ("not: {not: {client_agrees: false}}", {"not": {"not": {"client_agrees": False}}}),
        ("event_aware_date: {within: 1 day}", {"event_aware_date": {"within": "1 day"}}),
    ],
)
def test_a_condition_is_written_in_its_shortest_form(as_read: str, as_written: object) -> None:
    assert condition(as_read) == as_written


def test_a_condition_is_never_nested_deeper_than_it_was_read() -> None:
    deep = "{client_agrees: true, harm_severity: {above: none, below: severe}}"
    for _ in range(26):
        deep = f"{{not: {deep}, client_agrees: true}}"
    protocol = loads(completed(f"assume:\n  - {deep}\n"))

    assert loads(dump(protocol)) == protocol


def test_a_decimal_is_written_as_exact_text_and_an_integer_as_a_number() -> None:
    facts = "facts:\n  dose: {type: number, minimum: 0, maximum: 0.1000000000000000000001}\n"
    protocol = loads(completed(facts + "  visits_made: {type: integer, minimum: 0}\n"))

    assert written(protocol)["facts"]["visits_made"] == {"type": "integer", "minimum": 0}
    assert written(protocol)["facts"]["dose"] == {
        "type": "number",
        "minimum": "0",
        "maximum": "0.1000000000000000000001",
    }
    assert loads(dump(protocol)).facts["dose"].maximum == Decimal("0.1000000000000000000001")


def test_what_a_default_says_is_left_out() -> None:
    assert written(loads(completed("")))["roles"] == {
        "therapist": {"about": "The clinician whose work is in question"},
        "supervisor": {"about": "The therapist's clinical supervisor"},
    }
    assert written(loads(completed("")))["states"] == {
        "aware": {"initial": True, "transitions": {"close": {"to": "closed"}}},
        "closed": {"final": True},
    }


def test_a_large_protocol_is_dumped_without_indentation() -> None:
    states = "".join(f"  s{at}: {{transitions: {{go: {{to: aware}}}}}}\n" for at in range(498))
    facts = "".join(f"  f{at}: {{type: boolean, ask: {'q' * 60}}}\n" for at in range(2_000))
    ends = "  aware: {initial: true, transitions: {close: {to: closed}}}\n  closed: {final: true}\n"
    protocol = loads(completed(f"facts:\n{facts}states:\n{ends}{states}"))
    assert len(json.dumps(written(protocol), indent=2)) > LARGEST_FILE

    assert loads(dump(protocol)) == protocol


def test_the_engines_own_conditions_have_no_written_form() -> None:
    from rupture_protocol.language.conditions import OnRecord

    with pytest.raises(TypeError, match="`OnRecord`"):
        dumping.written_condition(OnRecord("client_agrees"))


def test_a_limit_may_be_an_exact_decimal_in_quotes_and_nothing_that_looks_like_one() -> None:
    quoted = loads(completed('facts:\n  dose: {type: number, minimum: "0.50"}\n'))

    assert quoted.facts["dose"].minimum == Decimal("0.5")
    for limit, code in (('"half"', "wrong-type"), ('"1e3"', "wrong-type"), ("1e3", "quote-it")):
        checked = checks(completed(f"facts:\n  dose: {{type: number, minimum: {limit}}}\n"))
        assert [issue.code for issue in checked.errors] == [code]
