"""The rules of the format, each with what it refuses; what a file of the corpus shows is not repeated."""

from __future__ import annotations

from datetime import date

import pytest

from rupture_protocol.errors import Issue
from rupture_protocol.language.conditions import Operator
from rupture_protocol.loading import checks, loads

HEAD = """\
format: 1
protocol: example
version: 1.0.0
title: Repairing harm
"""
STATES = """\
states:
  aware:
    initial: true
    transitions:
      close: {to: closed%s}
  closed: {final: true}
"""
FACTS = """\
facts:
  agrees: boolean
  place: {type: choice, values: [home, clinic]}
  severity: {type: scale, values: [none, mild, severe], also: [not_assessable]}
  symptoms: {type: set, values: [sleepless, anxious]}
  age: {type: integer, minimum: 0, maximum: 120}
  dose: {type: number, minimum: 0.5, maximum: 3}
  aware_on: date
  aware_at: datetime
  plan: text
conditions:
  agreed: {agrees: true}
"""
FULL = """\
format: 1
protocol: example
version: 1.0.0
title: Repairing harm
about: {purpose: To repair harm}
sources: {own: {title: Our rule, kind: clinic}}
roles: {therapist: {about: The clinician}}
facts: {agrees: {type: boolean}}
states:
  aware:
    initial: true
    wait: {reason: it takes time}
    transitions:
      close:
        to: closed
        guidance: {say: Goodbye}
        override: {by: [therapist], reasons: [other]}
        for: [{because: it is time}]
        against: [{because: it is early}]
  closed: {final: true}
anywhere: {stop: {to: closed}}
interrupts: {hold: {to: closed, when: {agrees: true}, guidance: {say: Wait}}}
deadlines: {notice: {starts: {state: aware}, met_by: {fact: agrees}}}
promises: {way_out: {always_reachable: closed}}
"""


def issues(text: str) -> tuple[Issue, ...]:
    return checks(text).errors


def codes(text: str) -> list[str]:
    return [issue.code for issue in issues(text)]


def guarded(when: str) -> str:
    return HEAD + FACTS + STATES % f", when: {when}"


# A whole protocol ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["format", "protocol", "version", "title", "states"])
def test_what_a_protocol_cannot_do_without(key: str) -> None:
    kept = [part for part in (HEAD + "states:" + (STATES % "")[7:]).splitlines() if not part.startswith(key)]
    text = "\n".join(line for line in kept if key != "states" or not line.startswith(" "))

    (issue,) = issues(text)

    assert (issue.code, issue.message) == ("missing-key", f"`{key}` is missing")


MAPPINGS = [
    "about: {",
    "sources: {own: {",
    "roles: {therapist: {",
    "facts: {agrees: {",
    "wait: {",
    "guidance: {say: Go",
    "override: {",
    "for: [{",
    "against: [{",
    "closed: {",
    "stop: {",
    "hold: {",
    "guidance: {say: Wa",
    "notice: {",
    "starts: {",
    "met_by: {",
    "way_out: {",
    "      close:\n        ",
    "  aware:\n    ",
    "",
]


@pytest.mark.parametrize("place", MAPPINGS)
def test_an_unknown_key_is_an_error_everywhere(place: str) -> None:
    assert codes(FULL) == []
    brace = place.rfind("{") + 1
    if brace:
        text = FULL.replace(place, f"{place[:brace]}colour: red, {place[brace:]}")
    else:
        text = FULL.replace(place, f"{place}colour: red\n{' ' * (len(place) - place.rfind(chr(10)) - 1)}", 1)

    (issue,) = issues(text)

    assert issue.code == "unknown-key"
    assert issue.help is not None
    assert issue.help.startswith(("known", "an interrupt has `to`, `when`, `by`", "did you mean"))


@pytest.mark.parametrize(
    "key", ["needs", "despite", "not_same_person", "override", "only", "except", "lasts"]
)
def test_an_interrupt_has_nothing_that_could_hold_it_back(key: str) -> None:
    text = FULL.replace("{hold: {", f"{{hold: {{{key}: [agrees], ")

    assert codes(text) == ["unknown-key"]


