"""README and docs are run: every Python block, and every YAML block that is a whole protocol."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser


def check_protocol(example: Example) -> None:
    """A whole protocol in a page has no errors, and keeps what it promises."""
    if example.parsed.startswith("format: 1\nscenarios:"):
        check_scenarios(example.parsed)
    elif example.parsed.startswith("format: 1"):
        check_whole(example.parsed)


def check_whole(text: str) -> None:
    """A whole protocol is proved without an error."""
    from rupture_protocol.loading import checks

    errors = checks(text, prove=True).errors
    if errors:
        raise AssertionError("\n\n".join(issue.render() for issue in errors))


def check_scenarios(text: str) -> None:
    """A whole file of scenarios in a page passes."""
    from rupture_protocol.testing.files import loads_scenarios

    differences = [each for result in loads_scenarios(text).run() for each in result.differences]
    if differences:
        raise AssertionError(differences)


@pytest.fixture(scope="session", autouse=True)
def keys_of_stores() -> Iterator[None]:
    """The keys of all stores that a test makes go into a folder for tests, never into the user's."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RUPTURE_KEYS"] = folder
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """All that has been collected and imported stays: not looking through it for garbage saves a sixth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), CodeBlockParser("yaml", check_protocol)],
    patterns=["README.md", "docs/*.md"],
).pytest()
