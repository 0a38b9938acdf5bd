"""What stays of a case that was erased, beside its chain: when, by whom, on what basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rupture_protocol.engine.case import Actor


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a case was erased, as which event, and on what basis: a rule or a request, nothing of a client."""

    case: str
    seq: int
    at: datetime
    by: Actor
    basis: str
