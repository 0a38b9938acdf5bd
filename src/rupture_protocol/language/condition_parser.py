"""A condition as it is written in YAML → the condition tree, with every name in it looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rupture_protocol.errors import ValueRefused, shorten
from rupture_protocol.language.conditions import (
    AGAINST_NOW,
    FORMS,
    IN_ORDER,
    All,
    AnyOf,
    Compare,
    Condition,
    Elapsed,
    Named,
    Not,
    Operator,
    Visited,
    Visits,
)
from rupture_protocol.language.facts import DATED, NUMERIC, ORDERED, Fact, FactType, Value
from rupture_protocol.language.nearest import nearest
from rupture_protocol.language.quantities import Duration, Unit, no_duration, parse_duration
from rupture_protocol.language.report import Report
from rupture_protocol.language.source import BROKEN, Path, Plain

_EQUAL = frozenset({Operator.IS, Operator.IS_NOT})
_LISTS = frozenset({Operator.ONE_OF, Operator.NONE_OF, Operator.BETWEEN})
_COUNTED = IN_ORDER | {Operator.IS}


@dataclass(frozen=True, slots=True)
class ConditionParser:
    """Reads conditions of one protocol. What it cannot read is noted in the report, and is then None."""

    report: Report
    facts: Mapping[str, Fact]
    declared_facts: Set[str]
    """Facts that are written at all: one that is broken itself has been complained about already."""
    conditions: Set[str]
    states: Set[str]
    """In file order, all of them: nothing that is said of a file depends on a hash."""

    def parse(self, data: Any, path: Path) -> Condition | None:
        """One condition: a mapping, all of whose keys must hold."""
        if data is BROKEN:
            return None
        if not isinstance(data, dict):
            self._not_a_mapping(data, path)
            return None
        if not data:
            self.report(
                "empty-condition", "an empty condition would always hold", path, help=_leave_out(path)
            )
            return None
        read = [self._entry(key, value, (*path, key)) for key, value in data.items()]
        return self._all(read, path)

    def _not_a_mapping(self, data: Any, path: Path) -> None:
        known = isinstance(data, str) and (data in self.conditions or data in self.declared_facts)
        advice = f"as in `{{{data}: true}}`" if known else "as in `{client_agrees: true}`"
        self.report("wrong-type", "a condition is a mapping", path, help=advice)

    def _all(self, read: list[Condition | None], path: Path) -> Condition | None:
        found = [part for part in read if part is not None]
        if len(found) < len(read):
            return None
        return found[0] if len(found) == 1 else All(tuple(found), path)

    def _entry(self, key: str, value: Any, path: Path) -> Condition | None:
        form = _FORM_PARSERS.get(key)
        if form is not None:
            return None if value is BROKEN else form(self, value, path)
        if key in self.conditions:
            return self._named(key, value, path)
        fact = self.facts.get(key)
        if fact is not None:
            return self._fact(fact, value, path)
        if key not in self.declared_facts:
            known = [*self.facts, *self.conditions, *FORMS]
            self.report(
                "unknown-fact",
                f"unknown fact or condition `{shorten(key)}`",
                path,
                key=True,
                help=self.report.did_you_mean(key, known),
            )
        return None

    # Forms -----------------------------------------------------------------------------------------

    def _parts(self, data: Any, path: Path) -> tuple[Condition, ...] | None:
        if not isinstance(data, list):
            self.report(
                "wrong-type",
                f"`{path[-1]}` must be a list of conditions",
                path,
                help=f"as in `{path[-1]}: [{{a: true}}, {{b: true}}]`",
            )
            return None
        if not data:
            self.report(
                "empty-condition", f"`{path[-1]}` is empty", path, help="leave it out, or write a condition"
            )
            return None
        read = [self.parse(part, (*path, at)) for at, part in enumerate(data)]
        found = tuple(part for part in read if part is not None)
        return found if len(found) == len(read) else None

    def _form_all(self, data: Any, path: Path) -> Condition | None:
        found = self._parts(data, path)
        return All(found, path) if found else None

    def _form_any(self, data: Any, path: Path) -> Condition | None:
        found = self._parts(data, path)
        return AnyOf(found, path) if found else None

    def _form_not(self, data: Any, path: Path) -> Condition | None:
        part = self.parse(data, path)
        return Not(part, path) if part else None

    def _form_visited(self, data: Any, path: Path) -> Condition | None:
        names = data if isinstance(data, list) else [data]
        if not names:
            self.report("empty-condition", "`visited` is empty", path, help="name a state")
            return None
        read: list[Condition | None] = []
        for at, name in enumerate(names):
            place = (*path, at) if isinstance(data, list) else path
            state = self._state(name, place)
            read.append(Visited(state, place) if state else None)
        return self._all(read, path)

    def _form_visits(self, data: Any, path: Path) -> Condition | None:
        state, comparisons = self._counted(data, "state", "visits: {state: modified, at_least: 2}", path)
        read: list[Condition | None] = []
        for operator, value, place in comparisons:
            counts = self._operands(operator, value, place, self._count)
            read.append(Visits(state, operator, counts, place) if state and counts else None)
        return self._all(read, path) if read else None

    def _form_elapsed(self, data: Any, path: Path) -> Condition | None:
        state, comparisons = self._counted(
            data, "since", "elapsed: {since: acknowledged, at_least: 24 hours}", path
        )
        read: list[Condition | None] = []
        for operator, value, place in comparisons:
            if operator is Operator.IS:
                self._wrong_operator("a length of time", operator, IN_ORDER, place)
                read.append(None)
                continue
            lengths = self._operands(operator, value, place, self._duration)
            read.append(Elapsed(state, operator, lengths, place) if state and lengths else None)
        return self._all(read, path) if read else None

    def _counted(
        self, data: Any, key: str, example: str, path: Path
    ) -> tuple[str, list[tuple[Operator, Any, Path]]]:
        """The state and the comparisons of `visits` or `elapsed`."""
        if not isinstance(data, dict):
            self.report("wrong-type", f"`{path[-1]}` must be a mapping", path, help=f"as in `{example}`")
            return "", []
        if key not in data:
            self.report("missing-key", f"`{key}` is missing", path, key=True, help=f"as in `{example}`")
        state = self._state(data[key], (*path, key)) if key in data else None
        comparisons: list[tuple[Operator, Any, Path]] = []
        for name, value in data.items():
            if name == key:
                continue
            if name not in _COUNTED:
                self._wrong_operator(f"`{path[-1]}`", name, _COUNTED, (*path, name))
            else:
                comparisons.append((Operator(name), value, (*path, name)))
        if len(data) < 2:
            self.report(
                "missing-key",
                f"`{path[-1]}` compares with nothing",
                path,
                key=True,
                help=f"as in `{example}`",
            )
        return state or "", comparisons

    def _state(self, name: Any, path: Path) -> str | None:
        if name is BROKEN:
            return None
        if not isinstance(name, str):
            self.report("wrong-type", f"{_subject(path)} must be the name of a state", path)
            return None
        if name not in self.states:
            self.report.unknown("state", name, self.states, path)
            return None
        return str(name)

    def _named(self, name: str, value: Any, path: Path) -> Condition | None:
        if isinstance(value, bool):
            return Named(name, value, path)
        if value is BROKEN:
            return None
        advice = f"write `{name}: true` or `{name}: false`"
        if isinstance(value, Plain):
            self.report("quote-it", f"`{shorten(value)}` is read in different ways", path, help=advice)
        else:
            self.report("wrong-type", f"the condition `{name}` holds or does not", path, help=advice)
        return None

    # Facts -----------------------------------------------------------------------------------------

    def _fact(self, fact: Fact, value: Any, path: Path) -> Condition | None:
        if fact.type is FactType.TEXT:
            self.report(
                "text-in-condition",
                f"`{fact.name}` is text, which no condition reads",
                path,
                key=True,
                help=f"write `needs: [{fact.name}]` where it must be on record",
            )
            return None
        if value is BROKEN:
            return None
        if isinstance(value, dict):
            return self._comparisons(fact, value, path)
        if fact.type is FactType.SET:
            self.report(
                "wrong-operator",
                f"`{fact.name}` is a set",
                path,
                help="as in `{includes: …}`, or `{is: […]}` for the whole set",
            )
            return None
        return self._compare(fact, Operator.ONE_OF if isinstance(value, list) else Operator.IS, value, path)

    def _comparisons(self, fact: Fact, data: dict[str, Any], path: Path) -> Condition | None:
        if not data:
            self.report(
                "empty-condition", f"`{fact.name}` is compared with nothing", path, help="as in `{is: …}`"
            )
        read: list[Condition | None] = []
        for name, value in data.items():
            place = (*path, name)
            allowed = _operators(fact.type)
            if name not in allowed:
                self._wrong_operator(fact.type.with_article, name, allowed, place)
                read.append(None)
            else:
                read.append(None if value is BROKEN else self._compare(fact, Operator(name), value, place))
        return self._all(read, path) if read else None

    def _wrong_operator(self, what: str, name: str, allowed: Set[Operator], path: Path) -> None:
        known = sorted(operator.value for operator in allowed)
        fits = f"fits {what}: " + ", ".join(f"`{each}`" for each in known)
        exists = name in set(Operator)
        self.report(
            "wrong-operator" if exists else "unknown-key",
            f"`{name}` does not compare {what}" if exists else f"unknown operator `{shorten(name)}`",
            path,
            key=True,
            help=self.report.did_you_mean(name, known) if nearest(name, known) else fits,
        )

    def _compare(self, fact: Fact, operator: Operator, value: Any, path: Path) -> Condition | None:
        values: tuple[Value | Duration, ...] | None
        if fact.type is FactType.SET and operator in _EQUAL:
            values = self._whole_set(fact, value, path)
        elif fact.type is FactType.SET:
            values = self._operands(
                operator, value, path, lambda data, place: self._element(fact, data, place), several=True
            )
        elif operator in AGAINST_NOW:
            values = self._operands(operator, value, path, self._duration)
        else:
            values = self._operands(
                operator, value, path, lambda data, place: self._operand(fact, data, place)
            )
        if values is None or not self._orderly(fact, operator, values, path):
            return None
        return Compare(fact.name, operator, values, path)

    def _orderly(self, fact: Fact, operator: Operator, values: tuple[Any, ...], path: Path) -> bool:
        """Whether what is compared in order has an order, and a range a beginning before its end."""
        if operator not in IN_ORDER:
            return True
        if fact.type is FactType.SCALE:
            ranks = [fact.rank(value) for value in values]
            if None in ranks:
                self.report(
                    "wrong-operator",
                    f"a value in `also` of `{fact.name}` is outside the order",
                    path,
                    help="compare it with `is` or `one_of`",
                )
                return False
            values = tuple(ranks)
        if operator is Operator.BETWEEN and values[0] > values[1]:
            self.report(
                "out-of-range",
                "the range is empty: its first value comes after its second",
                path,
                help="write the lower one first",
            )
            return False
        return True

    def _operands(
        self,
        operator: Operator,
        value: Any,
        path: Path,
        read: Callable[[Any, Path], Any],
        *,
        several: bool = False,
    ) -> tuple[Any, ...] | None:
        """The written values of one comparison: a list for `one_of`, `none_of`, `between`, else one value."""
        if value is BROKEN:
            return None
        if operator in _LISTS or (several and isinstance(value, list)):
            if not isinstance(value, list):
                self.report(
                    "wrong-type",
                    f"`{operator}` takes a list",
                    path,
                    help=f"as in `{operator}: [{_example(value)}]`",
                )
                return None
            if not value or (operator is Operator.BETWEEN and len(value) != 2):
                count = "two values" if operator is Operator.BETWEEN else "at least one value"
                self.report("empty" if not value else "wrong-value", f"`{path[-1]}` takes {count}", path)
                return None
            found = [read(part, (*path, at)) for at, part in enumerate(value)]
        elif isinstance(value, list | dict):
            self.report("wrong-type", f"`{operator}` takes one value", path)
            return None
        else:
            found = [read(value, path)]
        return None if any(each is None for each in found) else tuple(found)

    def _operand(self, fact: Fact, data: Any, path: Path) -> Value | None:
        """A written value of a fact, in the fact's own type."""
        if data is BROKEN:
            return None
        if self._is_unknown(data, path):
            return None
        if isinstance(data, Plain) and fact.type not in _READ_AS_TEXT:
            self.report(
                "quote-it",
                f"`{shorten(data)}` is read in different ways",
                path,
                help=f"`{fact.name}` takes {fact.expects()}",
            )
            return None
        try:
            return fact.parse(data)
        except ValueRefused:
            self._bad_operand(fact, data, path)
            return None

    def _is_unknown(self, data: Any, path: Path) -> bool:
        if data != "unknown":
            return False
        self.report(
            "unknown-as-value",
            "`unknown` is not a value",
            path,
            help="a condition cannot ask whether a fact is known: what is not known leaves it undecided",
        )
        return True

    def _bad_operand(self, fact: Fact, data: Any, path: Path) -> None:
        if fact.values and isinstance(data, str):
            known = fact.values + fact.also
            self.report(
                "unknown-value",
                f"`{shorten(data)}` is not a value of `{fact.name}`",
                path,
                help=self.report.did_you_mean(data, known) or f"`{fact.name}` takes {fact.expects()}",
            )
            return
        number = isinstance(data, int | Decimal) and not isinstance(data, bool)
        whole = isinstance(data, int) or fact.type is FactType.NUMBER
        code = "out-of-range" if number and whole and fact.type in NUMERIC else "wrong-type"
        words = f"not a value that `{fact.name}` can have"
        if fact.type in DATED and isinstance(data, str):
            code, words = "bad-date", f"`{shorten(data)}` is not {fact.type.with_article}"
        self.report(code, words, path, help=f"`{fact.name}` takes {fact.expects()}")

    def _whole_set(self, fact: Fact, data: Any, path: Path) -> tuple[frozenset[str]] | None:
        if not isinstance(data, list):
            found = [self._element(fact, data, path)]
        else:
            found = [self._element(fact, part, (*path, at)) for at, part in enumerate(data)]
        values = frozenset(value for value in found if value is not None)
        return None if None in found else (values,)

    def _element(self, fact: Fact, data: Any, path: Path) -> str | None:
        if data is BROKEN or self._is_unknown(data, path):
            return None
        if isinstance(data, str) and data in fact.values:
            return next(value for value in fact.values if value == data)
        self._bad_operand(fact, data, path)
        return None

    def _count(self, data: Any, path: Path) -> int | None:
        if isinstance(data, int) and not isinstance(data, bool) and data >= 0:
            return data
        if data is not BROKEN:
            self.report("wrong-type", f"{_subject(path)} must be a whole number, 0 or more", path)
        return None

    def _duration(self, data: Any, path: Path) -> Duration | None:
        if data is BROKEN:
            return None
        length = parse_duration(data) if isinstance(data, str) else None
        if length is None:
            shown = "this" if isinstance(data, list | dict) else f"`{shorten(str(data))}`"
            words, advice = no_duration(str(data))
            self.report("bad-duration", f"{shown} {words}", path, help=advice)
        elif length.unit is Unit.WORKING_DAYS:
            self.report(
                "bad-duration", "working days count in deadlines only", path, help="write `days` or `weeks`"
            )
            return None
        return length


