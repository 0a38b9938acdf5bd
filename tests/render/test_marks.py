"""A case in a picture: where it stands, what each way comes to and why, never colour alone, never a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest

from rupture_protocol import Engine, Protocol, load
from rupture_protocol.engine.decision import Decision
from rupture_protocol.language.facts import FactType
from rupture_protocol.render.dot import dot
from rupture_protocol.render.marks import SIGNS, Look, Marks, described, marks_of
from rupture_protocol.render.mermaid import mermaid
from rupture_protocol.render.svg import svg
from rupture_protocol.render.table import table

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Drawing = Callable[[Protocol, Marks], str]


def plainly(mermaid_text: str) -> str:
    """A Mermaid diagram with its entities as characters."""
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), mermaid_text)


DRAWINGS: dict[str, Drawing] = {
    "table": lambda protocol, marks: table(protocol, marks=marks, width=200),
    "mermaid": lambda protocol, marks: plainly(mermaid(protocol, marks=marks)),
    "dot": lambda protocol, marks: dot(protocol, marks=marks),
    "svg": lambda protocol, marks: unescape(svg(protocol, marks=marks)),
}


@pytest.fixture(scope="module")
def standard() -> Protocol:
    return load("standard")


def decided(protocol: Protocol, state: str, **facts: object) -> Decision:
    engine = Engine(protocol)
    return engine.decide(engine.imagine(state=state, visited=[protocol.initial], facts=facts), at=NOON)


@pytest.mark.parametrize("form", DRAWINGS)
def test_every_drawing_marks_the_state_and_every_way_out_of_it(form: str, standard: Protocol) -> None:
    for state in standard.states.values():
        if state.final:
            continue
        decision = decided(standard, state.name, safety_suicide_level="none")
        drawn = DRAWINGS[form](standard, marks_of(decision))
        assert drawn.count("▶ the case is here") >= 1
        for verdict in {option.verdict for option in decision.options}:
            sign = f"{SIGNS[Look(verdict.value)]} {verdict}"
            expected = sum(option.verdict is verdict for option in decision.options)
            assert drawn.count(sign) >= expected, (state.name, sign)


def test_only_the_case_s_own_ways_are_marked(standard: Protocol) -> None:
    decision = decided(standard, "consulted")
    for form in ("table", "mermaid", "dot"):
        drawn = DRAWINGS[form](standard, marks_of(decision))
        marked = sum(
            drawn.count(f"{SIGNS[look]} {look}: ") for look in (Look.OPEN, Look.BLOCKED, Look.UNDECIDED)
        )
        marked += drawn.count("● open\n") if form == "table" else 0
        assert marked == len(decision.options), form


@pytest.mark.parametrize("form", ["table", "mermaid", "dot"])
def test_a_reason_stands_beside_each_way_that_is_not_open(form: str, standard: Protocol) -> None:
    drawn = DRAWINGS[form](standard, marks_of(decided(standard, "consulted")))
    assert "`acknowledged` has not been visited" in drawn
    assert "interrupts cannot be ruled out yet" in re.sub(r"\\n|\s+", " ", drawn)
    assert "everything it requires is met" not in re.sub(r'tooltip="[^"]*"', "", drawn)


@pytest.mark.parametrize("form", DRAWINGS)
def test_no_recorded_value_is_in_any_drawing(form: str, standard: Protocol) -> None:
    secret = "canary-7391"  # what somebody might have written down
    texts = [fact.name for fact in standard.facts.values() if fact.type is FactType.TEXT]
    assert texts
    numbers = [fact.name for fact in standard.facts.values() if fact.type is FactType.DATE]
    decision = decided(
        standard, "consulted", **dict.fromkeys(texts, secret), **dict.fromkeys(numbers, "1987-06-05")
    )
    drawn = DRAWINGS[form](standard, marks_of(decision))
    assert secret not in drawn
    assert "1987" not in drawn


def test_lines_differ_beside_colour(standard: Protocol) -> None:
    marks = marks_of(decided(standard, "consulted", safety_suicide_level="low"))
    drawn = dot(standard, marks=marks)
    styles = {
        sign: re.search(rf'label="{re.escape(sign)}[^\n]*style="(\w+)", penwidth=([\d.]+)', drawn)
        for sign in ("● open", "✗ blocked", "? undecided")
    }
    assert all(styles.values())
    assert len({match.groups() for match in styles.values() if match}) == 3
    assert marks.lines in drawn
    lines = set(re.findall(r'class="arrow ([\w-]+)"', svg(standard, marks=marks)))
    assert lines == {"open", "blocked"}


def test_the_description_says_what_the_picture_marks(standard: Protocol) -> None:
    marks = marks_of(decided(standard, "consulted", safety_suicide_level="high"))
    said = described(standard, marks)
    assert "The case is here: state consulted." in said
    assert "Open: " in said
    assert "hold_for_safety" in said.split("Open: ")[1].split(".")[0]
    assert f'<desc id="picture-description">{said}</desc>' in unescape(svg(standard, marks=marks))


def test_without_a_case_nothing_is_marked(standard: Protocol) -> None:
    assert not any(sign in mermaid(standard) + dot(standard) for sign in ("▶", "●", "✗"))
