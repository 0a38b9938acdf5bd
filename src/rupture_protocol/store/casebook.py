"""The casebook: the engine's verbs by case id, kept. Every write is one transaction that decides anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from rupture_protocol.discreet import with_discreet_verbs
from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Actor, Case, Event, ProtocolRef
from rupture_protocol.engine.decision import Decision
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.moments import utc
from rupture_protocol.errors import Refused
from rupture_protocol.language.facts import UNKNOWN, Unknown
from rupture_protocol.store import delivering, refusing
from rupture_protocol.store.adding import Addition
from rupture_protocol.store.case_check import Finding
from rupture_protocol.store.checkpoint import Checkpoint
from rupture_protocol.store.checkpointing import check_against, make_checkpoint
from rupture_protocol.store.delivering import Delivery
from rupture_protocol.store.engines import Engines
from rupture_protocol.store.entry import digest_of_key, digest_of_request, microseconds
from rupture_protocol.store.erasing import Erasing
from rupture_protocol.store.erasure import Erasure
from rupture_protocol.store.errors import CaseErased, CaseNotFound, IntegrityViolation, LegalHold, StoreError
from rupture_protocol.store.key_holder import KeyHolder
from rupture_protocol.store.keys.keys import Keys
from rupture_protocol.store.ports import Plain, Session, Store
from rupture_protocol.store.proof import Proof
from rupture_protocol.store.reading import case_of, check_not_erased, read
from rupture_protocol.store.refusing import Refusal
from rupture_protocol.store.relisting import make_lists
from rupture_protocol.store.sql import SqlSession, SqlStore
from rupture_protocol.store.summary import CaseDue, Summary, due_in
from rupture_protocol.store.vault import KeyedVault, OpenVault, Vault
from rupture_protocol.store.verifying import verify_entries, verify_store
from rupture_protocol.store.writing import Write


@with_discreet_verbs("deliver")
class Casebook:
    """Cases, kept: the verbs of the engine, by the id of a case.

    Each write re-evaluates the guards on the version it writes to, and adds one event or nothing. Safe to
    share between threads; a forked process goes on with connections of its own.

    Args:
        store: The address of a database, as `sqlite:///cases.db` or `postgresql://host/name`; the `Path` of a
            file; or a store of the host's own (`rupture_protocol.store.ports.Store`).
        engines: Those of the protocols that cases are opened under. A case of an older version goes on under
            what was kept of that version.
        timeout: How long to wait for other writers, in seconds.
        keys: What seals and signs, or the folder that it is in; left out, it is in the user's data folder,
            under the store's id, and made with the first case. A host's own store keeps what it is given as
            it is, unless it is given keys.

    Raises:
        StoreError: The store cannot be used.
    """

    def __init__(
        self,
        store: str | Path | Store,
        engines: Iterable[Engine] = (),
        *,
        timeout: float = 5.0,
        keys: Keys | Path | None = None,
    ) -> None:
        self.store = SqlStore(store, timeout=timeout, keys=keys) if isinstance(store, str | Path) else store
        self._vault = self.store.vault if isinstance(self.store, SqlStore) else _vault_of(keys)
        self.engines = Engines(engines)

    def __repr__(self) -> str:
        return f"<Casebook {self.store!r}>"

    def __enter__(self) -> Casebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the store, if it can be closed."""
        close = getattr(self.store, "close", None)
        if close is not None:
            close()

    # Reading ---------------------------------------------------------------------------------------

    def get(self, case_id: str) -> Case:
        """A case, its whole history verified.

        Raises:
            CaseNotFound: There is none.
            IntegrityViolation: What is kept is not what was written.
            StoreError: The store cannot be read.
        """
        with self._session(write=False) as session:
            return self._case(session, case_id)

    def history(self, case_id: str) -> tuple[Event, ...]:
        """The events of a case, oldest first. Raises as `get`."""
        return self.get(case_id).history

    def proof(self, case_id: str) -> Proof:
        """A case with what proves it to somebody who never saw the store.

        Raises as `get`; StoreError, where a host's own store keeps what nobody has signed.
        """
        if not isinstance(self._vault, KeyedVault):
            raise StoreError("a host's own store without keys has nothing to prove a case with")
        with self._session(write=False) as session:
            entries = session.load(case_id)
            if not entries:
                raise CaseNotFound(case_id)
            case, contents = read(case_id, entries, self._vault, lambda ref: self.engines.of(ref, session))
        return Proof(case, self._vault.store_id, entries, contents, self._vault.keys.trusted)

    def refusals(self, case_id: str) -> tuple[Refusal, ...]:
        """What was tried in a case and refused, oldest first; none of a host's own store. Raises as `get`."""
        if not isinstance(self.store, SqlStore):
            return ()
        with self.store.session() as session:
            entries = session.load(case_id)
            if not entries:
                raise CaseNotFound(case_id)
            check_not_erased(entries)
            return tuple(refusing.kept(session.connection, case_id, session.vault.case_key(case_id)))

    def decide(
        self,
        case_id: str,
        *,
        at: datetime,
        actor: Actor | None = None,
        suppose: Mapping[str, object] | None = None,
    ) -> Decision:
        """What may be done now in a case, as `Engine.decide` says it. Raises as `get` and as that."""
        with self._session(write=False) as session:
            case = self._case(session, case_id)
            engine = self.engines.of(case.protocol, session)
        return engine.decide(case, at=at, actor=actor, suppose=suppose)

    def engine(self, ref: ProtocolRef) -> Engine:
        """The engine of exactly that protocol: one that was given, or made of what was kept.

        Raises:
            ProtocolNotFound: There is none.
            StoreError: The store cannot be read.
        """
        with self._session(write=False) as session:
            return self.engines.of(ref, session)

    def verify(self, case_id: str | None = None, *, checkpoint: Path | None = None) -> tuple[Finding, ...]:
        """Everything that is kept and is not as it should be, of one case or of all; empty where nothing is.

        It holds everything that is kept against everything else, and decides every event of every history
        again. Whatever bytes the store holds, the answer is a finding and never an exception.

        Args:
            case_id: The case; None is all of them.
            checkpoint: The file of a checkpoint that the store is held against, too.

        Raises:
            CaseNotFound: There is no trace of that case.
            StoreError: The store is held by others, or cannot be reached; or a host's own store is to be
                verified as a whole, which only the host can.
        """
        if isinstance(self.store, SqlStore):
            found = verify_store(self.store, self.engines.of, case_id)
            return found + (check_against(self.store, checkpoint, case_id) if checkpoint else ())
        if case_id is None:
            raise StoreError("a host's own store is verified case by case", help="give the id of a case")
        with self._session(write=False) as session:
            entries = session.load(case_id)
            if not entries:
                raise CaseNotFound(case_id)
            return verify_entries(case_id, entries, self._vault, lambda ref: self.engines.of(ref, session))

    def checkpoint(self, folder: Path, *, at: datetime) -> tuple[Checkpoint, Path]:
        """What all cases are now, signed, in a new file of that folder: the checkpoint and its file.

        Raises:
            IntegrityViolation: The head of a case is not what was written.
            KeysMissing: The store's keys are not here.
            StoreError: Store or folder cannot be written to, or the store is a host's own.
        """
        if not isinstance(self.store, SqlStore):
            raise StoreError("a host's own store makes its checkpoints itself")
        return make_checkpoint(self.store, folder, utc(at))

    # Writing ---------------------------------------------------------------------------------------

    def open(
        self,
        case_id: str,
        *,
        by: Actor,
        at: datetime,
        protocol: str | None = None,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """A new case, kept.

        Args:
            case_id: The host's own id; nothing that names a client.
            by: Who opens it: the host has made sure of it.
            at: When it is recorded, an aware datetime.
            protocol: The protocol's id; needed where there are engines of several.
            occurred: When it happened, if that was earlier.
            note: Anything worth keeping.
            expected_version: 0, or left out.
            idempotency_key: Any text of the host's, new for each request: the same request again under the
                same key adds nothing, and is answered as it was the first time.

        Raises:
            Conflict: A case of that id is kept already.
            IdempotencyMismatch: The key was used for another request.
            OutcomeUnknown: The commit was cut off; try again with the same key.
            StoreError: The store cannot be written to.
            RuptureError: As `Engine.open`.
        """
        opens = self.engines.to_open_with(protocol)

        def act(engine: Engine, _case: object, moment: datetime) -> Case:
            return engine.open(case_id, by=by, at=moment, occurred=occurred, note=note)

        request = _request("open", case_id, by, occurred, note, protocol=opens.ref.id)
        return self._write(case_id, request, act, at, expected_version, idempotency_key, opens)

    def record(
        self,
        case_id: str,
        facts: Mapping[str, object],
        *,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case with these facts on record, all or none, as `Engine.record`; kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.record(case, facts, by=by, at=moment, occurred=occurred, note=note)

        request = _request("record", case_id, by, occurred, note, facts=_plain(facts))
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def correct(
        self,
        case_id: str,
        fact: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        to: object = UNKNOWN,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case in which the last record of a fact was wrong, as `Engine.correct`; kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.correct(
                case, fact, reason=reason, by=by, at=moment, to=to, occurred=occurred, note=note
            )

        request = _request("correct", case_id, by, occurred, note, facts=_plain({fact: to}), reason=reason)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def take(
        self,
        case_id: str,
        trigger: str,
        *,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case after a step that is open, as `Engine.take`; kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.take(case, trigger, by=by, at=moment, occurred=occurred, note=note)

        request = _request("take", case_id, by, occurred, note, trigger=trigger)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def override(
        self,
        case_id: str,
        trigger: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case after a step that is not open, as `Engine.override`; kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.override(
                case, trigger, reason=reason, by=by, at=moment, occurred=occurred, note=note
            )

        request = _request("override", case_id, by, occurred, note, trigger=trigger, reason=reason)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def migrate(
        self,
        case_id: str,
        *,
        to: Engine,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case under another version of its protocol, as `Engine.migrate`; kept as `open` says."""

        self.engines.learn(to)

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.migrate(case, to=to, by=by, at=moment, occurred=occurred, note=note)

        request = _request("migrate", case_id, by, occurred, note, digest=to.ref.digest)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def hold(
        self,
        case_id: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case under a legal hold, as `Engine.hold`: it may not be erased. Kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.hold(case, reason=reason, by=by, at=moment, occurred=occurred, note=note)

        request = _request("hold", case_id, by, occurred, note, reason=reason)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def release(
        self,
        case_id: str,
        *,
        reason: str,
        by: Actor,
        at: datetime,
        occurred: datetime | None = None,
        note: str | None = None,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """The case without its legal hold, as `Engine.release`; kept as `open` says."""

        def act(engine: Engine, case: Case, moment: datetime) -> Case:
            return engine.release(case, reason=reason, by=by, at=moment, occurred=occurred, note=note)

        request = _request("release", case_id, by, occurred, note, reason=reason)
        return self._write(case_id, request, act, at, expected_version, idempotency_key)

    def erase(
        self,
        case_id: str,
        *,
        by: Actor,
        at: datetime,
        basis: str,
        expected_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Erasure:
        """Erases what is kept of a client: for ever, for everybody, in every copy of the database.

        The key that opens the case is destroyed. What stays is that there was a case of this id, when its
        events were recorded, of which kinds and by whom; the chain still verifies, and says who erased it.
        A case that is erased already stays as it is.

        Args:
            by: Whom the host lets erase; the role need not be one of the protocol.
            at: When it is recorded, an aware datetime.
            basis: On what: the rule, or whose request. It stays readable, so nothing of the client is in it.
            expected_version: The version that the case must be at, unless left out.
            idempotency_key: Any text of the host's. It is not needed: erasing again erases nothing more.

        Raises:
            CaseNotFound: There is none.
            LegalHold: The case may not be erased before it is released.
            Conflict: It is at another version.
            KeysMissing: The store's keys are not here.
            OutcomeUnknown: The commit was cut off; ask again.
            StoreError: The store cannot be written to, or is a host's own.
        """
        key = None if idempotency_key is None else digest_of_key(idempotency_key)
        otherwise = "a host's own store erases its cases itself"
        erasing = Erasing(case_id, by, utc(at), basis, expected_version, key)
        try:
            return erasing.perform(lambda: self._tables(otherwise, write=True))
        except LegalHold as refused:
            who = {"id": by.id, "role": by.role}
            self._note(case_id, {"verb": "erase", "by": who}, utc(at), str(refused))
            raise

    def add(
        self, case: Case | str | bytes | Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Case:
        """A case that was made elsewhere, kept: replayed, then all its events at once, with their own times.

        Args:
            case: A case, or a `rupture-case/1` as `Engine.dump_case` writes it.
            idempotency_key: As for `open`.

        Raises:
            Conflict: A case of that id is kept already.
            IdempotencyMismatch: The key was used for another request.
            InvalidCase: It could not have happened so, or is no such case.
            ProtocolNotFound: A protocol that it stands under was neither given nor kept.
            OutcomeUnknown: The commit was cut off; try again with the same key.
            StoreError: The store cannot be written to, or is a host's own.
        """
        written = wire.read_case(wire.case_to_json(case) if isinstance(case, Case) else case)
        key = None if idempotency_key is None else digest_of_key(idempotency_key)
        otherwise = "a host's own store adds a case event by event"
        return Addition(written, key).perform(lambda: self._tables(otherwise, write=True), self.engines)

    # Lists -----------------------------------------------------------------------------------------

    def find(
        self,
        *,
        state: str | None = None,
        protocol: str | None = None,
        overdue: datetime | None = None,
        actor: str | None = None,
    ) -> tuple[Summary, ...]:
        """How cases stand, each in a line, by id: those to which all that is given applies.

        Args:
            state: In which they stand.
            protocol: The id of theirs.
            overdue: A moment at which something was due in them and not done.
            actor: The id of somebody who has written to them.

        Raises:
            StoreError: The store cannot be read, or a host's own store has no lists.
        """
        cases = {each.case for each in self.due(overdue)} if overdue is not None else None
        with self._lists() as lists:
            return lists.find(state=state, protocol=protocol, actor=actor, cases=cases)

    def due(self, at: datetime) -> tuple[CaseDue, ...]:
        """What is due at a moment, in all cases, and not done: what was due longest comes first.

        What is due as soon as practicable comes last, in the order in which it started.

        Raises:
            StoreError: The store cannot be read, or a host's own store has no lists.
        """
        moment = utc(at)
        dues: list[CaseDue] = []
        with self._lists() as lists:
            now = microseconds(moment)
            for updated, agenda in lists.agendas():
                if updated <= now and agenda.foresees(now):
                    dues += agenda.at(now)
                    continue
                case = self._case(lists, agenda.case)
                found, _ = due_in(self.engines.of(case.protocol, lists), case, moment)
                dues += [each for each in found if each.due is None or each.due <= moment]
        return tuple(sorted(dues, key=_longest_first))

    def make_lists(self) -> tuple[int, tuple[str, ...]]:
        """Makes the lists anew, from the cases themselves: how many are in them, and which cannot be read.

        Needed after a backup was put back that is older than the last `erase`: its lists were sealed with a
        key that is gone. What cannot be read was erased since.

        Raises:
            IntegrityViolation: A case is not what was written.
            StoreError: The store cannot be written to, or a host's own store has no lists.
        """
        if not isinstance(self.store, SqlStore):
            raise StoreError("a host's own store lists its cases itself")
        return make_lists(
            self.store, self._case, lambda session, case: self.engines.of(case.protocol, session)
        )

    # Following -------------------------------------------------------------------------------------

    def subscribe(self, name: str, *, from_now: bool = False) -> None:
        """A subscriber of that name: from the first event on, or only of those to come. Once is enough.

        Raises:
            StoreError: The store cannot be written to, or a host's own store has no outbox.
        """
        with self._lists(write=True) as lists:
            delivering.add_subscriber(lists.connection, name, from_now=from_now)

    def pending(self, name: str, *, limit: int = 100) -> tuple[Delivery, ...]:
        """The next events that a subscriber has not had, in the order of their commits.

        They come again until `done` says that they were dealt with; so each comes at least once, and those
        of a case come in their order, as long as one process at a time follows under a name.

        Raises:
            IntegrityViolation: What is kept is not what was written.
            StoreError: The store cannot be read, or a host's own store has no outbox.
        """
        cases: dict[str, Case | Erasure] = {}
        found = []
        with self._lists() as lists:
            for position, case_id, seq in delivering.waiting(lists.connection, name, limit):
                if case_id not in cases:
                    cases[case_id] = self._case_or_erasure(lists, case_id)
                case = cases[case_id]
                if isinstance(case, Erasure):
                    found.append(Delivery(position, case_id, None, case))
                    continue
                if not 1 <= seq <= case.version:
                    raise IntegrityViolation(case_id, seq, "the outbox has it, and the case has not")
                found.append(Delivery(position, case_id, case.history[seq - 1]))
        return tuple(found)

    def done(self, name: str, delivery: Delivery) -> None:
        """A subscriber has dealt with an event, and with all before it. Raises as `subscribe`."""
        with self._lists(write=True) as lists:
            delivering.add_subscriber(lists.connection, name, from_now=False)
            delivering.move_cursor(lists.connection, name, delivery.position)

    def deliver(self, name: str, handler: Callable[[Delivery], object]) -> int:
        """Hands a subscriber every event that it has not had, one by one, and says how many there were.

        Whatever the handler raises stops it; that event comes first the next time. Raises as `pending`.
        """
        count = 0
        while batch := self.pending(name):
            for delivery in batch:
                handler(delivery)
                self.done(name, delivery)
                count += 1
        return count

    # Within ----------------------------------------------------------------------------------------

    def _write(
        self,
        case_id: str,
        request: Mapping[str, Any],
        act: Callable[[Engine, Any, datetime], Case],
        at: datetime,
        expected_version: int | None,
        idempotency_key: str | None,
        opens: Engine | None = None,
    ) -> Case:
        write = Write(
            case_id,
            digest_of_request(request),
            act,
            utc(at),
            expected_version,
            None if idempotency_key is None else digest_of_key(idempotency_key),
            opens,
        )
        try:
            return write.perform(lambda: self._session(write=True), self.engines)
        except Refused as refused:
            self._note(case_id, request, utc(at), str(refused))
            raise

    def _note(self, case_id: str, request: Mapping[str, Any], at: datetime, why: str) -> None:
        """Keeps that something was refused; where that cannot be kept, the refusal itself goes first."""
        if not isinstance(self.store, SqlStore):
            return
        about = request.get("facts") or filter(None, [request.get("trigger")])
        by = Actor(request["by"]["id"], request["by"]["role"])
        with suppress(StoreError), self.store.session(write=True) as session:
            entries = session.load(case_id)  # held until the end: of several at once, each gets its number
            check_not_erased(entries)
            refusal = Refusal(case_id, len(entries), at, by, request["verb"], tuple(about), why)
            refusing.keep(session.connection, refusal, session.vault.case_key(case_id))

    @contextmanager
    def _session(self, *, write: bool) -> Iterator[Session]:
        if isinstance(self.store, SqlStore):
            with self.store.session(write=write) as session:
                yield session
        else:
            yield Plain(self.store, self._vault)

    def _lists(self, *, write: bool = False) -> AbstractContextManager[SqlSession]:
        return self._tables("a host's own store lists its cases and follows its events itself", write=write)

    def _tables(self, otherwise: str, *, write: bool) -> AbstractContextManager[SqlSession]:
        if not isinstance(self.store, SqlStore):
            raise StoreError(otherwise)
        return self.store.session(write=write)

    def _case_or_erasure(self, session: Session, case_id: str) -> Case | Erasure:
        try:
            return self._case(session, case_id)
        except CaseErased as gone:
            return gone.erasure

    def _case(self, session: Session, case_id: str) -> Case:
        entries = session.load(case_id)
        if not entries:
            raise CaseNotFound(case_id)
        return case_of(case_id, entries, session.vault, lambda ref: self.engines.of(ref, session))


def _request(
    verb: str, case_id: str, by: Actor, occurred: datetime | None, note: str | None, **more: object
) -> dict[str, Any]:
    """What is asked for. When it is recorded does not count: who asks again asks later."""
    happened = None if occurred is None else utc(occurred).isoformat()
    who = {"id": by.id, "role": by.role}
    return {"verb": verb, "case": case_id, "by": who, "occurred": happened, "note": note, **more}


def _vault_of(keys: Keys | Path | None) -> Vault:
    """What a host's own store seals with."""
    if keys is None:
        return OpenVault()
    if isinstance(keys, Path):
        raise StoreError("a host's own store has no id to find its keys by", help="give it its `Keys`")
    return KeyedVault("", KeyHolder("", keys))


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: None if isinstance(value, Unknown) else _written(value) for name, value in facts.items()}


def _written(value: object) -> object:
    """A value as a host gives it, as JSON; what no fact can have is refused later, by the engine."""
    if isinstance(value, (set, frozenset, list, tuple)):
        return sorted(map(str, value))
    return value if isinstance(value, (bool, int, str)) else str(value)


def _longest_first(each: CaseDue) -> tuple[bool, datetime, str, str]:
    return each.due is None, each.due or each.started, each.case, each.deadline
