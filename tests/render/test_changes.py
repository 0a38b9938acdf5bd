"""Two versions in one picture: what is new, gone, looser, stricter or reworded, as `diff` found it."""

from __future__ import annotations

import json

import pytest
from tests.prover.two_versions import two_versions
from tests.render.drawings import NEW, OLD
from tests.render.test_html import Tags, hostile
from tests.render.test_marks import DRAWINGS

from rupture_protocol import Protocol, loads
from rupture_protocol.language.dump import dump
from rupture_protocol.prover.diff import diff
from rupture_protocol.prover.difference import Difference, Effect
from rupture_protocol.render.changes import changes_drawn
from rupture_protocol.render.comparison import comparison
from rupture_protocol.render.marks import Look, Mark, Marks, described


def drawn(old: Protocol, new: Protocol) -> tuple[Protocol, Marks, Difference]:
    found = diff(old, new)
    both, marks = changes_drawn(old, new, found)
    return both, marks, found


def marked(old: Protocol, new: Protocol) -> dict[str, tuple[Look, str]]:
    """Each way and state that is marked, by its trigger or name."""
    _, marks, _ = drawn(old, new)
    found: dict[str, Mark] = dict(marks.states)
    found |= {str(path[-1]): mark for path, mark in marks.ways.items()}
    return {name: (mark.look, mark.word) for name, mark in found.items()}


def edited(*edits: tuple[str, str]) -> dict[str, tuple[Look, str]]:
    """What is marked where the small protocol was edited."""
    text = (old := SMALL).replace("1.0.0", "1.1.0")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    return marked(loads(old), loads(text))


SMALL = """
format: 1
protocol: small
version: 1.0.0
title: Small
roles: {lee: Lee, sue: Sue}
facts: {danger: boolean, agrees: boolean}
states:
  one:
    initial: true
    transitions:
      go: {to: two, by: [lee], when: {agrees: true}}
      back: {to: one}
  two: {transitions: {end: {to: three}}}
  held: {transitions: {resume: {to: one}}}
  three: {final: true}
anywhere:
  leave: {to: three, except: [held]}
interrupts:
  hold: {to: held, when: {danger: true}}
"""


@pytest.mark.parametrize(
    ("before", "after", "name", "expected"),
    [
        ("by: [lee], when: {agrees: true}", "by: [lee]", "go", (Look.LOOSER, "looser")),
        ("by: [lee], when", "by: [lee, sue], when", "go", (Look.LOOSER, "looser")),
        ("when: {agrees: true}}", "when: {agrees: true}, needs: [danger]}", "go", None),
        ("by: [lee], when", "by: [sue], when", "go", (Look.BOTH, "looser, stricter")),
        ("      back: {to: one}\n", "", "back", (Look.GONE, "gone, stricter")),
        ("back: {to: one}", "back: {to: one, title: Again}", "back", (Look.REWORDED, "reworded")),
        ("      back:", "      jump: {to: three}\n      back:", "jump", (Look.NEW, "new, looser")),
        ("except: [held]", "except: [held, two]", "leave", (Look.STRICTER, "stricter")),
        (", except: [held]", "", "leave", (Look.LOOSER, "looser")),
        ("{danger: true}", "{any: [danger: true, agrees: false]}", "hold", (Look.STRICTER, "stricter")),
        ("  two: {", "  two: {forget: [agrees], ", "two", (Look.ASKS_MORE, "asks more")),
        ("  two: {", "  two: {ask: [agrees], ", "two", (Look.ASKS_MORE, "asks more")),
    ],
)  # fmt: skip
def test_each_change_is_marked_by_what_it_does(
    before: str, after: str, name: str, expected: tuple[Look, str] | None
) -> None:
    assert edited((before, after)).get(name) == expected


def test_what_is_written_otherwise_and_means_the_same_is_not_marked() -> None:
    assert edited(("when: {agrees: true}", "when: {not: {agrees: false}}")) == {}
    text = SMALL.replace("      back: {to: one}\n", "      back: {to: one}\n      leave: {to: three}\n")
    text = text.replace("{end: {to: three}}", "{end: {to: three}, leave: {to: three}}")
    text = text.replace("anywhere:\n  leave: {to: three, except: [held]}\n", "")
    assert marked(loads(SMALL), loads(text)) == {}
    assert marked(loads(text), loads(SMALL)) == {}


