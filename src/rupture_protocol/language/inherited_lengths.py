"""Lengths of time that an extension may shorten: how long a record holds, by when something is due."""

from __future__ import annotations

from rupture_protocol.language.merging import Merge, Slot
from rupture_protocol.language.nodes import Node
from rupture_protocol.language.quantities import Duration, Unit, parse_duration

_HOUR, _DAY = 60, 24 * 60
_CLOCKS = 3 * _HOUR
"""By how much days may differ from their hours: clocks change, and now and then a zone's rule does."""
_MINUTES = {
    Unit.MINUTES: (1, 1),
    Unit.HOURS: (_HOUR, _HOUR),
    Unit.DAYS: (_DAY, _DAY),
    Unit.WEEKS: (7 * _DAY, 7 * _DAY),
    Unit.MONTHS: (28 * _DAY, 31 * _DAY),
}


def lasting(merge: Merge, slot: Slot) -> Node | None:
    """`lasts`: shorter than inherited, whatever the clocks do between; for ever, where none is inherited."""
    base, own = _length(slot.base), _length(slot.own)
    if base is None or own is None or Unit.WORKING_DAYS in (base.unit, own.unit):
        return slot.own or slot.base  # working days count in deadlines only: complained about later
    if never_longer(own, base):
        return slot.own
    if merge.joining and never_longer(base, own):
        return slot.base
    message = f"`lasts` of {slot.of} can only get shorter than `{base}`"
    help_ = f"as in `{_shorter(base)}`; a day and 24 hours are not the same when clocks change"
    return merge.refuse("loosened", message, slot, help=help_)


def due_within(merge: Merge, slot: Slot) -> Node | None:
    """`within` of a deadline: fewer of the same unit; any, where it was due as soon as practicable."""
    base, own = _length(slot.base), _length(slot.own)
    if base is None or own is None:
        return slot.own or slot.base
    if base.unit is own.unit:
        if own.count <= base.count:
            return slot.own
        if merge.joining:
            return slot.base
        message = f"{slot.of} can only be due earlier than within `{base}`"
        return merge.refuse("loosened", message, slot, help=f"as in `{_shorter(base)}`")
    message = f"{slot.of} can only be due earlier, counted in {base.unit} as it is inherited"
    return merge.refuse("loosened", message, slot, help=f"as in `{_shorter(base)}`")


def never_longer(one: Duration, other: Duration) -> bool:
    """Whether a length of time is at most another, from every beginning in every zone.

    >>> never_longer(Duration(23, Unit.HOURS), Duration(1, Unit.DAYS))
    False
    """
    if one.unit is other.unit:
        return one.count <= other.count
    return _span(one)[1] <= _span(other)[0]


def _span(length: Duration) -> tuple[int, int]:
    shortest, longest = (length.count * each for each in _MINUTES[length.unit])
    slack = 0 if length.unit in (Unit.MINUTES, Unit.HOURS) else _CLOCKS
    return shortest - slack, longest + slack


def _length(node: Node | None) -> Duration | None:
    return parse_duration(node.data) if node and isinstance(node.data, str) else None


def _shorter(length: Duration) -> Duration:
    return Duration(max(1, length.count // 2), length.unit)
