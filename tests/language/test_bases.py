"""What a protocol extends: how it is found, how much there may be, and how several bases are added up."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from tests.shelf import BASE, HEAD, SOUND, Shelf, checked, protocol

from rupture_protocol import InvalidProtocol, load, loads
from rupture_protocol.language.bases import assemble
from rupture_protocol.language.ranges import parse_range, parse_version
from rupture_protocol.loading import check_file

SMALL = """\
format: 1
protocol: {name}
version: {version}
title: Small
states:
  aware: {{initial: true, transitions: {{go: {{to: ended}}}}}}
  ended: {{final: true}}
"""


def small(name: str, version: str = "1.0.0") -> str:
    return SMALL.format(name=name, version=version)


def on(*bases: str, name: str = "clinic", more: str = "") -> str:
    """An extension of files."""
    listed = ", ".join(f"{{file: {base}.yaml}}" for base in bases)
    return f"format: 1\nprotocol: {name}\nversion: 1.0.0\ntitle: T\nextends: [{listed}]\n{more}"


def codes(file: str, **files: str) -> list[str]:
    return [issue.code for issue in checked(file, **files).errors]


# Finding ----------------------------------------------------------------------------------------------


def test_a_base_is_found_by_its_name_and_a_range_of_versions() -> None:
    text = 'format: 1\nprotocol: a\nversion: 1.0.0\nextends: {protocol: standard, version: ">=1.0,<2"}\n'
    found = loads(text)

    assert found.title == load("standard").title
    assert [base.id for base in found.bases] == ["standard"]


@pytest.mark.parametrize(
    ("extends", "code"),
    [
        ('{protocol: small, version: ">=2"}', "base-version"),
        ('{protocol: smal, version: ">=1"}', "base-not-found"),
        ('{protocol: small, version: ">1 <2"}', "bad-range"),
        ("{protocol: small, version: 1.0}", "wrong-type"),
        ("{protocol: small}", "extends-form"),
        ('{protocol: Small, version: ">=1"}', "bad-name"),
        ('{protocol: small, version: "1.0.0", file: small.yaml}', "extends-form"),
        ("{file: other.yaml}", "base-not-found"),
        ("{file: ../small.yaml}", "bad-file-name"),
        ("{file: /small.yaml}", "bad-file-name"),
        ("{file: small}", "bad-file-name"),
        ("{name: small}", "unknown-key"),
        ("small", "wrong-type"),
        ("[]", "empty"),
        ("", "nothing-written"),
        ("{file: clinic.yaml}", "extends-circle"),
    ],
)
def test_what_is_extended_is_written_in_one_of_two_forms(extends: str, code: str) -> None:
    text = f"format: 1\nprotocol: clinic\nversion: 1.0.0\nextends: {extends}\n"

    assert codes(text, small=small("small")) == [code]


def test_a_base_with_errors_is_named_with_them() -> None:
    found = checked(on("small"), small=small("small").replace("to: ended", "to: end"))

    assert [(issue.span.file, issue.code) for issue in found.errors] == [
        ("clinic.yaml", "base-invalid"),
        ("small.yaml", "unknown-state"),
    ]


def test_a_circle_is_refused_where_it_closes() -> None:
    found = checked(on("one"), one=on("two", name="one"), two=on("one", name="two"))

    assert [(issue.span.file, issue.code) for issue in found.errors] == [
        ("clinic.yaml", "base-invalid"),
        ("two.yaml", "extends-circle"),
    ]


def test_four_levels_are_allowed_and_five_are_not() -> None:
    files = {"l0": small("l0"), **{f"l{at}": on(f"l{at - 1}", name=f"l{at}") for at in range(1, 5)}}

    assert protocol(on("l3"), **files).bases
    assert codes(on("l4"), **files) == ["base-invalid", "extends-too-deep"]
    assert codes(on("l1", "l4"), **files) == ["base-invalid", "extends-too-deep"]


def test_sixteen_files_are_allowed_and_seventeen_are_not() -> None:
    files = {f"f{at}": on("small", name=f"f{at}") for at in range(20)} | {"small": small("small")}

    assert protocol(on(*(f"f{at}" for at in range(14))), **files).bases
    assert codes(on(*(f"f{at}" for at in range(17))), **files) == ["extends-too-large"]


def test_a_mebibyte_is_allowed_and_more_is_not() -> None:
    big = {f"f{at}": on("small", name=f"f{at}") + "#" * 250_000 for at in range(5)} | {
        "small": small("small")
    }

    assert protocol(on(*(f"f{at}" for at in range(4))), **big).bases
    assert codes(on(*(f"f{at}" for at in range(5))), **big) == ["extends-too-large"]


def test_a_file_is_read_once() -> None:
    asked: list[str] = []

    class Counting(Shelf):
        def text(self, name: str):  # type: ignore[no-untyped-def]
            asked.append(name)
            return super().text(name)

    shelf = Counting(
        {"small.yaml": small("small"), "a.yaml": on("small", name="a"), "clinic.yaml": on("a", "small")}
    )
    assert assemble(shelf.text("clinic.yaml"), shelf).protocol


# In folders -------------------------------------------------------------------------------------------


def test_the_search_path_is_the_folders_given_then_the_variable_then_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, named = tmp_path / "given", tmp_path / "named"
    for folder, version in ((given, "1.1.0"), (named, "1.2.0")):
        folder.mkdir()
        (folder / "standard.yaml").write_text(small("standard", version))
    monkeypatch.setenv("RUPTURE_PATH", str(named))

    assert load("standard", path=[given]).version == "1.1.0"
    assert load("standard").version == "1.2.0"
    monkeypatch.delenv("RUPTURE_PATH")
    assert load("standard").version == "1.0.0"


def test_the_first_version_in_the_range_is_taken(tmp_path: Path) -> None:
    (tmp_path / "standard.yaml").write_text(small("standard", "7.0.0"))
    text = 'format: 1\nprotocol: a\nversion: 1.0.0\nextends: {protocol: standard, version: "<2"}\n'

    assert loads(text, path=[tmp_path]).bases[0].version == "1.0.0"


def test_a_file_is_looked_for_in_the_same_folder_only(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SOUND)
    (tmp_path / "clinic.yaml").write_text(HEAD)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "clinic.yaml").write_text(HEAD)

    assert load(tmp_path / "clinic.yaml").bases
    with pytest.raises(InvalidProtocol, match="there is no file"):
        load(tmp_path / "sub" / "clinic.yaml")
    with pytest.raises(InvalidProtocol, match="a text has no folder"):
        loads(HEAD)


def test_a_link_and_what_is_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(BASE)
    (tmp_path / "clinic.yaml").write_text(HEAD)
    (tmp_path / "base.yaml").symlink_to(tmp_path / "real.yaml")
    assert [issue.code for issue in check_file(tmp_path / "clinic.yaml").errors] == ["bad-file-name"]

    (tmp_path / "base.yaml").unlink()
    os.mkfifo(tmp_path / "base.yaml")
    assert [issue.code for issue in check_file(tmp_path / "clinic.yaml").errors] == ["bad-file-name"]


def test_no_message_holds_an_absolute_path(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.replace("to: talking", "to: talkin"))
    (tmp_path / "clinic.yaml").write_text(HEAD)

    for issue in check_file(tmp_path / "clinic.yaml").issues:
        assert str(tmp_path) not in issue.render()


# Several bases ----------------------------------------------------------------------------------------

ONE = (
    HEAD.replace("clinic", "one")
    + """\
