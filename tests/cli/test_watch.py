"""`rupture check --watch`: answers a save at once, keeps the last good result in sight, never gives up."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from tests.cli.running import MINI, Rupture

pytestmark = pytest.mark.once

BROKEN = MINI.replace("version: 1.0.0", "version: one")
REGION = """\
format: 1
protocol: region
version: 1.0.0
title: What the region agreed on
states: {aware: {initial: true, transitions: {close: {to: closed}}}, closed: {final: true}}
"""
OURS = 'format: 1\nprotocol: ours\nversion: 1.0.0\nextends: {protocol: region, version: ">=1,<2"}\n'
MAIN = "from rupture_protocol.cli import main; main()"
ROUND = "── checked at "
DEADLINE = 20.0
"""Seconds that a busy machine may take; what is measured is measured apart."""


class Watching:
    """A watch in a process of its own, and what it has said so far."""

    def __init__(self, folder: Path, *args: str) -> None:
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from rupture_protocol.cli import main; main()",
                "check",
                "--watch",
                *args,
            ],
            cwd=folder,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._readers = [
            Thread(target=lambda: self.out.extend(self._process.stdout or ()), daemon=True),
            Thread(target=lambda: self.err.extend(self._process.stderr or ()), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def rounds(self) -> list[str]:
        """What was said in each finished round, on stderr."""
        return [each for each in "".join(self.err).split(ROUND)[1:] if "watching: " in each]

    def round(self, number: int) -> str:
        """What is said in that round, once it is over."""
        self.until(lambda: len(self.rounds) >= number)
        return self.rounds[number - 1]

    def until(self, holds: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not holds():
            assert self._process.poll() is None, "".join(self.err)
            assert time.monotonic() - began < DEADLINE, "".join(self.err)
            time.sleep(0.005)

    def end(self, number: int = signal.SIGINT) -> int:
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self._process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        return code

    def kill(self) -> None:
        self._process.kill()
        self.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


Watch = Callable[..., Watching]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    (tmp_path / "mini.yaml").write_text(MINI, "utf-8")
    begun: list[Watching] = []

    def watch(*args: str) -> Watching:
        begun.append(Watching(tmp_path, *args))
        return begun[-1]

    yield watch
    for each in begun:
        each.kill()


def test_a_save_is_answered_and_the_last_good_result_stays_in_sight(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml", "--format", "concise")
    assert "ok: 0 errors" in watching.round(1)
    assert "last good" not in watching.rounds[0]

    (tmp_path / "mini.yaml").write_text(BROKEN, "utf-8")
    broken = watching.round(2)
    first = watching.rounds[0].split()[0]
    assert re.search(rf"^last good: {first}, version 1\.0\.0, digest [0-9a-f]{{12}}$", broken, re.MULTILINE)
    assert "next: rupture explain bad-version" in broken
    watching.until(lambda: any("error[bad-version]" in line for line in watching.out))

    (tmp_path / "mini.yaml").write_text(MINI, "utf-8")
    assert "ok: 0 errors" in watching.round(3)
    assert "last good" not in watching.rounds[2]


def test_a_save_is_answered_within_half_a_second(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml", "--format", "concise")
    watching.round(1)
    taken = []
    for number in range(2, 7):
        (tmp_path / "mini.yaml").write_text(MINI + "#" * number + "\n", "utf-8")
        saved = time.monotonic()
        watching.round(number)
        taken.append(time.monotonic() - saved)
    assert min(taken) < 0.5, taken  # a busy machine may be late, but not each time


def test_ctrl_c_ends_with_130(watch: Watch) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    assert watching.end() == 130
    assert watching.err[-1] == "interrupted\n"
    assert "Traceback" not in "".join(watching.err)


def test_a_file_that_is_replaced_is_still_watched(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    for number, text in ((2, BROKEN), (3, MINI)):
        (tmp_path / "new").write_text(text, "utf-8")
        (tmp_path / "new").replace(tmp_path / "mini.yaml")
        assert ("last good" in watching.round(number)) is (text is BROKEN)


def test_a_file_that_is_gone_for_a_moment_is_not_missed(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    (tmp_path / "mini.yaml").rename(tmp_path / "away")
    time.sleep(0.1)
    (tmp_path / "away").write_text(BROKEN, "utf-8")
    (tmp_path / "away").rename(tmp_path / "mini.yaml")
    assert "bad-version" in watching.round(2)
    assert "cannot read" not in watching.rounds[1]


def test_a_file_that_is_gone_is_told_and_taken_up_when_it_is_back(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    (tmp_path / "mini.yaml").unlink()
    gone = watching.round(2)
    assert "last good: " in gone
    assert "cannot read `mini.yaml`" in gone
    (tmp_path / "mini.yaml").write_text(MINI, "utf-8")
    assert "ok: 0 errors" in watching.round(3)


def test_a_file_that_is_half_written_comes_right_when_it_is_whole(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    with (tmp_path / "mini.yaml").open("w", encoding="utf-8") as file:
        for start in range(0, len(MINI), 300):
            file.write(MINI[start : start + 300])
            file.flush()
            time.sleep(0.08)
    watching.until(lambda: len(watching.rounds) > 1 and "ok: 0 errors" in watching.rounds[-1])
    assert all("last good: " in each for each in watching.rounds[1:-1])
    watching.end()
    assert "Traceback" not in "".join(watching.err)


def test_of_several_files_the_last_good_ones_are_named(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(BROKEN, "utf-8")
    watching = watch("mini.yaml", "other.yaml")
    assert "other.yaml: last good: not since this watch began" in watching.round(1)
    (tmp_path / "mini.yaml").write_text(BROKEN, "utf-8")
    assert "mini.yaml: last good: " in watching.round(2)


def test_what_lies_beside_and_says_nothing_new_is_passed_over(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml")
    watching.round(1)
    (tmp_path / "stranger.yaml").write_text("a: 1\n", "utf-8")
    time.sleep(1)
    assert len(watching.rounds) == 1


@pytest.mark.parametrize("way", ["--path", "RUPTURE_PATH"])
def test_a_base_that_changes_on_the_search_path_is_noticed(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    base = tmp_path / "shared" / "region.yaml"
    base.parent.mkdir()
    base.write_text(REGION, "utf-8")
    (tmp_path / "ours.yaml").write_text(OURS, "utf-8")
    given = ["--path", "shared"] if way == "--path" else []
    if not given:
        monkeypatch.setenv(way, "shared")

    watching = watch("ours.yaml", *given)
    assert "ok: 0 errors" in watching.round(1)
    base.write_text(REGION.replace("version: 1.0.0", "version: 2.0.0"), "utf-8")
    assert "next: rupture explain base-version" in watching.round(2)
    base.write_text(REGION, "utf-8")
    assert "ok: 0 errors" in watching.round(3)


def test_a_protocol_that_is_named_is_watched_where_it_is_found(watch: Watch, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "mini.yaml").rename(tmp_path / "shared" / "mini.yaml")
    watching = watch("mini", "--path", "shared")
    watching.round(1)
    (tmp_path / "shared" / "mini.yaml").write_text(MINI + "# saved again\n", "utf-8")
    assert "ok: 0 errors" in watching.round(2)


def test_json_is_a_line_for_each_round(watch: Watch, tmp_path: Path) -> None:
    watching = watch("mini.yaml", "--json")
    watching.round(1)
    (tmp_path / "mini.yaml").write_text(BROKEN, "utf-8")
    watching.round(2)
    watching.end()
    assert [json.loads(line)["errors"] for line in watching.out] == [0, 1]


def test_strict_calls_no_file_with_warnings_good(watch: Watch) -> None:
    assert "last good: not since" in watch("mini.yaml", "--strict").round(1)


def test_a_watch_that_nobody_reads_ends(shell: Rupture) -> None:
    ran = shell(
        "(for n in 1 2 3 4 5 6 7 8 9; do sleep 0.7; echo x >> mini.yaml; done) & saving=$!; "
        "rupture check --watch mini.yaml | head -1; kill $saving"
    )
    assert ran.out.startswith("mini.yaml:")
    assert ROUND in ran.err
    assert "Traceback" not in ran.err


def test_a_name_that_is_not_there_is_told_at_once(rupture: Rupture) -> None:
    assert rupture("check", "nowhere.yaml", "--watch").code == 3


def test_stdin_cannot_be_watched(rupture: Rupture) -> None:
    ran = rupture("check", "-", "--watch", stdin=MINI)
    assert ran.code == 2
    assert "stdin cannot be watched" in ran.err
