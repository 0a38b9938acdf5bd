"""Pydantic's complaints in an author's words. Nothing of pydantic's own wording gets past this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rupture_protocol.errors import shorten
from rupture_protocol.language import shapes
from rupture_protocol.language.facts import FactType
from rupture_protocol.language.nearest import nearest
from rupture_protocol.language.protocol import SourceKind
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import BROKEN, Path, Plain

WRITTEN_INSTEAD = {
    "guard": "a transition's condition is written `when:`",
    "guards": "a transition's condition is written `when:`",
    "condition": "a transition's condition is written `when:`",
    "if": "a transition's condition is written `when:`",
    "conditions": "a transition's condition is written `when:`",
    "target": "where a transition leads is written `to:`",
    "dest": "where a transition leads is written `to:`",
    "next": "where a transition leads is written `to:`",
    "roles": "who may do it is written `by:`",
    "role": "who may do it is written `by:`",
    "who": "who may do it is written `by:`",
    "require": "facts that must be on record are written `needs:`",
    "requires": "facts that must be on record are written `needs:`",
    "required": "facts that must be on record are written `needs:`",
    "question": "the question put to a person is written `ask:`",
    "default": "what holds until the fact is first recorded is written `presume:`, with a `source`",
    "expires": "how long a record holds is written `lasts:`",
    "min": "the smallest number is written `minimum:`",
    "max": "the largest number is written `maximum:`",
    "options": "the values of a fact are written `values:`",
    "name": "what a thing is called is written `title:`",
    "description": "what a thing is called is written `title:`",
    "label": "what a thing is called is written `title:`",
}

_FORMS: dict[str, tuple[str, str, str]] = {
    shapes.NAME_PATTERN: ("bad-name", "is not a name", "a small letter, then small letters, digits and `_`"),
    shapes.ID_PATTERN: ("bad-name", "is not an id", "small letters and digits, in words joined by `-`"),
    shapes.SOURCE_PATTERN: ("bad-name", "is not a source's id", "letters, digits, `.`, `_` and `-`"),
    shapes.VERSION_PATTERN: ("bad-version", "is not a version", "three whole numbers, as in `1.0.0`"),
    shapes.LANGUAGE_PATTERN: ("wrong-value", "is not a language", "its tag, as in `en` or `de-CH`"),
}

_SHAPE_AT: list[tuple[tuple[str, ...], type[shapes.Shape]]] = [
    ((), shapes.ProtocolShape),
    (("about",), shapes.AboutShape),
    (("sources", "*"), shapes.SourceShape),
    (("roles", "*"), shapes.RoleShape),
    (("facts", "*"), shapes.FactShape),
    (("states", "*"), shapes.StateShape),
    (("states", "*", "wait"), shapes.WaitShape),
    (("states", "*", "transitions", "*"), shapes.TransitionShape),
    (("anywhere", "*"), shapes.AnywhereShape),
    (("interrupts", "*"), shapes.InterruptShape),
    (("deadlines", "*"), shapes.DeadlineShape),
    (("promises", "*"), shapes.PromiseShape),
]

_SHAPE_NAMED: dict[str, type[shapes.Shape]] = {
    "guidance": shapes.GuidanceShape,
    "override": shapes.OverrideShape,
    "starts": shapes.MarkShape,
    "met_by": shapes.MarkShape,
    "migrates": shapes.MigrationShape,
    "extends": shapes.ExtendsShape,
}

Complaint = Mapping[str, Any]


def report_complaint(complaint: Complaint, report: Report) -> None:
    """Note one of pydantic's errors as an issue, unless its place has been complained about already."""
    if complaint["input"] is BROKEN:
        return
    kind = str(complaint["type"])
    path: Path = tuple(complaint["loc"])
    if path and path[-1] == "[key]":
        _bad_key(complaint, path[:-1], report)
        return
    _WORDINGS.get(kind, _other)(complaint, path, report)


