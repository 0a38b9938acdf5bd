"""One write: a repeated request is answered as before, all else is decided on the version written to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from rupture_protocol.engine.case import Case
from rupture_protocol.engine.engine import Engine
from rupture_protocol.store.engines import Engines
from rupture_protocol.store.entry import Entry, from_bytes
from rupture_protocol.store.errors import CaseNotFound, Conflict, IdempotencyMismatch, IntegrityViolation
from rupture_protocol.store.ports import Session
from rupture_protocol.store.reading import asked_for, case_of, check_not_erased
from rupture_protocol.store.sealing import sealed
from rupture_protocol.store.summary import agenda_of, summary_of

ATTEMPTS = 8
"""How often a write is decided anew where somebody else's came in between."""

R = TypeVar("R")
Sessions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, repr=False)
class Write:
    """What somebody wants to add to a case.

    `request` is the digest of what is asked for and `key` that of its idempotency key; `act` does it, with
    the case as it is (None: it is to be opened) and the moment at which it is recorded.
    """

    case: str
    request: str
    act: Callable[[Engine, Case | None, datetime], Case]
    at: datetime
    expected_version: int | None = None
    key: str | None = None
    opens: Engine | None = None
    """The engine a new case is opened under; None for all that happens to a case that there is."""

    def perform(self, sessions: Sessions, engines: Engines) -> Case:
        """Adds it, or finds that it was added before.

        Raises:
            Conflict: The case is at another version than was expected.
            IdempotencyMismatch: The key was used for another request.
            RuptureError: What the engine or the store refuses.
        """
        return decided_anew(lambda: self._attempt(sessions, engines))

    def _attempt(self, sessions: Sessions, engines: Engines) -> Case:
        with sessions() as session:
            # The case comes first: the same request under way elsewhere is either in neither, or in both.
            entries = session.load(self.case)
            done = None if self.key is None else session.kept_under(self.key, self.case)
            if done is not None:
                return answer(self.case, done, session, engines, request=self.request, key=self.key)
            case = self._as_it_is(entries, session, engines)
            engine = self.opens or engines.of(case.protocol, session) if case else self.opens
            if engine is None:
                raise CaseNotFound(self.case)
            after = self.act(engine, case, self._moment(case))
            self._keep(after, entries, session, engines)
            return after

    def _as_it_is(self, entries: Sequence[Entry], session: Session, engines: Engines) -> Case | None:
        expected = 0 if self.opens else self.expected_version
        if expected is not None and expected != len(entries) and (entries or self.opens):
            raise Conflict(self.case, actual=len(entries), expected=expected)
        return _case(self.case, entries, session, engines) if entries else None

    def _moment(self, case: Case | None) -> datetime:
        """When it is recorded: time goes forward in a case, even where a clock does not."""
        return self.at if case is None else max(self.at, case.history[-1].at)

    def _keep(self, after: Case, entries: Sequence[Entry], session: Session, engines: Engines) -> None:
        engine = engines.of(after.protocol, session)
        session.keep_protocol(engine.protocol)
        entry = sealed(
            self.case, after.history[-1], entries, session.vault, request=self.request, key=self.key
        )
        try:
            session.append(entry, expected_version=len(entries))
        except (Conflict, IdempotencyMismatch) as refusal:
            raise Overtaken(refusal) from None
        session.describe(summary_of(engine, after), agenda_of(engine, after))


class Overtaken(Exception):
    """Somebody else's event came in between: of the same case, or under the same key."""

    def __init__(self, refusal: Conflict | IdempotencyMismatch) -> None:
        super().__init__()
        self.refusal = refusal


def decided_anew(attempt: Callable[[], R]) -> R:
    """What an attempt comes to, made again where it was overtaken: the refusal, where that goes on."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Overtaken:
            continue
    try:
        return attempt()
    except Overtaken as overtaken:
        raise overtaken.refusal from None


def answer(
    case_id: str,
    done: tuple[str, int],
    session: Session,
    engines: Engines,
    *,
    request: str,
    key: str | None,
) -> Case:
    """The case as it was after a request was first carried out, which `done` says where.

    Raises:
        IdempotencyMismatch: It was another request.
    """
    where, seq = done
    if where != case_id:
        raise IdempotencyMismatch
    entries = session.load(case_id)
    check_not_erased(entries)
    entries = entries[:seq]
    if len(entries) != seq:
        raise IntegrityViolation(case_id, seq, "its idempotency key is kept, and it is not")
    case = _case(case_id, entries, session, engines)
    if from_bytes(entries[-1].header).get("key") != key:
        raise IntegrityViolation(case_id, seq, "its idempotency key is that of another event")
    if asked_for(entries, session.vault) != request:
        raise IdempotencyMismatch
    return case


def _case(case_id: str, entries: Sequence[Entry], session: Session, engines: Engines) -> Case:
    return case_of(case_id, entries, session.vault, lambda ref: engines.of(ref, session))
