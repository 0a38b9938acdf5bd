"""`verify_case.py`, alone with a file: a change is found, at its level, and the untouched twin passes."""

from __future__ import annotations

import ast
import copy
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.proofs import (
    AT,
    BEFORE,
    CLINIC,
    FORGER,
    STORE,
    Json,
    events,
    id_of,
    made,
    path_to,
    public,
    root,
    sha,
    with_checkpoint,
)
from tests.store.books import LEE, NOON, SUE, book_in

from rupture_protocol import verify_case
from rupture_protocol.engine import wire
from rupture_protocol.verify_case import CannotCheck, leads_to, main, read_proof, verify

NAMED = (public(BEFORE), public(CLINIC))
IDS = (id_of(BEFORE), id_of(CLINIC))


def found(file: Json, named: tuple[str, ...] = NAMED) -> dict[str, list[str]]:
    """What is found, by level; `file`, where it cannot be checked at all."""
    try:
        levels = verify(read_proof(json.dumps(file)), named)
    except CannotCheck as error:
        return {"file": [str(error)]}
    return {level.name: level.findings for level in levels if level.findings}


# What was not touched passes ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [made(), with_checkpoint(made()), made(hide=(2,)), made(hide=(1, 2, 3, 4))])
def test_what_nobody_touched_passes(file: Json) -> None:
    assert found(file) == {}


def test_what_the_library_exports_passes(tmp_path: Path) -> None:
    with book_in(tmp_path) as book:
        book.open("c", by=LEE, at=NOON)
        book.record("c", {"risk": "low", "remark": "ünï\n\u2028\U0001f600"}, by=LEE, at=NOON)
        book.take("c", "acknowledge", by=LEE, at=NOON)
        book.correct("c", "risk", to="none", reason="x", by=SUE, at=NOON)
        book.hold("c", reason="a complaint", by=SUE, at=NOON)
        proof = book.proof("c")
    file = {**wire.case_to_json(proof.case), "proof": proof.to_json()}
    keys = tuple(each["public"] for each in file["proof"]["keys"])
    assert found(file, keys) == {}
    assert found(file, (public(CLINIC),)).keys() == {"keys"}


def test_a_migrated_case_says_what_is_not_proved() -> None:
    new = {"id": "standard", "version": "2.0.0", "digest": "ee" * 32}
    file = made([*events(), {"kind": "migrated"}])
    last = file["history"][-1]
    last["under"] = file["protocol"]
    assert found(file) == {}
    file["state"] = "renamed"
    assert found(file) == {}
    assert "not proved" in verify(read_proof(json.dumps(file)))[2].means
    last["under"] = new
    assert found(file).keys() == {"history"}


# Every field, one by one ----------------------------------------------------------------------------------

