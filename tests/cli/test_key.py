"""`rupture key`: keys are made once, rotated and listed; nothing secret is ever printed."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import pytest
from tests.cli.running import NOON, Ran, Rupture

from rupture_protocol.cli.key import LISTED


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the keys of all stores."""
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "cases.db"))
    return tmp_path / "keys"


def open_case(rupture: Rupture, name: str = "c") -> Ran:
    return rupture("case", "open", "standard", "--id", name, "--by", "lee:therapist", "--at", NOON)


def secrets(keys: Path) -> list[str]:
    written = [each.read_text().strip() for each in keys.rglob("*.key")]
    return written + [base64.b64decode(each).hex() for each in written]


@pytest.mark.parametrize("name", LISTED)
def test_the_help_of_every_command_has_an_example(rupture: Rupture, name: str) -> None:
    ran = rupture("key", name, "--help")
    assert ran.code == 0
    assert f"rupture key {name}" in ran.out.partition("Example")[2]


def test_new_keys_are_those_that_the_first_case_is_kept_with(rupture: Rupture, keys: Path) -> None:
    ran = rupture("key", "new")
    assert (ran.code, ran.err) == (0, "made; back them up, apart from the database\n")
    (signing, wrapping) = rupture("key", "list", "--json").json["keys"]
    assert signing["id"] in ran.out
    assert signing["public"] in ran.out.replace("\n", "").replace(" ", "")
    assert open_case(rupture).code == 0
    assert rupture("key", "list", "--json").json["keys"] == [signing, wrapping]
    assert (signing["for"], wrapping["for"]) == ("signing", "wrapping")


def test_a_store_with_keys_gets_no_others(rupture: Rupture, keys: Path) -> None:
    assert rupture("key", "new").code == 0
    before = secrets(keys)
    ran = rupture("key", "new")
    assert ran.code == 1
    assert "has keys already" in ran.err
    assert "`rupture key rotate`" in ran.err
    assert secrets(keys) == before


def test_a_store_whose_keys_are_gone_gets_no_others_and_opens_when_they_are_back(
    rupture: Rupture, keys: Path
) -> None:
    assert open_case(rupture).code == 0
    shutil.move(keys, keys.with_name("backup"))
    ran = rupture("key", "new")
    assert ran.code == 1
    assert "bring the old ones back from a backup" in ran.err
    for command in (("key", "list"), ("key", "rotate"), ("case", "show", "c", "--at", NOON)):
        ran = rupture(*command)
        assert ran.code == 3, command
        assert "not here" in ran.err
        more = "rupture key --help" if command[0] == "key" else "rupture key list"
        assert ran.err.endswith(f"next: {more}\n")
    assert not keys.exists()
    shutil.move(keys.with_name("backup"), keys)
    assert rupture("case", "show", "c", "--at", NOON).code == 0


def test_after_a_rotation_old_cases_are_read_and_verified_and_new_ones_written(
    rupture: Rupture, keys: Path
) -> None:
    open_case(rupture)
    before, old = rupture("key", "list", "--json").json, secrets(keys)
    ran = rupture("key", "rotate", "--json")
    assert ran.code == 0
    assert ran.json["schema"] == "rupture-keys/1"
    assert ran.json["store"] == before["store"]
    retired, signing, wrapping = ran.json["keys"]
    assert retired["id"] == before["keys"][0]["id"]
    assert retired["retired"]
    assert (signing["retired"], wrapping["retired"], ran.json["unfinished"]) == (None, None, False)
    assert not set(old) & set(secrets(keys))
    assert open_case(rupture, "d").code == 0
    assert rupture("case", "show", "c", "--at", NOON).code == 0
    assert rupture("case", "verify").code == 0
    assert rupture("key", "list", "--json").json == ran.json


def test_nothing_secret_is_printed(rupture: Rupture, keys: Path) -> None:
    told = ""
    for command in (("new",), ("list",), ("list", "--json"), ("rotate",), ("rotate", "--json")):
        kept = secrets(keys)
        ran = rupture("key", *command)
        assert ran.code == 0
        told = "".join(f"{ran.out}{ran.err}".split())
        assert not [each for each in (*kept, *secrets(keys)) if each in told]
    assert told


def test_where_there_are_none_yet_that_is_said(rupture: Rupture, keys: Path) -> None:
    ran = rupture("key", "list")
    assert ran.code == 3
    assert "no store" in ran.err
    assert not keys.with_name("cases.db").exists()


def test_the_environment_gives_keys_and_takes_over_from_files(
    rupture: Rupture, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_case(rupture)
    given = {
        f"RUPTURE_{each}_KEY": base64.b64encode(os.urandom(32)).decode() for each in ("SIGNING", "WRAPPING")
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    refused = rupture("case", "show", "c", "--at", NOON)
    assert refused.code == 3
    assert "rupture key rotate" in refused.err
    ran = rupture("key", "rotate")
    assert ran.code == 0
    assert not list(keys.rglob("*.key"))
    assert rupture("case", "show", "c", "--at", NOON).code == 0
    assert rupture("case", "verify").code == 0
    assert not [each for each in given.values() if each in refused.err + ran.out + ran.err]


@pytest.mark.skipif(os.name != "posix", reason="only there has a folder such permissions")
def test_a_folder_that_others_may_enter_is_noted(rupture: Rupture, keys: Path) -> None:
    rupture("key", "new")
    assert rupture("key", "list").err == ""
    (folder,) = keys.iterdir()
    folder.chmod(0o755)
    ran = rupture("key", "list")
    assert ran.code == 0
    assert "`chmod 700`" in ran.err


def test_a_damaged_list_of_keys_is_told_without_what_is_in_it(rupture: Rupture, keys: Path) -> None:
    open_case(rupture)
    (folder,) = keys.iterdir()
    (folder / "keys.json").write_text('{"hush": 1}')
    ran = rupture("key", "list")
    assert ran.code == 3
    assert "`keys.json`" in ran.err
    assert "hush" not in ran.err
