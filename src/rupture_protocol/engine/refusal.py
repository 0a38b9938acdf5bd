"""A step that may not be taken, as an exception that holds the whole decision."""

from __future__ import annotations

from rupture_protocol.engine.decision import Decision, Option
from rupture_protocol.errors import Refused, shorten


class TransitionRefused(Refused):
    """A step that may not be taken; `option` and `decision` hold the reasons, with values.

    `option` is None where the trigger is not offered in the state at all.
    """

    def __init__(self, decision: Decision, trigger: str, why: str, *, option: Option | None = None) -> None:
        open_now = ", ".join(f"`{each}`" for each in decision.open)
        advice = f"open from here: {open_now}" if open_now else "nothing is open from here"
        super().__init__(f"cannot `{shorten(trigger)}` from `{decision.state}`: {why}", help=advice)
        self.option = option
        self.decision = decision
