"""What there is to say of a case that goes over to another version, as data, and the refusal made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rupture_protocol.engine.decision import Decision
from rupture_protocol.errors import Refused


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one case: a stable code, what it is about by name, and a sentence; never a value.

    Why a case is refused, and what changes for one that is not, are both said so.
    """

    code: str
    about: str
    """The state, fact, option, interrupt, deadline, promise or protocol that it is about."""
    text: str
    help: str | None = None

    def __str__(self) -> str:
        return self.text


class MigrationRefused(Refused):
    """A case that cannot go over to another version safely; `reasons` are all there are.

    `decision` is where it would stand but for these reasons, and holds values; None where it would stand
    nowhere.
    """

    def __init__(self, reasons: Iterable[Remark], *, decision: Decision | None = None) -> None:
        self.reasons = tuple(reasons)
        self.decision = decision
        first, *others = self.reasons
        more = f" (and {len(others)} more)" if others else ""
        super().__init__(f"{first.text}{more}", help=first.help)
