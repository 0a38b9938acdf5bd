"""What a protocol extends, on the command line: where it is found, what is shown, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import Rupture
from tests.shelf import HEAD, SOUND

OWN = "states: {aware: {transitions: {go: {when: {seen: true}}}}}\n"
BY_NAME = HEAD.replace("{file: base.yaml}", '{protocol: base, version: ">=1"}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a base and an extension of it."""
    (tmp_path / "base.yaml").write_text(SOUND)
    (tmp_path / "clinic.yaml").write_text(HEAD + OWN)
    return tmp_path


def test_show_resolved_prints_the_whole_with_the_bases_at_the_top(rupture: Rupture, folder: Path) -> None:
    ran = rupture("show", str(folder / "clinic.yaml"), "--resolved")

    assert ran.code == 0
    first, extends, base, *_ = ran.out.splitlines()
    assert first.startswith("# clinic 2.0.0 ")
    assert (extends, base[:12]) == ("# extends", "# base 1.2.0")
    assert "clinic.yaml:" not in ran.out


def test_show_origin_prints_the_file_and_line_of_each_value(rupture: Rupture, folder: Path) -> None:
    ran = rupture("show", str(folder / "clinic.yaml"), "--resolved", "--origin")

    assert "# base.yaml:41" in ran.out
    assert "# clinic.yaml:6" in ran.out


def test_a_protocol_is_looked_for_in_the_folders_of_path(
    rupture: Rupture, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "clinic.yaml"
    elsewhere.write_text(BY_NAME)

    assert rupture("check", str(elsewhere)).code == 1
    assert rupture("check", str(elsewhere), "--path", str(folder)).code == 0
    assert rupture("show", "base", "--path", str(folder), "--json").json["protocol"]["id"] == "base"
    assert rupture("decide", "base", "--path", str(folder), "--json").code in (0, 1)


def test_check_shows_both_places(rupture: Rupture, folder: Path) -> None:
    (folder / "clinic.yaml").write_text(HEAD + "states: {aware: {transitions: {go: {to: ended}}}}\n")
    ran = rupture("check", str(folder / "clinic.yaml"))
    (issue,) = rupture("check", str(folder / "clinic.yaml"), "--json").json["files"][0]["issues"]
    github = rupture("check", str(folder / "clinic.yaml"), "--format", "github")

    assert ran.code == 1
    assert "note: inherited from here: base.yaml:39:13" in ran.out
    assert issue["also"] == [{"text": "inherited from here", "file": "base.yaml", "line": 39, "column": 13}]
    assert "note: inherited from here: base.yaml:39:13" in github.out


def test_check_looks_at_the_translations_beside_a_file(rupture: Rupture, folder: Path) -> None:
    (folder / "clinic.de.yaml").write_text("translates: clinic\nlanguage: de\nroles: {nurse: Pflege}\n")
    ran = rupture("check", str(folder / "clinic.yaml"))

    assert ran.code == 0
    assert "warning[translation-orphaned]" in ran.out
    assert "warning[translation-missing]: `title`" in ran.out
