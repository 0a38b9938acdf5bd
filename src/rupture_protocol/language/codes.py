"""Every issue code, once: its name, its severity, and what it means in a sentence.

A code, once released, keeps its meaning. Each has a page in `rupture_protocol/pages/codes/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rupture_protocol.errors import Severity, UnknownName, shorten
from rupture_protocol.language.nearest import did_you_mean


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of issue."""

    name: str
    severity: Severity
    summary: str


_READING = {
    "not-utf8": "the file is not UTF-8 text",
    "empty-file": "the file holds no YAML",
    "not-yaml": "the text is not well-formed YAML",
    "file-too-large": "the file is larger than 256 KiB",
    "too-deep": "the YAML is nested deeper than 32 levels",
    "too-many-nodes": "the file holds more than 20,000 YAML nodes",
    "scalar-too-long": "a text is longer than 8,192 characters",
    "key-too-long": "a key is longer than 128 characters",
    "duplicate-key": "a key is written twice in one mapping",
    "key-not-text": "a key is not text",
    "tag": "a YAML tag (`!…`) is used",
    "anchor": "a YAML anchor or alias (`&…`, `*…`) is used",
    "merge-key": "a YAML merge key (`<<`) is used",
    "directive": "a YAML directive (`%…`) is used",
    "several-documents": "the file holds more than one YAML document",
    "hidden-character": "a control, bidirectional or invisible character is in the file",
    "quote-it": "an unquoted text that YAML readers take for different things",
    "number-too-large": "a whole number beyond what JSON keeps exactly, or a decimal with too many digits",
}

_SHAPE = {
    "nothing-written": "a key or a list item has no value",
    "unknown-key": "a key that the format does not have at this place",
    "missing-key": "a key that is required at this place is not there",
    "wrong-type": "a value of another kind than the format asks for",
    "wrong-value": "a value that is none of those the format lists",
    "empty": "a text, list or mapping that must not be empty",
    "bad-name": "a name that is not `[a-z][a-z0-9_]*`, or an id that is not in its form",
    "bad-version": "a version that is not semantic (`1.0.0`)",
    "bad-date": "a date that is not an ISO 8601 day",
    "bad-duration": "a length of time that is not a whole number and a unit",
    "format-version": "a format that this version of the library does not read",
    "not-supported-yet": "a key of the format that this version does not act on, so it does not accept it",
    "too-many-states": "the protocol has more than 500 states",
}

_NAMES = {
    "unknown-state": "a state that the protocol does not have",
    "unknown-fact": "a fact or condition that the protocol does not have",
    "unknown-value": "a value that the fact does not have",
    "unknown-role": "a role that the protocol does not have",
    "unknown-source": "a source that the protocol does not list",
    "unknown-trigger": "a trigger that the protocol does not have",
    "unknown-interrupt": "an interrupt that the protocol does not have",
    "reserved-name": "a name that means something to the format itself",
    "name-clash": "one name for two things",
    "repeated": "the same item twice in one list",
}

_MEANING = {
    "no-initial": "no state is `initial`",
    "several-initial": "more than one state is `initial`",
    "no-final": "no state is `final`",
    "initial-and-final": "a state is `initial` and `final`",
    "final-with-transitions": "a final state has transitions",
    "outcome-not-final": "a state that is not final has an `outcome`",
    "fact-values": "a fact's values, limits or labels do not fit its type",
    "unknown-as-value": "`unknown` is used as a value: what is not known is not recorded",
    "presume-without-source": "a fact is presumed without a source",
    "text-in-condition": "a condition reads a text fact",
    "wrong-operator": "an operator that does not fit what it compares",
    "out-of-range": "a number outside the limits of its fact, or a range that is empty",
    "empty-condition": "a condition without content, which would always hold",
    "circular-condition": "a named condition that leads back to itself",
    "conditions-too-deep": "named conditions used inside one another more than 64 levels deep",
    "only-and-except": "a transition with both `only` and `except`",
    "mark-form": "a deadline's start or end that is not exactly one of `fact` and `state`",
    "promise-form": "a promise that is none of the three forms",
    "kind-not-sourced": "a deadline shown as law or code whose source is a clinic's own",
}

_EXTENDING = {
    "extends-form": "what is extended is neither a protocol with a range of versions nor a file",
    "bad-range": "a range of versions that is not in its form",
    "bad-file-name": "a file that is extended is not named plainly, or is a link",
    "base-not-found": "a protocol or a file that is extended is not there",
    "base-version": "a protocol that is extended is not there in a version that is asked for",
    "base-invalid": "a protocol that is extended has errors of its own",
    "extends-circle": "a protocol extends itself, straight or through others",
    "extends-too-deep": "more than 4 levels of `extends`",
    "extends-too-large": "more than 16 files, or 1 MiB, with all that is extended",
    "redefined": "an extension gives something inherited another meaning",
    "loosened": "an extension asks less than what it inherits",
    "removed": "an extension takes away what it inherits",
    "nobody-left": "an extension leaves nobody who may do something",
    "contradiction": "two protocols that are extended together cannot both hold",
}

