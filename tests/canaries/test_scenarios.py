"""Every scenario of the shipped protocol, lived through in a casebook, with canaries in notes and texts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from tests.canaries.planted import found_in, text
from tests.canaries.watching import watching
from tests.store.books import address

from rupture_protocol import Actor, Casebook, Engine, load
from rupture_protocol.engine.case import Case
from rupture_protocol.scenarios.running import run
from rupture_protocol.testing.files import find_suites, load_scenarios


class Kept(Engine):
    """An engine that writes to a casebook, with canaries in every note and every text."""

    def __init__(self, book: Casebook, protocol: Any) -> None:
        super().__init__(protocol)
        self.book = book
        self.count = 0
        self.latest: dict[str, int] = {}

    def open(self, case_id: str, *, by: Actor, at: Any, **_: Any) -> Case:
        self.count += 1
        return self._seen(self.book.open(f"case-{self.count}", by=by, at=at, note=text("note of open")))

    def record(self, case: Case, facts: Any, **asked: Any) -> Case:
        planted = {
            name: text("text") if isinstance(value, str) and self._is_text(name) else value
            for name, value in facts.items()
        }
        return self._write("record", case, planted, asked)

    def correct(self, case: Case, fact: str, **asked: Any) -> Case:
        asked["reason"] = text("reason of correct")
        return self._write("correct", case, fact, asked)

    def take(self, case: Case, trigger: str, **asked: Any) -> Case:
        return self._write("take", case, trigger, asked)

    def override(self, case: Case, trigger: str, **asked: Any) -> Case:
        return self._write("override", case, trigger, asked)

    def _is_text(self, name: str) -> bool:
        return self.protocol.facts[name].type == "text"

    def _write(self, verb: str, case: Case, what: Any, asked: dict[str, Any]) -> Case:
        asked["note"] = text(f"note of {verb}")
        if case.imagined:
            return getattr(super(), verb)(case, what, **asked)  # type: ignore[no-any-return]
        if self.latest[case.id] != case.version:  # several scenarios go on from the same one
            self.count += 1
            case = self.book.add(self.book.engine(case.protocol).replay(f"case-{self.count}", case.history))
        return self._seen(getattr(self.book, verb)(case.id, what, **asked))

    def _seen(self, case: Case) -> Case:
        self.latest[case.id] = case.version
        return case


def test_nor_by_any_scenario_of_the_standard(folder: Path) -> None:
    protocol = load("standard")
    suites = [load_scenarios(file) for file in find_suites("standard")]
    with watching() as watch, Casebook(address(folder / "store"), [Engine(protocol)]) as book:
        logging.getLogger("sqlalchemy").setLevel(logging.WARNING)  # seen above, with every statement
        logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
        kept = Kept(book, protocol)
        results = [result for suite in suites for result in run(kept, suite.scenarios)]
        watch.look("repr", "\n".join(f"{result!r} {result.differences!r}" for result in results))
        watch.look_at_files("left", folder)
        assert found_in(str(book.history("case-1")[0].note)) == ["note of open"]
    assert len(results) > 100
    assert all(result.passed for result in results)
    assert watch.leaks == {}
