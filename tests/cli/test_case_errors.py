"""What `rupture case` says when it cannot: what is wrong and what to type next, never a value."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.running import NOON, Ran, Rupture

from rupture_protocol import (
    Casebook,
    OutcomeUnknown,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreOutdated,
    StoreReadOnly,
    StoreUnavailable,
)

ANN, SUE = "ann:therapist", "sue:supervisor"
Case = Callable[..., Ran]


@pytest.fixture
def case(rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """`rupture case`, with a store that holds the case `c`."""
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "cases.db"))

    def case(*args: str, stdin: str | None = None) -> Ran:
        return rupture("case", *args, stdin=stdin)

    assert case("open", "mini.yaml", "--id", "c", "--by", ANN, "--at", NOON).code == 0
    return case


REFUSED: tuple[tuple[str, int, str, str], ...] = (
    ("show x", 1, "no case is called `x`", "rupture case list"),
    ("take x hold --by ann:therapist", 1, "no case is called `x`", "rupture case list"),
    ("show \udcff", 1, "no case is called", "rupture case list"),
    ("list --actor \udcff", 3, "can be stored as UTF-8", "rupture case list --help"),
    ("open mini.yaml --id c --by ann:therapist", 1, "`c` is kept already", "rupture case show c"),
    ("open mini.yaml --id '' --by ann:therapist", 1, "not empty", "rupture case open --help"),
    ("open mini.yaml --by ann:visitor", 1, "unknown role `visitor`", "rupture case open --help"),
    ("open nowhere --by ann:therapist", 3, "no protocol is called `nowhere`", "rupture protocols"),
    ("open mini.yaml --by ann", 2, "write ID:ROLE", "rupture case open --help"),
    ("open mini.yaml --by :therapist", 2, "write ID:ROLE", "rupture case open --help"),
    ("open mini.yaml", 2, "'--by'", "rupture case open --help"),
    ("take c hold --by ann:therapist --expect 7", 1, "is at version 1, not 7", "rupture case history c"),
    ("take c hold --by ann:therapist --expect 0", 2, "'--expect'", "rupture case take --help"),
    ("take c acknowledge --by ann:therapist", 1, "cannot `acknowledge`", "rupture case show c"),
    ("take c acknowledg --by ann:therapist", 1, "unknown trigger", "rupture case take --help"),
    ("override c acknowledge --reason other --by ann:therapist", 1, "acknowledge", "rupture case show c"),
    ("override c acknowledge --by sue:supervisor", 2, "'--reason'", "rupture case override --help"),
    ("record c --by ann:therapist", 2, "no fact is given", "rupture case record --help"),
    ("record c canary --by ann:therapist", 2, "is written NAME=VALUE", "rupture case record --help"),
    ("record c notice=true notice=false --by ann:therapist", 2, "twice", "rupture case record --help"),
    ("record c severity=canary --by sue:supervisor", 1, "cannot have that value", "case record --help"),
    ("record c severty=canary --by sue:supervisor", 1, "unknown fact `severty`", "case record --help"),
    ("record c severity=mild --by ann:therapist", 1, "cannot be recorded by", "case record --help"),
    ("record c notice=true --by ann:therapist --occurred canary", 2, "not an instant", "record --help"),
    ("correct c severity --to canary --reason x --by sue:supervisor", 1, "cannot have", "correct --help"),
    ("correct c severity --reason x --by sue:supervisor", 1, "no record to correct", "correct --help"),
    ("migrate c --to mini.yaml --by sue:supervisor", 1, "under 1.0.0 already", "rupture case migrate --help"),
    ("take c hold canary --by ann:therapist", 2, "an argument too many", "rupture case take --help"),
    ("import nowhere.json", 3, "cannot read `nowhere.json`", "check the path"),
    ("list --store nowhere.db", 3, "there is no store `nowhere.db`", "check the address of `--store`"),
    ("take c hold --by a:b --store nowhere.db", 3, "there is no store `nowhere.db`", "check the address"),
    ("list --store sqlite:///nowhere.db", 3, "there is no store `nowhere.db`", "check the address"),
    ("list --store mini.yaml", 3, "the database is damaged", "rupture db doctor"),
    ("list --store mysql://host/x", 3, "neither SQLite nor PostgreSQL", "rupture db doctor"),
    ("list --store ://", 3, "cannot be read", "rupture db doctor"),
    ("open mini.yaml --by ann:therapist --store .", 3, "cannot be reached", "rupture db doctor"),
    ("open mini.yaml --by ann:therapist --store /dev/null/x/y.db", 3, "cannot make", "rupture db doctor"),
)


@pytest.mark.parametrize(("line", "code", "message", "next_"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_says_why_and_what_to_type_next(
    case: Case, line: str, code: int, message: str, next_: str
) -> None:
    ran = case(*shlex.split(line))
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert ran.err.splitlines()[-1].startswith("next: ")
    assert next_ in ran.err.splitlines()[-1]
    if "unknown" not in message and "canary" in line:
        assert "canary" not in ran.err
    assert case("show", "c", "--json").json["version"] == 1


@pytest.mark.parametrize(
    ("error", "next_"),
    [
        (StoreBusy, "run it again"),
        (StoreReadOnly, "rupture db doctor"),
        (StoreFull, "rupture db doctor"),
        (StoreUnavailable, "rupture db doctor"),
        (StoreCorrupt, "rupture db doctor"),
        (StoreOutdated, "rupture db doctor"),
        (StoreError, "rupture case take --help"),
    ],
)
def test_trouble_of_the_store_is_told_like_any_other(
    case: Case, monkeypatch: pytest.MonkeyPatch, error: type[StoreError], next_: str
) -> None:
    def troubled(*_: object, **__: object) -> None:
        raise error("it went wrong", help="mend it")

    monkeypatch.setattr(Casebook, "take", troubled)
    ran = case("take", "c", "hold", "--by", ANN)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: it went wrong\n")
    assert ran.err.endswith(f"next: {next_}\n")


def test_a_commit_that_was_cut_off_is_repeated_as_it_says_and_kept_once(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time the event is kept, and nobody hears of it."""
    take = Casebook.take

    def cut_off(self: Casebook, *args: object, **given: object) -> None:
        take(self, *args, **given)  # type: ignore[arg-type]
        raise OutcomeUnknown("the commit was cut off")

    asked = ("take", "c", "hold", "--by", ANN)
    monkeypatch.setattr(Casebook, "take", cut_off)
    ran = case(*asked)
    assert ran.code == 3
    key = ran.err.partition("--key ")[2].partition("`")[0]
    assert ran.err.endswith(f"next: run the same command again, with `--key {key}` added\n")
    monkeypatch.setattr(Casebook, "take", take)
    assert case(*asked, "--key", key, "--json").json["version"] == 2
    assert case("show", "c", "--json").json["version"] == 2


