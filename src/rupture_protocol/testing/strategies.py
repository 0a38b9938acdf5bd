"""Strategies for a protocol's facts, and a state machine that walks any protocol. Only here: hypothesis."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rupture_protocol.engine.case import Actor, Case
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.options import Verdict
from rupture_protocol.errors import Refused
from rupture_protocol.language.facts import UNKNOWN, Fact, FactType
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.testing.cases import NOON, person

FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2027, 12, 31)
MOST_MINUTES: Final = 3 * 24 * 60


def values_of(fact: Fact, *, unknown: bool = False) -> st.SearchStrategy[Any]:
    """Values that a fact can have; with `unknown`, that it is not known, too."""
    found = _values(fact)
    return found | st.just(UNKNOWN) if unknown else found


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    low: Any = fact.minimum
    high: Any = fact.maximum
    match fact.type:
        case FactType.BOOLEAN:
            return st.booleans()
        case FactType.CHOICE | FactType.SCALE:
            return st.sampled_from(fact.values + fact.also)
        case FactType.SET:
            return st.frozensets(st.sampled_from(fact.values))
        case FactType.INTEGER:
            return st.integers(-1000 if low is None else int(low), 1000 if high is None else int(high))
        case FactType.NUMBER:
            least = Decimal(-1000) if low is None else Decimal(low)
            return st.decimals(least, Decimal(1000) if high is None else Decimal(high), places=2)
        case FactType.DATE:
            return st.dates(FIRST_DAY, LAST_DAY)
        case FactType.DATETIME:
            return st.datetimes(
                datetime.combine(FIRST_DAY, datetime.min.time()),
                datetime.combine(LAST_DAY, datetime.min.time()),
                timezones=st.just(UTC),
            )
        case FactType.TEXT:
            return st.text(
                st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40
            )


def facts_of(protocol: Protocol, *, unknown: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """What may be on record in a case of a protocol: any of its facts, each with a value it can have."""
    found = {name: values_of(fact, unknown=unknown) for name, fact in protocol.facts.items()}
    return st.fixed_dictionaries({}, optional=found)


class CaseMachine(RuleBasedStateMachine):
    """Walks one case at random: records, takes, lets time pass. Subclass it to add rules and invariants.

    Made by `machine_for`. `case` is the case, `now` the moment; `decision` asks what now.
    """

    engine: Engine
    case: Case
    now: datetime

    @initialize()
    def begin(self) -> None:
        """A new case."""
        self.now = NOON
        self.case = self.engine.open("case", by=person(self.engine), at=self.now)

    @property
    def decision(self) -> Decision:
        """What may be done now."""
        return self.engine.decide(self.case, at=self.now)

    @rule(data=st.data())
    def record(self, data: st.DataObject) -> None:
        """Somebody who may records some fact."""
        facts = self.engine.protocol.facts
        if facts:
            fact = facts[data.draw(st.sampled_from(list(facts)), label="fact")]
            value = data.draw(values_of(fact, unknown=True), label="value")
            who = person(self.engine, fact.by)
            self.case = self.engine.record(self.case, {fact.name: value}, by=who, at=self.now)

    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        """Somebody who may takes something that is open."""
        open_now = self.decision.open
        if open_now:
            trigger = data.draw(st.sampled_from(open_now), label="trigger")
            who = self._taker(trigger)
            self.case = self.engine.take(self.case, trigger, by=who, at=self.now)

    @rule(minutes=st.integers(1, MOST_MINUTES))
    def let_time_pass(self, minutes: int) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data())
    def try_what_is_not_open(self, data: st.DataObject) -> None:
        """What is not open is refused, and the case stays as it was."""
        shut = [
            each for each in self.decision.options if each.verdict is not Verdict.OPEN and not each.precaution
        ]
        if shut:
            option = data.draw(st.sampled_from(shut), label="option")
            try:
                self.engine.take(self.case, option.trigger, by=self._taker(option.trigger), at=self.now)
            except Refused:
                return
            raise AssertionError(f"`{option.trigger}` is {option.verdict}, and was taken")

    @invariant()
    def history_is_the_truth(self) -> None:
        """The history makes the case again."""
        if hasattr(self, "case"):
            assert self.engine.replay(self.case.id, self.case.history) == self.case  # noqa: S101  # it is a test

    def _taker(self, trigger: str) -> Actor:
        option = self.decision[trigger]
        who = person(self.engine, option.by)
        asked = self.engine.decide(self.case, at=self.now, actor=who)
        return who if asked[trigger].may else Actor(f"another_{who.role}", who.role)


def machine_for(protocol: Protocol | Engine) -> type[CaseMachine]:
    """A state machine that walks cases of a protocol; run its `TestCase`, or `run_state_machine_as_test` it.

    Example: `TestStandard = machine_for(load("standard")).TestCase`.
    """
    engine = protocol if isinstance(protocol, Engine) else Engine(protocol)
    name = "".join(part.title() for part in engine.protocol.id.split("-"))
    return type(f"{name}Machine", (CaseMachine,), {"engine": engine})
