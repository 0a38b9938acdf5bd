"""The file format as it is written: one pydantic model per YAML mapping.

They say which keys there are and what kind of value each takes; what the values mean together
is `resolve`'s. The JSON Schema and the format's reference page are made from them, so every
field says what it is for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from rupture_protocol.language import quantities
from rupture_protocol.language.facts import FactType, parse_number
from rupture_protocol.language.protocol import DeadlineKind, SourceKind
from rupture_protocol.language.ranges import RANGE_HELP, parse_range
from rupture_protocol.language.source import BROKEN, Plain

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SOURCE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
VERSION_PATTERN = f"^{quantities.VERSION.pattern}$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
DURATION_PATTERN = r"^[1-9][0-9]* (minute|hour|day|working day|week|month)s?$"
DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NUMBER_PATTERN = r"^-?[0-9]+(\.[0-9]+)?$"


class Shape(BaseModel):
    """A YAML mapping: no key but those named, no value turned into another kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _a_duration(text: str) -> str:
    if quantities.parse_duration(text) is None:
        words, advice = quantities.no_duration(text)
        raise PydanticCustomError("bad-duration", "{words}", {"words": words, "help": advice})
    return text


def _a_date(text: str) -> str:
    if quantities.parse_date(text) is None:
        raise PydanticCustomError("bad-date", "is not a day", {"help": quantities.DATE_HELP})
    return text


def _a_range(text: str) -> str:
    if parse_range(text) is None:
        raise PydanticCustomError("bad-range", "is not a range of versions", {"help": RANGE_HELP})
    return text


def _a_number(value: object) -> object:
    # In canonical JSON an exact decimal is text, so text it may be here, too: quoted.
    help_ = {"help": "a plain decimal, as in `3` or `0.5`"}
    if isinstance(value, Plain):
        raise PydanticCustomError("quote-it", "is read in different ways", help_)
    number = parse_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise PydanticCustomError("wrong-type", "must be a number", help_)
    return number


def _despite(value: object) -> object:
    if value == "all":
        return ["all"]
    if isinstance(value, list) and BROKEN in value:
        raise PydanticCustomError("reported", "has been reported already")
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise PydanticCustomError(
            "wrong-type",
            "must be a list of interrupts, or `all`",
            {"help": f"as in `[{value if isinstance(value, str) and value else 'hold_for_safety'}]`"},
        )
    return [str(name) for name in value]


Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]
SourceId = Annotated[str, Field(pattern=SOURCE_PATTERN)]
# What names something else is looked up, so a wrong one is unknown, not ill-formed.
Reference = Annotated[str, Field(min_length=1, json_schema_extra={"pattern": NAME_PATTERN})]
SourceReference = Annotated[str, Field(min_length=1, json_schema_extra={"pattern": SOURCE_PATTERN})]
References = Annotated[list[Reference], Field(min_length=1)]
Names = Annotated[list[Name], Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
OneOrMoreReferences = Annotated[
    References, BeforeValidator(_as_list, json_schema_input_type=References | Reference)
]
OneOrMoreTexts = Annotated[Texts, BeforeValidator(_as_list, json_schema_input_type=Texts | Text)]
Sources = Annotated[
    list[SourceReference],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=list[SourceReference] | SourceReference),
]
Despite = Annotated[list[str], PlainValidator(_despite, json_schema_input_type=Literal["all"] | References)]
DurationText = Annotated[
    str,
    AfterValidator(_a_duration),
    Field(json_schema_extra={"pattern": DURATION_PATTERN, "examples": ["24 hours"]}),
]
DateText = Annotated[
    str,
    AfterValidator(_a_date),
    Field(json_schema_extra={"pattern": DATE_PATTERN, "examples": ["2026-11-01"]}),
]
Number = Annotated[
    Any,
    PlainValidator(_a_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER_PATTERN}]}),
]
ConditionTree = Annotated[Any, WithJsonSchema({"x-form": "condition"})]
Literally = Annotated[Any, WithJsonSchema({"x-form": "value"})]


class AboutShape(Shape):
    """What a user must know to judge the advice."""

    purpose: Text | None = None
    """What the protocol is for, and what it does not replace."""
    intended_users: OneOrMoreTexts | None = None
    """Who may use it."""
    not_for: OneOrMoreTexts | None = None
    """What it must not be used for."""
    authors: OneOrMoreTexts | None = None
    """Who wrote it."""
    reviewed: DateText | None = None
    """The day it was last reviewed."""
    review_by: DateText | None = None
    """The day by which it must be reviewed again; past it, every decision carries a notice."""


class SourceShape(Shape):
    """Where a rule comes from."""

    title: Text
    """Author, year, name."""
    kind: Annotated[SourceKind, Field(strict=False)]
    """What it is; a clinic's own rule is `clinic`, never law, code or research."""
    url: Text | None = None
    """Where it can be read."""


class RoleShape(Shape):
    """Who takes part, in what capacity."""

    about: Text
    """Who this is, in a sentence."""
    title: Text | None = None
    """What the role is called."""


