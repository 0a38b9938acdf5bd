"""The README's commands and sample output are true; its Python and YAML blocks run through Sybil."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.blocks import blocks as page_blocks
from tests.docs.following import follow

from rupture_protocol import InvalidProtocol, loads

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


FOLLOWED = README.partition("<!-- followed -->")[2].partition("<!-- end -->")[0]
ALONE = README.replace(FOLLOWED, "")
"""What is not one step of a longer way."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", ALONE, re.DOTALL | re.MULTILINE)


def rupture(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one `rupture …` line of the README, without a terminal."""
    command = [str(Path(sys.executable).parent / "rupture"), *line.split()[1:]]
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the README's lines name."""
    import rupture_protocol.cli

    story = Path(rupture_protocol.cli.__path__[0]) / "demo_continued.yaml"
    (tmp_path / "story.yaml").write_text(story.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "clinic.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    return tmp_path


LINES = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("rupture ")]


def test_the_readme_shows_the_command_line() -> None:
    assert len(LINES) >= 5


@pytest.mark.parametrize("line", LINES)
def test_each_line_of_the_readme_does_what_it_says(line: str, folder: Path) -> None:
    done = rupture(line, folder)
    assert "Traceback" not in done.stderr
    if " walk " in line:  # it asks questions, and says so where nobody can answer
        assert done.returncode == 2
        assert "terminal" in done.stderr
    else:
        assert done.returncode == 0, done.stderr


def test_the_sample_of_an_error_is_what_check_prints() -> None:
    (sample,) = blocks("text")
    protocol = (
        "format: 1\nprotocol: clinic\nversion: 1.0.0\ntitle: Clinic\n"
        "states: {aware: {initial: true}, acknowledged: {final: true}}\n"
        "\nanywhere:\n  go:\n      to: acknowleged\n"
    )
    with pytest.raises(InvalidProtocol) as caught:
        loads(protocol, file="clinic.yaml")
    assert caught.value.render() == sample.rstrip("\n")


def test_every_page_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) > 8
    for link in links:
        if link.startswith("protocols/"):
            continue  # shipped inside the package; the wheel is tested without the checkout
        assert (ROOT / link).is_file(), link


def test_the_ci_script_runs_the_two_commands_of_the_readme() -> None:
    marked = re.findall(r"^<!-- ci: (\w+) -->\n```sh\n(.*)\n```$", README, re.MULTILINE)
    assert [name for name, _ in marked] == ["demo", "tests"]
    assert "rupture demo" in marked[0][1]
    assert "pytest" in marked[1][1]


def test_the_loop_of_an_author_runs_as_it_is_told_in_ten_lines(tmp_path: Path) -> None:
    (refused,) = follow(FOLLOWED, tmp_path)
    assert refused.is_so, refused.found
    lines = [line for block in page_blocks(FOLLOWED) for line in block.text.splitlines()]
    assert len([line for line in lines if line != "…"]) <= 10
    for word in ("init", "check", "test", "diff", "show"):
        assert f"rupture {word} " in FOLLOWED
    assert (tmp_path / "riverside.html").is_file()
