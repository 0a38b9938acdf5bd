"""A case that was made elsewhere, kept: replayed first, then all its events in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Case
from rupture_protocol.errors import InvalidCase
from rupture_protocol.store.engines import Engines
from rupture_protocol.store.entry import Entry, digest_of_request
from rupture_protocol.store.errors import Conflict, IdempotencyMismatch
from rupture_protocol.store.ports import Session
from rupture_protocol.store.sealing import sealed
from rupture_protocol.store.summary import agenda_of, summary_of
from rupture_protocol.store.writing import Overtaken, Sessions, answer, decided_anew
from rupture_protocol.verify_case import CannotCheck, read_proof, verify


@dataclass(frozen=True, slots=True, repr=False)
class Addition:
    """A case to be kept, as `rupture-case/1`; `key` is the digest of an idempotency key."""

    written: Mapping[str, Any]
    key: str | None = None

    def perform(self, sessions: Sessions, engines: Engines) -> Case:
        """Adds it, or finds that it was added before.

        Raises:
            Conflict: A case of that id is kept.
            IdempotencyMismatch: The key was used for another request.
            InvalidCase: It is no `rupture-case/1`, could not have happened so, or its proof does not hold.
            ProtocolNotFound: The protocol of one of its events is not to be had.
        """
        check_proof(self.written)
        return decided_anew(lambda: self._attempt(sessions, engines))

    def _attempt(self, sessions: Sessions, engines: Engines) -> Case:
        with sessions() as session:
            return self._added(session, engines)

    def _added(self, session: Session, engines: Engines) -> Case:
        engine, *before = (engines.of(ref, session) for ref in wire.protocols_of(self.written))
        case = engine.load_case(self.written, before=before)
        request = digest_of_request({"verb": "add", "case": wire.dumps(wire.case_to_json(case))})
        there = session.load(case.id)
        done = None if self.key is None else session.kept_under(self.key, case.id)
        if done is not None:
            return answer(case.id, done, session, engines, request=request, key=self.key)
        if there:
            raise Conflict(case.id, actual=len(there), expected=0)
        self._keep(case, session, engines, request)
        session.describe(summary_of(engine, case), agenda_of(engine, case))
        return case

    def _keep(self, case: Case, session: Session, engines: Engines, request: str) -> None:
        entries: list[Entry] = []
        for event in case.history:
            session.keep_protocol(engines.of(event.protocol, session).protocol)
            # The key is that of the last event: with it, all of them were kept.
            key = self.key if event is case.history[-1] else None
            entry = sealed(case.id, event, entries, session.vault, request=request, key=key)
            try:
                session.append(entry, expected_version=event.seq - 1)
            except (Conflict, IdempotencyMismatch) as refusal:
                raise Overtaken(refusal) from None
            entries.append(entry)


def check_proof(written: Mapping[str, Any]) -> None:
    """That a case is what its proof says, where it has one; by whom it is signed, nobody here can know.

    Raises:
        InvalidCase: It is not.
    """
    if "proof" not in written:
        return
    try:
        levels = verify(read_proof(json.dumps(dict(written), default=str)))
    except (CannotCheck, TypeError, ValueError, RecursionError):
        raise InvalidCase("the case has a proof that cannot be checked") from None
    for level in levels:
        for wrong in level.findings:
            raise InvalidCase(f"the proof of the case does not hold: {wrong}")