def test_a_state_has_neither_guard_nor_recorder() -> None:
    assert codes(FULL.replace("    initial: true\n", "    initial: true\n    when: {agrees: true}\n")) == [
        "unknown-key"
    ]


@pytest.mark.parametrize("bad", ["Aware", "a-b", "1st", "_a", "a b", "ä", "a.b", "os.system", "a\\nb", ""])
def test_a_name_is_a_small_letter_then_small_letters_digits_and_underscores(bad: str) -> None:
    for section in ("roles", "facts", "states", "anywhere", "interrupts", "deadlines", "promises"):
        text = HEAD + (STATES % "") + f'{section}: {{"{bad}": {{}}}}\n' if section != "states" else None
        if text:
            assert codes(text)[0] == "bad-name", section
    assert "bad-name" in codes(HEAD + (STATES % "") + f'  "{bad}": {{final: true}}\n')
    assert "bad-name" in codes(HEAD + (STATES % "").replace("close:", f'"{bad}":'))


@pytest.mark.parametrize(
    "good", ["a", "a1", "a_b_2", "class", "none", "nan", "true_", "self", "__init__"[2:6]]
)
def test_a_name_may_be_a_word_of_python(good: str) -> None:
    assert codes(HEAD + f"facts: {{{good}: boolean}}\n" + STATES % f", when: {{{good}: true}}") == []


@pytest.mark.parametrize("form", ["all", "any", "not", "visited", "visits", "elapsed"])
@pytest.mark.parametrize("section", ["facts: {%s: boolean}", "conditions: {%s: {visited: aware}}"])
def test_no_fact_and_no_condition_is_called_as_a_form_is(form: str, section: str) -> None:
    assert codes(HEAD + section % form + "\n" + STATES % "") == ["reserved-name"]


@pytest.mark.parametrize("section", ["anywhere", "interrupts"])
def test_a_trigger_has_one_meaning_in_a_state(section: str) -> None:
    assert codes(
        HEAD + STATES % "" + f"{section}: {{close: {{to: closed, when: {{visited: aware}}}}}}\n"
    ) == ["name-clash"]


def test_two_states_may_share_a_trigger() -> None:
    assert codes(HEAD + STATES % "" + "  other: {transitions: {close: {to: closed}}}\n") == []


@pytest.mark.parametrize("key", ["scenarios"])
@pytest.mark.parametrize("value", ["standard", "[]", "{}", "1"])
def test_what_comes_later_is_an_error_and_never_ignored(key: str, value: str) -> None:
    assert codes(HEAD + STATES % "" + f"{key}: {value}\n") == ["not-supported-yet"]


@pytest.mark.parametrize("key", ["scenarios"])
def test_beside_what_comes_later_the_rest_is_checked(key: str) -> None:
    assert codes(HEAD + f"{key}: []\n" + STATES % ", colour: red") == ["not-supported-yet", "unknown-key"]


@pytest.mark.parametrize("written", ["2", "0", "-1", '"1"', "1.0", "true", "one", "[1]"])
def test_this_version_reads_format_1(written: str) -> None:
    assert codes(HEAD.replace("format: 1", f"format: {written}") + STATES % "") == ["format-version"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("initial: true", "initial: false", ["no-initial"]),
        ("final: true", "final: false", ["no-final"]),
        ("final: true", "initial: true, final: true", ["initial-and-final", "several-initial"]),
        ("final: true", "final: yes", ["quote-it"]),
        ("initial: true", "initial: 1", ["wrong-type"]),
        ("final: true", "final: true, transitions: {}", []),
        ("final: true", "final: true, transitions: {back: {to: aware}}", ["final-with-transitions"]),
    ],
)
def test_exactly_one_state_is_initial_and_at_least_one_final(old: str, new: str, expected: list[str]) -> None:
    assert sorted(codes((HEAD + STATES % "").replace(old, new))) == expected


