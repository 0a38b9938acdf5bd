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


@pytest.mark.parametrize("file", FILES[:3])
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
    assert "\nhelp: " in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mini.yaml"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Riverside Clinic", "riverside-clinic"), ("riverside.yaml", "riverside"), ("Böblingen", "boblingen")],
)
def test_the_name_that_was_probably_meant_is_offered(rupture: Rupture, name: str, meant: str) -> None:
    assert f"next: rupture init {meant}\n" in rupture("init", name).err


def test_a_base_that_is_not_there_exits_3_and_says_which_is_like_it(rupture: Rupture) -> None:
    ran = rupture("init", "riverside", "--from", "standart")
    assert ran.code == 3
    assert "did you mean `standard`?" in ran.err


def test_a_second_protocol_in_the_folder_takes_its_place_in_the_settings(
    rupture: Rupture, tmp_path: Path
) -> None:
    rupture("init", "riverside")
    schema = (tmp_path / FILES[2]).read_bytes()
    ran = rupture("init", "hillside")
    assert (ran.code, ran.out.split()) == (0, ["hillside.yaml", "hillside.scenarios.yaml"])
    assert "note: left as it is: protocol.schema.json\n" in ran.err
    assert "note: hillside.yaml was added to .vscode/settings.json\n" in ran.err
    assert (tmp_path / FILES[2]).read_bytes() == schema
    settings = json.loads((tmp_path / FILES[3]).read_text("utf-8"))
    assert settings == {"yaml.schemas": {"./protocol.schema.json": ["riverside.yaml", "hillside.yaml"]}}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        "{ // mine\n}",
        "[]",
        '{"yaml.schemas": {"./other.json": ["x.yaml"]}}',
        '{"yaml.schemas": {"./protocol.schema.json": ["a.yaml"]}, "a": 1}',
        '{"yaml.schemas": {"./protocol.schema.json": "a.yaml"}}',
        '{"yaml.schemas": []}',
    ],
)
def test_settings_of_somebody_else_are_left_alone_and_what_to_add_is_said(
    rupture: Rupture, tmp_path: Path, text: str
) -> None:
    (tmp_path / ".vscode").mkdir()
    (tmp_path / FILES[3]).write_text(text, "utf-8")
    ran = rupture("init", "riverside")
    assert (ran.code, ran.out.split()) == (0, FILES[:3])
    assert (tmp_path / FILES[3]).read_text("utf-8") == text
    assert '{"./protocol.schema.json": ["riverside.yaml"]}' in ran.err


def test_settings_behind_a_link_are_left_alone(rupture: Rupture, tmp_path: Path) -> None:
    rupture("init", "riverside")
    (tmp_path / FILES[3]).rename(tmp_path / "elsewhere.json")
    (tmp_path / FILES[3]).symlink_to(tmp_path / "elsewhere.json")
    text = (tmp_path / "elsewhere.json").read_text("utf-8")
    assert rupture("init", "hillside").code == 0
    assert (tmp_path / "elsewhere.json").read_text("utf-8") == text


def test_a_schema_of_another_version_is_left_and_how_to_renew_it_is_said(
    rupture: Rupture, tmp_path: Path
) -> None:
    (tmp_path / FILES[2]).write_text('{"$id": "urn:rupture-protocol:format:1"}', "utf-8")
    ran = rupture("init", "riverside")
    assert ran.code == 0
    assert "`rupture schema > protocol.schema.json` renews it" in ran.err


@pytest.mark.parametrize("base", ["riverside.yaml", "riverside", "./riverside.yaml"])
def test_it_extends_a_file_beside_it(rupture: Rupture, tmp_path: Path, base: str) -> None:
    rupture("init", "riverside")
    assert rupture("init", "teens", "--from", base).code == 0
    assert load(tmp_path / "teens.yaml").bases[-1].id == "riverside"
    assert rupture("check", "teens.yaml", "--strict").code == 0
    assert rupture("test", "teens.yaml").code == 0


@pytest.mark.parametrize("way", ["--path", "RUPTURE_PATH"])
def test_it_extends_what_the_search_path_holds(
    rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    rupture("init", "region", "--folder", "shared")
    given = ["--path", "shared"] if way == "--path" else []
    if not given:
        monkeypatch.setenv(way, "shared")
    ran = rupture("init", "riverside", "--from", "region", "--folder", "ours/new", *given)
    assert ran.code == 0, ran.err
    assert (
        'extends: {protocol: region, version: ">=0,<1"}' in (tmp_path / "ours/new/riverside.yaml").read_text()
    )
    assert f"ours/new/riverside.yaml{' --path shared' if given else ''} --watch" in ran.err
    assert rupture("check", "ours/new/riverside.yaml", "--strict", *given).code == 0
    assert rupture("test", "ours/new/riverside.yaml", *given).code == 0


def test_a_file_of_another_folder_is_refused_with_what_to_type(rupture: Rupture) -> None:
    rupture("init", "region", "--folder", "shared")
    ran = rupture("init", "riverside", "--from", "shared/region.yaml")
    assert ran.code == 2
    assert "next: rupture init riverside --from region --path shared\n" in ran.err


def test_nothing_extends_itself(rupture: Rupture, tmp_path: Path) -> None:
    rupture("init", "riverside")
    (tmp_path / "riverside.yaml").rename(tmp_path / "base.yaml")
    ran = rupture("init", "riverside", "--from", "base.yaml")
    assert ran.code == 2
    assert "cannot extend itself" in ran.err


def test_a_base_with_errors_is_told_and_nothing_is_written(rupture: Rupture, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("format: 1\nprotocol: broken\n", "utf-8")
    ran = rupture("init", "riverside", "--from", "broken.yaml")
    assert ran.code == 3
    assert "broken.yaml:1:1: error[missing-key]" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.yaml", "mini.yaml"]


def test_a_folder_that_cannot_be_made_is_told(rupture: Rupture) -> None:
    ran = rupture("init", "riverside", "--folder", "mini.yaml/below")
    assert ran.code == 3
    assert "cannot write `riverside.yaml`" in ran.err
