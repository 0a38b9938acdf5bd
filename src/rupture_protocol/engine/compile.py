"""The verdicts of all options of a state: the fast evaluator, as generated Python.

It says what `evaluate` says, without the trace; laws and exhaustion hold the two equal. No text of
the YAML stands in the source: facts, values and names are constants by index.

For each condition two expressions are made, that it is definitely true and that it is definitely
false; unknown is neither. Kleene's connectives then are plain `and` and `or` over the right ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rupture_protocol.engine.calendar import Calendar
from rupture_protocol.engine.case import Record, Visit
from rupture_protocol.engine.evaluate import compare_now, elapsed
from rupture_protocol.engine.options import Step, Verdict
from rupture_protocol.engine.truth import FALSE, TRUE
from rupture_protocol.language.comparing import compare, in_order
from rupture_protocol.language.conditions import (
    AGAINST_NOW,
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Leaf,
    Named,
    Not,
    NotHeldBack,
    OnRecord,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import Fact, FactType, Value
from rupture_protocol.language.protocol import Protocol

Verdicts = Callable[[Mapping[str, Record], Mapping[str, Visit], datetime], tuple[Verdict, ...]]
"""From the facts and visits of a case, at a moment, to the verdict of each step, in their order."""


def compile_steps(protocol: Protocol, steps: tuple[Step, ...], calendar: Calendar) -> Verdicts:
    """One function for the verdicts of these steps."""
    writer = Writer(protocol, calendar)
    verdicts = [writer.verdict(step) for step in steps]
    made: Verdicts = writer.function("verdicts", verdicts, _NAMES)
    return made


_NAMES = {"O": Verdict.OPEN, "B": Verdict.BLOCKED, "U": Verdict.UNDECIDED}


class Writer:
    """Writes the body of one function: a local for each fact, and for what is used more than once."""

    def __init__(self, protocol: Protocol, calendar: Calendar) -> None:
        self.protocol = protocol
        self.calendar = calendar
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._facts: dict[str, str] = {}
        self._shared: dict[object, tuple[str, str]] = {}

    def constant(self, value: object) -> str:
        """A name for a value; what the YAML says reaches the function only as such a value."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def function(self, name: str, results: list[str], names: Mapping[str, object]) -> Any:
        """The function of what was written, which returns these expressions as a tuple."""
        source = "\n".join(
            [
                f"def {name}(facts, visits, at):",
                "    get = facts.get",
                *self.lines,
                f"    return ({''.join(f'{result}, ' for result in results)})",
            ]
        )
        known = {**names, **self.constants}
        # The source is ours from the first character to the last: see `constant`.
        exec(compile(source, "<guards>", "exec"), known)  # noqa: S102
        return known[name]

    def verdict(self, step: Step) -> str:
        """The expression for one step's verdict."""
        holds = tuple(part for part in step.requirement.parts if isinstance(part, NotHeldBack))
        own = tuple(part for part in step.requirement.parts if not isinstance(part, NotHeldBack))
        clear, held = self._together(holds)
        true = " and ".join([clear, *(self._true(part) for part in own)])
        false = " or ".join([held, *(self._false(part) for part in own)])
        return f"O if {true} else B if {false} else U"

    def _together(self, holds: tuple[NotHeldBack, ...]) -> tuple[str, str]:
        """Whether none of these interrupts holds back, and whether one does: the same for most steps."""
        clear, held = "True", "False"
        for at, each in enumerate(holds):
            # The interrupts before this one are those of another step already, so each adds one test.
            key = ("holds", tuple(one.interrupt for one in holds[: at + 1]))
            if key not in self._shared:
                self._shared[key] = self._locals(
                    f"{clear} and {self._true(each)}", f"{held} or {self._false(each)}"
                )
            clear, held = self._shared[key]
        return clear, held

    def _locals(self, true: str, false: str) -> tuple[str, str]:
        number = len(self._shared)
        self.lines.append(f"    t{number} = {true}")
        self.lines.append(f"    f{number} = not t{number} and ({false})")
        return f"t{number}", f"f{number}"

    def _share(self, key: object, condition: Condition) -> tuple[str, str]:
        if key not in self._shared:
            true, false = self._true(condition), self._false(condition)
            self._shared[key] = self._locals(true, false)
        return self._shared[key]

    def _true(self, condition: Condition) -> str:
        """The expression that a condition is definitely true."""
        match condition:
            case All(parts=parts):
                return f"({' and '.join(self._true(part) for part in parts)})" if parts else "True"
            case AnyOf(parts=parts):
                return f"({' or '.join(self._true(part) for part in parts)})"
            case Not(part=part):
                return self._false(part)
            case Named(name=name, holds=holds):
                return self._share(("condition", name), self.protocol.conditions[name])[0 if holds else 1]
            case NotHeldBack(interrupt=name):
                return self._share(("interrupt", name), self.protocol.interrupts[name].when)[1]
            case _:
                return self._leaf(condition)[0]

    def _false(self, condition: Condition) -> str:
        """The expression that a condition is definitely false."""
        match condition:
            case All(parts=parts):
                return f"({' or '.join(self._false(part) for part in parts)})" if parts else "False"
            case AnyOf(parts=parts):
                return f"({' and '.join(self._false(part) for part in parts)})"
            case Not(part=part):
                return self._true(part)
            case Named(name=name, holds=holds):
                return self._share(("condition", name), self.protocol.conditions[name])[1 if holds else 0]
            case NotHeldBack(interrupt=name):
                return self._share(("interrupt", name), self.protocol.interrupts[name].when)[0]
            case _:
                return self._leaf(condition)[1]

    def _leaf(self, leaf: Leaf) -> tuple[str, str]:
        match leaf:
            case Compare():
                return self._compare(leaf)
            case OnRecord(fact=fact):
                self._fact(fact)
                value, record = self._facts[fact], f"r{self._facts[fact][1:]}"
                # A presumed value is not on record.
                return f"({record} is not None and {value} is not None)", "False"
            case Visited(state=state):
                name = self.constant(state)
                return f"({name} in visits)", f"({name} not in visits)"
            case Visits() | Elapsed():
                return self._counted(leaf)

    def _counted(self, leaf: Visits | Elapsed) -> tuple[str, str]:
        # One test, asked once: both expressions read its local.
        key = (leaf.path, leaf)
        if key not in self._shared:
            test = self.constant(_visits(leaf) if isinstance(leaf, Visits) else _elapsed(leaf, self.calendar))
            number = len(self._shared)
            self.lines.append(f"    e{number} = {test}(visits, at)")
            self._shared[key] = (f"(e{number} is True)", f"(e{number} is False)")
        return self._shared[key]

    def _fact(self, name: str) -> str:
        """The local that holds the fact's value, None where it is not known."""
        if name not in self._facts:
            fact = self.protocol.facts[name]
            number = len(self._facts)
            value, record = f"v{number}", f"r{number}"
            self._facts[name] = value
            nothing = "None" if fact.presume is None else self.constant(fact.presume)
            holds = f"{record}.value"
            if fact.lasts is not None:
                holds = f"({holds} if {record}.expires is None or {record}.expires > at else None)"
            self.lines.append(f"    {record} = get({self.constant(name)})")
            self.lines.append(f"    {value} = {nothing} if {record} is None else {holds}")
        return self._facts[name]

    def _compare(self, leaf: Compare) -> tuple[str, str]:
        value = self._fact(leaf.fact)
        fact = self.protocol.facts[leaf.fact]
        known = _values(fact)
        if known:
            # Those for which it holds are found now, and the test is a look-up. None is in neither set.
            holds = frozenset(each for each in known if compare(fact, leaf.operator, each, leaf.values))
            return f"{value} in {self.constant(holds)}", f"{value} in {self.constant(known - holds)}"
        test = self._test(leaf, value)
        return f"({value} is not None and {test})", f"({value} is not None and not ({test}))"

    def _test(self, leaf: Compare, value: str) -> str:
        """The expression that a known value compares so."""
        fact = self.protocol.facts[leaf.fact]
        if leaf.operator in AGAINST_NOW:
            calendar = self.calendar
            test = self.constant(lambda known, at: compare_now(fact, leaf, known, at, calendar))
            return f"{test}({value}, at)"
        return self._plain_test(leaf, value)

    def _plain_test(self, leaf: Compare, value: str) -> str:
        operator = leaf.operator
        if operator in (Operator.ONE_OF, Operator.NONE_OF):
            word = "in" if operator is Operator.ONE_OF else "not in"
            return f"{value} {word} {self.constant(frozenset(leaf.values))}"
        if operator is Operator.INCLUDES:
            return f"{self.constant(frozenset(leaf.values))} <= {value}"
        if operator is Operator.BETWEEN:
            return f"{self.constant(leaf.values[0])} <= {value} <= {self.constant(leaf.values[1])}"
        return f"{value} {_PYTHON[operator]} {self.constant(leaf.values[0])}"


def _values(fact: Fact) -> frozenset[Value]:
    """All values that a fact can have, if they are few."""
    if fact.type is FactType.BOOLEAN:
        return frozenset({True, False})
    return (
        frozenset(fact.values + fact.also) if fact.type in (FactType.CHOICE, FactType.SCALE) else frozenset()
    )


_PYTHON = {
    Operator.IS: "==",
    Operator.IS_NOT: "!=",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.ABOVE: ">",
    Operator.BELOW: "<",
}


def _visits(leaf: Visits) -> Callable[[Mapping[str, Visit], datetime], bool]:
    def test(visits: Mapping[str, Visit], _at: datetime) -> bool:
        visit = visits.get(leaf.state)
        return in_order(leaf.operator, 0 if visit is None else visit.count, leaf.values)

    return test


def _elapsed(leaf: Elapsed, calendar: Calendar) -> Callable[[Mapping[str, Visit], datetime], bool | None]:
    def test(visits: Mapping[str, Visit], at: datetime) -> bool | None:
        truth = elapsed(leaf, visits, at, calendar)
        return True if truth is TRUE else False if truth is FALSE else None

    return test