# Facts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["choice", "scale", "set"])
def test_what_is_chosen_from_needs_values(kind: str) -> None:
    for written in (kind, f"{{type: {kind}}}"):
        assert codes(HEAD + f"facts: {{a: {written}}}\n" + STATES % "") == ["fact-values"]
    for values in ("[]", "{}", "none"):
        assert codes(HEAD + f"facts: {{a: {{type: {kind}, values: {values}}}}}\n" + STATES % "") in (
            ["empty"],
            ["wrong-type"],
        )


BELONGS = {
    "values: [a]": {"choice", "scale", "set"},
    "also: [b]": {"scale"},
    "minimum: 1": {"integer", "number"},
    "maximum: 9": {"integer", "number"},
    "unit: mg": {"integer", "number"},
}
KINDS = ["boolean", "choice", "scale", "set", "integer", "number", "date", "datetime", "text"]


@pytest.mark.parametrize("key", BELONGS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_a_fact_belongs_to_some_types(key: str, kind: str) -> None:
    values = "" if kind not in BELONGS["values: [a]"] or key.startswith("values") else ", values: [a]"

    found = codes(HEAD + f"facts: {{f: {{type: {kind}, {key}{values}}}}}\n" + STATES % "")

    assert found == ([] if kind in BELONGS[key] else ["fact-values"])


@pytest.mark.parametrize("kind", ["choice", "scale", "set"])
@pytest.mark.parametrize("written", ["unknown", '"unknown"'])
def test_unknown_in_values_is_an_error(kind: str, written: str) -> None:
    assert codes(HEAD + f"facts: {{f: {{type: {kind}, values: [a, {written}]}}}}\n" + STATES % "") == [
        "unknown-as-value"
    ]


def test_unknown_in_also_is_an_error() -> None:
    assert codes(HEAD + "facts: {f: {type: scale, values: [a], also: [unknown]}}\n" + STATES % "") == [
        "unknown-as-value"
    ]


@pytest.mark.parametrize(
    "fact",
    [
        "{type: boolean, presume: 1, source: own}",
        '{type: boolean, presume: "true", source: own}',
        "{type: boolean, presume: yes, source: own}",
        "{type: choice, values: [a], presume: b, source: own}",
        "{type: choice, values: [a], presume: unknown, source: own}",
        "{type: set, values: [a], presume: a, source: own}",
        "{type: set, values: [a], presume: [b], source: own}",
        "{type: integer, presume: 1.5, source: own}",
        "{type: integer, minimum: 2, presume: 1, source: own}",
        "{type: date, presume: 2026-02-30, source: own}",
        "{type: datetime, presume: 2026-02-20, source: own}",
        "{type: text, presume: a, source: own}",
        "{type: boolean, presume: true}",
    ],
)
def test_what_is_presumed_is_a_value_with_a_source(fact: str) -> None:
    assert (
        len(
            codes(
                HEAD
                + f"sources: {{own: {{title: Ours, kind: clinic}}}}\nfacts: {{f: {fact}}}\n"
                + STATES % ""
            )
        )
        == 1
    )


def test_a_broken_source_of_a_presumption_is_one_mistake() -> None:
    assert codes(HEAD + "facts: {f: {type: boolean, presume: true, source: []}}\n" + STATES % "") == ["empty"]


@pytest.mark.parametrize("by", ["[]", "[nurse]", "therapist", "[therapist, therapist]", "[1]", "all"])
def test_who_may_record_is_a_list_of_roles(by: str) -> None:
    text = (
        HEAD + f"roles: {{therapist: A clinician}}\nfacts: {{f: {{type: boolean, by: {by}}}}}\n" + STATES % ""
    )

    assert len(codes(text)) == 1


@pytest.mark.parametrize("minimum", ["low", '"low"', "true", "[1]", "0x1F", "1e3"])
def test_a_limit_is_a_number(minimum: str) -> None:
    assert len(codes(HEAD + f"facts: {{f: {{type: number, minimum: {minimum}}}}}\n" + STATES % "")) == 1


# Conditions ------------------------------------------------------------------------------------------

_LISTED = {"is", "is_not", "one_of", "none_of"}
_ORDERED = {*_LISTED, "at_least", "at_most", "above", "below", "between"}
FITS = {
    "agrees": (_LISTED, "true"),
    "place": (_LISTED, "home"),
    "severity": (
        _ORDERED,
        "mild",
    ),
    "symptoms": ({"is", "is_not", "includes"}, "anxious"),
    "age": (_ORDERED, "18"),
    "dose": (
        _ORDERED,
        "1.5",
    ),
    "aware_on": (
        {
            "is",
            "is_not",
            "one_of",
            "none_of",
            "at_least",
            "at_most",
            "above",
            "below",
            "between",
            "within",
            "older_than",
        },
        "2026-11-24",
    ),
    "aware_at": (
        {
            "is",
            "is_not",
            "one_of",
            "none_of",
            "at_least",
            "at_most",
            "above",
            "below",
            "between",
            "within",
            "older_than",
        },
        '"2026-11-24T12:00:00Z"',
    ),
}
OPERATORS = [operator.value for operator in Operator]


@pytest.mark.parametrize("fact", FITS)
@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_fits_some_types_and_is_an_error_elsewhere(fact: str, operator: str) -> None:
    fits, value = FITS[fact]
    shapes = {"one_of": "[%s]", "none_of": "[%s]", "between": "[%s, %s]"}
    written = shapes.get(operator, "%s").replace("%s", value)
    if operator in ("within", "older_than"):
        written = "3 days"

    assert codes(guarded(f"{{{fact}: {{{operator}: {written}}}}}")) == (
        [] if operator in fits else ["wrong-operator"]
    )


@pytest.mark.parametrize(
    "condition",
    [
        "{plan: {is: a}}",
        "{plan: true}",
        "{plan: [a]}",
        "{plan: {}}",
        "{agrees: yes}",
        "{agrees: 1}",
        '{agrees: "true"}',
        "{place: true}",
        "{place: [home, true]}",
        "{place: {one_of: home}}",
        "{place: {is: [home]}}",
        "{place: {none_of: []}}",
        "{place: unknown}",
        "{severity: {between: [mild, not_assessable]}}",
        "{severity: {at_least: not_assessable}}",
        "{symptoms: anxious}",
        "{symptoms: [anxious]}",
        "{symptoms: {includes: []}}",
        "{symptoms: {includes: [calm]}}",
        "{symptoms: {is: [calm]}}",
        "{age: 12.5}",
        "{age: 121}",
        "{age: {at_least: -1}}",
        "{age: {between: [18, 3]}}",
        "{age: {between: [1, 2, 3]}}",
        "{age: 012}",
        "{dose: {above: 0.4}}",
        "{dose: 1e0}",
        "{aware_on: today}",
        "{aware_on: 5}",
        "{aware_on: {within: 5}}",
        "{aware_on: {within: 5 working days}}",
        "{aware_on: {within: 2026-01-01}}",
        '{aware_at: "2026-11-24"}',
        "{agreed: yes}",
        "{agreed: {is: true}}",
        "{agreed: [true]}",
        "{nothing: true}",
        "{all: {agrees: true}}",
        "{any: []}",
        "{not: [{agrees: true}]}",
        "{not: {}}",
        "{all: [{}]}",
        "{all: [agreed]}",
        "{visited: nowhere}",
        "{visited: []}",
        "{visited: {state: aware}}",
        "{visited: [aware, nowhere]}",
        "{visits: aware}",
        "{visits: {state: aware}}",
        "{visits: {at_least: 1}}",
        "{visits: {state: aware, at_least: -1}}",
        "{visits: {state: aware, at_least: 1.5}}",
        "{visits: {state: aware, is_not: 1}}",
        "{visits: {state: aware, is: true}}",
        "{visits: {state: aware, between: 1}}",
        "{elapsed: {since: aware}}",
        "{elapsed: {at_least: 1 day}}",
        "{elapsed: {since: aware, is: 1 day}}",
        "{elapsed: {since: aware, at_least: 5 working days}}",
        "{elapsed: {since: aware, at_least: 5}}",
        "{elapsed: {since: nowhere, at_least: 5 days}}",
        "agreed",
        "[]",
        "true",
        "{}",
    ],
)
def test_a_condition_that_means_nothing_is_one_error(condition: str) -> None:
    assert len(codes(guarded(condition))) == 1


_BASE = HEAD + FACTS + STATES % ""
_MARKS = "starts: {state: aware}, met_by: {state: closed}"
PLACES = {
    "argument": HEAD + FACTS + STATES % ", for: [{because: so, when: %s}]",
    "counterargument": HEAD + FACTS + STATES % ", against: [{because: so, when: %s}]",
    "wait": _BASE.replace("initial: true", "initial: true\n    wait: {reason: so, until: %s}"),
    "anywhere": _BASE + "anywhere: {stop: {to: closed, when: %s}}\n",
    "interrupt": _BASE + "interrupts: {hold: {to: closed, when: %s}}\n",
    "deadline": _BASE + "deadlines: {d: {" + _MARKS + ", when: %s}}\n",
    "only_if": _BASE + "promises: {p: {enter: closed, only_if: %s}}\n",
    "whenever": _BASE + "promises: {p: {whenever: %s, offer: close}}\n",
    "promise": _BASE + "promises: {p: {always_reachable: closed, when: %s}}\n",
    "assume": _BASE + "assume: [%s]\n",
    "named": HEAD + FACTS + "  named: %s\n" + STATES % "",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{agrees: true, any: [{age: 3}, {agreed: false}]}", []),
        ("{agres: true}", ["unknown-fact"]),
        ("{}", ["empty-condition"]),
        ("agreed", ["wrong-type"]),
        ("{age: {at_least: 150}}", ["out-of-range"]),
    ],
)
def test_a_condition_is_read_in_every_place(place: str, condition: str, expected: list[str]) -> None:
    assert codes(PLACES[place].replace("%s", condition)) == expected


