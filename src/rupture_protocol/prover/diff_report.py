"""A difference as a person reads it, and as `rupture-diff/1`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rupture_protocol.prover.difference import Change, Difference, Effect, Rule, Shift, Version

SCHEMA = "rupture-diff/1"

NOTE = (
    "Compared in every situation that the conditions of either version tell apart, whether or not a case "
    "can come to it; a share counts each such kind of situation once, however many cases are of that kind."
)

_HEADS = {
    Effect.LOOSER: "Looser: something can be done that could not",
    Effect.STRICTER: "Stricter: something cannot be done that could",
    Effect.ASKS_MORE: "Asks more: something must be known first",
    Effect.NOT_DECIDED: "Not decided: look at it by hand",
    Effect.OTHER: "Different, and neither",
    Effect.REWORDED: "Reworded: texts only",
}


def render(difference: Difference) -> str:
    """The difference in sentences, what matters most first."""
    lines = [f"{_called(difference.old)} → {_called(difference.new)}"]
    if not difference:
        same = difference.old.digest == difference.new.digest
        said = "They are the same." if same else "Nothing changes in what they mean, or in their texts."
        return "\n".join([*lines, "", said])
    for heading, groups in sections(difference):
        lines += ["", heading]
        for alike in groups:
            lines += _lines(alike)
    if any(change.shifts for change in difference.changes):
        lines += ["", f"note: {NOTE}"]
    return "\n".join(lines)


def summary(difference: Difference) -> str:
    """How many changes there are of each kind, in a line."""
    counts = [(effect, len(difference.of(effect))) for effect in Effect]
    return ", ".join(f"{count} {effect}" for effect, count in counts if count) or "no change"


def sections(difference: Difference) -> Iterator[tuple[str, list[list[Change]]]]:
    """A heading for each effect, and its changes: those that are told in one are together."""
    for effect in Effect:
        grouped: dict[object, list[Change]] = {}
        for change in difference.changes:
            if change.effects[0] is effect:
                grouped.setdefault(_alike(change), []).append(change)
        if grouped:
            yield _HEADS[effect], list(grouped.values())


def _called(version: Version) -> str:
    return f"{version.id} {version.version} ({version.digest[:12]})"


def _alike(change: Change) -> object:
    """What options that change for the same reason have in common: what is said of them is said once."""
    if not change.shifts:
        return change.part, change.says, change.effects
    if not change.shifts[0].rules:
        return id(change)
    rules = tuple((each.was, each.now, tuple(rule.says for rule in each.rules)) for each in change.shifts)
    return change.says, change.effects, rules


def _lines(alike: list[Change]) -> Iterator[str]:
    yield f"  {told(alike[0])}"
    others = others_alike(alike)
    if others:
        yield f"    {others}"
    for shift in alike[0].shifts:
        yield from _shift(shift)


def told(change: Change) -> str:
    """A change in a sentence."""
    also = [effect.value for effect in change.effects[1:] if effect is not Effect.OTHER]
    tail = f" [also {', '.join(also)}]" if also else ""
    name = "" if change.part in ("assume", "protocol") else f" `{change.name}`"
    where = f" in {places(change.states)}" if change.states else ""
    return f"{change.part}{name}{where} {change.says}{tail}"


def others_alike(alike: list[Change]) -> str:
    """What changes in the same way as the first, if anything does."""
    others = list(dict.fromkeys(f"`{each.name}`" for each in alike[1:]))
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return f"and in the same way: {', '.join(others[:MOST_NAMED])}{more}" if others else ""


MOST_NAMED = 12


def _shift(shift: Shift) -> Iterator[str]:
    yield f"    {shifted(shift)}"
    for rule in shift.rules:
        yield f"    · where {rule.says}"
        yield f"      one case: {rule.case.says}"
    left_out = unsaid(shift)
    if left_out:
        yield f"    · {left_out}"


def shifted(shift: Shift) -> str:
    """What an option was and is now, and in how many kinds of situation."""
    return f"was {' or '.join(shift.was)}, now {shift.now}: {_shares(shift)}"


def unsaid(shift: Shift) -> str:
    """That there are more rules than are told, if there are."""
    if shift.many:
        return "and more: it takes too many rules to say them all"
    return f"and {shift.more} more rule{'s' if shift.more > 1 else ''}" if shift.more else ""


def _shares(shift: Shift) -> str:
    if not shift.besides:
        return f"{_percent(shift.share)} of all kinds of situation"
    return f"{_percent(shift.of_those)} of the kinds of situation in which nothing else decides it"


def places(states: Sequence[str]) -> str:
    """Some states, the first of them by name."""
    listed = ", ".join(f"`{each}`" for each in states[:3])
    return listed if len(states) <= 3 else f"{listed} and {len(states) - 3} more"


def _percent(share: float) -> str:
    if share >= 0.995:
        return "100 %" if share == 1 else f"over {99.9 if share >= 0.9995 else 99} %"
    return f"{share * 100:.2g} %" if share >= 0.0001 else "under 0.01 %"


# JSON -------------------------------------------------------------------------------------------------


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """A difference as `rupture-diff/1`: what `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "old": _version(difference.old),
        "new": _version(difference.new),
        "counts": {effect.value: len(difference.of(effect)) for effect in Effect},
        "changes": [_change_to_json(each) for each in difference.changes],
        "note": NOTE,
    }


def _version(version: Version) -> dict[str, str]:
    return {"id": version.id, "version": version.version, "digest": version.digest}


def _change_to_json(change: Change) -> dict[str, Any]:
    return {
        "part": change.part,
        "name": change.name,
        "states": list(change.states),
        "effects": [each.value for each in change.effects],
        "says": change.says,
        "through": list(change.through),
        "shifts": [_shift_to_json(each) for each in change.shifts],
    }


def _shift_to_json(shift: Shift) -> dict[str, Any]:
    return {
        "was": list(shift.was),
        "now": shift.now,
        "share": shift.share,
        "of_those": shift.of_those,
        "besides": shift.besides,
        "rules": [_rule(each) for each in shift.rules],
        "more": shift.more,
        "many": shift.many,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "says": rule.says,
        "share": rule.share,
        "where": [
            {
                ("state" if each.history else "fact"): each.about,
                "says": each.says,
                "values": None if each.values is None else list(each.values),
                "not_recorded": each.not_recorded,
                "never_recorded": each.never_recorded,
            }
            for each in rule.literals
        ],
        "case": {
            "state": rule.case.state,
            "facts": dict(rule.case.facts),
            "not_recorded": list(rule.case.not_recorded),
            "visits": dict(rule.case.visits),
            "besides": list(rule.case.besides),
        },
    }
