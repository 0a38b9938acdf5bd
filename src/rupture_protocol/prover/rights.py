"""Who may do what, and for how long it counts: recorder, taker and override rules of two versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupture_protocol.language.facts import Fact
from rupture_protocol.language.protocol import Interrupt, Override, Transition
from rupture_protocol.language.quantities import Duration, Unit
from rupture_protocol.prover.difference import (
    BOTH_WAYS,
    LOOSER,
    OTHER,
    STRICTER,
    Change,
    Effect,
)

Effects = tuple[Effect, ...]


def changed_rights(old: Transition | Interrupt, new: Transition | Interrupt) -> Iterator[Change]:
    """What changed for those who take an option."""
    name = new.trigger
    yield from _roles("option", name, "may be taken by", old.by, new.by)
    if isinstance(old, Interrupt) is not isinstance(new, Interrupt):
        yield Change("option", name, "is an interrupt in one version only", BOTH_WAYS)
    if not isinstance(old, Transition) or not isinstance(new, Transition):
        return
    yield from _persons(name, old.not_same_person, new.not_same_person)
    yield from _override(name, old.override, new.override)


def changed_record(old: Fact, new: Fact) -> Iterator[Change]:
    """What changed for those who record a fact, and for how long it counts."""
    name = new.name
    yield from _roles("fact", name, "may be recorded by", old.by, new.by)
    if old.lasts != new.lasts:
        shorter = compared(old.lasts, new.lasts)
        effects = {-1: STRICTER, 1: LOOSER, 0: BOTH_WAYS}[shorter]
        yield Change(
            "fact", name, f"a record lasts {_length(new.lasts)}; it lasted {_length(old.lasts)}", effects
        )
    if old.presume != new.presume:
        yield _presumed(name, old, new)
    if old.varies != new.varies:
        says = "changes as life goes on" if new.varies else "does not change as life goes on any more"
        yield Change("fact", name, f"{says}: for proofs", OTHER)
    if old.sensitive != new.sensitive:
        says = "is sensitive now" if new.sensitive else "is not sensitive any more"
        yield Change("fact", name, says, STRICTER if new.sensitive else LOOSER)


def _roles(part: str, name: str, what: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    # Nobody named: the protocol has no roles, so anybody may.
    before, after = list(old), list(new)
    if set(before) == set(after):
        return
    if not before or not after:
        says = f"{what} {listed(after) or 'anybody'}"
        yield Change(part, name, says, LOOSER if not after else STRICTER)
        return
    gone = [each for each in before if each not in after]
    come = [each for each in after if each not in before]
    if gone:
        yield Change(part, name, f"{what} {listed(gone)} no longer", STRICTER)
    if come:
        yield Change(part, name, f"{what} {listed(come)} as well", LOOSER)


def _persons(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    if come:
        yield Change("option", name, f"may not be taken by who took {listed(come)}", STRICTER)
    if gone:
        yield Change("option", name, f"may be taken even by who took {listed(gone)}", LOOSER)


def _override(name: str, old: Override | None, new: Override | None) -> Iterator[Change]:
    if old is None and new is not None:
        yield Change("option", name, f"may be overridden by {listed(new.by)}", LOOSER)
    elif new is None and old is not None:
        yield Change("option", name, "may not be overridden any more", STRICTER)
    elif old is not None and new is not None:
        yield from _roles("option", name, "may be overridden by", old.by, new.by)
        gone = [each for each in old.reasons if each not in new.reasons]
        come = [each for each in new.reasons if each not in old.reasons]
        if gone:
            yield Change("option", name, f"may not be overridden for {listed(gone)} any more", STRICTER)
        if come:
            yield Change("option", name, f"may be overridden for {listed(come)} as well", LOOSER)


def _presumed(name: str, old: Fact, new: Fact) -> Change:
    if new.presume is None:
        return Change("fact", name, "is not presumed any more until it is recorded", STRICTER)
    value = f"“{new.label(new.presume)}”"
    if old.presume is None:
        return Change("fact", name, f"is presumed {value} until it is recorded", LOOSER)
    return Change(
        "fact", name, f"is presumed {value} until it is recorded, not “{old.label(old.presume)}”", BOTH_WAYS
    )


# Lengths of time ----------------------------------------------------------------------------------------

_MINUTES = {
    Unit.MINUTES: (1.0, 1.0),
    Unit.HOURS: (60.0, 60.0),
    Unit.DAYS: (1380.0, 1500.0),  # a day on which clocks change
    Unit.WEEKS: (7 * 1440.0 - 60, 7 * 1440.0 + 60),
    Unit.MONTHS: (28 * 1440.0 - 60, 31 * 1440.0 + 60),
    Unit.WORKING_DAYS: (0.0, float("inf")),  # a clinic may be closed for any time
}


def compared(old: Duration | None, new: Duration | None) -> int:
    """-1 where the new length is shorter, 1 where it is longer (None is for ever), 0 where that depends."""
    if old is None or new is None:
        return 1 if new is None else -1
    if old.unit is new.unit:
        return -1 if new.count < old.count else 1
    shortest, longest = (at * new.count for at in _MINUTES[new.unit])
    least, most = (at * old.count for at in _MINUTES[old.unit])
    return -1 if longest < least else 1 if shortest > most else 0


def _length(lasts: Duration | None) -> str:
    return str(lasts) if lasts else "for ever"


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(f"`{name}`" for name in names)
