"""`rupture init`: what it writes passes at once, and nothing that is there is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.running import Rupture

from rupture_protocol import load

FILES = ["riverside.yaml", "riverside.scenarios.yaml", "protocol.schema.json", ".vscode/settings.json"]


def test_what_is_written_passes_check(rupture: Rupture, tmp_path: Path) -> None:
    ran = rupture("init", "riverside", "--from", "standard")
    assert (ran.code, ran.out.split()) == (0, FILES)
    assert ran.err == "next: rupture check riverside.yaml --watch\n"
    assert rupture("check", "riverside.yaml").code == 0
    assert set(load("standard").states) == set(load(tmp_path / "riverside.yaml").states)
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text("utf-8"))
    ((schema, patterns),) = settings["yaml.schemas"].items()
    assert (tmp_path / schema).is_file()
    assert patterns == ["riverside.yaml"]


def test_its_scenario_passes(rupture: Rupture) -> None:
    rupture("init", "riverside")
    assert rupture("test", "riverside.scenarios.yaml").code == 0


def test_it_writes_into_a_folder(rupture: Rupture, tmp_path: Path) -> None:
    assert rupture("init", "riverside", "--folder", "new/clinic").code == 0
    assert all((tmp_path / "new/clinic" / file).is_file() for file in FILES)


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_overwritten_and_then_nothing_written(rupture: Rupture, tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("mine", "utf-8")
    ran = rupture("init", "riverside")
    assert ran.code == 1
    assert f"already there: `{file}`" in ran.err
    assert (tmp_path / file).read_text("utf-8") == "mine"
    assert [each for each in FILES if (tmp_path / each).exists()] == [file]


@pytest.mark.parametrize("name", ["", "Riverside", "a b", "../x", "a--b", "-", "é", "standard", "a" * 65])
def test_a_name_that_no_protocol_can_have_is_refused(rupture: Rupture, tmp_path: Path, name: str) -> None:
    ran = rupture("init", "--", name)
    assert ran.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mini.yaml"]


def test_a_base_that_is_not_shipped_exits_3(rupture: Rupture) -> None:
    assert rupture("init", "riverside", "--from", "nowhere").code == 3
