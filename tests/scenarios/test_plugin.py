"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scenarios.small import HEAD, SMALL

import rupture_protocol

PLUGIN = ["-p", "rupture_protocol.pytest_plugin", "-p", "no:cacheprovider"]
CASES = """  good: {steps: [{expect: {state: start}}]}
  bad:
    steps:
      - {by: lee, record: {a: true}}
      - expect: {open: [go]}
  after_bad: {follows: bad, steps: [{expect: {state: start}}]}
"""


def run_pytest(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    source = str(Path(rupture_protocol.__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": source, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", *PLUGIN, *args]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "small.scenarios.yaml").write_text(HEAD + CASES)
    return tmp_path


def test_each_scenario_is_an_item_and_failures_are_at_their_line_in_our_words(folder: Path) -> None:
    done = run_pytest(folder, "-v")

    assert done.returncode == 1
    assert "small.scenarios.yaml::good PASSED" in done.stdout
    assert "small.scenarios.yaml::bad FAILED" in done.stdout
    assert (
        "small.scenarios.yaml:9:25: bad: `go` is undecided, not open: `hold` cannot be ruled out yet"
        in done.stdout
    )
    assert "it begins where `bad` ends, and that did not pass" in done.stdout
    assert "Traceback" not in done.stdout
    assert "2 failed, 1 passed" in done.stdout


def test_one_can_be_run_alone_by_its_name(folder: Path) -> None:
    done = run_pytest(folder, "small.scenarios.yaml::good")
    assert done.returncode == 0, done.stdout


def test_a_file_with_mistakes_is_an_error_with_all_of_them(folder: Path) -> None:
    (folder / "small.scenarios.yaml").write_text(
        HEAD + "  a: {steps: [{expect: {state: strt, open: [goo]}}]}\n"
    )
    done = run_pytest(folder)

    assert "error[unknown-state]: unknown state `strt`" in done.stdout
    assert "error[unknown-trigger]: unknown trigger `goo`" in done.stdout
    assert "did you mean `start`?" in done.stdout


def test_a_file_whose_protocol_is_gone_says_so(folder: Path) -> None:
    (folder / "small.yaml").unlink()
    assert "no protocol is called `small`" in run_pytest(folder).stdout


def test_a_host_that_merely_runs_pytest_pays_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_host.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    ours = {name for name in sys.modules if name.startswith('rupture_protocol')}\n"
        "    assert ours == {'rupture_protocol', 'rupture_protocol.pytest_plugin'}\n"
        "    assert not {'yaml', 'pydantic', 'transitions', 'hypothesis'} & set(sys.modules)\n"
    )
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_plugin_is_announced_to_pytest() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert '[project.entry-points.pytest11]\nrupture_protocol = "rupture_protocol.pytest_plugin"' in text
