"""What changed for the options of each state: in which situations, where to, and who may take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rupture_protocol.engine.options import Step, Verdict, steps_from
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.cover import Cover, cover, set_of
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.diff_words import case_in, literals
from rupture_protocol.prover.difference import (
    ASKS_MORE,
    BOTH_WAYS,
    LOOSER,
    OTHER,
    STRICTER,
    Change,
    Effect,
    Rule,
    Shift,
    in_order,
)
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.rights import changed_rights
from rupture_protocol.prover.shifts import Moved, holding, moved, own_parts_differ

MOST_RULES = 5
"""So many rules are told for each way in which an option comes to something else; the rest are counted."""

Steps = dict[str, Step]


@dataclass(slots=True)
class Options:
    """Compares the options of two protocols; `joint` is None where they do not fit the budget.

    With a `state`, only its options.
    """

    old: Protocol
    new: Protocol
    joint: Joint | None
    state: str | None = None
    _covers: dict[int, Cover] = field(default_factory=dict)

    def changes(self) -> Iterator[Change]:
        """Every change, those that are the same in several states once."""
        grouped: dict[tuple[object, ...], tuple[_Found, list[str]]] = {}
        for state in dict.fromkeys((*self.old.states, *self.new.states)):
            if self.state not in (None, state):
                continue
            for found in self._of_state(state):
                grouped.setdefault(found.key, (found, []))[1].append(state)
        for found, states in grouped.values():
            yield replace(self._told(found, states[0]), states=tuple(states))

    def _of_state(self, state: str) -> Iterator[_Found]:
        before, after = _steps(self.old, state), _steps(self.new, state)
        if state not in self.old.states or state not in self.new.states:
            yield from self._ways_of_a_state(before, after)
            return
        for trigger in dict.fromkeys((*before, *after)):
            old, new = before.get(trigger), after.get(trigger)
            if old is not None and new is not None:
                yield from map(_Found, self._rights(old, new))
            yield from self._verdicts(state, trigger, old, new)

    def _ways_of_a_state(self, before: Steps, after: Steps) -> Iterator[_Found]:
        """The options of a state that only one version has: a way into one that both have is told."""
        for step in after.values():
            if step.to in self.old.states and step.urgency is None:
                says = f"is a new way into `{step.to}`, from a new state"
                yield _Found(Change("option", step.trigger, says, LOOSER))
        for step in before.values():
            if step.to in self.new.states and step.urgency is None:
                says = f"is no way into `{step.to}` any more: its state is gone"
                yield _Found(Change("option", step.trigger, says, STRICTER))

    def _rights(self, old: Step, new: Step) -> Iterator[Change]:
        if old.to != new.to:
            says = f"now leads to `{new.to}`; it led to `{old.to}`"
            yield Change("option", new.trigger, says, BOTH_WAYS)
        if old.defined is not new.defined:
            yield from changed_rights(old.defined, new.defined)

    def _verdicts(self, state: str, trigger: str, old: Step | None, new: Step | None) -> Iterator[_Found]:
        try:
            if self.joint is None:
                raise TooLarge
            found = moved(self.joint, state, old, new)
            if old is not None and new is not None:
                if found:
                    yield self._compared(self.joint, found, old, new)
            elif new is not None:
                yield _Found(_offered(trigger, found, new), found, told=True)
            elif old is not None:
                yield _Found(_withdrawn(trigger, found, old), found)
        except (TooLarge, RecursionError):
            says = "what it comes to is not decided: it takes too many nodes, or cannot be followed"
            yield _Found(Change("option", trigger, says, (Effect.NOT_DECIDED,)))

    def _compared(self, joint: Joint, found: tuple[Moved, ...], old: Step, new: Step) -> _Found:
        own = own_parts_differ(joint, old, new)
        through = () if own else holding(joint, old, new)
        interrupt = new.urgency is not None
        effects = in_order(
            effect for each in found for effect in _effects(each, interrupt=interrupt, own=own)
        )
        change = Change("option", new.trigger, _says(found), effects, through=through)
        return _Found(change, found, told=True)

    # Rules -----------------------------------------------------------------------------------------

    def _told(self, found: _Found, state: str) -> Change:
        """The change with its rules, as they are in one of its states."""
        if self.joint is None or not found.moved:
            return found.change
        try:
            shifts = tuple(self._shift(self.joint, state, each, found) for each in found.moved)
        except (TooLarge, RecursionError):
            says = f"{found.change.says}; where is not decided: it takes too many nodes"
            effects = in_order((*found.change.effects, Effect.NOT_DECIDED))
            return replace(found.change, says=says, effects=effects)
        return replace(found.change, shifts=shifts)

    def _shift(self, joint: Joint, state: str, each: Moved, found: _Found) -> Shift:
        whole, among = joint.share(joint.inside(state)), joint.share(each.care)
        share = joint.share(joint.sets.both(each.wanted, each.care))
        told, more, many = self._rules(joint, state, each, among) if found.told else ((), 0, False)
        was = tuple(verdict.value for verdict in each.was)
        return Shift(was, each.now.value, share / whole, share / among, told, each.besides, more, many)

    def _rules(
        self, joint: Joint, state: str, each: Moved, among: float
    ) -> tuple[tuple[Rule, ...], int, bool]:
        sets = joint.sets
        found = self._covers.get(each.wanted)
        if found is None:
            found = self._covers[each.wanted] = cover(sets, each.wanted)
        rules: list[Rule] = []
        more = 0
        for box in found.boxes:
            inside = sets.both(set_of(sets, box), each.care)
            if not inside:
                continue
            if len(rules) == MOST_RULES:
                more += 1
                continue
            case = case_in(joint, state, inside, box)
            rules.append(Rule(literals(joint, box), joint.share(inside) / among, case))
        return tuple(rules), more, found.more


@dataclass(frozen=True, slots=True)
class _Found:
    """A change in one state, before its rules are made: the same in several states is told once."""

    change: Change
    moved: tuple[Moved, ...] = ()
    told: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        change = self.change
        sets = tuple((each.was, each.now, each.wanted) for each in self.moved)
        return change.name, change.says, change.effects, change.through, sets


def _offered(trigger: str, found: tuple[Moved, ...], new: Step) -> Change:
    says = f"is offered now, and leads to `{new.to}`"
    if new.urgency is not None:
        return Change("option", trigger, says, STRICTER)
    return Change(
        "option", trigger, says, LOOSER if any(each.now is Verdict.OPEN for each in found) else OTHER
    )


def _withdrawn(trigger: str, found: tuple[Moved, ...], old: Step) -> Change:
    says = "is not offered any more"
    if old.urgency is not None:
        return Change("option", trigger, says, LOOSER)
    return Change("option", trigger, says, STRICTER if found else OTHER)


def _says(found: tuple[Moved, ...]) -> str:
    more = any(each.now is Verdict.OPEN for each in found)
    fewer = any(each.was == (Verdict.OPEN,) for each in found)
    if more and fewer:
        return "is open in other situations"
    if more or fewer:
        return f"is open in {'more' if more else 'fewer'} situations"
    return "is blocked, or undecided, in other situations"


def _steps(protocol: Protocol, state: str) -> Steps:
    if state not in protocol.states:
        return {}
    return {step.trigger: step for step in steps_from(protocol, state)}


def _effects(each: Moved, *, interrupt: bool, own: bool) -> tuple[Effect, ...]:
    """What a shift does. An interrupt that opens more often holds back more, so there it is turned round."""
    if not interrupt:
        if each.now is Verdict.OPEN:
            return LOOSER
        if each.was == (Verdict.OPEN,):
            return STRICTER if each.now is Verdict.BLOCKED else (*STRICTER, *ASKS_MORE)
        return OTHER
    if not own:
        return OTHER  # a more urgent one comes first, or does not any more: that one's own change says it
    if each.now is Verdict.OPEN:
        return STRICTER
    if each.now is Verdict.BLOCKED:
        return LOOSER
    return ASKS_MORE if each.was == (Verdict.OPEN,) else STRICTER