_TRANSLATING = {
    "translation-form": "a translation does not fit the protocol beside it",
    "is-a-translation": "a translation is given where a protocol is wanted",
}

_SCENARIOS = {
    "unknown-person": "a person who is not among the `people` of the file of scenarios",
    "unknown-case": "a scenario that follows one that is not there",
    "unknown-deadline": "a deadline that the protocol does not have",
    "circular-case": "a scenario that follows one that follows it",
}
"""Of scenarios only."""

_WARNINGS = {
    "no-about": "nothing says what the protocol is for, and for whom",
    "no-source": "a transition, interrupt or deadline has no source",
    "no-guidance": "a transition or interrupt has no guidance",
    "no-question": "a fact that guards read has no question",
    "presumes-harmless": "the harmless answer is presumed of a fact that an interrupt reads",
    "cannot-be-known": "an interrupt reads a fact that has no value for *cannot be known*",
    "added-way": "an extension adds a way into a state that it inherits",
    "translation-missing": "a text is not translated, so the original is shown",
    "translation-orphaned": "a text is translated that the original does not have",
    "review-overdue": "the protocol is past its `review_by` date",
}


GROUPS: dict[str, tuple[str, ...]] = {
    "Reading the file": tuple(_READING),
    "Keys and values": tuple(_SHAPE),
    "Names": tuple(_NAMES),
    "What it means together": tuple(_MEANING),
    "Extending": tuple(_EXTENDING),
    "Translating": tuple(_TRANSLATING),
    "Scenarios": tuple(_SCENARIOS),
    "Warnings": tuple(_WARNINGS),
}
"""The codes by what they are about, in the order in which a reader meets them."""


def _table(severity: Severity, *groups: dict[str, str]) -> dict[str, Code]:
    return {name: Code(name, severity, summary) for group in groups for name, summary in group.items()}


ALL: dict[str, Code] = {
    **_table(Severity.ERROR, _READING, _SHAPE, _NAMES, _MEANING, _EXTENDING, _TRANSLATING, _SCENARIOS),
    **_table(Severity.WARNING, _WARNINGS),
}


_BROKEN = {
    "broken-promise": "a case can come where a promise does not hold",
    "dead-end": "everything that is read in a state is on record, and nothing is open",
    "trap": "a case can come where no final state can be reached any more",
    "unreachable-state": "no case can ever come to a state",
    "never-open": "no case can ever take a transition or an interrupt",
    "opens-more": "an extension opens what the protocol that it extends does not",
    "assume-cannot-hold": "no case fulfils what `assume` states, so it would prove anything",
}
"""Of what a protocol means, found by the prover: what refuses it."""

_DOUBTFUL = {
    "not-decided": "the prover cannot say whether something holds",
    "never-true": "a condition is true in no situation",
    "always-true": "a condition is false in no situation",
    "never-matters": "a part of a guard changes nothing, whatever it comes to",
    "question-never-needed": "a fact has a question, and nothing reads it",
    "triggers-overlap": "two triggers of a state lead to the same target and are open at the same time",
    "trigger-shadowed": "a trigger is open only where another to the same target is open as well",
    "interrupt-not-open": "an interrupt is true, nothing comes before it, and it is not open",
    "needs-several-people": "one person alone cannot bring a case to an end",
}
"""Of what a protocol means, found by the prover: what an author should look at."""

FINDINGS: dict[str, Code] = {**_table(Severity.ERROR, _BROKEN), **_table(Severity.WARNING, _DOUBTFUL)}
"""The codes of what the prover finds in a protocol that is well written."""

FOUND: dict[str, tuple[str, ...]] = {
    "What can go wrong in a case": tuple(_BROKEN),
    "What to look at in a case": tuple(_DOUBTFUL),
}
"""The same, as `GROUPS` has the others: first what refuses a protocol, then what warns."""


def severity(code: str) -> Severity:
    """The severity of a code."""
    return (ALL.get(code) or FINDINGS[code]).severity


def page(code: str) -> str:
    """The page of a code, in Markdown: what it means, why it matters, what to write instead.

    Raises:
        UnknownName: There is no such code; `help` says which one is near.
    """
    if code not in ALL and code not in FINDINGS:
        raise UnknownName(f"unknown issue code `{shorten(code)}`", help=did_you_mean(code, [*ALL, *FINDINGS]))
    from importlib.resources import files  # slow to import, and needed here only

    folder = "codes" if code in ALL else "findings"
    return (files("rupture_protocol") / "pages" / folder / f"{code}.md").read_text("utf-8")
