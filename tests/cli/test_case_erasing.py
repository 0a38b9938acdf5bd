"""`rupture case hold|release|erase|checkpoint`: how a case ends for good, and what proves what it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.running import NOON, Ran, Rupture

ANN, MAX = "ann:therapist", "max:records"
Case = Callable[..., Ran]


@pytest.fixture
def case(rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """`rupture case`, with a case `c` in the store."""
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "kept" / "cases.db"))

    def case(*args: str) -> Ran:
        return rupture("case", *args)

    case("open", "mini.yaml", "--id", "c", "--by", ANN, "--at", NOON)
    case("record", "c", "suicide_level=none", "--by", ANN, "--at", NOON)
    return case


def erase(case: Case, *more: str) -> Ran:
    return case("erase", "c", "--by", MAX, "--at", NOON, "--basis", "retention is over", *more)


def test_a_case_that_is_held_is_not_erased_until_it_is_released(case: Case) -> None:
    ran = case("hold", "c", "--reason", "complaint", "--by", MAX, "--at", NOON)
    assert (ran.code, "put under a legal hold" in ran.out) == (0, True)
    ran = erase(case)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: `c` is under a legal hold, and may not be erased\n")
    assert ran.err.endswith("next: rupture case history c\n")
    assert "a legal hold" in case("history", "c").out
    ran = case("release", "c", "--reason", "closed", "--by", MAX, "--at", NOON, "--json")
    assert (ran.json["version"], ran.json["event"]["kind"]) == (4, "released")
    assert erase(case).code == 0


def test_an_erased_case_says_so_everywhere(case: Case) -> None:
    ran = erase(case, "--json")
    assert ran.json == {
        "schema": "rupture-erasure/1",
        "case": "c",
        "version": 3,
        "at": NOON,
        "by": {"id": "max", "role": "records"},
        "basis": "retention is over",
    }
    for command in (["show", "c"], ["history", "c"], ["export", "c"], ["take", "c", "x", "--by", ANN]):
        ran = case(*command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(
            "error: `c` was erased on 2026-11-24 by max (records)\nhelp: on this basis:"
        )
    assert case("list", "--json").out == ""
    assert case("verify", "c").code == 0
    again = erase(case, "--expect", "7")
    assert (again.code, "was erased by max (records)" in again.out) == (0, True)


@pytest.mark.parametrize("given", [["--basis", ""], ["--basis", "x", "--expect", "9"]])
def test_what_cannot_be_erased_stays(case: Case, given: list[str]) -> None:
    ran = case("erase", "c", "--by", MAX, *given)
    assert (ran.code, ran.out) == (1, "")
    assert case("show", "c", "--json").json["version"] == 2


def test_keys_that_are_gone_are_said(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "elsewhere"))
    for command in (["show", "c"], ["record", "c", "suicide_level=none", "--by", ANN], ["list"]):
        ran = case(*command)
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith("error: the keys of this store are not here")
        assert ran.err.endswith("next: rupture key list\n")
    ran = case("verify", "--json")
    assert ran.code == 1
    (found,) = ran.json["findings"]
    assert found["what"].startswith("only the chain was verified, no signature and no content")
    assert not (tmp_path / "elsewhere").exists()


def test_a_checkpoint_is_made_and_held_against(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    ran = case("checkpoint", "--to", str(folder), "--at", NOON, "--json")
    file = folder / "checkpoint-000001.json"
    assert (ran.code, ran.json["number"], ran.json["size"], ran.json["file"]) == (0, 1, 1, str(file))
    assert "heads" not in ran.json
    assert case("verify", "--checkpoint", str(file)).code == 0
    written = json.loads(file.read_text())
    assert set(ran.json) == set(written) - {"heads"} | {"file"}
    file.write_text(json.dumps({**written, "number": 3}))
    ran = case("verify", "--checkpoint", str(file), "--json")
    assert ran.code == 1
    assert [each["what"] for each in ran.json["findings"]] == ["checkpoint 3 is not signed by this store"]
    assert case("verify", "--checkpoint", str(folder / "none.json")).code == 3
    assert "checkpoint 2 of 1 case:" in case("checkpoint", "--to", str(folder)).out


def test_an_export_carries_its_proof_and_is_imported(case: Case, tmp_path: Path) -> None:
    exported = case("export", "c")
    proof = exported.json["proof"]
    assert (proof["schema"], len(proof["entries"]), len(proof["keys"])) == ("rupture-proof/1", 2, 1)
    (tmp_path / "c.json").write_text(exported.out, "utf-8")
    ran = case("import", "c.json", "--protocol", "mini.yaml", "--store", str(tmp_path / "other.db"), "--json")
    assert (ran.code, ran.json["version"]) == (0, 2), ran.err

    changed = exported.json
    changed["history"][1]["at"] = "2026-11-24T13:00:00+00:00"
    (tmp_path / "c.json").write_text(json.dumps(changed), "utf-8")
    ran = case("import", "c.json", "--protocol", "mini.yaml", "--store", str(tmp_path / "third.db"))
    assert (ran.code, ran.out) == (3, "")
    assert "the proof of the case does not hold: event 2" in ran.err