def key_names(path: Path) -> list[str]:
    """The keys that the mapping at `path` may have; empty where they are the author's own names."""
    for pattern, shape in _SHAPE_AT:
        if len(pattern) == len(path) and all(p in ("*", at) for p, at in zip(pattern, path, strict=True)):
            return _keys(shape)
    named = _SHAPE_NAMED.get(str(path[-1])) if path else None
    if named is None and len(path) > 1 and path[-2] in ("for", "against"):
        named = shapes.ArgumentShape
    return _keys(named) if named else []


def _keys(shape: type[shapes.Shape]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items()]


def _missing(_complaint: Complaint, path: Path, report: Report) -> None:
    owner = path[:-1]
    advice = _inherited_instead(owner, report) or _example(path)
    report("missing-key", f"`{path[-1]}` is missing", owner, key=bool(owner), help=advice)


def _inherited_instead(path: Path, report: Report) -> str | None:
    """In an extension: the inherited name that was meant, where one of its own is nearly the same.

    What is inherited is whole, so a key is missing only under a name that is new, or mistyped.
    """
    for end in range(len(path), 1, -1) if report.is_written(("extends",)) else ():
        *above, name = path[:end]
        beside = report.written(tuple(above))
        others = [each for each in beside if each != name] if isinstance(beside, dict) else []
        advice = report.did_you_mean(str(name), others)
        if advice and advice.startswith("did you mean") and str(name) not in key_names(tuple(above)):
            return f"{advice} `{shorten(str(name))}` is not inherited"
    return None


def _unknown_key(_complaint: Complaint, path: Path, report: Report) -> None:
    key = str(path[-1])
    known = key_names(path[:-1])
    match = nearest(key, known)
    instead = WRITTEN_INSTEAD.get(key)
    if match is None and instead and instead.split("`")[1].rstrip(":") in known:
        advice: str | None = instead
    elif match is None and len(path) == 3 and path[0] == "interrupts":
        advice = f"an interrupt has {_quoted(known)}, and nothing else"
    else:
        advice = report.did_you_mean(key, known) or (f"known here: {_quoted(known)}" if known else None)
    report("unknown-key", f"unknown key `{shorten(key)}`", path, key=True, help=advice)


def _bad_key(complaint: Complaint, path: Path, report: Report) -> None:
    pattern = complaint.get("ctx", {}).get("pattern", "")
    code, words, advice = _FORMS.get(pattern, ("bad-name", "is not a name", ""))
    report(code, f"`{shorten(str(complaint['input']))}` {words}", path, key=True, help=advice or None)


def _pattern(complaint: Complaint, path: Path, report: Report) -> None:
    pattern = complaint.get("ctx", {}).get("pattern", "")
    code, words, advice = _FORMS.get(pattern, ("wrong-value", "is not in the form asked for", ""))
    report(code, f"`{shorten(str(complaint['input']))}` {words}", path, help=advice or None)


def _must_be(what: str, advice: str | None = None) -> Callable[[Complaint, Path, Report], None]:
    def word(complaint: Complaint, path: Path, report: Report) -> None:
        value = complaint["input"]
        hint = advice
        if path == ("version",):
            _, words, hint = _FORMS[shapes.VERSION_PATTERN]
            report("bad-version", f"`{shorten(str(value))}` {words}", path, help=hint)
            return
        if what == "text" and isinstance(value, bool | int | Decimal):
            hint = f'quote it: `"{shorten(str(value).lower() if isinstance(value, bool) else str(value))}"`'
        if what == "a list" and isinstance(value, str):
            hint = f"as in `[{shorten(value)}]`"
        if isinstance(value, Plain) and what != "a list":
            report(
                "quote-it",
                f"`{shorten(value)}` is read in different ways: {_name(path)} must be {what}",
                path,
                help=hint,
            )
            return
        report("wrong-type", f"{_name(path)} must be {what}", path, help=hint)

    return word


