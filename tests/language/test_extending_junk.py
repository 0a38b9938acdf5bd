"""Whatever stands in an extension, in one of two bases or in a translation is told, and never raised."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from tests.shelf import BASE, Shelf

from rupture_protocol.language.bases import assemble, assemble_in
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.translations import check_translations

pytestmark = pytest.mark.once

RICH: dict[str, Any] = {
    "format": 1,
    "protocol": "clinic",
    "version": "1.0.0",
    "title": "T",
    "extends": {"file": "base.yaml"},
    "about": {"purpose": "P", "not_for": ["x"], "review_by": "2027-01-01"},
    "sources": {"code-1": {"title": "A code"}, "ours": {"title": "O", "kind": "clinic"}},
    "roles": {"client": {"about": "The client"}, "nurse": "N"},
    "facts": {
        "agrees": {"by": ["client"], "lasts": "1 day", "sensitive": True},
        "harm": {"labels": {"severe": "S"}},
        "own": "boolean",
    },
    "conditions": {"ready": {"own": True}},
    "states": {
        "aware": {
            "ask": ["own"],
            "transitions": {
                "go": {
                    "when": {"own": True},
                    "needs": ["own"],
                    "by": ["supervisor"],
                    "despite": ["pause"],
                    "guidance": {"say": ["a"], "text": "b"},
                    "source": "ours",
                },
                "look": {"to": "checked"},
            },
        },
        "talking": {
            "transitions": {"finish": {"override": {"by": ["supervisor"]}, "not_same_person": ["go"]}}
        },
        "checked": {"wait": {"reason": "r"}},
    },
    "anywhere": {"refer": {"except": ["held"]}, "leave": {"except": ["talking"]}},
    "interrupts": {"hold": {"guidance": "g"}, "pause": {"to": "held", "when": {"own": False}}},
    "deadlines": {"notice": {"within": "5 working days"}},
    "promises": {"ours": {"enter": "ended", "needs": ["own"]}},
    "assume": [{"own": True}],
    "migrates": [{"from": "<1", "states": {"a": "aware"}, "facts": {"b": "own"}}],
}
JUNK: list[Any] = [
    None,
    [],
    {},
    "",
    "x",
    "all",
    1,
    1.5,
    True,
    [1],
    [None],
    ["x"],
    {"a": 1},
    [{}],
    {"x": None},
]


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    yield path
    for key, each in (
        data.items() if isinstance(data, dict) else enumerate(data if isinstance(data, list) else ())
    ):
        yield from places(each, (*path, key))


PLACES = list(enumerate(places(RICH)))
EVERY = bool(os.environ.get("RUPTURE_THOROUGH"))
each_place = pytest.mark.parametrize(
    ("at", "path"), PLACES, ids=[".".join(map(str, path)) or "all" for _, path in PLACES]
)


def some_junk(at: int) -> list[Any]:
    """All of it if thorough; else two pieces, other ones at every place."""
    return JUNK if EVERY else [JUNK[at % len(JUNK)], JUNK[(at * 4 + 1) % len(JUNK)]]


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The data with something else at a place."""
    if not path:
        return value
    made = copy.deepcopy(data)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return made


def test_the_rich_one_is_right() -> None:
    shelf = Shelf({"base.yaml": BASE, "clinic.yaml": json.dumps(RICH)})

    assert assemble(shelf.text("clinic.yaml"), shelf).errors == ()


@each_place
def test_junk_at_any_place_is_told(at: int, path: tuple[Any, ...]) -> None:
    for junk in some_junk(at):
        text = json.dumps(put(RICH, path, junk))
        middle = text.replace('"clinic"', '"middle"')
        two = json.dumps(
            {**RICH, "protocol": "top", "extends": [{"file": "clean.yaml"}, {"file": "middle.yaml"}]}
        )
        clean = json.dumps({**RICH, "protocol": "clean"})
        shelf = Shelf(
            {
                "base.yaml": BASE,
                "clinic.yaml": text,
                "middle.yaml": middle,
                "clean.yaml": clean,
                "top.yaml": two,
            }
        )
        for name in ("clinic.yaml", "top.yaml"):
            found = assemble(shelf.text(name), shelf)
            assert (found.protocol is None) == bool(found.errors)
            assert all(issue.render() for issue in found.issues)


@cache
def original() -> Protocol:
    shelf = Shelf({"base.yaml": BASE, "clinic.yaml": json.dumps(RICH)})
    found = assemble(shelf.text("clinic.yaml"), shelf).protocol
    assert found is not None
    return found


@each_place
def test_junk_in_a_translation_is_told(at: int, path: tuple[Any, ...]) -> None:
    head = {"translates": "clinic", "language": "de"}
    for junk in some_junk(at):
        german = put(RICH, path, junk)
        text = json.dumps(head | german if isinstance(german, dict) else german)
        shelf = Shelf({"base.yaml": BASE, "clinic.yaml": json.dumps(RICH), "clinic.de.yaml": text})
        assert all(issue.render() for issue in check_translations(shelf.text("clinic.yaml"), shelf))
        translated, _ = assemble_in("de", shelf.text("clinic.yaml"), shelf)
        if translated is not None:
            assert translated.conditions == original().conditions
            assert list(translated.states) == list(original().states)