# Transitions, interrupts, deadlines, promises ---------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("needs: [plan, agreed]", "unknown-fact"),
        ("needs: []", "empty"),
        ("needs: [plan, plan]", "repeated"),
        ("despite: [close]", "unknown-interrupt"),
        ("despite: []", "wrong-type"),
        ("despite: true", "wrong-type"),
        ("not_same_person: [closed]", "unknown-trigger"),
        ("not_same_person: close", "wrong-type"),
        ("override: true", "wrong-type"),
        ("guidance: [say]", "wrong-type"),
        ("guidance: {say: [1]}", "wrong-type"),
        ("for: {because: so}", "wrong-type"),
        ("for: [so]", "wrong-type"),
        ("source: [1]", "wrong-type"),
        ("title: [a]", "wrong-type"),
        ("only: [aware]", "unknown-key"),
        ("outcome: closed", "unknown-key"),
    ],
)
def test_what_a_transition_says_is_checked(key: str, expected: str) -> None:
    assert codes(HEAD + FACTS + STATES % f", {key}") == [expected]


def test_a_broken_item_of_a_list_is_one_mistake() -> None:
    for key in ("despite", "needs", "by", "not_same_person", "source"):
        assert codes(HEAD + STATES % f", {key}: [null]") == ["nothing-written"], key
        assert codes(HEAD + STATES % f", {key}: [!x a]")[0] == "tag", key


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        ("{starts: {fact: aware_on}, met_by: {fact: agrees}}", []),
        ("{starts: {fact: aware_on}, met_by: {fact: agreed}}", ["unknown-fact"]),
        ("{starts: {state: nowhere}, met_by: {fact: agrees}}", ["unknown-state"]),
        ("{starts: {}, met_by: {}}", ["mark-form", "mark-form"]),
        ("{starts: aware_on, met_by: {fact: agrees}}", ["wrong-type"]),
        ("{starts: {fact: [aware_on]}, met_by: {fact: agrees}}", ["wrong-type"]),
        ("{starts: {trigger: close}, met_by: {fact: agrees}}", ["mark-form", "unknown-key"]),
        ("{starts: {fact: aware_on}, met_by: {fact: agrees}, within: 5}", ["wrong-type"]),
        ("{starts: {fact: aware_on}, met_by: {fact: agrees}, within: 5 fortnights}", ["bad-duration"]),
        ("{starts: {fact: aware_on}, met_by: {fact: agrees}, kind: advice}", ["wrong-value"]),
        ("{starts: {fact: aware_on}, met_by: {fact: agrees}, kind: law}", []),
    ],
)
def test_what_a_deadline_says_is_checked(deadline: str, expected: list[str]) -> None:
    assert sorted(codes(HEAD + FACTS + STATES % "" + f"deadlines: {{d: {deadline}}}\n")) == expected


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        ("{enter: closed, only_if: {agrees: true}, needs: [age], only_after: aware}", []),
        ("{enter: [closed, nowhere], only_after: aware}", ["unknown-state"]),
        ("{enter: closed, needs: [agreed]}", ["unknown-fact"]),
        ("{enter: closed, only_after: [nowhere]}", ["unknown-state"]),
        ("{enter: [], only_after: aware}", ["empty"]),
        ("{enter: closed}", ["promise-form"]),
        ("{only_if: {agrees: true}}", ["promise-form"]),
        ("{enter: closed, only_if: {agrees: true}, offer: close}", ["promise-form"]),
        ("{whenever: {agrees: true}}", ["promise-form"]),
        ("{offer: close}", ["promise-form"]),
        ("{whenever: {agrees: true}, offer: nothing}", ["unknown-trigger"]),
        ("{whenever: {agrees: true}, offer: [close]}", ["wrong-type"]),
        ("{always_reachable: closed, enter: closed}", ["promise-form"]),
        ("{always_reachable: [nowhere]}", ["unknown-state"]),
        ("{}", ["promise-form"]),
        ("{says: Never}", ["promise-form"]),
    ],
)
def test_a_promise_has_one_of_three_forms(promise: str, expected: list[str]) -> None:
    assert codes(HEAD + FACTS + STATES % "" + f"promises: {{p: {promise}}}\n") == expected