def _one_of(complaint: Complaint, path: Path, report: Report) -> None:
    value = complaint["input"]
    expected = [part.strip("' ") for part in complaint["ctx"]["expected"].replace(" or ", ",").split(",")]
    known = _quoted(expected)
    if not isinstance(value, str):
        report("wrong-type", f"{_name(path)} must be one of {known}", path)
        return
    match = nearest(value, expected)
    hint = f"did you mean `{match}`?" if match else f"one of {known}"
    what = "a type of fact" if path[-1] == "type" else f"a value of {_name(path)}"
    report("wrong-value", f"`{shorten(value)}` is not {what}", path, help=hint)


def _empty(_complaint: Complaint, path: Path, report: Report) -> None:
    if isinstance(report.written(path[:-1]), str):  # a short form: its key is what was written
        path = path[:-1]
    report("empty", f"{_name(path)} is empty", path, help="write something, or leave the key out")


def _own(complaint: Complaint, path: Path, report: Report) -> None:
    value = complaint["input"]
    words = str(complaint["msg"])
    subject = _name(path) if words.startswith("must") else f"`{shorten(str(value))}`"
    report(str(complaint["type"]), f"{subject} {words}", path, help=complaint.get("ctx", {}).get("help"))


def _silent(_complaint: Complaint, _path: Path, _report: Report) -> None:
    """What is wrong inside has been reported already."""


def _other(_complaint: Complaint, path: Path, report: Report) -> None:
    report("wrong-value", f"{_name(path)} is not what the format asks for", path)


def _name(path: Path) -> str:
    if not path:
        return "the file"
    return (
        f"`{shorten(str(path[-1]))}`" if isinstance(path[-1], str) else f"item {path[-1] + 1} of `{path[-2]}`"
    )


_EXAMPLES = {
    ("format",): "begin the file with `format: 1`",
    ("protocol",): "the protocol's id, as in `protocol: riverside-clinic`",
    ("version",): "the protocol's own version, as in `version: 1.0.0`",
    ("title",): "what it is called, as in `title: Repairing harm`",
    ("states",): "the states, exactly one of them `initial: true`, at least one `final: true`",
    ("sources", "title"): "author, year and name, as in `title: BACP (2018), Ethical framework`",
    ("sources", "kind"): f"one of {', '.join(f'`{kind}`' for kind in SourceKind)}",
    ("roles", "about"): "who this is, in a sentence",
    ("facts", "type"): f"one of {', '.join(f'`{kind}`' for kind in FactType)}",
    ("interrupts", "when"): "when it must be taken, as in `when: {client_unsafe: true}`",
    ("deadlines", "starts"): "what starts the clock, as in `starts: {state: aware}`",
    ("deadlines", "met_by"): "what meets it, as in `met_by: {state: acknowledged}`",
    ("to",): "the state it leads to, as in `to: acknowledged`",
    ("because",): "the argument, in a sentence",
    ("reason",): "why waiting is right, in a sentence",
    ("by",): "the roles that may, as in `by: [supervisor]`",
    ("reasons",): "the coded reasons, as in `reasons: [client_preference]`",
}


def _example(path: Path) -> str | None:
    key = str(path[-1])
    alone = None if len(path) > 1 and key == "title" else _EXAMPLES.get((key,))
    return _EXAMPLES.get((str(path[0]), key), alone)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


_MAPPING = _must_be("a mapping", "keys and values, as in `key: value`")
_WORDINGS: dict[str, Callable[[Complaint, Path, Report], None]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "string_pattern_mismatch": _pattern,
    "string_type": _must_be("text"),
    "bool_type": _must_be("`true` or `false`", "write `true` or `false`"),
    "list_type": _must_be("a list"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "literal_error": _one_of,
    "enum": _one_of,
    "string_too_short": _empty,
    "too_short": _empty,
    "bad-duration": _own,
    "bad-date": _own,
    "bad-range": _own,
    "wrong-type": _own,
    "quote-it": _own,
    "reported": _silent,
}
