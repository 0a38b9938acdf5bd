"""Running the command line: in this process for most tests, in one of its own where the streams matter."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.running import MINI, Ran, Rupture

from rupture_protocol.cli.app import run


@pytest.fixture
def rupture(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rupture:
    """The command line in this process, in an empty folder that holds `mini.yaml`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "mini.yaml").write_text(MINI, "utf-8")

    def rupture(*args: str, stdin: str | None = None) -> Ran:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run(args)
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return rupture


@pytest.fixture
def shell(tmp_path: Path) -> Rupture:
    """The command line in a process of its own, started by a shell as `rupture`."""
    (tmp_path / "mini.yaml").write_text(MINI, "utf-8")
    started = f'{sys.executable} -c "from rupture_protocol.cli import main; main()"'

    def shell(command: str, **env: str) -> Ran:
        script = f'rupture() {{ {started} "$@"; }}\n{command}'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return shell
