"""`rupture walk`, in a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest
from tests.cli.running import MINI, NOON, Rupture
from tests.language.test_translations import written

PROMPT = b"> "
ASKED = b"y/N> "
CTRL_C, CTRL_D = "\x03", "\x04"


class Terminal:
    """A walk in a pseudo-terminal: lines go in when it asks for one."""

    def __init__(self, folder: Path, *arguments: str, **env: str) -> None:
        (folder / "mini.yaml").write_text(MINI, "utf-8")
        code = "from rupture_protocol.cli import main; main()"
        settings = {**os.environ, "COLUMNS": "80", "TERM": "dumb", **env}
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:  # pragma: no cover  # in the child
            os.chdir(folder)
            os.execve(sys.executable, [sys.executable, "-c", code, "walk", *arguments], settings)
        self.said = b""

    def play(self, *lines: str, keep: str = "") -> tuple[str, int]:
        """Type these lines, each when asked; what was shown, and the exit code.

        `keep` is the answer to whether the case is to be kept.
        """
        for line in lines:
            self._read_until_asked()
            if line == CTRL_C:  # Python reads on if it comes between the prompt and the reading
                time.sleep(0.2)
            os.write(self._terminal, (line if line in (CTRL_C, CTRL_D) else f"{line}\n").encode())
            self._mark = len(self.said)
        while self._read():
            if ASKED in self.said[self._mark :]:
                os.write(self._terminal, f"{keep}\n".encode())
                self._mark = len(self.said)
        os.close(self._terminal)
        _, status = os.waitpid(self.pid, 0)
        return self.said.decode("utf-8", "replace").replace("\r", ""), os.waitstatus_to_exitcode(status)

    _mark = 0

    def _read_until_asked(self) -> None:
        ends = time.monotonic() + 10
        while PROMPT not in self.said[self._mark :] and time.monotonic() < ends:
            if not self._read():
                return

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 10)
        if not ready:
            return False
        try:
            more = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self.said += more
        return bool(more)


def test_a_walk_from_start_to_end(tmp_path: Path) -> None:
    said, code = Terminal(tmp_path, "mini.yaml", "--at", NOON).play(
        "1", "as client", "mild", "as therapist", "true", "t2", "as client", "go_on", "1,b", "t1"
    )
    assert code == 0
    assert "you are therapist; 2026-11-24 12:00 UTC" in said
    assert "taken: acknowledge" in said
    assert "The case has ended: continued." in said


def test_closed_doors_say_why(tmp_path: Path) -> None:
    said, code = Terminal(tmp_path, "mini.yaml").play("5", "q")
    assert code == 0
    assert "t1 ● open  consult" in said
    assert "t2 ! as a precaution  hold" in said
    assert "? undecided  acknowledge: `hold` cannot be ruled out yet" in said
    assert "recorded: suicide_level" in said


def test_who_may_record_is_said_and_held_to(tmp_path: Path) -> None:
    said, code = Terminal(tmp_path, "mini.yaml").play("1", "mild", "as", "as nobody", "q")
    assert code == 0
    assert "severity is recorded by client, supervisor: `as client`, or `s`" in said
    assert "✗ `severity` cannot be recorded by therapist" in said
    assert "unknown role `nobody`" in said


def test_everything_that_can_be_typed_is_answered(tmp_path: Path) -> None:
    said, code = Terminal(tmp_path, "mini.yaml", "--at", NOON).play(
        "h", "?", "? acknowledge", "? nonsense", "u", "s", "w severity=mild", "w true", "r warning=true",
        "r aware_on=2026-11-20", "later 30 days", "later on", "facts", "l", "t9", "nonsense", "= true",
        "o acknowledge other", "r secret=other", "facts", "t2", "q",
    )  # fmt: skip
    assert code == 0, said
    assert "Traceback" not in said
    for expected in (
        "let time pass",
        "recorded by: therapist, supervisor",
        "acknowledge: aware → acknowledged",
        "unknown name `nonsense`",
        "If severity were so",
        "overdue  notice_due",
        "that is not a length of time",
        "suicide_level: not known",
        "there is no option t9",
        "secret: recorded (sensitive: not shown)",
        "taken: hold",
        "Nothing is kept.",
    ):
        assert expected in said, expected


@pytest.mark.parametrize(("key", "code"), [(CTRL_C, 130), (CTRL_D, 0)])
def test_leaving_at_the_prompt_is_quiet(tmp_path: Path, key: str, code: int) -> None:
    said, exit_code = Terminal(tmp_path, "mini.yaml").play(key)
    assert exit_code == code
    assert "Traceback" not in said


def test_colour_is_used_in_a_terminal_and_only_where_it_is_welcome(tmp_path: Path) -> None:
    said, _ = Terminal(tmp_path, "mini.yaml", TERM="xterm-256color").play("q")
    assert "\x1b[32m" in said
    said, _ = Terminal(tmp_path, "mini.yaml", TERM="xterm-256color", NO_COLOR="1").play("q")
    assert "\x1b[3" not in said


def test_a_walk_needs_a_terminal(shell: Rupture) -> None:
    for command in ("rupture walk mini.yaml", "echo 1 | rupture walk"):
        ran = shell(command)
        assert ran.code == 2
        assert ran.out == ""
        assert "`rupture play SCRIPT`" in ran.err
        assert "`rupture decide`" in ran.err


def test_it_speaks_the_language_of_the_translation(tmp_path: Path) -> None:
    small = written(tmp_path)
    said, code = Terminal(tmp_path, small.name, "--language", "de", "--at", NOON).play("q")

    assert code == 0
    assert "Klein" in said
    assert "Wie schlimm?" in said


def test_a_walk_may_be_kept_and_gone_on_with(tmp_path: Path, shell: Rupture) -> None:
    store = str(tmp_path / "cases.db")
    said, code = Terminal(tmp_path, "mini.yaml", "--at", NOON, "--store", store).play("1", "q", keep="y")
    assert code == 0, said
    assert "kept: case-" in said
    name = said.partition("kept: ")[2].partition(",")[0]
    (tmp_path / "mini.yaml").unlink()
    ran = shell(f"rupture case record {name} secret=other --by ann:therapist --json", RUPTURE_STORE=store)
    assert (ran.code, ran.json["version"]) == (0, 3), ran.err


def test_a_walk_is_kept_without_asking_where_that_is_asked_for(tmp_path: Path) -> None:
    store = str(tmp_path / "cases.db")
    said, code = Terminal(tmp_path, "mini.yaml", "--keep", "--store", store).play("q")
    assert code == 0, said
    assert "keep this case" not in said
    assert "kept: case-" in said


def test_a_walk_is_not_kept_unless_somebody_says_so(tmp_path: Path) -> None:
    store = tmp_path / "cases.db"
    said, code = Terminal(tmp_path, "mini.yaml", "--store", str(store)).play("1", "q")
    assert code == 0, said
    assert "Nothing is kept." in said
    assert not store.exists()