def test_a_way_that_leads_elsewhere_is_drawn_twice() -> None:
    both, marks, _ = drawn(loads(SMALL), loads(SMALL.replace("end: {to: three}", "end: {to: one}")))
    ways = both.states["two"].transitions.values()
    assert [(each.trigger, each.to, marks.of(each).look) for each in ways if marks.of(each)] == [  # type: ignore[union-attr]  # just asked
        ("end", "one", Look.NEW),
        ("end", "three", Look.GONE),
    ]


def test_where_an_interrupt_alone_makes_the_difference_only_it_is_marked() -> None:
    found = edited(("when: {danger: true}", "when: {danger: false}"))
    assert set(found) == {"hold"}


def test_a_way_that_goes_on_despite_an_interrupt_is_marked_even_where_that_has_changed_too() -> None:
    wider = ("when: {danger: true}", "when: {any: [danger: true, agrees: false]}")
    found = edited(wider, ("end: {to: three}", "end: {to: three, despite: [hold]}"))
    assert found["end"] == (Look.LOOSER, "looser")
    assert found["hold"] == (Look.STRICTER, "stricter")
    assert "go" not in found


def test_a_way_from_anywhere_may_be_called_as_a_part_of_a_protocol_is() -> None:
    text = SMALL.replace("leave:", "states:")
    new = text.replace("  held:", "  aside: {transitions: {on: {to: one}}}\n  held:")
    assert "states" not in marked(loads(text), loads(new))


def test_what_a_new_state_only_has_from_anywhere_is_said_at_the_state() -> None:
    found = edited(("  held:", "  aside: {transitions: {on: {to: one}}}\n  held:"))
    assert found["aside"] == (Look.NEW, "new, looser")
    assert found["on"][0] is Look.NEW
    assert "leave" not in found


def test_the_description_and_the_title_say_the_difference_in_words() -> None:
    both, marks, _ = drawn(OLD, NEW)
    said = described(both, marks)
    assert marks.title == "A small way: what changed from small 1.0.0 to small 2.0.0"
    for each in ("New, looser: state peers", "Looser: go_on from told_it", "Reworded: state told_it"):
        assert each in said


@pytest.mark.parametrize("form", DRAWINGS)
def test_two_versions_that_mean_the_same_are_drawn_without_marks(form: str) -> None:
    both, marks, found = drawn(OLD, OLD)
    assert not found
    assert (marks.states, marks.ways, marks.parts) == ({}, {}, {})
    assert "Nothing" in " ".join(marks.legend)
    assert DRAWINGS[form](both, marks)


@pytest.mark.parametrize("seed", range(60))
def test_all_that_changed_for_the_ways_is_in_the_picture_and_nothing_else(seed: int) -> None:
    old, new = (loads(json.dumps(each)) for each in two_versions(seed))
    both, marks, found = drawn(old, new)
    words = " ".join(mark.word for mark in (*marks.states.values(), *marks.ways.values()))
    about = [each for each in found.changes if each.part in ("option", "state", "interrupt")]
    for effect in {effect for each in about if not each.through for effect in each.effects}:
        if effect not in (Effect.OTHER, Effect.REWORDED):
            assert effect.value in words, effect
    if not about:
        assert words == ""
    gone = [path for path, mark in marks.ways.items() if mark.look is Look.GONE]
    assert len(gone) == len(set(gone))
    for drawing in DRAWINGS.values():
        assert drawing(both, marks)
    Tags(comparison(old, new, found))


def test_the_page_lists_every_change_below_its_picture() -> None:
    found = diff(OLD, NEW)
    page = comparison(OLD, NEW, found)
    tags = Tags(page)
    assert len(tags.named("svg")) == 1
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for each in found.changes:
        assert f"<code>{each.name}</code>" in page
    assert "one case: " in page
    assert page.index("<svg") < page.index("one case: ")


def test_no_text_of_either_version_becomes_markup() -> None:
    old = hostile()
    new = loads(dump(old).replace("version: 1.0.0", "version: 1.1.0").replace("go:", "went:"))
    page = comparison(old, new, diff(old, new))
    names = {name for name, _ in Tags(page).tags}
    assert not names & {"script", "img", "iframe", "object", "link", "base", "form"}
    assert page.count("</style>") == 1