class FactShape(Shape):
    """One kind of thing that may be recorded about a case."""

    type: Annotated[FactType, Field(strict=False)]
    """What kind of value it has."""
    title: Text | None = None
    """What the fact is called in sentences."""
    values: Annotated[list[Text], Field(min_length=1)] | None = None
    """The values of a choice or a set, or of a scale in rising order. `unknown` is never one."""
    also: Annotated[list[Text], Field(min_length=1)] | None = None
    """A scale's judgements outside the order, as `not_assessable`."""
    minimum: Number = None
    """The smallest number allowed."""
    maximum: Number = None
    """The largest number allowed."""
    unit: Text | None = None
    """A number's unit, as a UCUM code."""
    ask: Text | None = None
    """The question put to a person."""
    labels: dict[str, Text] | None = None
    """How each value is shown to a person."""
    by: References | None = None
    """The roles that may record it; every role, where left out."""
    lasts: DurationText | None = None
    """How long a record holds, from when it occurred; after that it counts as not recorded."""
    varies: bool = False
    """Whether it changes as life goes on."""
    presume: Literally = None
    """What holds until it is first recorded; needs a `source`."""
    sensitive: bool = False
    """Whether its values are left out of text output unless asked for."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""


class GuidanceShape(Shape):
    """Words to adapt, never a script."""

    text: Text | None = None
    """Anything that is none of the three below."""
    say: OneOrMoreTexts | None = None
    """What may be said."""
    avoid: OneOrMoreTexts | None = None
    """What does not help."""
    steps: OneOrMoreTexts | None = None
    """What to do."""


class ArgumentShape(Shape):
    """What speaks for or against an option; it never opens or blocks one."""

    because: Text
    """The argument, in a sentence."""
    when: ConditionTree = None
    """Where it counts; everywhere, where left out."""
    strength: Literal["strong", "plain"] = "plain"
    """`strong` counts twice in the order in which open options are offered."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""


class OverrideShape(Shape):
    """Who may take a transition that is not open, on the record."""

    by: References
    """The roles that may override."""
    reasons: Names
    """The coded reasons, one of which must be given."""