def test_who_gave_a_key_is_told_to_give_it_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise OutcomeUnknown("the commit was cut off")

    monkeypatch.setattr(Casebook, "take", cut_off)
    ran = case("take", "c", "hold", "--by", ANN, "--key", "mine")
    assert ran.code == 3
    assert ran.err.endswith("next: run the same command again, with the same `--key`\n")
    assert "mine" not in ran.err


def test_an_opening_that_was_cut_off_is_repeated_under_the_id_that_was_made(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = Casebook.open

    def cut_off(self: Casebook, *args: object, **given: object) -> None:
        opens(self, *args, **given)  # type: ignore[arg-type]
        raise OutcomeUnknown("the commit was cut off")

    asked = ("open", "mini.yaml", "--by", ANN)
    monkeypatch.setattr(Casebook, "open", cut_off)
    ran = case(*asked)
    more = shlex.split(ran.err.partition("with `")[2].partition("`")[0])
    assert more[0] == "--id"
    monkeypatch.setattr(Casebook, "open", opens)
    assert case(*asked, *more, "--json").json["case"] == more[1]
    assert len(case("list", "--json").lines) == 2


def test_control_characters_of_an_id_are_not_sent_to_the_terminal(case: Case) -> None:
    name = "c\x1b[31m\n"
    assert case("open", "mini.yaml", "--id", name, "--by", ANN).code == 0
    for command in (("show", name), ("list",), ("history", name), ("show", f"{name}x")):
        ran = case(*command)
        assert "\x1b" not in ran.out + ran.err, command


def test_a_folder_that_cannot_be_written_to_is_told(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", "a path that nobody need see")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", locked)
        ran = case("open", "mini.yaml", "--by", ANN, "--store", str(tmp_path / "new.db"))
    assert (ran.code, ran.err) == (
        3,
        "error: cannot make the store's file: permission denied\nnext: rupture db doctor\n",
    )
