"""Nothing that a file contains crashes, hangs or kills the process, runs code or imports a module."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.corpus.cases import VALID
from tests.strategies import law

from rupture_protocol.errors import LONGEST_QUOTE
from rupture_protocol.language import codes
from rupture_protocol.language.source import read
from rupture_protocol.loading import checks

pytestmark = pytest.mark.once

HOSTILE = Path(__file__).parent / "hostile.py"
SEEDS = [read(path.read_bytes(), file=path.name)[0] for path in sorted(VALID.glob("*.yaml"))]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(VALID.glob("*.yaml"))]
PIECES = ["[", "{", "}", ": ", "- ", "&a ", "*a", "!!x ", "|\n", "# ", "<<: ", "? "]


def test_a_hostile_text_in_any_text_of_a_protocol_sets_nothing_off(tmp_path: Path) -> None:
    (tmp_path / "canary_module.py").write_text(
        "open('canary_file', 'w').close()\nboom = print\n", encoding="utf-8"
    )
    ran = subprocess.run(
        [sys.executable, str(HOSTILE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(tmp_path)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert not (tmp_path / "canary_file").exists()


WORDS = """os.system {0} %s true unknown null ä א \u202e all any not aware closed 1.0.0 2026-11-24 title
visited is text boolean final one_of enter"""
weird = st.sampled_from([*WORDS.split(), "", " ", "\n", "3 days", "a" * 200, "9" * 50]) | st.text(max_size=12)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | weird,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(weird, inner, max_size=3),
    max_leaves=5,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, part in inner:
        yield from places(part, (*path, step))


def mutated(data: Any, path: tuple[Any, ...], how: str, value: Any) -> Any:
    """A copy, changed in one place: replaced, taken out, put under another key, or written twice."""
    if not path:
        return value
    data = copy.deepcopy(data)
    owner = data
    for step in path[:-1]:
        owner = owner[step]
    if how == "replace":
        owner[path[-1]] = value
    elif how == "delete":
        del owner[path[-1]]
    elif isinstance(owner, dict):
        kept = owner.pop(path[-1]) if how == "rename" else owner[path[-1]]
        owner[value if isinstance(value, str) else json.dumps(value)] = kept
    else:
        owner.append(owner[path[-1]])
    return data


@st.composite
def files(draw: st.DrawFn) -> str:
    document = draw(st.sampled_from(SEEDS))
    assert document is not None
    data: Any = document.data
    for _ in range(draw(st.integers(1, 4))):
        where = draw(st.sampled_from(list(places(data))))
        how = draw(st.sampled_from(["replace", "delete", "rename", "double"]))
        data = mutated(data, where, how, draw(anything))
    return json.dumps(data, default=float)


def test_what_is_changed_was_valid_before() -> None:
    for document in SEEDS:
        assert document is not None
        assert checks(json.dumps(document.data, default=float)).errors == ()


@law(300)
@given(files())
def test_whatever_is_changed_in_a_valid_file_is_checked_and_answered(text: str) -> None:
    started = time.process_time()
    checked = checks(text)
    took = time.process_time() - started

    assert took < 2
    assert (checked.protocol is None) == bool(checked.errors)
    for issue in checked.issues:
        assert issue.code in codes.ALL
        assert issue.message
        assert len(issue.message) <= 3 * LONGEST_QUOTE
        assert issue.message.isprintable()
        assert (issue.help or "").isprintable()
        assert "pydantic" not in issue.render()
    assert list(checked.issues) == sorted(
        checked.issues, key=lambda issue: (issue.span.line, issue.span.column)
    )
    if checked.protocol is not None:
        assert len(checked.protocol.digest) == 64


@law(200)
@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_whatever_text_is_checked_and_answered(text: str) -> None:
    assert checks(text).errors


@law(200)
@given(st.data())
def test_whatever_is_cut_or_put_into_a_file_is_checked_and_answered(data: st.DataObject) -> None:
    text = data.draw(
        st.sampled_from([path.read_text(encoding="utf-8") for path in sorted(VALID.glob("*.yaml"))])
    )
    start = data.draw(st.integers(0, len(text)))
    stop = min(len(text), start + data.draw(st.integers(0, 40)))
    piece = data.draw(weird | st.sampled_from(PIECES))
    checked = checks(text[:start] + piece + text[stop:])

    for issue in checked.issues:
        issue.render()
    assert (checked.protocol is None) == bool(checked.errors)


@pytest.mark.parametrize("loader", ["os.system", "yaml.load", "builtins.eval"])
def test_a_tag_constructs_nothing(loader: str) -> None:
    text = f"!!python/object/apply:{loader} ['touch canary_file']"

    assert "tag" in [issue.code for issue in checks(text).errors]
    assert not Path("canary_file").exists()