def _text_guidance(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _short_fact(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


def _short_role(value: object) -> object:
    return {"about": value} if isinstance(value, str) else value


GuidanceField = Annotated[
    GuidanceShape, BeforeValidator(_text_guidance, json_schema_input_type=GuidanceShape | Text)
]


class InterruptShape(Shape):
    """What comes before everything else while its condition is true, or cannot be ruled out."""

    to: Reference
    """The state it leads to."""
    when: ConditionTree
    """When it must be taken; while this is unknown, everything after it is held back."""
    by: References | None = None
    """The roles that may take it; every role, where left out."""
    title: Text | None = None
    """What it is called in sentences."""
    guidance: GuidanceField | None = None
    """Words to adapt: `say`, `avoid`, `steps`, or one text."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""
    arguments_for: list[ArgumentShape] | None = Field(None, alias="for")
    """What speaks for it, shown where its condition is true."""
    arguments_against: list[ArgumentShape] | None = Field(None, alias="against")
    """What speaks against it, shown where its condition is true."""


class TransitionShape(Shape):
    """One way out of a state."""

    to: Reference
    """The state it leads to."""
    title: Text | None = None
    """What it is called in sentences."""
    by: References | None = None
    """The roles that may take it; every role, where left out."""
    when: ConditionTree = None
    """The guard: what must hold. A fact that is not on record leaves it undecided."""
    needs: References | None = None
    """Facts that must be on record, whatever their value."""
    despite: Despite | None = None
    """The interrupts that do not hold it back, or `all` where it touches nobody but the clinicians."""
    not_same_person: References | None = None
    """Triggers: nobody who ever took one of them in this case may take this one."""
    override: OverrideShape | None = None
    """Who may take it though it is not open: lifts `when` and `needs` only."""
    guidance: GuidanceField | None = None
    """Words to adapt: `say`, `avoid`, `steps`, or one text."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""
    arguments_for: list[ArgumentShape] | None = Field(None, alias="for")
    """What speaks for it, shown where its condition is true."""
    arguments_against: list[ArgumentShape] | None = Field(None, alias="against")
    """What speaks against it, shown where its condition is true."""


class AnywhereShape(TransitionShape):
    """A way out of every state that is not final."""

    exclude: References | None = Field(None, alias="except")
    """The states in which it is not offered."""
    only: References | None = None
    """The only states in which it is offered."""


class WaitShape(Shape):
    """That waiting is right here."""

    reason: Text
    """Why, in a sentence."""
    until: ConditionTree = None
    """What ends the waiting."""


class StateShape(Shape):
    """A place in the protocol."""

    title: Text | None = None
    """What it is called."""
    initial: bool = False
    """Whether every case begins here; exactly one state says so."""
    final: bool = False
    """Whether a case ends here."""
    outcome: Name | None = None
    """What a final state comes to."""
    ask: References | None = None
    """Facts worth recording here, in this order."""
    forget: References | None = None
    """Facts that are asked afresh once this state is entered."""
    wait: WaitShape | None = None
    """Where waiting is right, so that the state is no dead end."""
    transitions: dict[Name, TransitionShape] | None = None
    """The ways out, by trigger."""


class MarkShape(Shape):
    """A fact that is recorded, or a state that is entered."""

    fact: Reference | None = None
    """The fact: a date counts by its value, anything else by when it was recorded."""
    state: Reference | None = None
    """The state that is entered."""


class DeadlineShape(Shape):
    """By when something is due."""

    starts: MarkShape
    """What starts the clock."""
    met_by: MarkShape
    """What meets it: a fact recorded (a boolean: true), or a state entered."""
    title: Text | None = None
    """What is due."""
    when: ConditionTree = None
    """Where it runs at all."""
    within: DurationText | None = None
    """How long; left out: as soon as practicable, never overdue."""
    kind: Annotated[DeadlineKind, Field(strict=False)] = DeadlineKind.CLINIC
    """What it rests on; a clinic's default is never shown as law."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""


class PromiseShape(Shape):
    """What must hold in every case: one of the forms `enter`, `whenever` with `offer`, `always_reachable`."""

    enter: OneOrMoreReferences | None = None
    """States: whenever one of them is entered, the rest of the promise holds."""
    only_if: ConditionTree = None
    """With `enter`: the condition that is true."""
    needs: References | None = None
    """With `enter`: the facts that are on record."""
    only_after: OneOrMoreReferences | None = None
    """With `enter`: the states that were visited before, all of them."""
    whenever: ConditionTree = None
    """With `offer`: where the trigger must be open."""
    offer: Reference | None = None
    """With `whenever`: the trigger."""
    always_reachable: OneOrMoreReferences | None = None
    """States, one of which can be reached from wherever a case stands."""
    when: ConditionTree = None
    """Where the promise counts; everywhere, where left out."""
    says: Text | None = None
    """The promise in the author's words."""
    title: Text | None = None
    """What it is called."""
    source: Sources | None = None
    """What this rests on: the id of a source, or several."""


FactField = Annotated[FactShape, BeforeValidator(_short_fact, json_schema_input_type=FactShape | FactType)]
RoleField = Annotated[RoleShape, BeforeValidator(_short_role, json_schema_input_type=RoleShape | Text)]


class ExtendsShape(Shape):
    """A protocol that is extended: by its id and a range of versions, or by a file in the same folder."""

    protocol: Id | None = None
    """The id of a protocol in the search path."""
    version: Text | None = None
    """The versions of it that are meant, as in `">=1.0,<2"`."""
    file: Text | None = None
    """A file in the same folder: its plain name."""


class MigrationShape(Shape):
    """How a running case of other versions of this protocol goes on under this one."""

    versions: Annotated[str, AfterValidator(_a_range)] = Field(alias="from")
    """The versions that a case may come from, as in `">=1,<2"`."""
    states: dict[Name, Reference] | None = None
    """The states that are called otherwise now: the old name, then the one in this protocol."""
    facts: dict[Name, Reference] | None = None
    """The facts that are called otherwise now: the old name, then the one in this protocol."""


class ProtocolShape(Shape):
    """A protocol: how a clinician moves from noticing harm to an ending."""

    format: Literal[1]
    """The version of the file format: 1."""
    protocol: Id
    """The protocol's id, in kebab-case."""
    version: Annotated[str, Field(pattern=VERSION_PATTERN)]
    """The protocol's own semantic version, as in `1.0.0`."""
    title: Text
    """What the protocol is called."""
    language: Annotated[str, Field(pattern=LANGUAGE_PATTERN)] = "en"
    """The language of its texts, as a BCP 47 tag."""
    extends: ExtendsShape | Annotated[list[ExtendsShape], Field(min_length=1)] | None = None
    """The protocol that this one adds to and tightens, or several."""
    migrates: Annotated[list[MigrationShape], Field(min_length=1)] | None = None
    """How running cases of other versions go on under this one; the first entry with the version counts."""
    derived_from: Text | None = None
    """Where a protocol of its own comes from."""
    about: AboutShape | None = None
    """What a user must know to judge the advice."""
    sources: dict[SourceId, SourceShape] | None = None
    """Where the rules come from, by id; cited anywhere with `source:`."""
    roles: dict[Name, RoleField] | None = None
    """Who takes part, by name."""
    facts: dict[Name, FactField] | None = None
    """What may be recorded about a case, by name."""
    conditions: dict[Name, ConditionTree] | None = None
    """Named conditions, to be used by name."""
    states: Annotated[dict[Name, StateShape], Field(min_length=1)]
    """The states, by name; exactly one is `initial`, at least one `final`."""
    anywhere: dict[Name, AnywhereShape] | None = None
    """Ordinary transitions, offered in every state that is not final."""
    interrupts: dict[Name, InterruptShape] | None = None
    """What comes before everything else, most urgent first."""
    deadlines: dict[Name, DeadlineShape] | None = None
    """What is due, and by when."""
    promises: dict[Name, PromiseShape] | None = None
    """What must hold in every case."""
    assume: list[ConditionTree] | None = None
    """What a sound record never contradicts."""
