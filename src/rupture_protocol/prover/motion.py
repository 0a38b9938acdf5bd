"""How facts and the history move in time, in the two ways in which proofs let them.

Safety: every fact may change at any time. Ways out: facts that vary or expire may; the others go from not
recorded to recorded, and back only where a state forgets them. In both, what is no longer on record is
never again *never recorded*, the time since a state was entered only grows, and a date that stays only gets
older.

Each length of time is followed by itself, though the same time passes on all of them. So more may seem
possible than is, and what is said to be impossible is. Whether something is *surely* possible is asked
the other way round: somebody waits for one length of time, and then the others may be anywhere later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from rupture_protocol.prover.diagram import EMPTY, FULL, Diagrams, Relation, Sources
from rupture_protocol.prover.regions import ElapsedVariable, FactVariable, Variable, VisitsVariable
from rupture_protocol.prover.space import Space

BlurOf = Callable[[frozenset[int]], Relation]


@dataclass(slots=True, eq=False)
class Motion:
    """One of the two ways: `everything_moves` for safety.

    `flow` is what may change between two steps. `blur` makes one of all regions between which a fact may
    go to and fro: sets of situations from which the same can happen next. `clocks` are the lengths of time
    that nobody can set anew. Where they are `exact`, what seems possible is possible.
    """

    space: Space
    everything_moves: bool
    flow: Relation = field(init=False)
    blur: Relation = field(init=False)
    loose: frozenset[int] = field(init=False)
    clocks: tuple[int, ...] = field(init=False)
    exact: bool = field(init=False)
    _back: Relation = field(init=False)
    _entering: dict[str, Relation] = field(default_factory=dict)
    _entered: dict[tuple[int, str], int] = field(default_factory=dict)
    _into: dict[str, dict[int, tuple[int, ...]]] = field(default_factory=dict)
    _projected: dict[frozenset[int], int] = field(default_factory=dict)
    _joined: dict[frozenset[int], int] = field(default_factory=dict)
    _blurs: dict[frozenset[int], Relation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        levels = dict(enumerate(self.space.variables))
        self.clocks = tuple(level for level, each in levels.items() if self._is_clock(each))
        self.exact = len(self.clocks) <= 1 and all(_is_steady(levels[level]) for level in self.clocks)
        flows = {
            level: self._flow(each) for level, each in levels.items() if not isinstance(each, VisitsVariable)
        }
        self.flow = Relation(flows)
        self.loose = frozenset(level for level, sources in flows.items() if sources is None)
        half_loose = {
            level: _blurred(each)
            for level, each in levels.items()
            if isinstance(each, FactVariable) and each.never and self.mixes(each)
        }
        self.blur = Relation({**half_loose, **dict.fromkeys(self.loose)})
        self._back = self.flow.turned()

    def moves(self, variable: FactVariable) -> bool:
        """Whether a fact may change at any time."""
        return self.everything_moves or variable.free

    def mixes(self, variable: FactVariable) -> bool:
        """Whether a fact may go to and fro between all that is known of it."""
        return self.moves(variable)

    def begins(self, variable: Variable, start: str) -> Iterable[int]:
        """The regions of a variable where a case begins: nothing is recorded, its first state was entered."""
        match variable:
            case VisitsVariable():
                return [variable.entering()[0] if variable.state == start else 0]
            case FactVariable() if variable.never:
                # A presumed date is what it is, however long before or after it a case begins.
                return range(1, variable.first)
            case _:
                return [0]

    def after(self, one: int) -> int:
        """Where a case may come to from a set of situations without a step."""
        return self.space.sets.moved(one, self.flow)

    def before(self, one: int) -> int:
        """From where a case may come to a set of situations without a step."""
        return self.space.sets.moved(one, self._back)

    def _is_clock(self, variable: Variable) -> bool:
        if isinstance(variable, FactVariable):
            set_anew = self.moves(variable) and variable.steady and not variable.never
            return variable.timeline is not None and not set_anew
        return isinstance(variable, ElapsedVariable)

    def _flow(self, variable: Variable) -> Sources | None:
        if isinstance(variable, ElapsedVariable):
            return tuple(variable.older(at) for at in range(variable.size))
        if isinstance(variable, FactVariable):
            return _moving(variable) if self.moves(variable) else _settling(variable)
        raise TypeError("how often a state was entered changes with a step only")

    def entering(self, state: str) -> Relation:
        """What may change from entering a state to the next step: `flow`, and what the state forgets."""
        found = self._entering.get(state)
        if found is None:
            forgets = self.space.protocol.states[state].forget
            forgotten = {
                level: _forgotten(each)
                for level, each in enumerate(self.space.variables)
                if isinstance(each, FactVariable) and each.fact.name in forgets and not self.moves(each)
            }
            found = Relation({**self.flow.sources, **forgotten}) if forgotten else self.flow
            self._entering[state] = found
        return found

    def into(self, state: str) -> dict[int, tuple[int, ...]]:
        """What entering a state does by itself, as each region's next: counts, clocks, what is forgotten."""
        found = self._into.get(state)
        if found is None:
            found = self._into[state] = dict(self._steps_into(state))
        return found

    def _steps_into(self, state: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        forgets = self.space.protocol.states[state].forget
        for level, each in enumerate(self.space.variables):
            match each:
                case VisitsVariable() if each.state == state:
                    yield level, each.entering()
                case ElapsedVariable() if each.state == state:
                    yield level, (0,) * each.size
                case FactVariable() if each.fact.name in forgets:
                    yield level, tuple(at if at < each.first else 0 for at in range(each.size))

    def entered(self, stepping: int, state: str) -> int:
        """Where a case may be after a step into a state and before the next, from a blurred set."""
        found = self._entered.get((stepping, state))
        if found is None:
            after = stepping
            for level, to in self.into(state).items():
                # What is forgotten is part of `entering`, together with what may be recorded afresh.
                if not isinstance(self.space.variables[level], FactVariable):
                    after = self.space.sets.after(after, level, to)
            after = self.space.sets.moved(after, self.entering(state))
            found = self._entered[stepping, state] = after
        return found

    def project(self, factors: Iterable[int]) -> int:
        """The situations that lie in all these sets, told apart only by what does not move freely.

        A fact that moves freely is taken out as soon as the sets that read it have been joined, so that
        no diagram ever holds all facts at once.
        """
        given = frozenset(factors) - {FULL}
        found = self._projected.get(given)
        if found is None:
            sets = self.space.sets
            joined = sets.all_of(self._alone(each) for each in _related(sets, given, self.loose))
            found = self._projected[given] = sets.moved(joined, self.blur)
        return found

    def _alone(self, related: frozenset[int]) -> int:
        """Sets that others have no loose variable in common with, joined and without those."""
        # Interrupts hold back almost everything, so the same sets come together again and again.
        found = self._joined.get(related)
        if found is None:
            sets = self.space.sets
            found = sets.all_of(_eliminated(sets, related, self.loose, self._blur_of))
            self._joined[related] = found
        return found

    def _blur_of(self, levels: frozenset[int]) -> Relation:
        found = self._blurs.get(levels)
        if found is None:
            found = self._blurs[levels] = Relation(dict.fromkeys(levels))
        return found


def _related(sets: Diagrams, given: frozenset[int], loose: frozenset[int]) -> Iterator[frozenset[int]]:
    """These sets, those together that a loose variable leads from one to the next."""
    groups = {each: {each} for each in given}
    for first, *others in _users(sets, given, loose).values():
        together = groups[first]
        for other in others:
            if groups[other] is not together:
                together |= groups[other]
                groups.update(dict.fromkeys(groups[other], together))
    for group in {id(each): each for each in groups.values()}.values():
        yield frozenset(group)


def _eliminated(sets: Diagrams, given: frozenset[int], loose: frozenset[int], blur_of: BlurOf) -> list[int]:
    """These sets without the loose variables: each is taken out after the sets that read it are joined."""
    pending = set(given)
    while EMPTY not in pending:
        users = _users(sets, pending, loose)
        if not users:
            return sorted(pending)
        alone: dict[int, set[int]] = {}
        for level, reading in users.items():
            if len(reading) == 1:
                alone.setdefault(reading[0], set()).add(level)
        if alone:
            for each, levels in alone.items():
                pending.discard(each)
                pending.add(sets.moved(each, blur_of(frozenset(levels))))
        else:
            # What fewest sets read goes first.
            level = min(users, key=lambda at: (len(users[at]), at))
            pending.difference_update(users[level])
            pending.add(sets.all_of(users[level]))
        pending.discard(FULL)
    return [EMPTY]


def _users(sets: Diagrams, pending: Iterable[int], loose: frozenset[int]) -> dict[int, list[int]]:
    """Which of these sets read which loose variable."""
    users: dict[int, list[int]] = {}
    for each in sorted(pending):
        for level in sets.support(each) & loose:
            users.setdefault(level, []).append(each)
    return users


def _moving(variable: FactVariable) -> Sources | None:
    if not variable.never:
        return None
    return tuple(
        variable.older(at) if 0 < at < variable.first else tuple(range(variable.size))
        for at in range(variable.size)
    )


def _settling(variable: FactVariable) -> Sources:
    unrecorded = tuple(range(variable.first))
    return tuple(
        variable.older(at) if at < variable.first else (*unrecorded, *variable.older(at))
        for at in range(variable.size)
    )


def _forgotten(variable: FactVariable) -> Sources | None:
    if not variable.never:
        return None
    everywhere = range(variable.size)
    known = tuple(at for at in everywhere if not 0 < at < variable.first)
    return tuple(
        variable.older(at) if 0 < at < variable.first else tuple(everywhere) if at else known
        for at in everywhere
    )


def _blurred(variable: FactVariable) -> Sources:
    known = tuple(at for at in range(variable.size) if not 0 < at < variable.first)
    return tuple((at,) if 0 < at < variable.first else known for at in range(variable.size))


def _is_steady(variable: Variable) -> bool:
    return not isinstance(variable, VisitsVariable) and variable.steady
