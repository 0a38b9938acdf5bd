"""`diff`: what one protocol means differently from another, for every situation and not for a sample.

Two protocols are read over one set of situations (`joint`), option by option (`shifts`); what differs is
told as short rules (`cover`). Situations are all that conditions tell apart, whether or not a case can come
to them: `prove` says which can.
"""

from __future__ import annotations

from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover import diff_pieces
from rupture_protocol.prover.diagram import TooLarge
from rupture_protocol.prover.diff_options import Options
from rupture_protocol.prover.difference import Change, Difference, Effect, Version
from rupture_protocol.prover.joint import Joint
from rupture_protocol.prover.prove import BUDGET

_ORDER = {effect: at for at, effect in enumerate(Effect)}


def diff(old: Protocol, new: Protocol, *, state: str | None = None, budget: int = BUDGET) -> Difference:
    """All that changed from one protocol to another.

    Args:
        old: As `load` returns it.
        new: As `load` returns it.
        state: Tell only what changed for the options of this state, and in the state itself.
        budget: The most nodes that may be made; an option that needs more is *not decided*.

    Returns:
        Changes, each with what it does (looser, stricter, asks more, reworded, …), with rules and cases.
        It is false where nothing changed.
    """
    versions = (Version(old.id, old.version, old.digest), Version(new.id, new.version, new.digest))
    if old.digest == new.digest:
        return Difference(*versions, ())
    try:
        joint: Joint | None = Joint(old, new, budget)
    except (TooLarge, RecursionError):
        joint = None
    found = [*Options(old, new, joint, state).changes(), *diff_pieces.changes(old, new, joint)]
    found.sort(key=_weight)
    difference = Difference(*versions, tuple(found))
    return difference if state is None else difference.within(state)


def _weight(change: Change) -> int:
    return min((_ORDER[effect] for effect in change.effects), default=len(_ORDER))