def _leave_out(path: Path) -> str:
    named = isinstance(path[-1], str) and path[0] != "conditions"
    return f"leave `{path[-1]}:` out" if named else "leave it out, or write a condition"


def _subject(path: Path) -> str:
    return f"`{path[-1]}`" if isinstance(path[-1], str) else f"item {path[-1] + 1} of `{path[-2]}`"


def _example(value: Any) -> str:
    return shorten(value) if isinstance(value, str) and value else "a, b"


_READ_AS_TEXT = frozenset({FactType.CHOICE, FactType.SCALE, FactType.SET}) | DATED
_FORM_PARSERS: dict[str, Callable[[ConditionParser, Any, Path], Condition | None]] = {
    "all": ConditionParser._form_all,
    "any": ConditionParser._form_any,
    "not": ConditionParser._form_not,
    "visited": ConditionParser._form_visited,
    "visits": ConditionParser._form_visits,
    "elapsed": ConditionParser._form_elapsed,
}


def _operators(kind: FactType) -> Set[Operator]:
    if kind is FactType.SET:
        return _EQUAL | {Operator.INCLUDES}
    allowed = _EQUAL | {Operator.ONE_OF, Operator.NONE_OF}
    if kind in ORDERED:
        allowed |= IN_ORDER
    if kind in DATED:
        allowed |= AGAINST_NOW
    return allowed
