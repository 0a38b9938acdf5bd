"""What happens at the edges of a process: pipes, encodings, closed streams, no terminal, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.running import Rupture

SHOW = [sys.executable, "-c", "from rupture_protocol.cli import main; main()", "show", "standard"]


def test_a_reader_who_leaves_ends_nothing(shell: Rupture) -> None:
    ran = shell("set -o pipefail; rupture show standard | head -1")
    assert ran.code == 0
    assert ran.out == "Repairing unintended harm in therapy (standard 1.0.0)\n"
    assert ran.err == ""


def test_the_exit_code_is_kept_when_the_reader_leaves(shell: Rupture) -> None:
    script = "protocol: mini.yaml\\nsteps: [{take: acknowledge, by: {id: a, role: therapist}}]"
    ran = shell(f"set -o pipefail; printf '{script}' | rupture play - --json | true")
    assert ran.code == 1
    assert "Traceback" not in ran.err


def test_the_help_may_be_cut_short(shell: Rupture) -> None:
    ran = shell("set -o pipefail; rupture --help | true; rupture --help > /dev/full")
    assert "Traceback" not in ran.err
    assert "cannot write the output" in ran.err


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_error(shell: Rupture, closed: str) -> None:
    ran = shell(f"rupture decide mini.yaml {closed}")
    assert ran.code == 0
    assert "Traceback" not in ran.err


def test_a_full_disk_is_an_error(shell: Rupture) -> None:
    ran = shell("rupture decide mini.yaml --json > /dev/full")
    assert ran.code == 3
    assert ran.err.startswith("error: cannot write the output: no space left on device\n")


def test_text_on_a_stream_of_ascii_has_no_question_marks_for_our_signs(shell: Rupture) -> None:
    ran = shell("rupture decide mini.yaml; rupture show mini.yaml", PYTHONIOENCODING="ascii")
    assert ran.out.isascii()
    assert "* open      consult -> aware2" in ran.out
    assert ran.code == 0


def test_json_on_a_stream_of_ascii_loses_nothing(shell: Rupture) -> None:
    plain = shell("rupture show standard --json")
    ascii_ = shell("rupture show standard --json", PYTHONIOENCODING="ascii")
    assert ascii_.out.isascii()
    assert not plain.out.isascii()
    assert json.loads(plain.out) == json.loads(ascii_.out)


def test_the_c_locale_is_no_error(shell: Rupture) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = shell("rupture demo >/dev/null && rupture check mini.yaml && rupture explain no-about", **env)
    assert ran.code == 0
    assert "Traceback" not in ran.err


def test_a_folder_that_cannot_be_written_to_will_do(shell: Rupture, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    tmp_path.chmod(0o555)
    try:
        assert shell("rupture demo --json && rupture decide mini.yaml").code == 0
    finally:
        tmp_path.chmod(0o755)
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_coloured_without_a_terminal(shell: Rupture) -> None:
    ran = shell("rupture decide mini.yaml; rupture decide nowhere.yaml")
    assert "\x1b" not in ran.out + ran.err


def test_ctrl_c_exits_130(tmp_path: Path) -> None:
    started = [*SHOW[:3], "decide", "-"]
    with subprocess.Popen(
        started,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        # Whoever is started in the background ignores it, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        os.write(process.stdin.fileno(), b"format: 1\n")
        _wait_until_it_reads(process.pid)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        process.stdin.close()
        assert process.wait(timeout=20) == 130
    assert b"Traceback" not in said
    assert b"interrupted" in said


def _wait_until_it_reads(pid: int) -> None:
    import time

    for _ in range(200):
        time.sleep(0.05)
        if Path(f"/proc/{pid}/wchan").exists() and "pipe" in Path(f"/proc/{pid}/wchan").read_text():
            return
        fds = Path(f"/proc/{pid}/syscall")
        try:
            if fds.read_text().startswith("0 0x0"):
                return
        except OSError:
            continue


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    for missing in ("click", "rich"):
        code = (
            "import sys, importlib.util as u\n"
            f"sys.modules['{missing}'] = None\n"
            "from rupture_protocol.cli import main\n"
            "main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "--help"], capture_output=True, text=True, cwd=tmp_path, check=False
        )
        assert done.returncode == 3
        assert done.stdout == ""
        assert done.stderr.splitlines()[-1] == 'next: pip install "rupture-protocol[cli]"'


def test_the_help_imports_no_more_than_it_needs(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from rupture_protocol.cli.app import run\n"
        "run(['--help']); run(['decide', '--help'])\n"
        "ours = {'rupture_protocol.' + each for each in ('loading', 'engine', 'language.protocol')}\n"
        "late = {'pydantic', 'yaml', 'transitions', 'rich'} | ours\n"
        "sys.stderr.write(repr(sorted(late & set(sys.modules))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stderr == "[]"
