"""One idea a file: every form that the format allows loads, and means what its author would expect."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.corpus.cases import VALID

from rupture_protocol import Protocol
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import FactType
from rupture_protocol.language.protocol import (
    About,
    Argument,
    DeadlineKind,
    EnterPromise,
    Guidance,
    Mark,
    OfferPromise,
    Override,
    ReachPromise,
    SourceKind,
    Wait,
)
from rupture_protocol.language.quantities import Duration, Unit
from rupture_protocol.loading import checks, loads

NAMES = sorted(path.stem for path in VALID.glob("*.yaml"))


def valid(name: str) -> Protocol:
    path = VALID / f"{name}.yaml"
    return loads(path.read_bytes(), file=path.name)


def compared(fact: str, operator: Operator, *values: Any) -> Compare:
    return Compare(fact, operator, values)


AGREES = compared("agrees", Operator.IS, True)


@pytest.mark.parametrize("name", NAMES)
def test_a_valid_file_has_no_errors_and_keeps_what_it_promises(name: str) -> None:
    assert checks((VALID / f"{name}.yaml").read_bytes(), prove=True).errors == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_protocol_survives_pickling_and_copying(name: str) -> None:
    protocol = valid(name)

    assert pickle.loads(pickle.dumps(protocol)) == protocol == deepcopy(protocol)
    assert pickle.loads(pickle.dumps(protocol)).digest == protocol.digest


@pytest.mark.parametrize("name", NAMES)
def test_no_type_of_the_reader_is_left_in_a_protocol(name: str) -> None:
    def walk(value: object) -> None:
        assert not isinstance(value, str) or type(value) is str or hasattr(value, "name")
        if isinstance(value, Mapping):
            assert isinstance(value, Frozen)
            for key, part in value.items():
                walk(key)
                walk(part)
        elif isinstance(value, tuple | frozenset):
            for part in value:
                walk(part)
        elif hasattr(value, "__dataclass_fields__"):
            for field in value.__dataclass_fields__:
                if field != "document":
                    walk(getattr(value, field))

    walk(valid(name))


def test_every_valid_file_is_looked_at_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in NAMES if f'valid("{name}")' not in source] == []


def test_the_least_that_is_a_protocol() -> None:
    protocol = valid("smallest")

    assert (protocol.id, protocol.version, protocol.title, protocol.language) == (
        "example",
        "1.0.0",
        "Repairing harm",
        "en",
    )
    assert protocol.initial == "aware"
    assert protocol.states["closed"].final
    assert protocol.states["aware"].transitions["close"].to == "closed"
    assert [*protocol.facts, *protocol.roles, *protocol.interrupts] == []


def test_a_fact_may_be_its_type_alone() -> None:
    assert valid("short-fact").fact("client_agrees").type is FactType.BOOLEAN


def test_a_fact_has_one_of_nine_types() -> None:
    facts = valid("fact-types").facts

    assert [fact.type for fact in facts.values()] == list(FactType)
    assert facts["severity"].values == ("none", "mild", "severe")
    assert facts["severity"].also == ("not_assessable",)
    assert facts["severity"].labels == {"not_assessable": "Cannot be said"}
    assert (facts["age"].minimum, facts["age"].maximum, facts["age"].unit) == (0, 120, "a")
    assert (facts["dose"].minimum, facts["dose"].maximum) == (Decimal("0.5"), Decimal(3))
    assert isinstance(facts["dose"].maximum, Decimal)
    assert facts["agrees"].label(False) == "Refuses"


def test_all_that_can_be_said_of_a_fact() -> None:
    fact = valid("fact-keys").fact("severity")

    assert fact.title == "Severity of harm"
    assert fact.ask == "How severe is the harm?"
    assert fact.label("mild") == "Mild"
    assert fact.by == ("supervisor",)
    assert fact.lasts == Duration(24, Unit.HOURS)
    assert fact.varies
    assert fact.presume == "none"
    assert fact.sensitive
    assert fact.source == ("own",)


def test_whoever_is_not_named_may_record_and_take() -> None:
    protocol = valid("interrupts")

    assert protocol.facts["angry"].by == ("therapist", "supervisor")
    assert protocol.interrupts["calm"].by == ("therapist", "supervisor")
    assert protocol.states["aware"].transitions["close"].by == ("therapist", "supervisor")


def test_a_presumption_is_a_value_of_its_fact() -> None:
    presumed = {name: fact.presume for name, fact in valid("presume-each-type").facts.items()}

    assert presumed == {
        "agrees": False,
        "place": "home",
        "severity": "not_assessable",
        "symptoms": frozenset({"anxious"}),
        "age": 0,
        "dose": Decimal("1.5"),
        "aware_on": date(2026, 11, 24),
        "aware_at": datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    }
    assert isinstance(presumed["dose"], Decimal)
    assert isinstance(presumed["agrees"], bool)


def test_an_unquoted_word_is_text_where_text_is_expected() -> None:
    protocol = valid("unquoted-words-as-values")

    assert protocol.facts["answer"].values == ("yes", "no", "on", "12:30", "2026-11-24")
    assert protocol.facts["answer"].label("yes") == "Oui"
    assert protocol.conditions["agreed"] == compared("answer", Operator.IS, "yes")


def test_every_operator_with_each_type_that_it_fits() -> None:
    month = Duration(1, Unit.MONTHS)
    expected: dict[str, Condition] = {
        "is_": compared("severity", Operator.IS, "mild"),
        "short_is": compared("severity", Operator.IS, "mild"),
        "is_not": compared("severity", Operator.IS_NOT, "mild"),
        "one_of": compared("place", Operator.ONE_OF, "home", "clinic"),
        "short_one_of": compared("place", Operator.ONE_OF, "home", "clinic"),
        "none_of": compared("place", Operator.NONE_OF, "home"),
        "at_least": compared("severity", Operator.AT_LEAST, "mild"),
        "at_most": compared("age", Operator.AT_MOST, 17),
        "above": compared("dose", Operator.ABOVE, Decimal("0.5")),
        "below": compared("dose", Operator.BELOW, Decimal(2)),
        "between": compared("severity", Operator.BETWEEN, "none", "mild"),
        "between_dates": compared("aware_on", Operator.BETWEEN, date(2026, 1, 1), date(2026, 12, 31)),
        "includes": compared("symptoms", Operator.INCLUDES, "anxious"),
        "includes_all": compared("symptoms", Operator.INCLUDES, "anxious", "low"),
        "whole_set": compared("symptoms", Operator.IS, frozenset({"anxious", "low"})),
        "no_symptom": compared("symptoms", Operator.IS, frozenset()),
        "other_set": compared("symptoms", Operator.IS_NOT, frozenset({"low"})),
        "within": compared("aware_on", Operator.WITHIN, Duration(3, Unit.DAYS)),
        "older_than": compared("aware_at", Operator.OLDER_THAN, month),
        "moment": compared("aware_at", Operator.AT_LEAST, datetime(2026, 11, 24, 9, 30, tzinfo=UTC)),
        "several": All(
            (
                compared("age", Operator.AT_LEAST, 18),
                compared("age", Operator.BELOW, 65),
                compared("age", Operator.IS_NOT, 40),
            )
        ),
        "outside_the_order": compared("severity", Operator.IS, "not_assessable"),
        "truth": AGREES,
        "untruth": compared("agrees", Operator.IS_NOT, True),
    }

    assert valid("operators").conditions == expected
    assert {each.operator for each in expected.values() if isinstance(each, Compare)} == set(Operator)


def test_every_form_of_a_condition() -> None:
    willing = compared("willing", Operator.IS, True)
    both = All((AGREES, willing))

    assert valid("condition-forms").conditions == {
        "both": both,
        "all_of": both,
        "any_of": AnyOf((AGREES, All((willing, Visited("aware"))))),
        "none": Not(both),
        "named": Named("both"),
        "not_named": Named("both", holds=False),
        "been": Visited("aware"),
        "been_in_both": All((Visited("aware"), Visited("closed"))),
        "twice": Visits("aware", Operator.AT_LEAST, (2,)),
        "once_or_twice": Visits("aware", Operator.BETWEEN, (1, 2)),
        "exactly": Visits("aware", Operator.IS, (3,)),
        "waited": Elapsed("aware", Operator.AT_LEAST, (Duration(24, Unit.HOURS),)),
        "not_long": All(
            (
                Elapsed("aware", Operator.ABOVE, (Duration(1, Unit.HOURS),)),
                Elapsed("aware", Operator.AT_MOST, (Duration(2, Unit.WEEKS),)),
            )
        ),
    }


def test_a_condition_knows_where_it_is_written() -> None:
    protocol = valid("condition-forms")
    condition = protocol.conditions["any_of"]
    assert isinstance(condition, AnyOf)
    place = protocol.span(condition.parts[0].path)

    assert condition.parts[0].path == ("conditions", "any_of", "any", 0, "agrees")
    assert place is not None
    assert str(place) == "condition-forms.yaml:12:27"


def test_a_named_condition_may_have_a_title() -> None:
    protocol = valid("condition-title")

    assert protocol.conditions["been"] == Visited("aware")
    assert protocol.condition_titles == {"been": "The case began"}


def test_where_a_fact_is_called_title_a_condition_reads_it() -> None:
    protocol = valid("condition-on-a-fact-called-title")

    assert protocol.conditions["doctor"] == compared("title", Operator.IS, "dr")
    assert protocol.condition_titles == {}


def test_conditions_use_one_another_in_any_order() -> None:
    assert valid("condition-used-before-it-is-written").conditions["second"] == Named("first")


def test_all_that_can_be_said_of_a_transition() -> None:
    transition = valid("transition-keys").states["aware"].transitions["close"]

    assert transition.title == "End it"
    assert transition.by == ("therapist", "supervisor")
    assert transition.when == AGREES
    assert transition.needs == ("plan",)
    assert transition.despite == ("hold",)
    assert transition.goes_on_despite("hold")
    assert transition.not_same_person == ("close",)
    assert transition.override == Override(
        ("supervisor",), ("client_preference", "not_clinically_appropriate")
    )
    assert transition.guidance == Guidance(None, ("Thank you",), ("Hurry",), ("Sum up", "Say goodbye"))
    assert transition.source == ("own", "rogers-1957")
    assert transition.arguments_for == (
        Argument("It is what was agreed", AGREES, strong=True, source=("own",)),
        Argument("It is time"),
    )
    assert [each.weight for each in transition.arguments_for] == [2, 1]
    assert transition.arguments_against == (Argument("It may be too early"),)


def test_what_touches_nobody_else_goes_on_despite_every_interrupt() -> None:
    assert valid("despite-all").states["aware"].transitions["close"].goes_on_despite("hold")


def test_guidance_may_be_one_text() -> None:
    def guidance(protocol: Protocol) -> Guidance | None:
        return protocol.states["aware"].transitions["close"].guidance

    assert guidance(valid("guidance-one-text")) == Guidance("Say thank you and goodbye.")
    assert guidance(valid("guidance-block")) == Guidance("Say thank you.\n\nThen goodbye.\n")
    assert guidance(valid("guidance-one-text-each")) == Guidance(
        None, ("Thank you",), ("Hurry",), ("Sum up",)
    )


def test_all_that_can_be_said_of_a_state() -> None:
    states = valid("states").states

    assert states["aware"].title == "Harm noticed"
    assert states["aware"].ask == ("plan", "agrees")
    assert states["held"].forget == ("agrees",)
    assert states["held"].wait == Wait("held until the client agrees", AGREES)
    assert states["closed"].outcome == "continued"
    assert [name for name, state in states.items() if state.final] == ["closed", "referred"]


def test_a_wait_needs_no_end() -> None:
    assert valid("wait-without-end").states["aware"].wait == Wait("the client decides when to come")


def test_a_transition_from_anywhere_is_offered_where_it_says_but_in_its_target_and_at_the_end() -> None:
    protocol = valid("anywhere")
    offered = {
        state: [each.trigger for each in protocol.transitions_from(state)] for state in protocol.states
    }

    assert offered == {
        "aware": ["go_on", "stop"],
        "going": ["close", "refer", "pause"],
        "closed": [],
        "referred": [],
    }


def test_all_that_can_be_said_of_an_interrupt() -> None:
    interrupts = valid("interrupts").interrupts
    hold = interrupts["hold"]

    assert list(interrupts) == ["hold", "calm"]
    assert hold.when == compared("danger", Operator.ONE_OF, "high", "not_assessable")
    assert (hold.to, hold.by, hold.title, hold.source) == (
        "closed",
        ("therapist",),
        "Hold for safety",
        ("own",),
    )
    assert hold.guidance == Guidance("Make safe first.")
    assert hold.arguments_for == (Argument("Nothing is more urgent"),)
    assert hold.arguments_against == (Argument("It frightens", compared("angry", Operator.IS, True)),)


def test_a_deadline_runs_from_a_fact_or_a_state_to_one_in_any_unit() -> None:
    deadlines = valid("deadlines").deadlines

    assert [str(each.within) for each in deadlines.values()] == [
        "90 minutes",
        "24 hours",
        "3 days",
        "10 working days",
        "2 weeks",
        "6 months",
        "1 day",
        "1 working day",
        "None",
        "None",
    ]
    assert deadlines["in_days"].starts == Mark(fact="aware_on")
    assert deadlines["in_days"].met_by == Mark(fact="notice_sent")
    assert deadlines["soon"].starts == Mark(state="aware")
    assert deadlines["soon"].kind is DeadlineKind.CLINIC
    assert deadlines["where_true"].when == compared("notice_sent", Operator.IS, False)


def test_a_deadline_of_law_cites_more_than_the_clinic() -> None:
    kinds = [each.kind for each in valid("deadline-kinds").deadlines.values()]

    assert kinds == [DeadlineKind.LAW, DeadlineKind.CODE, DeadlineKind.CLINIC]


def test_promises_of_every_form() -> None:
    protocol = valid("promises")
    unsafe, safe = compared("unsafe", Operator.IS, True), compared("unsafe", Operator.IS, False)

    assert protocol.promises == {
        "only_if": EnterPromise("only_if", ("closed",), AGREES, says="Nothing is closed without agreement"),
        "needs": EnterPromise("needs", ("closed",), needs=("agrees", "unsafe")),
        "only_after": EnterPromise("only_after", ("closed",), only_after=("aware",)),
        "all_three": EnterPromise("all_three", ("closed",), AGREES, ("unsafe",), ("aware",), when=safe),
        "offered": OfferPromise("offered", unsafe, "hold", AGREES, "Safety is always offered"),
        "way_out": ReachPromise("way_out", ("closed",), title="A way out"),
        "way_out_alone": ReachPromise("way_out_alone", ("closed",), AGREES, "There is a way out"),
    }
    assert protocol.assume == (AnyOf((AGREES, safe)), Visited("aware"))


def test_what_a_user_must_know() -> None:
    protocol = valid("about")

    assert protocol.about == About(
        "It informs, and replaces no judgement.",
        ("licensed therapists", "supervisors"),
        ("emergencies",),
        ("A. Author",),
        date(2026, 11, 1),
        date(2027, 11, 1),
    )
    assert protocol.language == "de-CH"
    assert protocol.derived_from == "standard 1.0.0"


def test_sources_of_every_kind() -> None:
    protocol = valid("sources")

    assert [source.kind for source in protocol.sources.values()] == list(SourceKind)
    assert protocol.facts["agrees"].source == ("a", "b.2")
    assert protocol.promises["p"].source == ("5",)


def test_a_role_may_be_one_line() -> None:
    roles = valid("roles").roles

    assert roles["therapist"].about == "The clinician whose work is in question"
    assert (roles["client"].title, roles["client"].about) == ("Client", "The person who was harmed")


def test_any_named_thing_may_have_a_title() -> None:
    protocol = valid("titles-everywhere")

    assert protocol.roles["therapist"].title == "Therapist"
    assert protocol.facts["agrees"].title == "The client agrees"
    assert protocol.condition_titles["agreed"] == "Agreed"
    assert protocol.states["aware"].title == "Aware"
    assert protocol.states["aware"].transitions["close"].title == "Close"
    assert protocol.anywhere["stop"].title == "Stop"
    assert protocol.interrupts["hold"].title == "Hold"
    assert protocol.deadlines["notice"].title == "Notice"
    assert protocol.promises["way_out"].title == "Way out"


def test_right_to_left_and_cjk_text_is_welcome() -> None:
    protocol = valid("right-to-left-and-cjk")

    assert protocol.title == "إصلاح الضرر 修复伤害"
    assert protocol.facts["agrees"].label("同意") == "同意する"


def test_sections_may_be_empty() -> None:
    assert valid("empty-sections").assume == ()


def test_a_protocol_may_be_written_as_json() -> None:
    assert valid("json").digest == valid("smallest").digest


def test_a_version_may_have_labels() -> None:
    assert valid("versions-with-labels").version == "1.0.0-rc.1+build.5"


def test_names_may_be_words_of_the_format() -> None:
    protocol = valid("names-that-look-like-words")

    assert protocol.initial == "initial"
    assert protocol.states["initial"].transitions["to"].when == Named("by")


def test_a_transition_may_lead_back_to_its_state() -> None:
    assert valid("one-state").states["only"].transitions["again"].to == "only"