facts: {danger: {lasts: 1 day}, own: boolean}
states:
  aware:
    ask: [own]
    transitions:
      go: {when: {seen: true}, by: [therapist], needs: [own]}
  held: {title: First}
interrupts: {first: {to: held, when: {own: true}}}
"""
)
TWO = (
    HEAD.replace("clinic", "two")
    + """\
facts: {danger: {lasts: 12 hours}, other: boolean}
states:
  aware:
    ask: [other]
    transitions:
      go: {when: {other: true}, needs: [other]}
  held: {title: Second}
interrupts: {second: {to: held, when: {other: true}}}
"""
)


def test_what_several_bases_ask_for_is_added_up_and_a_shared_base_counts_once() -> None:
    found = protocol(on("one", "two"), one=ONE, two=TWO, base=BASE)
    step = found.states["aware"].transitions["go"]

    assert [base.id for base in found.bases] == ["base", "one", "two"]
    assert str(found.facts["danger"].lasts) == "12 hours"
    assert step.needs == ("harm", "own", "other")
    assert step.by == ("therapist",)
    assert step.guidance is not None
    assert step.guidance.say == ("I am sorry",)
    assert len(getattr(step.when, "parts", ())) == 3
    assert len(found.assume) == 1


def test_the_order_of_bases_decides_the_wording_and_where_things_stand() -> None:
    files = {"one": ONE, "two": TWO, "base": BASE}
    found, turned = protocol(on("one", "two"), **files), protocol(on("two", "one"), **files)

    assert (found.states["held"].title, turned.states["held"].title) == ("First", "Second")
    assert (list(found.interrupts), list(turned.interrupts)) == (
        ["hold", "first", "second"],
        ["hold", "second", "first"],
    )
    assert turned.states["aware"].ask == ("danger", "other", "own")


def test_one_trigger_with_two_targets_is_a_contradiction_with_both_places() -> None:
    one = HEAD.replace("clinic", "one") + "states: {held: {transitions: {out: {to: ended}}}}\n"
    two = HEAD.replace("clinic", "two") + "states: {held: {transitions: {out: {to: referred}}}}\n"
    (issue,) = checked(on("one", "two"), one=one, two=two, base=BASE).errors

    assert issue.code == "contradiction"
    assert str(issue.span) == "two.yaml:6:41"
    assert [str(note.span) for note in issue.also] == ["one.yaml:6:41", "clinic.yaml:5:29"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("facts: {x: boolean}", "facts: {x: date}"),
        ("facts: {x: boolean}", "conditions: {x: {seen: true}}"),
        ("conditions: {x: {seen: true}}", "conditions: {x: {seen: false}}"),
        ("facts: {seen: {by: [therapist]}}", "facts: {seen: {by: [client]}}"),
        (
            "interrupts: {x: {to: held, when: {seen: true}}}",
            "interrupts: {x: {to: held, when: {seen: false}}}",
        ),
        ("interrupts: {x: {to: held, when: {seen: true}}}", "anywhere: {x: {to: held}}"),
        ("promises: {x: {enter: ended, needs: [seen]}}", "promises: {x: {enter: held, needs: [seen]}}"),
        ("states: {x: {final: true}}", "states: {x: {wait: {reason: So}}}"),
        ("deadlines: {call: {within: 2 days}}", "deadlines: {call: {within: 3 hours}}"),
        ("anywhere: {leave: {except: [talking]}}", "anywhere: {leave: {except: [consulted]}}"),
    ],
)
def test_bases_that_cannot_both_hold_contradict_each_other(one: str, two: str) -> None:
    heads = {name: HEAD.replace("clinic", name) for name in ("one", "two")}
    found = checked(on("one", "two"), one=f"{heads['one']}{one}\n", two=f"{heads['two']}{two}\n", base=BASE)

    assert {issue.code for issue in found.errors} == {"contradiction"}
    for issue in found.errors:
        assert issue.span.file == "two.yaml"
        other, together = issue.also
        assert (other.span.file, together.span.file) in {
            ("one.yaml", "clinic.yaml"),
            ("base.yaml", "clinic.yaml"),
        }


def test_a_state_of_one_base_is_given_no_trigger_that_the_other_has_elsewhere() -> None:
    one = HEAD.replace("clinic", "one") + "states: {held: {transitions: {out: {to: ended}}}}\n"
    two = HEAD.replace("clinic", "two") + "states: {new: {transitions: {out: {to: ended}}}}\n"

    assert codes(on("one", "two"), one=one, two=two, base=BASE) == ["contradiction"]
    assert codes(on("two", "one"), one=one, two=two, base=BASE) == ["contradiction"]


def test_two_versions_of_one_base_are_a_contradiction() -> None:
    files = {"a": small("x"), "b": small("x", "2.0.0")}

    assert codes(on("a", "b"), **files) == ["contradiction"]


def test_two_bases_that_know_nothing_of_each_other_may_begin_in_one_state_only() -> None:
    other = small("other").replace("aware:", "early:")

    assert codes(on("small", "other"), small=small("small"), other=other) == ["contradiction"]


# Versions ---------------------------------------------------------------------------------------------

ORDER = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
         "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"]  # fmt: skip


def test_versions_are_in_the_order_of_semantic_versioning() -> None:
    found = [parse_version(each) for each in ORDER]

    assert all(one and other and one < other for one, other in pairwise(found))
    assert parse_version("1.0.0+a") == parse_version("1.0.0+b")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=1.0,<2", "1.0.0 1.99.0", "0.9.9 2.0.0 2.0.0-rc.1 1.5.0-rc.1"),
        (">=1.0.0-rc.1,<2", "1.0.0-rc.2 1.0.0 1.1.0", "1.0.0-beta 1.1.0-rc.3"),
        ("1.4", "1.4.0 1.4.0+build", "1.4.1"),
        ("==1.4.0", "1.4.0", "1.4.0-rc.1"),
        (">1", "1.0.1 2.0.0", "1.0.0"),
        ("<= 1.2.3", "1.2.3", "1.2.4"),
    ],
)
def test_a_range_holds_the_versions_that_it_says(text: str, inside: str, outside: str) -> None:
    found = parse_range(text)

    assert found is not None
    assert all(version in found for version in inside.split())
    assert not any(version in found for version in outside.split())


@pytest.mark.parametrize(
    "text", ["", "*", "^1.0", "~1.0", ">=1,", "1.x", ">=1.0-rc.1", ">=01.0", "1.0.0.0", ">= 1 <2"]
)
def test_what_is_no_range_is_none(text: str) -> None:
    assert parse_range(text) is None
