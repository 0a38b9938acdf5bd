"""`rupture diff`: text, JSON, and exit codes that a pipeline can rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import MINI, Rupture


@pytest.fixture
def looser(tmp_path: Path) -> str:
    """A version of `mini` with a wider guard."""
    assert 'when: {reachable: true, capacity: "yes"}' in MINI
    text = MINI.replace('when: {reachable: true, capacity: "yes"}', "when: {reachable: true}", 1)
    (tmp_path / "looser.yaml").write_text(text.replace("version: 1.0.0", "version: 1.1.0"), "utf-8")
    return "looser.yaml"


def test_the_text_says_where_an_option_opens(rupture: Rupture, looser: str) -> None:
    done = rupture("diff", "mini.yaml", looser)
    assert done.code == 0
    assert "option `acknowledge` in `aware` is open in more situations" in done.out
    assert "one case:" in done.out
    assert done.err.startswith("ok: 1 looser")


def test_the_json_has_a_schema_and_the_rules(rupture: Rupture, looser: str) -> None:
    found = rupture("diff", "mini.yaml", looser, "--json").json
    assert found["schema"] == "rupture-diff/1"
    assert found["counts"]["looser"] == 1
    change = found["changes"][0]
    assert (change["name"], change["states"]) == ("acknowledge", ["aware"])
    assert change["shifts"][0]["rules"][0]["where"][0]["fact"] == "capacity"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fail-on", "looser"], 1),
        (["--fail-on", "stricter"], 0),
        (["--fail-on", "stricter", "--fail-on", "looser"], 1),
        (["--fail-on", "any"], 1),
        ([], 0),
    ],
)
def test_the_exit_code_is_what_was_asked_for(
    rupture: Rupture, looser: str, words: list[str], code: int
) -> None:
    assert rupture("diff", "mini.yaml", looser, *words).code == code
    assert rupture("diff", "mini.yaml", "mini.yaml", *words).code == 0


def test_only_one_state_is_told_where_one_is_named(rupture: Rupture, looser: str) -> None:
    assert "acknowledge" in rupture("diff", "mini.yaml", looser, "--state", "aware").out
    done = rupture("diff", "mini.yaml", looser, "--state", "held", "--fail-on", "any")
    assert done.code == 0
    assert "Nothing changes" in done.out


def test_a_state_that_neither_has_is_an_error_that_names_it(rupture: Rupture, looser: str) -> None:
    done = rupture("diff", "mini.yaml", looser, "--state", "awere")
    assert done.code != 0
    assert "unknown state `awere`" in done.err
    assert "did you mean `aware`?" in done.err


def test_a_file_that_cannot_be_read_ends_with_3(rupture: Rupture) -> None:
    assert rupture("diff", "mini.yaml", "nowhere.yaml").code == 3


def test_stdin_is_read_once(rupture: Rupture) -> None:
    assert rupture("diff", "-", "mini.yaml", stdin=MINI).code == 0
    assert rupture("diff", "-", "-", stdin=MINI).code == 2


# Pictures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("--html", "<!DOCTYPE html>"),
        ("--mermaid", "stateDiagram-v2\n    accTitle: Mini, what changed from mini 1.0.0 to mini 1.1.0"),
        ("--dot", 'digraph "Mini: what changed from mini 1.0.0 to mini 1.1.0" {'),
        ("--table", "Mini: what changed from mini 1.0.0 to mini 1.1.0"),
    ],
)
def test_a_picture_marks_what_changed_and_the_exit_code_stays(
    rupture: Rupture, looser: str, form: str, begins: str
) -> None:
    done = rupture("diff", "mini.yaml", looser, form, "--fail-on", "looser")
    assert done.code == 1
    assert done.out.startswith(begins)
    assert "looser" in done.out
    assert done.err.startswith("1 looser")


def test_a_picture_goes_into_a_file(rupture: Rupture, looser: str, tmp_path: Path) -> None:
    done = rupture("diff", "mini.yaml", looser, "--html", "--output", "changed.html")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("written: changed.html\nok: 1 looser")
    page = (tmp_path / "changed.html").read_text("utf-8")
    assert "one case: " in page
    assert page.isascii()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--html", "--state", "aware"), "`--state` does not go with it"),
        (("--html", "--output", "mini.yaml"), "would overwrite a protocol"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(
    rupture: Rupture, looser: str, words: tuple[str, ...], says: str
) -> None:
    done = rupture("diff", "mini.yaml", looser, *words)
    assert done.code == 2
    assert says in done.err
    assert done.err.splitlines()[-1] == "next: rupture diff --help"


def test_a_picture_that_cannot_be_written_ends_with_3(rupture: Rupture, looser: str) -> None:
    assert rupture("diff", "mini.yaml", looser, "--dot", "--output", "nowhere/a.dot").code == 3
