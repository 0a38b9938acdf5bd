"""Tables and diagrams: what they hold, and that no text of a protocol can break them."""

from __future__ import annotations

import re

import pytest

from rupture_protocol import Protocol, load, loads
from rupture_protocol.render.dot import dot
from rupture_protocol.render.mermaid import mermaid
from rupture_protocol.render.table import table
from rupture_protocol.render.words import Words

NASTY = r"""
format: 1
protocol: nasty
version: 1.0.0
title: 'A "quoted" title: # --> ; {x} %% `tick` \n <b> [*]'
states:
  end:
    initial: true
    title: 'say "hi" -> # ; : {note} %%{init} [*] --> end'
    transitions:
      note: {to: state, title: "a: b; c # d --> e"}
      style: {to: state}
  state: {final: true, title: "direction TB &lt; <<fork>> ﬂ°°58¶ß Tür 中文"}
anywhere:
  class: {to: end, title: "classDef x:#fff; \\N \\"}
"""


@pytest.fixture(scope="module")
def standard() -> Protocol:
    return load("standard")


@pytest.fixture(scope="module")
def nasty() -> Protocol:
    return loads(NASTY)


def test_a_mermaid_diagram_has_an_accessible_title_and_description(standard: Protocol) -> None:
    first, title, description, *_ = mermaid(standard).splitlines()
    assert first == "stateDiagram-v2"
    assert title.strip() == "accTitle: Repairing unintended harm in therapy (standard 1.0.0)"
    assert description.strip().startswith("accDescr: A state diagram of ")


def test_every_state_and_transition_is_in_every_drawing(standard: Protocol) -> None:
    drawings = (mermaid(standard), dot(standard), table(standard))
    for state in standard.states:
        assert all(state in drawing for drawing in drawings), state
    arrows = sum(len(state.transitions) for state in standard.states.values())
    arrows += len(standard.anywhere) + len(standard.interrupts)
    finals = sum(state.final for state in standard.states.values())
    assert mermaid(standard).count("-->") == arrows + finals + 1
    assert dot(standard).count(" -> ") == arrows


def test_mermaid_meets_only_what_it_takes_for_text(nasty: Protocol) -> None:
    for line in mermaid(nasty).splitlines()[4:]:
        if not line.strip():
            continue
        assert re.fullmatch(
            r'    state "[^"#;:{}%`<>\[\]\\]*(?:#\d+;[^"#;:{}%`<>\[\]\\]*)*" as (s_\w+|from_anywhere)'
            r"|    (\[\*\]|s_\w+|from_anywhere) --> (\[\*\]|s_\w+)"
            r"(?: : [^\"#;:{}%`<>\[\]\\]*(?:#\d+;[^\"#;:{}%`<>\[\]\\]*)*)?",
            line,
        ), line


def test_no_id_in_a_mermaid_diagram_is_a_keyword_of_it(nasty: Protocol) -> None:
    ids = set(re.findall(r"^    (\w+) -->|--> (\w+)| as (\w+)$", mermaid(nasty), re.MULTILINE))
    assert {each for group in ids for each in group if each} == {"s_end", "s_state", "from_anywhere"}


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("change direction  LR now", "change #100;#105;#114;#101;#99;#116;#105;#111;#110; LR now"),
        ("another direction", "another direction"),
        ("- a list", "#45; a list"),
        ("1. first", "#49;#46; first"),
        ("__bold__ a_name", "#95;#95;bold#95;#95; a_name"),
    ],
)
def test_mermaid_finds_no_command_and_no_markdown_in_a_label(title: str, label: str) -> None:
    protocol = loads(NASTY.replace('"a: b; c # d --> e"', f'"{title}"'))
    assert f"s_end --> s_state : {label}\n" in mermaid(protocol)


def test_entities_in_a_mermaid_label_stand_for_what_was_written(nasty: Protocol) -> None:
    (label,) = re.findall(r'state "(.*)" as s_end', mermaid(nasty))
    decoded = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)
    assert decoded == nasty.states["end"].title


def test_dot_is_made_of_quoted_strings(nasty: Protocol) -> None:
    drawn = dot(nasty)
    assert "direction TB &amp;lt; <<fork>>" in drawn  # else Graphviz would show `<`
    without = re.sub(r'"(?:[^"\\]|\\["\\n])*"', "_", drawn)
    assert '"' not in without
    assert re.fullmatch(r"[\w\s{}\[\];,=>-]*", without), without
    assert drawn.startswith(
        'digraph "A \\"quoted\\" title: # --> ; {x} %% `tick` \\\\n <b> [*] (nasty 1.0.0)" {'
    )


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100])
def test_a_table_fits_the_width(standard: Protocol, width: int) -> None:
    longest = max(len(name) for name in (*standard.states, *standard.facts, *standard.promises)) + 8
    assert max(len(line) for line in table(standard, width=width).splitlines()) <= max(width, longest)


def test_a_table_stacks_what_has_no_room_beside(nasty: Protocol) -> None:
    assert "  note → state\n    · requires nothing" in table(nasty, width=30)
    assert "  note   → state  · requires nothing" in table(nasty, width=80)


def test_guards_are_in_words() -> None:
    protocol = loads("""
format: 1
protocol: words
version: 1.0.0
title: Words
roles: {lead: Lead, other: Other}
facts:
  a: boolean
  b: {type: scale, values: [low, high], title: The b}
  c: {type: choice, values: [x, y, z]}
conditions:
  named: {a: true}
states:
  one:
    initial: true
    transitions:
      go:
        to: two
        by: [lead]
        when:
          any:
            - {a: true, c: [x, y]}
            - not: {visited: two}
            - not: {any: [{a: true}, {c: z}]}
            - {named: false}
        needs: [b]
        not_same_person: [back]
        override: {by: [lead], reasons: [other]}
      back: {to: one}
  two: {final: true}
deadlines:
  soon: {starts: {fact: a}, met_by: {state: two}, within: 2 days, kind: clinic, when: {a: true}}
promises:
  p: {enter: two, only_if: {a: true}, only_after: one, needs: [b]}
  q: {whenever: {a: true}, offer: go}
  r: {always_reachable: [two]}
""")
    words = Words(protocol)
    assert words.requires(protocol.states["one"].transitions["go"]) == (
        "(`a` is true and (`c` is “x” or “y”)) or the case has not been in `two` or it is not so that "
        "(`a` is true or `c` is “z”) or `named` does not hold",
        "“The b” is on record",
        "by somebody who never took `back`",
        "or by override of `lead`, with a reason",
    )
    assert words.deadline(protocol.deadlines["soon"]) == (
        "within 2 days from `a` to entering `two`, where `a` is true (clinic)"
    )
    assert [words.promise(each) for each in protocol.promises.values()] == [
        "`two` is entered only if `a` is true and only with `b` on record and only after `one`",
        "whenever `a` is true, `go` is offered",
        "`two` can always be reached",
    ]
