"""`rupture case report`: the page in a file that only its owner may read, over none but an older one."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.running import MINI, NOON, Ran, Rupture

from rupture_protocol import Casebook

LATER, ANN, SUE = "2026-11-25T12:00:00+00:00", "ann:therapist", "sue:supervisor"
Case = Callable[..., Ran]


@pytest.fixture
def case(rupture: Rupture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """`rupture case`, with a store that has the case `c`."""
    monkeypatch.setenv("RUPTURE_STORE", str(tmp_path / "kept" / "cases.db"))

    def case(*args: str) -> Ran:
        return rupture("case", *args)

    for name in ("c", "other"):
        assert case("open", "mini.yaml", "--id", name, "--by", ANN, "--at", NOON).code == 0
    assert case("record", "c", "secret=canary_value", "reachable=true", "--by", ANN, "--at", NOON).code == 0
    return case


def test_the_page_is_in_the_file_and_only_its_owner_may_read_it(case: Case, tmp_path: Path) -> None:
    ran = case("report", "c", "--output", "c.html", "--at", LATER)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "written: c.html; only you may read it\n"
    file = tmp_path / "c.html"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page = file.read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>\n<html")
    assert page.endswith("</html>\n")
    assert "✓ yes" in page
    assert "As of" in page
    assert "canary_value" not in page
    assert {each.name for each in tmp_path.iterdir()} == {"c.html", "kept", "mini.yaml"}


def test_sensitive_values_are_there_when_they_are_asked_for(case: Case) -> None:
    assert "canary_value" not in case("report", "c", "--output", "-").out
    assert "canary_value" in case("report", "c", "--output", "-", "--sensitive").out
    assert "canary_value" in case("report", "c", "--output", "-", "--show-sensitive").out


def test_stdout_takes_it_in_any_encoding(case: Case, shell: Rupture) -> None:
    ran = case("report", "c", "--output", "-")
    assert ran.out.isascii()
    assert ran.out.endswith("</html>\n")
    ran = shell("rupture case report c --output - | head -1; echo ${PIPESTATUS[0]}", PYTHONIOENCODING="ascii")
    assert ran.out.splitlines() == ["<!DOCTYPE html>", "0"]
    assert ran.err == ""


def test_an_older_report_of_the_same_case_is_replaced(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "c.html"
    case("report", "c", "--output", "c.html")
    file.chmod(0o644)
    case("record", "c", "severity=mild", "--by", SUE)
    ran = case("report", "c", "--output", "c.html")
    assert (ran.code, ran.err) == (0, "replaced: c.html; only you may read it\n")
    assert "mild" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_any_id_of_a_case_is_known_again(case: Case) -> None:
    name = """o'neil & "co" <é>"""
    assert case("open", "mini.yaml", "--id", name, "--by", ANN).code == 0
    assert case("report", name, "--output", "x.html").err.startswith("written")
    assert case("report", name, "--output", "x.html").err.startswith("replaced")