UNPROVED = {"made", "retired"}
"""What the file says of its keys, and nothing proves: it is neither relied on nor shown."""


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in it."""
    if isinstance(data, dict | list):
        for name, each in data.items() if isinstance(data, dict) else enumerate(data):
            yield (*path, name)
            yield from places(each, (*path, name))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        data = data[name]
    return data


def others(value: Any) -> list[Any]:
    """Other values in its place."""
    match value:
        case str():
            middle = len(value) // 2
            flipped = (
                value[:middle] + ("1" if value[middle : middle + 1] != "1" else "2") + value[middle + 1 :]
            )
            return [flipped, value.upper() if value.upper() != value else value + " ", value + "0", "", None]
        case int():
            return [value + 1, value - 1, float(value), str(value), True if value == 1 else None]
        case list():
            return [[], [*value, *value], value[::-1] if len(value) > 1 else None]
        case dict():
            return [{}, {**value, "more": 1}, None]
        case _:
            return ["something"]


WHOLE = with_checkpoint(made())


@pytest.mark.parametrize("path", list(places(WHOLE)), ids=lambda path: ".".join(map(str, path)))
def test_every_field_that_is_changed_or_taken_out_is_found(path: tuple[Any, ...]) -> None:
    if path[-1] in UNPROVED:
        return
    *before, name = path
    for other in others(at(WHOLE, path)):
        file = copy.deepcopy(WHOLE)
        at(file, tuple(before))[name] = other
        if isinstance(other, dict) and "more" in other and path[0] == "proof":
            continue  # a name that nobody looks at, and that nobody is told
        if path == ("proof", "keys") and other == at(WHOLE, path)[::-1]:
            continue  # keys have no order
        assert found(file, IDS), other
    file = copy.deepcopy(WHOLE)
    del at(file, tuple(before))[name]
    if path != ("proof", "checkpoint"):  # it need not be there, and the report says that it is not
        assert found(file, IDS)


def test_every_bit_of_what_is_hashed_or_signed_counts() -> None:
    chance = random.Random(7)
    for _ in range(1500):
        file = copy.deepcopy(WHOLE)
        entry = chance.choice(file["proof"]["entries"])
        name = chance.choice(["header", "payload", "content", "hash", "signature", "signer"])
        text = entry[name]
        where = chance.randrange(len(text))
        entry[name] = text[:where] + chr(ord(text[where]) ^ (1 << chance.randrange(7))) + text[where + 1 :]
        assert found(file), (name, where)


# Attacks, each at its level -------------------------------------------------------------------------------


def entries(file: Json) -> list[Json]:
    listed: list[Json] = file["proof"]["entries"]
    return listed


def drop(number: int) -> Callable[[Json], object]:
    return lambda file: (entries(file).pop(number), file["history"].pop(number), file.update(version=3))


def swap(file: Json) -> None:
    for each in (entries(file), file["history"]):
        each[1], each[2] = each[2], each[1]


def double(file: Json) -> None:
    entries(file).insert(2, entries(file)[1])
    file["history"].insert(2, file["history"][1])
    file["version"] += 1


def replaced(**other: Any) -> Callable[[Json], object]:
    def replace(file: Json) -> None:
        file.clear()
        file.update(made(**other))

    return replace


def told_otherwise(file: Json) -> None:
    file["history"][1]["facts"]["level"] = "high"


def hidden_and_told_otherwise(file: Json) -> None:
    del entries(file)[1]["content"]
    told_otherwise(file)


def content_made_otherwise(file: Json) -> None:
    entries(file)[1]["content"] = entries(file)[1]["content"].replace('"none"', '"high"')
    told_otherwise(file)


def payloads_swapped(file: Json) -> None:
    one, two = entries(file)[1:3]
    one["payload"], two["payload"] = two["payload"], one["payload"]


def signatures_swapped(file: Json) -> None:
    one, two = entries(file)[1:3]
    one["signature"], two["signature"] = two["signature"], one["signature"]


def signed_by_another(file: Json) -> None:
    entry = entries(file)[2]
    entry["signer"] = id_of(FORGER)
    entry["signature"] = FORGER.sign(b"rupture-signature/1\0" + bytes.fromhex(entry["hash"])).hex()
    file["proof"]["keys"].append({"id": id_of(FORGER), "public": public(FORGER)})


def another_key_under_its_id(file: Json) -> None:
    file["proof"]["keys"][1]["public"] = public(FORGER)
    for entry in entries(file)[1:]:
        entry["signature"] = FORGER.sign(b"rupture-signature/1\0" + bytes.fromhex(entry["hash"])).hex()


def written_in_another_way(file: Json) -> None:
    payload = entries(file)[1]["payload"]
    assert payload.endswith("A==")
    entries(file)[1]["payload"] = payload.removesuffix("A==") + "B=="


def other_events() -> list[Json]:
    changed = events()
    changed[1]["facts"] = {"level": "high"}
    return changed


def back_dated() -> list[Json]:
    return [*events(), {"kind": "recorded", "at": AT.format(0)}]


def case_grafted(file: Json) -> None:
    other = made(case="case-18")
    entries(file)[3], file["history"][3] = entries(other)[3], other["history"][3]


ATTACKS: dict[str, tuple[Callable[[Json], object], set[str]]] = {
    "the first event left out": (drop(0), {"chain"}),
    "one in the middle left out": (drop(1), {"chain"}),
    "two events changed places": (swap, {"chain"}),
    "an event twice": (double, {"chain"}),
    "told otherwise": (told_otherwise, {"history"}),
    "hidden, and told otherwise": (hidden_and_told_otherwise, {"history"}),
    "another content": (content_made_otherwise, {"contents"}),
    "payloads swapped": (payloads_swapped, {"chain"}),
    "an event of another case": (case_grafted, {"chain"}),
    "signatures swapped": (signatures_swapped, {"signatures"}),
    "another key in the place of the clinic's": (another_key_under_its_id, {"signatures"}),
    "made anew, unsigned": (
        lambda file: replaced(happened=other_events(), signers=(FORGER,))(file),
        {"keys"},
    ),
    "signed by a key that was brought along": (signed_by_another, {"keys"}),
    "signed with another number": (replaced(headers={2: {"seq": 3}}), {"chain", "history"}),
    "signed for another case": (replaced(headers={2: {"case": "case-18"}}), {"chain"}),
    "signed for another store": (replaced(headers={2: {"store": "0" * 32}}), {"chain"}),
    "signed with headers that readers may read otherwise": (replaced(write=json.dumps), {"chain"}),
    "a payload written in another way": (written_in_another_way, {"file"}),
    "back-dated by the clinic itself": (replaced(happened=back_dated()), {"chain"}),
}


@pytest.mark.parametrize(("attack", "levels"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_found_at_its_level(attack: Callable[[Json], object], levels: set[str]) -> None:
    file = made()
    assert found(file) == {}
    attack(file)
    assert levels <= found(file).keys()


def test_whose_hashes_are_all_made_anew_is_found_by_signatures_alone() -> None:
    file, anew = made(), made(other_events(), signers=(FORGER,))
    for true, forged in zip(entries(file), entries(anew), strict=True):
        forged["signer"], forged["signature"] = true["signer"], true["signature"]
    anew["proof"]["keys"] = file["proof"]["keys"]
    assert found(anew).keys() == {"signatures"}


def test_a_file_that_is_forged_whole_is_found_only_by_a_key_that_you_named() -> None:
    forged = made(other_events(), signers=(FORGER,))
    assert found(forged, ()) == {}
    assert found(forged, (id_of(CLINIC), id_of(BEFORE))).keys() == {"keys"}


@pytest.mark.parametrize("how", ["of another store", "forged", "of another case", "of another history"])
def test_a_checkpoint_that_is_not_of_this_case_is_found(how: str) -> None:
    file = with_checkpoint(made())
    assert found(file) == {}
    other = {
        "of another store": with_checkpoint(made(store="0" * 32)),
        "of another case": with_checkpoint(made(case="case-18")),
        "of another history": with_checkpoint(made(other_events())),
        "forged": with_checkpoint(made()),
    }[how]
    given = file["proof"]["checkpoint"] = other["proof"]["checkpoint"]
    if how == "forged":
        given["at"] = AT.format(1)
    assert found(file).keys() == {"checkpoint"}


def test_a_checkpoint_says_up_to_which_event_the_clinic_had_signed() -> None:
    level = verify(read_proof(json.dumps(with_checkpoint(made(), version=2))))[-1]
    assert "events 1 to 2" in level.means


def test_a_case_is_held_against_a_checkpoint_that_lies_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def export(name: str) -> Path:
        proof = book.proof("c")
        written = {**wire.case_to_json(proof.case), "proof": proof.to_json()}
        (tmp_path / name).write_text(json.dumps(written), "utf-8")
        return tmp_path / name

    with book_in(tmp_path) as book:
        for name in ("a", "c", "d"):
            book.open(name, by=LEE, at=NOON)
        early = export("early")
        book.record("c", {"risk": "low"}, by=LEE, at=NOON)
        _, checkpoint = book.checkpoint(tmp_path / "away", at=NOON)
        book.record("c", {"risk": "none"}, by=LEE, at=NOON)
        late = export("late")

    assert main([str(late), "--checkpoint", str(checkpoint)]) == 0
    assert "events 1 to 2" in capsys.readouterr().out
    # What was exported before shows less than the clinic has signed for since.
    assert main([str(early)]) == 0
    assert main([str(early), "--checkpoint", str(checkpoint)]) == 1
    for name, other in {
        "root": "0" * 64,
        "size": 4,
        "number": 9,
        "heads": [],
        "signature": "0" * 128,
    }.items():
        said = json.loads(checkpoint.read_text("utf-8")) | {name: other}
        (tmp_path / "forged").write_text(json.dumps(said), "utf-8")
        assert main([str(late), "--checkpoint", str(tmp_path / "forged")]) == 1
    (tmp_path / "forged").write_text("[]", "utf-8")
    assert main([str(late), "--checkpoint", str(tmp_path / "forged")]) == 2


@pytest.mark.parametrize("size", range(1, 20))
def test_paths_lead_to_the_root_of_rfc_6962_and_no_others_do(size: int) -> None:
    leaves = [f"leaf {number}".encode() for number in range(size)]
    hashes = [sha(b"\0", each) for each in leaves]
    top = root(hashes)
    for index, leaf in enumerate(leaves):
        path = path_to(index, hashes)
        assert leads_to(leaf, index, size, path) == top
        assert leads_to(b"other", index, size, path) != top
        assert leads_to(leaf, index, size, [*path, b"x" * 32]) != top
        if path:
            assert leads_to(leaf, index, size, path[:-1]) != top
        for other in {*range(-1, size + 1)} - {index}:
            assert leads_to(leaf, other, size, path) != top


# The program ----------------------------------------------------------------------------------------------


def test_it_stands_alone_and_imports_nothing_of_ours(tmp_path: Path) -> None:
    source = Path(verify_case.__file__)
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        for name in (
            [each.name for each in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert names <= {*sys.stdlib_module_names, "cryptography"}
    shutil.copy(source, tmp_path / "verify_case.py")
    (tmp_path / "good.json").write_text(json.dumps(made()), "utf-8")
    (tmp_path / "bad.json").write_text(json.dumps(made()).replace("consult", "consent"), "utf-8")
    given = [f"--key={each}" for each in NAMED]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    good, bad = (
        run("-I", "verify_case.py", "good.json", *given),
        run("-I", "verify_case.py", "bad.json", *given),
    )
    assert (good.returncode, bad.returncode, good.stderr + bad.stderr) == (0, 1, "")
    assert "WRONG" not in good.stdout
    assert "WRONG" in bad.stdout
    module = run("-m", "rupture_protocol.verify_case", "good.json", *given)
    assert (module.returncode, module.stdout) == (0, good.stdout)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]", "null", "hush", "[" * 100_000, '{"proof": {}}', '{"a": 1, "a": 2}', "1" * 10_000, "\ufeff{}",
        json.dumps(made()).replace('"state"', '"version": 4, "state"', 1),
        json.dumps({**made(), "schema": "rupture-case/2"}),
        json.dumps({**made(), "case": "\ud800"}),
    ],
)  # fmt: skip
def test_a_file_that_is_none_never_passes_and_is_not_repeated(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, "utf-8")
    assert main([str(file)]) in (1, 2)
    told = capsys.readouterr()
    assert "hush" not in told.out + told.err


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == "cannot check this file: no such file or directory\n"
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path), "--key", "hush"])


def test_the_report_tells_no_value_and_obeys_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hush: list[Json] = [
        {"kind": "opened", "to": "aware"},
        {"kind": "recorded", "facts": {"level": "hush"}, "note": "hush"},
    ]
    file = tmp_path / "x.json"
    file.write_text(json.dumps(made(hush, case="\x1b[31mred")), "utf-8")
    assert main([str(file), "--key", id_of(CLINIC), "--key", id_of(BEFORE)]) == 0
    told = capsys.readouterr()
    assert "hush" not in told.out + told.err
    assert "\x1b" not in told.out
    assert STORE in told.out
