"""What changed between two versions, as marks for a picture of both: by meaning, as `diff` found it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.protocol import Protocol, Transition
from rupture_protocol.language.source import Path
from rupture_protocol.prover.diff_report import places
from rupture_protocol.prover.difference import Change, Difference, Effect
from rupture_protocol.render.marks import SIGNS, Look, Mark, Marks
from rupture_protocol.render.united import United, Way, united, written_at

_MEANS = {
    Look.NEW: "new",
    Look.GONE: "gone",
    Look.LOOSER: "looser: something can be done that could not",
    Look.STRICTER: "stricter: something cannot be done that could",
    Look.BOTH: "looser and stricter",
    Look.ASKS_MORE: "asks more: something must be known first",
    Look.NOT_DECIDED: "not decided: look at it by hand",
    Look.OTHER: "different, and neither",
    Look.REWORDED: "reworded: texts only",
}
_LOOKS = {
    Effect.LOOSER: Look.LOOSER,
    Effect.STRICTER: Look.STRICTER,
    Effect.ASKS_MORE: Look.ASKS_MORE,
    Effect.NOT_DECIDED: Look.NOT_DECIDED,
    Effect.OTHER: Look.OTHER,
    Effect.REWORDED: Look.REWORDED,
}
_LESS = (Effect.OTHER, Effect.REWORDED)
"""What is said only where nothing else is."""


def changes_drawn(old: Protocol, new: Protocol, difference: Difference) -> tuple[Protocol, Marks]:
    """One protocol that holds both versions, for pictures only, and marks for all that changed in it."""
    both = united(old, new)
    drawn = _Changes(both, old, new, difference)
    states, ways, parts = drawn.states(), drawn.ways(), drawn.parts()
    used = {mark.look for mark in (*states.values(), *ways.values())}
    legend = [f"{SIGNS[look]} {means}" for look, means in _MEANS.items() if look in used]
    title = f"{new.title}: what changed from {old.id} {old.version} to {new.id} {new.version}"
    return both.protocol, Marks(
        states,
        ways,
        parts,
        title=title,
        legend=tuple(legend) or ("Nothing that a picture shows has changed.",),
        lines="A thick line is new, a dotted one gone, a dashed one changed." if used else "",
    )


class _Changes:
    def __init__(self, both: United, old: Protocol, new: Protocol, difference: Difference) -> None:
        self._both = both
        self._old = old
        self._new = new
        self._offered: dict[Path, list[str]] = {}
        for (state, _), way in both.after.items():
            self._offered.setdefault(way.path, []).append(state)
        self._changes = [each for each in difference.changes if not self._elsewhere(each)]

    def states(self) -> Frozen[str, Mark]:
        """A mark for each state that changed."""
        found: dict[str, Mark] = {}
        for name in self._both.protocol.states:
            there = name in self._old.states, name in self._new.states
            told = [each for each in self._changes if each.part == "state" and each.name == name]
            if not all(there):
                told += [each for each in self._changes if name in each.states and self._brought(each, name)]
            if told or not all(there):
                found[name] = _mark(told, is_new=not there[0], is_gone=not there[1])
        return Frozen(found)

    def parts(self) -> Frozen[tuple[str, str], Mark]:
        """A mark for each promise and deadline that changed."""
        told: dict[tuple[str, str], list[Change]] = {}
        for each in self._changes:
            if each.part in ("promise", "deadline"):
                told.setdefault((each.part, each.name), []).append(each)
        return Frozen({place: self._part(place, changes) for place, changes in told.items()})

    def _part(self, place: tuple[str, str], told: list[Change]) -> Mark:
        part, name = place
        tables = [(each.promises if part == "promise" else each.deadlines) for each in (self._old, self._new)]
        return _mark(told, is_new=name not in tables[0], is_gone=name not in tables[1])

    def ways(self) -> Frozen[Path, Mark]:
        """A mark for each way that changed."""
        told: dict[Path, dict[Change, list[str]]] = {}
        for each in self._changes:
            for path, states in self._ways_of(each):
                told.setdefault(path, {}).setdefault(each, []).extend(states)
        both = self._both
        found: dict[Path, Mark] = {}
        for path in (*told, *both.new, *both.gone):
            where = {each: self._where(path, states) for each, states in told.get(path, {}).items()}
            found[path] = _mark(list(where), where, is_new=path in both.new, is_gone=path in both.gone)
        return Frozen(found)

    def _ways_of(self, change: Change) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """The ways that a change is about, each with the states in which it changed."""
        if change.part not in ("option", "interrupt"):
            return
        for state in change.states:
            if not self._brought(change, state):
                yield from ((way.path, (state,)) for way in self._both.at.get((state, change.name), ()))
        if not change.states:
            written = (self._new.interrupts, self._new.anywhere)
            yield from ((table[change.name].path, ()) for table in written if change.name in table)

    def _elsewhere(self, change: Change) -> bool:
        """Whether interrupts make an option come to something else, and not what it does despite them.

        Then they are marked, and not all that they hold back.
        """
        both = self._both
        shared = self._old.interrupts.keys() & self._new.interrupts.keys() & {*change.through}
        ways = [(both.before.get(at), both.after.get(at)) for at in ((s, change.name) for s in change.states)]
        return bool(change.through) and all(
            _held_by(old, each) == _held_by(new, each) for old, new in ways for each in shared
        )

    def _brought(self, change: Change, state: str) -> bool:
        """Whether a new state only has what is offered anywhere, or one that is gone had it: it says so."""
        both = state in self._old.states and state in self._new.states
        ways = self._both.at.get((state, change.name), ())
        return not both and not any(written_at(way) == "states" for way in ways)

    def _where(self, path: Path, states: list[str]) -> str:
        """In which states something changed, where that is not everywhere."""
        everywhere = self._offered.get(path, states)
        return "" if not states or states == everywhere else f" ({places(states)})"


def _held_by(way: Way | None, interrupt: str) -> bool:
    return not (isinstance(way, Transition) and way.goes_on_despite(interrupt))


def _mark(
    told: Iterable[Change],
    where: dict[Change, str] = NOTHING,
    *,
    is_new: bool = False,
    is_gone: bool = False,
) -> Mark:
    changes = list(told)
    effects = {effect for each in changes for effect in each.effects}
    besides = [each.value for each in Effect if each in effects and each not in _LESS]
    if is_new or is_gone:
        look = Look.NEW if is_new else Look.GONE
        besides = [look.value, *besides]
        # When it is open or was says nothing more; where it led, or who may take it, does.
        changes = [each for each in changes if each.part == "option" and each in where and not each.shifts]
    else:
        look = _look(effects)
        besides = besides or ["different" if Effect.OTHER in effects else "reworded"]
    because = "; ".join(f"{each.says}{where.get(each, '')}" for each in changes)
    return Mark(look, ", ".join(besides), because)


def _look(effects: set[Effect]) -> Look:
    if Effect.NOT_DECIDED in effects:
        return Look.NOT_DECIDED
    if {Effect.LOOSER, Effect.STRICTER} <= effects:
        return Look.BOTH
    return next(_LOOKS[effect] for effect in Effect if effect in effects)
