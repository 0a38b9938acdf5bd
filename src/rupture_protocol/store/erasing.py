"""Erasing a case: who did it and why is kept, its key is destroyed, and the lists forget it.

The lists are sealed anew for all other cases, with another key, so that nobody reads in a copy of the
database how this one stood. First all that is committed, then the keys go. Cut off in between, no casebook
reads the case any more, verifying finds the key that is still there, and erasing it again takes it away.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rupture_protocol.engine.case import HOLDS, Actor, EventKind
from rupture_protocol.errors import RuptureError
from rupture_protocol.language.facts import is_storable
from rupture_protocol.store.entry import ERASED, Entry, instant
from rupture_protocol.store.erasure import Erasure
from rupture_protocol.store.errors import CaseNotFound, Conflict, IdempotencyMismatch, LegalHold
from rupture_protocol.store.reading import check_chain, erasure_of
from rupture_protocol.store.sealing import signed
from rupture_protocol.store.sql import SqlSession
from rupture_protocol.store.writing import Overtaken, decided_anew

Sessions = Callable[[], AbstractContextManager[SqlSession]]


@dataclass(frozen=True, slots=True, repr=False)
class Erasing:
    """What somebody asks for; `key` is the digest of an idempotency key."""

    case: str
    by: Actor
    at: datetime
    basis: str
    expected_version: int | None = None
    key: str | None = None

    def perform(self, sessions: Sessions) -> Erasure:
        """Erases it, or finds that it was erased before.

        Raises:
            CaseNotFound: There is none.
            LegalHold: It may not be erased.
            Conflict: It is at another version than was expected.
            IdempotencyMismatch: The key was used for another request.
            IntegrityViolation: What is kept is not what was written.
        """
        if not self.basis.strip() or not is_storable(self.basis):
            raise RuptureError(
                "erasing says on what basis", help="give the rule or request, and nothing of the client"
            )
        return decided_anew(lambda: self._attempt(sessions))

    def _attempt(self, sessions: Sessions) -> Erasure:
        with sessions() as session:
            entries = session.load(self.case)
            if not entries:
                raise CaseNotFound(self.case)
            headers = check_chain(self.case, entries, session.vault)
            done = erasure_of(entries)
            if done is None:
                done = self._keep(entries, headers, session)
            vault, generation = session.vault, session.generation
        vault.destroy_key_of(self.case)
        vault.destroy_lists_before(generation)
        return done

    def _keep(
        self, entries: Sequence[Entry], headers: Sequence[Mapping[str, Any]], session: SqlSession
    ) -> Erasure:
        if self.key is not None and session.kept_under(self.key, self.case) is not None:
            raise IdempotencyMismatch
        if self.expected_version not in (None, len(entries)):
            raise Conflict(self.case, actual=len(entries), expected=self.expected_version or 0)
        if is_held(entries):
            raise LegalHold(self.case)
        at = max(self.at, instant(entries[-1].at))
        header = {
            "at": at.isoformat(),
            "basis": self.basis,
            "by": {"id": self.by.id, "role": self.by.role},
            "case": self.case,
            "event": uuid.uuid4().hex,
            "kind": ERASED,
            "protocol": headers[-1]["protocol"],
            "seq": len(entries) + 1,
            "store": session.vault.store_id,
        }
        if self.key is not None:
            header["key"] = self.key
        entry = signed(header, b"", entries, session.vault)
        try:
            session.append(entry, expected_version=len(entries))
        except (Conflict, IdempotencyMismatch) as refusal:
            raise Overtaken(refusal) from None
        session.forget(self.case)
        session.renew_lists()
        return Erasure(self.case, entry.seq, at, self.by, self.basis)


def is_held(entries: Sequence[Entry]) -> bool:
    """Whether a case is under a legal hold: its kinds of events say so, in the open and signed."""
    kinds = (entry.kind for entry in reversed(entries) if entry.kind in HOLDS)
    return next(kinds, None) == EventKind.HELD