def test_no_other_file_is_written_over(case: Case, tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("mine", "utf-8")
    case("report", "other", "--output", "other.html")
    case("report", "c", "--output", "c.html")
    (tmp_path / "link.html").symlink_to("c.html")
    (tmp_path / "folder.html").mkdir()
    for name in ("notes.html", "other.html", "link.html", "folder.html", "mini.yaml"):
        before = (tmp_path / name).read_bytes() if (tmp_path / name).is_file() else b""
        ran = case("report", "c", "--output", name)
        assert (ran.code, ran.out) == (2, ""), name
        assert f"`{name}` is there already, and is no report of this case" in ran.err
        assert "next: give another name" in ran.err
        assert ((tmp_path / name).read_bytes() if before else b"") == before
    assert (tmp_path / "link.html").is_symlink()


def test_what_cannot_be_written_leaves_nothing(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = case("report", "c", "--output", "no/such/folder.html")
    assert (ran.code, ran.out) == (3, "")
    assert "cannot write `no/such/folder.html`: no such file or directory" in ran.err
    before = sorted(tmp_path.iterdir())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = case("report", "c", "--output", "c.html")
    assert ran.code == 3
    assert "cannot write `c.html`: no space left on device" in ran.err
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_system_without_links_takes_it_too(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert case("report", "c", "--output", "c.html").code == 0
    assert (tmp_path / "c.html").read_text("utf-8").endswith("</html>\n")


def test_a_file_that_appears_meanwhile_is_not_written_over(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def too_late(source: str, path: Path) -> None:
        Path(path).write_text("somebody else's", "utf-8")
        link(source, path)

    monkeypatch.setattr(os, "link", too_late)
    assert case("report", "c", "--output", "c.html").code == 2
    assert (tmp_path / "c.html").read_text("utf-8") == "somebody else's"
    assert {each.name for each in tmp_path.iterdir()} == {"c.html", "kept", "mini.yaml"}


def test_it_tells_the_case_as_it_stood_at_a_moment(case: Case) -> None:
    case("record", "c", "severity=mild", "--by", SUE, "--at", LATER)
    ran = case("report", "c", "--output", "-", "--at", NOON)
    assert "1 event was recorded later, and left out" in ran.out
    assert "mild" not in ran.out
    assert "recorded later" not in case("report", "c", "--output", "-", "--at", LATER).out
    ran = case("report", "c", "--output", "-", "--at", "2026-11-23T12:00:00+00:00")
    assert (ran.code, ran.out) == (1, "")
    assert "the case was opened later than that" in ran.err


def test_it_says_that_what_is_kept_was_changed(case: Case, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "kept" / "cases.db") as changed:
        changed.execute("DELETE FROM outbox WHERE case_id = 'c' AND seq = 1")
    changed.close()
    ran = case("report", "c", "--output", "-")
    assert ran.code == 0
    assert "This history did not verify" in ran.out
    assert "Event 1: it is in the outbox not at all, not once." in ran.out


def test_there_is_no_report_of_a_history_that_cannot_be_trusted(case: Case, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "kept" / "cases.db") as changed:
        for (name,) in changed.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            changed.execute(f'DROP TRIGGER "{name}"')
        changed.execute("UPDATE event SET payload = CAST('{}' AS BLOB) WHERE seq = 2")
    changed.close()
    ran = case("report", "c", "--output", "c.html")
    assert (ran.code, ran.out) == (3, "")
    assert "next: rupture case verify c" in ran.err
    assert not (tmp_path / "c.html").exists()


def test_an_erased_case_has_no_report(case: Case, tmp_path: Path) -> None:
    assert case("erase", "c", "--by", SUE, "--basis", "the client asked").code == 0
    ran = case("report", "c", "--output", "c.html")
    assert (ran.code, ran.out) == (case("show", "c").code, "")
    assert ran.code != 0
    assert "erased" in ran.err
    assert not (tmp_path / "c.html").exists()


def test_a_case_that_is_not_kept_and_a_mistyped_option(case: Case) -> None:
    ran = case("report", "d", "--output", "d.html")
    assert (ran.code, ran.out) == (1, "")
    assert "next: rupture case list" in ran.err
    ran = case("report", "c")
    assert ran.code == 2
    assert "--output" in ran.err


def test_texts_are_in_the_language_that_is_asked_for(case: Case, tmp_path: Path) -> None:
    german = "translates: mini\nlanguage: de\ntitle: Kleines Protokoll\n"
    (tmp_path / "mini.de.yaml").write_text(german, "utf-8")
    ran = case("report", "c", "--output", "-", "--language", "de", "--path", str(tmp_path))
    assert ran.code == 0
    assert '<bdi lang="de">Kleines Protokoll</bdi>' in ran.out
    assert "<bdi>Mini</bdi>" in case("report", "c", "--output", "-", "--language", "en").out
    ran = case("report", "c", "--output", "-", "--language", "fr", "--path", str(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert "fr" in ran.err
    (tmp_path / "mini.yaml").write_text(MINI.replace("version: 1.0.0", "version: 1.1.0"), "utf-8")
    ran = case("report", "c", "--output", "-", "--language", "de", "--path", str(tmp_path))
    assert (ran.code, ran.out) == (3, "")
    assert "of another version" in ran.err


def test_a_language_of_the_environment_is_only_a_wish(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUPTURE_LANGUAGE", "fr")
    ran = case("report", "c", "--output", "-")
    assert ran.code == 0
    assert "so it is shown in `en`" in ran.err
    assert "Mini" in ran.out


def test_without_jinja2_it_says_what_to_install(case: Case, tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from rupture_protocol.cli.app import run\n"
        "sys.exit(run(['case', 'report', 'c', '--output', 'c.html']))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 3
    assert "error: a report needs jinja2" in ran.stderr
    assert 'next: pip install "rupture-protocol[cli,store,report]"' in ran.stderr
    assert not (tmp_path / "c.html").exists()


def test_a_report_adds_nothing_to_the_case(case: Case, tmp_path: Path) -> None:
    with Casebook(tmp_path / "kept" / "cases.db") as book:
        before = book.get("c")
        case("report", "c", "--output", "c.html")
        assert book.get("c") == before
