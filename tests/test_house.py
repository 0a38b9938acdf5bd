"""The house: imports point down, heavy things come late, and each library has one room."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rupture_protocol

ROOT = Path(rupture_protocol.__path__[0])

FLOORS = (
    "cli",
    "pytest_plugin",
    "testing",
    "exports",
    "render",
    "store",
    "loading",
    "folders",
    "scenarios",
    "prover",
    "engine",
    "language",
    "shipped",
    "frozen",
    "once",
    "discreet",
    "errors",
)
"""From the top down: a module may import its own floor and those below."""

ROOMS = {
    "yaml": "language",
    "pydantic": "language",
    "pydantic_core": "language",
    "transitions": "engine",
    "click": "cli",
    "rich": "cli",
    "platformdirs": "cli store",
    "cryptography": "store verify_case",
    "jinja2": "render",
    "markupsafe": "render",
    "sqlalchemy": "store",
    "psycopg": "store",
    "hypothesis": "testing",
    "pytest": "pytest_plugin",
}
"""Each outside library is known to one room only; a few to two."""


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def floor_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def climbing(path: Path, imported: str) -> bool:
    """Whether an import leads from a lower floor to a higher one."""
    if not imported.startswith("rupture_protocol."):
        return False
    target = imported.split(".")[1]
    here = floor_of(path)
    return here in FLOORS and target in FLOORS and FLOORS.index(target) < FLOORS.index(here)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    if path == ROOT / "__init__.py":
        return  # it names what stands anywhere, and imports it when asked
    assert [name for name in imports(path) if climbing(path, name)] == []


def test_an_import_that_climbs_would_be_seen() -> None:
    assert climbing(ROOT / "language" / "facts.py", "rupture_protocol.engine.engine")
    assert not climbing(ROOT / "engine" / "engine.py", "rupture_protocol.language.facts")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_outside_library_has_one_room(path: Path) -> None:
    strangers = {
        name
        for name in imports(path)
        if floor_of(path) not in ROOMS.get(name.split(".")[0], floor_of(path)).split()
        and not _for_types_only(path, name)
    }
    assert strangers == set()


def _for_types_only(path: Path, name: str) -> bool:
    """Whether an import stands under `if TYPE_CHECKING:`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom) and name.startswith(inner.module or "?"):
                    return True
    return False


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_engine_reads_no_clock_no_file_and_rolls_no_dice(path: Path) -> None:
    if floor_of(path) not in ("engine", "language"):
        return
    forbidden = {
        "os",
        "io",
        "time",
        "random",
        "secrets",
        "pathlib",
        "socket",
        "subprocess",
        "logging",
        "locale",
    }
    assert {name.split(".")[0] for name in imports(path)} & forbidden == set()
    text = path.read_text(encoding="utf-8")
    assert "now(" not in text.replace("compare_now(", "").replace("datetime.now(UTC)`", "")
    assert " open(" not in text.replace("def open(", "")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh process has loaded after `code`."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import rupture_protocol")
    ours = {name for name in loaded if name.startswith("rupture_protocol")}
    assert ours == {"rupture_protocol"}
    assert not loaded & {"pydantic", "yaml", "transitions", "click", "rich", "typing"}


def test_loading_and_deciding_needs_no_machine_and_no_edge() -> None:
    loaded = loaded_by(
        "from datetime import UTC, datetime\n"
        "from rupture_protocol import Engine, load\n"
        "engine = Engine(load('standard'))\n"
        "engine.decide(engine.imagine(), at=datetime.now(UTC)).verdicts"
    )
    assert not loaded & {"transitions", "click", "rich", "rupture_protocol.cli", "rupture_protocol.render"}


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    for name in rupture_protocol.__all__:
        found = getattr(rupture_protocol, name)
        assert found.__doc__ or type(found).__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        rupture_protocol.lode  # noqa: B018


def test_the_core_depends_on_three_packages() -> None:
    from importlib.metadata import requires

    core = [line for line in requires("rupture-protocol") or () if "extra ==" not in line]
    assert sorted(line.split(">")[0].split("<")[0].split("[")[0].strip() for line in core) == [
        "pydantic",
        "pyyaml",
        "transitions",
    ]
