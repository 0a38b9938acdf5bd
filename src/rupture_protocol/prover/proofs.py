"""The proofs of one protocol: one for each set of assumptions under which something must hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rupture_protocol.language.conditions import Condition
from rupture_protocol.language.protocol import Protocol
from rupture_protocol.prover.proof import Proof


@dataclass(slots=True, eq=False)
class Proofs:
    """A protocol under proof. What an extension assumes counts for its own promises only."""

    protocol: Protocol
    budget: int
    _made: dict[tuple[Condition, ...], Proof] = field(default_factory=dict)

    def of(self, promise: str | None = None) -> Proof:
        """The proof that a promise belongs to; without one, that of what holds without being written."""
        return self._under(self.protocol.assumed_for(promise))

    @property
    def whole(self) -> Proof:
        """The proof in which everything is assumed that is written, whomever it counts for."""
        return self._under(self.protocol.assume)

    def _under(self, assumed: tuple[Condition, ...]) -> Proof:
        found = self._made.get(assumed)
        if found is None:
            found = self._made[assumed] = Proof(self._assuming(assumed), self.budget)
        return found

    def _assuming(self, assumed: tuple[Condition, ...]) -> Protocol:
        # What is made anew would work out its digest anew, too.
        same = assumed == self.protocol.assume
        return self.protocol if same else replace(self.protocol, assume=assumed)
