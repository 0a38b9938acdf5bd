"""The commands around the answers: help, demo, explain, show, protocols, schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import Rupture

from rupture_protocol.cli.app import COMMANDS
from rupture_protocol.language import codes


def test_the_help_lists_every_command(rupture: Rupture) -> None:
    ran = rupture("--help")
    assert ran.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(rupture: Rupture, name: str) -> None:
    ran = rupture(name, "--help")
    assert ran.code == 0
    assert "Example" in ran.out
    assert f"rupture {name}" in ran.out.partition("Example")[2]


def test_a_mistyped_command_is_told_apart(rupture: Rupture) -> None:
    ran = rupture("chek")
    assert ran.code == 2
    assert "help: did you mean `check`?" in ran.err


def test_no_command_shows_the_help_as_talk(rupture: Rupture) -> None:
    ran = rupture()
    assert ran.code == 2
    assert ran.out == ""
    assert "Commands:" in ran.err
    assert ran.err.splitlines()[-1] == "next: rupture demo"


def test_the_version_is_data(rupture: Rupture) -> None:
    ran = rupture("--version")
    assert ran.code == 0
    assert ran.out.startswith("rupture 0.")


# demo -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["continued", "referred"])
def test_the_demo_goes_from_noticing_to_an_ending(rupture: Rupture, ending: str) -> None:
    ran = rupture("demo", "--ending", ending, "--json")
    assert ran.code == 0, ran.out
    assert ran.lines[0]["state"] == "aware"
    assert ran.lines[-1]["state"] == ending
    assert any("refusal" in line for line in ran.lines)
    assert ran.err.startswith("next: rupture walk")


def test_the_demo_is_the_same_every_time(rupture: Rupture) -> None:
    first, second = rupture("demo"), rupture("demo")
    assert first == second
    assert "The case has ended: continued." in first.out
    assert "not shown" not in first.out


def test_the_demo_begins_when_it_is_told_to(rupture: Rupture) -> None:
    ran = rupture("demo", "--at", "2030-06-01T10:00:00+02:00", "--json")
    assert ran.code == 0
    assert ran.lines[0]["event"]["at"] == "2030-06-01T08:00:00+00:00"
    assert ran.lines[0]["event"]["facts"]["event_aware_date"] == "2030-06-01T07:30:00+00:00"


# explain --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["unknown-fact", "cannot-be-known"])
def test_a_code_is_explained_by_its_page(rupture: Rupture, code: str) -> None:
    ran = rupture("explain", code)
    assert ran.code == 0
    assert ran.out.startswith(f"# {code}\n")
    assert rupture("explain", code, "--json").json["page"] == codes.page(code)


def test_a_protocol_is_explained_with_its_sources(rupture: Rupture) -> None:
    ran = rupture("explain", "standard")
    assert "not for: Emergencies as they happen" in ran.out
    assert "\nSources\n" in ran.out
    assert "\nPromises (stated, not yet proved)\n" in ran.out
    assert rupture("explain", "mini.yaml").out.startswith("Mini\n")


def test_a_trigger_is_explained_with_guidance_and_source(rupture: Rupture) -> None:
    ran = rupture("explain", "acknowledge")
    assert ran.out.startswith("acknowledge: aware → acknowledged\n")
    assert "to say, in words of your own:" in ran.out
    assert "code: BACP" in ran.out
    mini = rupture("explain", "acknowledge", "--protocol", "mini.yaml", "--json").json
    assert mini["ways"][0]["requires"][0] == "`reachable` is true"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("standard", "protocol"),
        ("continue", "trigger"),
        ("harm_severity", "fact"),
        ("aware", "state"),
        ("both_agree", "condition"),
        ("supervisor", "role"),
        ("bacp-52", "source"),
    ],
)
def test_anything_with_a_name_is_explained(rupture: Rupture, name: str, kind: str) -> None:
    ran = rupture("explain", name, "--json")
    assert (ran.code, ran.json["schema"], ran.json["kind"]) == (0, "rupture-explain/1", kind)
    assert rupture("explain", name).out


def test_a_name_that_nothing_bears_is_refused(rupture: Rupture) -> None:
    ran = rupture("explain", "unknown-fct")
    assert ran.code == 1
    assert "did you mean `unknown-fact`?" in ran.err
    assert rupture("explain", "x", "--protocol", "nowhere.yaml").code == 3


# show, protocols, schema ----------------------------------------------------------------------------


def test_show_prints_a_table_unless_told_otherwise(rupture: Rupture) -> None:
    assert rupture("show", "mini.yaml").out == rupture("show", "mini.yaml", "--table").out
    assert rupture("show", "mini.yaml").out.startswith("Mini (mini 1.0.0)\n")
    assert rupture("show", "mini.yaml", "--mermaid").out.startswith("stateDiagram-v2\n")
    assert rupture("show", "mini.yaml", "--dot").out.startswith('digraph "Mini (mini 1.0.0)" {\n')


def test_show_json_holds_a_protocol_that_loads_as_the_same(rupture: Rupture, tmp_path: Path) -> None:
    import json

    from rupture_protocol import load, loads

    shown = rupture("show", "mini.yaml", "--json").json
    assert shown["schema"] == "rupture-protocol/1"
    assert loads(json.dumps(shown["written"])) == load(tmp_path / "mini.yaml")
    assert shown["protocol"]["digest"] == load(tmp_path / "mini.yaml").digest


def test_protocols_lists_the_shipped_ones(rupture: Rupture) -> None:
    ran = rupture("protocols", "--json")
    assert ran.json["schema"] == "rupture-protocols/1"
    assert "standard" in [each["name"] for each in ran.json["protocols"]]
    assert rupture("protocols").out.startswith("standard  ")


def test_the_schema_is_one_document(rupture: Rupture) -> None:
    assert rupture("schema").json["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schemas_of_json_are_named_alike(rupture: Rupture) -> None:
    given = {
        "decide": ("mini.yaml", "--json"),
        "check": ("mini.yaml", "--json"),
        "explain": ("standard", "--json"),
        "show": ("mini.yaml", "--json"),
        "protocols": ("--json",),
    }
    for command, arguments in given.items():
        assert rupture(command, *arguments).json["schema"].startswith("rupture-")
