"""What scenarios show of a protocol: its states, ways and interrupts, and every atom of every guard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rupture_protocol.engine.case import STEPS, Case
from rupture_protocol.engine.reasons import Worded
from rupture_protocol.engine.truth import FALSE, TRUE, UNKNOWN, Truth
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.language.source import Path
from rupture_protocol.scenarios.guards import Atom, Evaluation, Guards
from rupture_protocol.scenarios.own import counts
from rupture_protocol.scenarios.running import Look, Result


class Kind(StrEnum):
    """What is to be shown."""

    STATE = "state"
    TRANSITION = "transition"
    INTERRUPT = "interrupt"
    TRUE_FALSE = "true or false"
    KNOWN_UNKNOWN = "known or not"


PLURAL = {
    Kind.STATE: "states entered",
    Kind.TRANSITION: "transitions taken",
    Kind.INTERRUPT: "interrupts taken",
    Kind.TRUE_FALSE: "requirements that decide by being true or false",
    Kind.KNOWN_UNKNOWN: "requirements that decide by being known or not",
}


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing that scenarios are to show; `name` says of what, `says` is an atom's sentence.

    `atom` is the number of the atom in `Guards`, where it is about one.
    """

    kind: Kind
    name: str
    path: Path = field(repr=False)
    says: str = ""
    atom: int = -1


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which goals are met, in file order, and the line of each is the protocol's.

    `inherited`: what an extension inherits counts, too.
    """

    protocol: Protocol = field(repr=False)
    goals: tuple[Goal, ...]
    met: frozenset[Goal]
    inherited: bool = False

    @property
    def missing(self) -> tuple[Goal, ...]:
        """The goals that no scenario meets."""
        return tuple(goal for goal in self.goals if goal not in self.met)

    @property
    def share(self) -> float:
        """The share of goals that are met, in percent; 100 where there are none."""
        return 100 * len(self.met) / len(self.goals) if self.goals else 100.0

    def of(self, kind: Kind) -> tuple[int, int]:
        """How many goals of a kind are met, and how many there are."""
        goals = [goal for goal in self.goals if goal.kind is kind]
        return sum(goal in self.met for goal in goals), len(goals)


class Meter:
    """Watches runs of scenarios of one protocol; of an extension, what it adds, or with `inherited` all."""

    def __init__(self, protocol: Protocol, *, guards: Guards | None = None, inherited: bool = False) -> None:
        self.protocol = protocol
        self.inherited = inherited
        self.guards = guards or Guards(protocol)
        counted = counts(protocol, inherited=inherited)
        self.goals = tuple(goal for goal in goals_of(self.guards) if counted(goal.path))
        self._reached: set[tuple[Kind, Path]] = set()
        # For an option and an atom: the atom's truth, another that would change the outcome, the outcome.
        self._shown: dict[tuple[Path, int], set[tuple[Truth, Truth, Truth]]] = {}
        self._seen: set[tuple[int, tuple[Truth, ...]]] = set()

    def watch(self, results: Iterable[Result]) -> None:
        """Note what these runs show. What a scenario that did not pass shows does not count."""
        for result in results:
            if result.passed:
                for look in result.looks:
                    self.look(look)
                if result.case is not None and not result.case.imagined:
                    self.walked(result.case)

    def look(self, look: Look) -> frozenset[int]:
        """Note one decision that a scenario says something about; the atoms that were read."""
        read: set[int] = set()
        for trigger in look.triggers:
            tree = self.guards.tree(look.decision.state, trigger)
            truths = self.guards.truths(tree, look.decision.situation)
            read |= truths.keys()
            key = id(tree), tuple(truths.values())
            if key not in self._seen:
                self._seen.add(key)
                self.note(Evaluation(tree, truths))
        return frozenset(read)

    def note(self, evaluation: Evaluation) -> None:
        """Note which atoms decide in one evaluation."""
        option = evaluation.tree.step.defined.path
        for atom, truth, other in evaluation.decided():
            self._shown.setdefault((option, atom), set()).add((truth, other, evaluation.truth))

    def coverage(self) -> Coverage:
        """What has been shown so far."""
        pairs = {(goal.kind, goal.atom) for goal in self.goals if goal.atom >= 0}
        decided = {pair for pair in pairs if self._is_decided(*pair)}
        met = [
            goal
            for goal in self.goals
            if (goal.kind, goal.atom) in decided or (goal.kind, goal.path) in self._reached
        ]
        return Coverage(self.protocol, self.goals, frozenset(met), self.inherited)

    def unmet(self, atom: int) -> list[Goal]:
        """The goals about one atom that are not met yet."""
        return [goal for goal in self.goals if goal.atom == atom and not self._is_decided(goal.kind, atom)]

    def would_meet(self, goal: Goal, evaluations: Iterable[Evaluation]) -> bool:
        """Whether a goal about an atom would be met if these evaluations were noted, too."""
        found: dict[Path, set[tuple[Truth, Truth, Truth]]] = {}
        for each in evaluations:
            path = each.tree.step.defined.path
            some = found.setdefault(path, set(self._shown.get((path, goal.atom), ())))
            some |= {(truth, other, each.truth) for atom, truth, other in each.decided() if atom == goal.atom}
        return any(_shows(goal.kind, some) for some in found.values())

    def _is_decided(self, kind: Kind, atom: int) -> bool:
        return any(_shows(kind, found) for (_, number), found in self._shown.items() if number == atom)

    def walked(self, case: Case) -> None:
        """Note where a case has been, and how it got there."""
        for event in case.history:
            if event.to is not None:
                self._reached.add((Kind.STATE, ("states", event.to)))
            if event.kind in STEPS and event.source is not None and event.trigger is not None:
                step = self.guards.tree(event.source, event.trigger).step
                kind = Kind.TRANSITION if step.urgency is None else Kind.INTERRUPT
                self._reached.add((kind, step.defined.path))


def _shows(kind: Kind, found: set[tuple[Truth, Truth, Truth]]) -> bool:
    pairs = ((TRUE, FALSE),) if kind is Kind.TRUE_FALSE else ((UNKNOWN, TRUE), (UNKNOWN, FALSE))
    for one, other in pairs:
        here = {outcome for truth, else_, outcome in found if (truth, else_) == (one, other)}
        there = {outcome for truth, else_, outcome in found if (truth, else_) == (other, one)}
        if any(outcome != outcome_there for outcome in here for outcome_there in there):
            return True
    return False


def goals_of(guards: Guards) -> Iterator[Goal]:
    """All that scenarios are to show of a protocol, in the order of its parts."""
    protocol = guards.protocol
    for state in protocol.states:
        yield Goal(Kind.STATE, state, ("states", state))
    defined = {tree.step.defined.path: tree.step for tree in guards.trees()}
    for path, step in defined.items():
        if step.urgency is None:
            yield Goal(Kind.TRANSITION, _option(step.trigger, path), path)
    for path, step in defined.items():
        if step.urgency is not None:
            yield Goal(Kind.INTERRUPT, step.trigger, path)
    for number, atom in sorted(enumerate(guards.atoms), key=lambda each: _order(each[1], protocol)):
        yield from _goals_of_atom(number, atom, protocol)


def _goals_of_atom(number: int, atom: Atom, protocol: Protocol) -> Iterator[Goal]:
    says = Worded(atom.condition, protocol).says[TRUE]
    if atom.can_be_false:
        yield Goal(Kind.TRUE_FALSE, atom.guard, atom.path, says, number)
    if atom.can_be_unknown:
        yield Goal(Kind.KNOWN_UNKNOWN, atom.guard, atom.path, says, number)


def _option(trigger: str, path: Path) -> str:
    return f"{trigger} from {path[1]}" if path[0] == "states" else f"{trigger} from anywhere"


def _order(atom: Atom, protocol: Protocol) -> tuple[int, int]:
    span = protocol.span(atom.path)
    return (span.line, span.column) if span else (0, 0)