# Warnings --------------------------------------------------------------------------------------------


def warnings(text: str, today: date | None = None) -> list[str]:
    checked = checks(text, today=today)
    assert checked.protocol is not None
    return [issue.code for issue in checked.issues]


def test_a_review_is_overdue_only_after_its_day_and_only_where_the_day_is_given() -> None:
    text = FULL.replace("harm}", "harm, review_by: 2026-11-24}", 1)

    assert "review-overdue" not in warnings(text, date(2026, 11, 24))
    assert "review-overdue" in warnings(text, date(2026, 11, 25))
    assert "review-overdue" not in warnings(text)


HOLD = """\
about: {purpose: To repair harm}
sources: {own: {title: Ours, kind: clinic}}
facts:
  danger: {type: scale, values: [low, high], also: [not_assessable], ask: Danger, presume: %s, source: own}
states:
  aware: {initial: true, transitions: {close: {to: closed, guidance: Go, source: own}}}
  closed: {final: true}
interrupts:
  hold: {to: closed, when: %s, guidance: Wait, source: own}
"""


@pytest.mark.parametrize(
    ("presumed", "condition", "expected"),
    [
        ("low", "{danger: high}", ["presumes-harmless"]),
        ("high", "{danger: high}", []),
        ("low", "{not: {danger: low}}", ["presumes-harmless"]),
        ("high", "{not: {danger: low}}", []),
        ("not_assessable", "{danger: {at_least: high}}", ["presumes-harmless"]),
        ("not_assessable", "{danger: [high, not_assessable]}", []),
        ("high", "{any: [{danger: high}, {danger: not_assessable}]}", []),
    ],
)
def test_presuming_the_harmless_answer_of_what_an_interrupt_reads_is_a_warning(
    presumed: str, condition: str, expected: list[str]
) -> None:
    assert warnings(HEAD + HOLD % (presumed, condition)) == expected


def test_a_warning_refuses_nothing() -> None:
    assert loads(HEAD + STATES % "").id == "example"
