"""The casebook against a model of it: a dictionary, and the engine itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.store.books import KIM, LEE, NOON, SUE, TEXT, address
from tests.store.test_contract import InMemory

from rupture_protocol import (
    UNKNOWN,
    Actor,
    Case,
    Casebook,
    CaseNotFound,
    Conflict,
    Engine,
    IdempotencyMismatch,
    RuptureError,
    loads,
)

OLD = Engine(loads(TEXT))
NEW = Engine(loads(TEXT.replace("version: 1.0.0", 'version: 2.0.0\nmigrates: [{from: ">=1,<2"}]')))


class Model:
    """What a casebook does, with nothing kept."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.answers: dict[str, tuple[object, Case]] = {}

    def write(
        self, verb: str, name: str, given: dict[str, Any], by: Actor, at: datetime, expect: Any, key: Any
    ) -> Case:
        asked = (verb, name, repr(sorted(given.items(), key=str)), by)
        if key in self.answers:
            if self.answers[key][0] != asked:
                raise IdempotencyMismatch
            return self.answers[key][1]
        case = self.cases.get(name)
        if case is None and verb != "open":
            raise CaseNotFound(name)
        version = case.version if case else 0
        if (verb == "open" and case) or (verb != "open" and expect is not None and expect != version):
            raise Conflict(name, actual=version, expected=expect or 0)
        engine = OLD if case is None or case.protocol == OLD.ref else NEW
        moment = max(at, case.history[-1].at) if case else at
        after: Case = getattr(engine, verb)(case or name, **given, by=by, at=moment)
        self.cases[name] = after
        if key is not None:
            self.answers[key] = (asked, after)
        return after


PEOPLE = st.sampled_from([LEE, SUE, KIM, Actor("lee", "supervisor"), Actor("max", "visitor")])
NAMES = st.sampled_from(["a", "b"])
KEYS = st.none() | st.sampled_from(["k1", "k2", "k3"])
VERSIONS = st.none() | st.integers(0, 4)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "risk": st.sampled_from(["none", "low", "high", UNKNOWN, "wrong"]),
        "agrees": st.booleans(),
        "count": st.integers(-1, 101),
        "remark": st.text(max_size=5),
    },
)


class Machine(RuleBasedStateMachine):
    plain = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store: Any = InMemory() if self.plain else address(Path(self.folder.name))
        self.book = self.opened()
        self.model = Model()
        self.now = NOON

    def opened(self) -> Casebook:
        book = Casebook(self.store, [OLD])
        if self.plain:
            book.engines.learn(NEW)  # a host's own store keeps no protocol
        return book

    def teardown(self) -> None:
        self.book.close()
        self.folder.cleanup()

    def both(
        self, verb: str, name: str, by: Actor, expect: int | None, key: str | None, **given: Any
    ) -> None:
        def really() -> Case:
            kept: Case = getattr(self.book, verb)(
                name, **given, by=by, at=self.now, expected_version=expect, idempotency_key=key
            )
            return kept

        told = outcome(really)
        assert told == outcome(lambda: self.model.write(verb, name, given, by, self.now, expect, key))

    @rule(hours=st.integers(-3, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(name=NAMES, by=PEOPLE, key=KEYS)
    def open(self, name: str, by: Actor, key: str | None) -> None:
        self.both("open", name, by, None, key)

    @rule(name=NAMES, by=PEOPLE, expect=VERSIONS, key=KEYS, facts=FACTS)
    def record(self, name: str, by: Actor, expect: Any, key: Any, facts: dict[str, Any]) -> None:
        self.both("record", name, by, expect, key, facts=facts)

    @rule(
        name=NAMES,
        by=PEOPLE,
        key=KEYS,
        trigger=st.sampled_from(["acknowledge", "talk", "go_on", "hold", "x"]),
    )
    def take(self, name: str, by: Actor, key: Any, trigger: str) -> None:
        self.both("take", name, by, None, key, trigger=trigger)

    @rule(name=NAMES, by=PEOPLE, key=KEYS)
    def override(self, name: str, by: Actor, key: Any) -> None:
        self.both("override", name, by, None, key, trigger="go_on", reason="client_preference")

    @rule(name=NAMES, by=PEOPLE, key=KEYS, to=st.sampled_from(["none", "low", UNKNOWN]))
    def correct(self, name: str, by: Actor, key: Any, to: object) -> None:
        self.both("correct", name, by, None, key, fact="risk", reason="misread", to=to)

    @rule(name=NAMES, by=PEOPLE, key=KEYS)
    def migrate(self, name: str, by: Actor, key: Any) -> None:
        self.both("migrate", name, by, None, key, to=NEW)

    @rule()
    def somebody_else_opens_the_book(self) -> None:
        self.book.close()
        self.book = self.opened()

    @invariant()
    def what_is_kept_is_what_the_model_has(self) -> None:
        for name, case in self.model.cases.items():
            engine = OLD if case.protocol == OLD.ref else NEW
            assert self.book.get(name) == case
            assert self.book.decide(name, at=self.now).verdicts == engine.decide(case, at=self.now).verdicts

    @invariant()
    def lists_are_those_of_the_model(self) -> None:
        if self.plain:
            return
        cases = self.model.cases
        assert [(each.case, each.version, each.state) for each in self.book.find()] == [
            (name, cases[name].version, cases[name].state) for name in sorted(cases)
        ]
        expected = {
            (name, due.deadline.name, due.due)
            for name, case in cases.items()
            for due in (OLD if case.protocol == OLD.ref else NEW).decide(case, at=self.now).deadlines
            if due.state in ("running", "overdue", "undecided") and due.due and due.due <= self.now
        }
        assert {(each.case, each.deadline, each.due) for each in self.book.due(self.now)} == expected


class PlainMachine(Machine):
    plain = True

    def both(
        self, verb: str, name: str, by: Actor, expect: int | None, key: str | None, **given: Any
    ) -> None:
        # In a host's own store a key counts within its case.
        super().both(verb, name, by, expect, None if key is None else f"{name} {key}", **given)


def outcome(attempt: Callable[[], Case]) -> object:
    """What came of it: the case, or the kind of refusal."""
    try:
        return attempt()
    except RuptureError as error:
        return type(error).__name__


SETTINGS = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_casebook_does_what_a_dictionary_and_the_engine_do() -> None:
    run_state_machine_as_test(Machine, settings=SETTINGS)


def test_the_casebook_on_a_hosts_own_store_does_the_same() -> None:
    run_state_machine_as_test(PlainMachine, settings=SETTINGS)


def test_a_casebook_that_forgets_keys_is_caught(monkeypatch: Any) -> None:
    from rupture_protocol.store.sql import SqlSession

    monkeypatch.setattr(SqlSession, "kept_under", lambda *_: None)
    caught = False
    try:
        run_state_machine_as_test(Machine, settings=settings(SETTINGS, phases=[Phase.generate]))
    except BaseException:  # an assertion, or a group of them
        caught = True
    assert caught
