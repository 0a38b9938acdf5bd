"""The pytest plugin: collects `*.scenarios.yaml`, an item a scenario; each failure at its line, in our words.

It is imported whenever a host runs pytest, so that it imports nothing heavy before it finds such a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rupture_protocol.scenarios.running import Result, Runner
    from rupture_protocol.testing.files import Suite

SUFFIX = ".scenarios.yaml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """A file of scenarios, wherever pytest looks."""
    if not file_path.name.endswith(SUFFIX):
        return None
    collected: ScenarioFile = ScenarioFile.from_parent(parent, path=file_path)
    return collected


class ScenarioFile(pytest.File):
    """One file of scenarios."""

    suite: Suite
    runner: Runner

    def collect(self) -> Iterable[ScenarioItem]:
        """One item for each of its scenarios."""
        from rupture_protocol.errors import InvalidProtocol, RuptureError
        from rupture_protocol.scenarios.running import Runner
        from rupture_protocol.testing.files import load_scenarios

        try:
            self.suite = load_scenarios(self.path)
        except InvalidProtocol as error:
            raise self.CollectError(error.render()) from None
        except RuptureError as error:
            raise self.CollectError(f"{error}{f' ({error.help})' if error.help else ''}") from None
        self.runner = Runner(self.suite.engine, self.suite.scenarios)
        for name in self.suite.scenarios.cases:
            yield ScenarioItem.from_parent(self, name=name)


class ScenarioFailed(Exception):
    """A scenario that did not pass."""

    def __init__(self, result: Result, suite: Suite) -> None:
        from rupture_protocol.scenarios.telling import tell

        super().__init__("\n".join(tell(result, suite.scenarios)))


class ScenarioItem(pytest.Item):
    """One scenario."""

    parent: ScenarioFile

    def runtest(self) -> None:
        """Run it, and those that it follows."""
        result = self.parent.runner.result(self.name)
        if not result.passed:
            raise ScenarioFailed(result, self.parent.suite)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Every difference at its line, and no traceback."""
        if isinstance(excinfo.value, ScenarioFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is written."""
        scenarios = self.parent.suite.scenarios
        span = scenarios.span(scenarios.cases[self.name].path, key=True)
        return self.path, span.line - 1, self.name
