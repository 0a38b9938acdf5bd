"""No command prints a value, unless it is there for that: those are named here, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.canaries.doing import CASE
from tests.canaries.planted import NEXT, OPEN, PROTOCOL, VALUES, WORDS, engine, found_in, text
from tests.canaries.watching import Watch, watching
from tests.store.books import NOON as AT

from rupture_protocol import Actor
from rupture_protocol.cli.app import run

SHOWS = {
    "show": "where a case stands, with what is on record: all but what is sensitive",
    "show --json": "the same for programs, with all that is on record",
    "history": "what happened: the notes, and all but what is sensitive",
    "history --json": "the same for programs, with every value",
    "export": "the whole case",
    "report": "a page to read: the notes, and all but what is sensitive",
    "audit": "when something happened is part of who did what and when; nothing else is found",
    "due": "what is due and since when: a deadline may start on the day that was recorded",
    "write --json": "the event that was added, so that a program need not ask again",
}
"""The commands whose purpose it is to show what was recorded, and what that is."""
PERSON = Actor("sue", "supervisor")
SUE = ("--by", "sue:supervisor")
_TO = ("--to", "next.yaml", "--from", "planted.yaml", *SUE)
NOON = ("--at", "2026-03-02T12:00:00+00:00")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the protocol, a file of facts, and a place for a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUPTURE_STORE", "kept/cases.db")
    monkeypatch.setenv("RUPTURE_KEYS", str(tmp_path / "keys"))
    (tmp_path / "planted.yaml").write_text(PROTOCOL, "utf-8")
    (tmp_path / "next.yaml").write_text(NEXT, "utf-8")
    facts = {**VALUES, "ratio": str(VALUES["ratio"])}
    (tmp_path / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    (tmp_path / "cut.json").write_text(json.dumps(facts, ensure_ascii=False)[:-9], "utf-8")
    (tmp_path / "wrong.json").write_text(json.dumps([text("garbage")]), "utf-8")
    (tmp_path / "tab.yaml").write_text(f"plan: {text('garbage')}\n\tday: [", "utf-8")
    (tmp_path / "name.json").write_text(json.dumps({"plan": {text("garbage"): 1}}), "utf-8")
    made = engine().open("made", by=PERSON, at=AT, note=text("note of open"))
    dumped = engine().dump_case(engine().record(made, VALUES, by=PERSON, at=AT))
    (tmp_path / "case.json").write_text(dumped, "utf-8")
    (tmp_path / "cut-case.json").write_text(dumped[:-20], "utf-8")
    (tmp_path / "bad-case.json").write_text(dumped.replace('"recorded"', f'"{WORDS["garbage"]}"'), "utf-8")
    garbage = WORDS["garbage"]
    script = f"protocol: planted.yaml\nsteps:\n  - record: {{plan: {garbage}, day: {garbage}}}\n"
    (tmp_path / "script.yaml").write_text(script, "utf-8")
    return tmp_path


def note(name: str) -> tuple[str, ...]:
    return ("--note", text(f"note of {name}"))


def writes() -> Iterator[tuple[str, ...]]:
    """Each command that writes, as somebody types it."""
    key = ("--key", text("idempotency key"))
    yield ("open", "planted.yaml", "--id", CASE, *SUE, *NOON, *note("open"))
    yield ("record", CASE, "--facts", "facts.json", *SUE, *NOON, *note("record"), *key)
    yield ("record", CASE, "--facts", "facts.json", *SUE, *NOON, *note("record"), *key)
    yield (
        "record",
        CASE,
        f"plan={text('client' + chr(39) + 's text')}",
        "--by",
        "kim:client",
        *note("record"),
    )
    why = ("--reason", text("reason of correct"))
    yield ("correct", CASE, "plan", "--to", text("corrected text"), *why, *SUE, *note("correct"))
    yield ("record", CASE, "ready=true", "danger=false", *SUE, *note("record"))
    yield ("take", CASE, "stay", *SUE, *note("take"))
    yield ("override", CASE, "go", "--reason", "preference", *SUE, *note("override"))
    yield ("hold", CASE, "--reason", text("reason of hold"), *SUE, *note("hold"))
    yield ("release", CASE, "--reason", text("reason of release"), *SUE, *note("release"))
    yield ("import", "case.json", "--protocol", "planted.yaml", *key[:1], text("garbage"))
    yield ("migrate", "made", "--to", "./next.yaml", *SUE, *note("migrate"))


def asks() -> Iterator[tuple[str, ...]]:
    """Each command that only asks, and is not there to show what was recorded."""
    for words in (
        ("case", "list"),
        ("case", "verify"),
        ("case", "verify", CASE),
        ("case", "export", CASE, "--profile", "audit", "--format", "csv"),
        ("db", "doctor"),
        ("key", "list"),
        ("migrate", "case.json", *_TO, "--dry-run"),
        ("decide", "planted.yaml", "--fact", f"plan={text('supposed text')}"),
        ("check", "planted.yaml", "--no-prove"),
    ):
        yield words
        if words[1] != "export":
            yield (*words, "--json")
    yield ("case", "checkpoint", "--to", "checkpoints")
    yield ("db", "backup", "backup.db")
    yield ("db", "upgrade")
    yield ("key", "rotate")


def fails() -> Iterator[tuple[str, ...]]:
    """Each way to type something wrong."""
    for file in ("cut.json", "wrong.json", "tab.yaml", "name.json", "case.json"):
        yield ("case", "record", CASE, "--facts", file, *SUE)
        yield ("decide", "planted.yaml", "--facts", file)
    for name in VALUES:
        if name != "plan":
            yield ("case", "record", CASE, f"{name}={text('wrong value')}", *SUE)
            yield ("decide", "planted.yaml", "--fact", f"{name}={text('wrong value')}")
        yield ("case", "correct", CASE, name, "--to", text("wrong value") * 1_000, "--reason", "x", *SUE)
    yield ("case", "record", CASE, text("garbage"), *SUE)
    yield ("case", "record", CASE, f"plan={text('text')}", *SUE, "--expect", "1")
    yield ("case", "record", CASE, f"plan={text('text')}", *SUE, "--key", text("idempotency key"))
    yield ("case", "record", "nobody", f"plan={text('text')}", *SUE)
    yield ("case", "record", CASE, f"plan={text('text')}", *SUE, "--at", text("garbage"))
    yield ("case", "record", CASE, f"plan={text('text')}", "--by", text("garbage"))
    yield ("case", "take", CASE, "go", *SUE, text("garbage"))
    yield ("case", "override", CASE, "back", "--reason", text("refused reason"), *SUE)
    yield ("case", "import", "cut-case.json", "--protocol", "planted.yaml")
    yield ("case", "import", "bad-case.json", "--protocol", "planted.yaml")
    yield ("case", "import", "facts.json")
    yield ("case", "import", "case.json", "--protocol", "planted.yaml")
    yield ("migrate", "bad-case.json", *_TO, "--dry-run")
    yield ("play", "script.yaml")
    yield ("case", "erase", CASE, *SUE, "--basis", " ")


def ran(watch: Watch, capfd: pytest.CaptureFixture[str], *words: str) -> int:
    watch.what = " ".join(words[:3])
    code = run(words)
    captured = capfd.readouterr()
    watch.look("stdout", captured.out)
    watch.look("stderr", captured.err)
    return code


def test_no_command_prints_a_value(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with watching(folder / "kept") as watch:
        for words in writes():
            assert ran(watch, capfd, "case", *words) == 0, words
        for words in asks():
            assert ran(watch, capfd, *words) == 0, words
        for words in fails():
            assert ran(watch, capfd, *words) != 0, words
        erase = ("case", "erase", CASE, *SUE, "--basis", f"asked for, {OPEN['basis']}")
        assert ran(watch, capfd, *erase) == 0
        for words in (("show", CASE), ("history", CASE), ("export", CASE), ("take", CASE, "stay", *SUE)):
            assert ran(watch, capfd, "case", *words) != 0
        for name in ("kept", "keys", "checkpoints"):
            watch.what = "at the end"
            watch.look_at_files(name, folder / name)
        watch.look("backup", (folder / "backup.db").read_bytes())
    assert watch.seen["stdout"] > 5_000
    assert watch.seen["stderr"] > 5_000
    assert watch.leaks == {}


def test_those_that_are_there_to_show_values_show_those_that_they_are_for(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for words in writes():
        run(("case", *words))
    capfd.readouterr()
    sensitive = {"text", "corrected text", "client's text"}
    commands = {
        "show": ("show", CASE),
        "show --json": ("show", CASE, "--json"),
        "history": ("history", CASE),
        "history --json": ("history", CASE, "--json"),
        "export": ("export", CASE),
        "report": ("report", CASE, "--output", "-"),
        "audit": ("export", CASE, "--profile", "audit"),
        "due": ("due", "--at", "2026-04-02T12:00:00+00:00"),
        "write --json": ("record", CASE, f"plan={text('text')}", *SUE, "--json"),
    }
    assert set(commands) == set(SHOWS)
    for name, words in commands.items():
        assert run(("case", *words)) == 0
        found = set(found_in(capfd.readouterr().out))
        assert found or name == "audit", name
        assert "idempotency key" not in found
        if name in ("show", "history", "report", "audit", "due"):
            assert not found & sensitive, name
        if name in ("due", "audit"):
            assert found <= {"date", "instant", "occurred"}


def test_a_command_line_that_fails_by_a_mistake_of_ours_tells_no_value(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rupture_protocol.store.vault import SecretKey

    def fail(*_: object) -> bytes:
        raise ZeroDivisionError("somewhere within")

    run(("case", *next(writes())))
    monkeypatch.setattr(SecretKey, "seal", fail)
    with pytest.raises(ZeroDivisionError):
        run(("case", "record", CASE, f"plan={text('text')}", *SUE))
    assert not found_in("".join(capfd.readouterr()))
