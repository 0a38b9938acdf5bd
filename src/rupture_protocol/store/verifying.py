"""Verifying: everything that is kept, held against everything else that is kept.

Total: whatever bytes a database holds, the answer is a finding and never an exception. What a case is said to
be is made again from its history, and its history is decided again under the protocol that was kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rupture_protocol.engine.case import Case, Event, ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.replay import disagreements
from rupture_protocol.errors import shorten
from rupture_protocol.language.facts import is_storable
from rupture_protocol.language.library import Text
from rupture_protocol.store import tables
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import Entry, event_of, from_bytes, ref_of, to_bytes
from rupture_protocol.store.errors import CaseNotFound, StoreError
from rupture_protocol.store.kept_protocols import read_again
from rupture_protocol.store.raw import CannotBeRead, Raw, Row
from rupture_protocol.store.sql import SqlSession, SqlStore, head_disagrees
from rupture_protocol.store.summary import agenda_of, deadline_rows, summary_of, summary_row

CALENDAR = "; or it was right when another calendar of working days was given"
LARGEST = 2**53 - 1

EngineOf = Callable[[ProtocolRef], Engine]
_OF_CASES = (
    tables.case_head,
    tables.event,
    tables.idempotency,
    tables.outbox,
    tables.case_summary,
    tables.deadline,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is kept and is not as it should be.

    `case` is None where it is about no case alone, `seq` where it is about no event alone. `what` never
    holds a value of a fact.
    """

    case: str | None
    seq: int | None
    what: str


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """All that a store has of one case, as it is."""

    case: str
    store_id: str
    entries: tuple[Entry, ...]
    beside: Mapping[str, list[Row]] | None = None
    """The rows of the other tables by their names; None where a host's own store keeps the entries alone."""
    unreadable: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class CaseCheck:
    """The checks of one case, one after another."""

    kept: Kept
    engine_of: EngineOf
    headers: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    engines: dict[ProtocolRef, Engine] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    """The numbers of the events whose chain does not hold."""

    def findings(self) -> Iterator[Finding]:
        """All that is wrong with it."""
        for name in self.kept.unreadable:
            yield self._finding(None, f"its rows in the table `{name}` cannot be read")
        yield from self._chain()
        yield from self._events()
        case = None
        if self.events and len(self.events) == len(self.kept.entries):
            yield from self._history()
            case = self._restored()
        if self.kept.beside is not None:
            yield from self._head(self.kept.beside)
            yield from self._keys(self.kept.beside)
            yield from self._outbox(self.kept.beside)
            yield from self._lists(self.kept.beside, case)

    def _finding(self, seq: int | None, what: str) -> Finding:
        return Finding(self.kept.case, seq, what)

    def _chain(self) -> Iterator[Finding]:
        kept = self.kept
        links = verified(kept.entries, store_id=kept.store_id, case_id=kept.case)
        for number, (header, wrong) in enumerate(links, start=1):
            self.headers.append(header)
            if wrong:
                self.broken.add(number)
                yield self._finding(number, wrong)

    def _unless_found(self, number: int, what: str) -> Iterator[Finding]:
        """A finding, unless the chain has found that event already: what follows from one change is one."""
        if number not in self.broken:
            yield self._finding(number, what)

    def _events(self) -> Iterator[Finding]:
        for number, (entry, header) in enumerate(zip(self.kept.entries, self.headers, strict=True), start=1):
            for what, data in (("header", entry.header), ("payload", entry.payload)):
                if not is_canonical(data):
                    yield from self._unless_found(number, f"its {what} is not in canonical form")
            try:
                ref = ref_of(header)
                engine = self.engines.get(ref) or self.engine_of(ref)
            except Exception:  # whatever the bytes are, they are a finding
                yield from self._unless_found(number, "the protocol that it stands under is not to be had")
                continue
            self.engines[ref] = engine
            try:
                self.events.append(event_of(header, from_bytes(entry.payload), engine.protocol))
            except Exception:  # whatever the bytes are, they are a finding
                yield from self._unless_found(number, "its payload cannot be read")

    def _history(self) -> Iterator[Finding]:
        for number, wrong in disagreements(self.kept.case, self.events, self.engines.values()):
            yield self._finding(number, f"{wrong}{CALENDAR}")

    def _restored(self) -> Case | None:
        now = self.engines[self.events[-1].protocol]
        try:
            return now.restore(self.kept.case, self.events, before=self.engines.values())
        except Exception:  # that it is so has been found before
            return None

    def _head(self, beside: Mapping[str, list[Row]]) -> Iterator[Finding]:
        heads = [(row["version"], row["hash"]) for row in beside[tables.case_head.name]]
        if len(heads) > 1:
            yield self._finding(None, "it has several heads")
        wrong = head_disagrees(heads[0] if heads else None, self.kept.entries)
        if wrong:
            yield self._finding(None, wrong)

    def _keys(self, beside: Mapping[str, list[Row]]) -> Iterator[Finding]:
        written = {
            header["key"]: number
            for number, header in enumerate(self.headers, start=1)
            if isinstance(header.get("key"), str)
        }
        rows = {row["key"]: row["seq"] for row in beside[tables.idempotency.name]}
        for key, number in written.items():
            if rows.get(key) != number:
                yield self._finding(number, "its idempotency key does not lead to it")
        for key, seq in rows.items():
            if key not in written:
                yield self._finding(
                    seq if isinstance(seq, int) else None, "an idempotency key leads here that no event has"
                )

    def _outbox(self, beside: Mapping[str, list[Row]]) -> Iterator[Finding]:
        wanted = list(range(1, len(self.kept.entries) + 1))
        rows = beside[tables.outbox.name]
        if not all(isinstance(row["position"], int) and row["position"] > 0 for row in rows):
            yield self._finding(None, "it has an event in the outbox where nobody looks")
        sent = [row["seq"] for row in rows]
        times = Counter(sent)
        if sent == wanted:
            return
        for number in wanted:
            if times[number] != 1:
                yield self._finding(number, f"it is in the outbox {_times(times[number])}, not once")
        if set(times) - set(wanted):
            yield self._finding(None, "the outbox has an event that it does not have")
        if sorted(map(str, sent)) == sorted(map(str, wanted)):
            yield self._finding(None, "its events are out of order in the outbox")

    def _lists(self, beside: Mapping[str, list[Row]], case: Case | None) -> Iterator[Finding]:
        summaries, dues = beside[tables.case_summary.name], beside[tables.deadline.name]
        if case is None:
            if not self.kept.entries and (summaries or dues):
                yield self._finding(None, "the lists have it, and it has no events")
            return
        engine = self.engines[case.protocol]
        agenda = agenda_of(engine, case, case.history[-1].at)
        summary = summary_row(summary_of(engine, case), agenda)
        steady = "steady_until"
        if [_without(row, steady) for row in summaries] != [_without(summary, steady)]:
            yield self._finding(None, "what lists say of it is not how it stands")
        elif summaries[0][steady] != summary[steady] or dues != deadline_rows(case.id, agenda):
            yield self._finding(None, f"what lists say is due in it is not what is due{CALENDAR}")


def verify_entries(case_id: str, entries: Iterable[Any], engine_of: EngineOf) -> tuple[Finding, ...]:
    """What is wrong with a case in a host's own store."""
    kept = Kept(case_id, "", tuple(map(_entry_of, entries)))
    return tuple(_whatever_it_is(case_id, CaseCheck(kept, engine_of).findings))


def verify_store(
    store: SqlStore, engine_of: Callable[[ProtocolRef, SqlSession], Engine], case_id: str | None
) -> tuple[Finding, ...]:
    """What is wrong in a store, or with one case of it.

    Raises:
        CaseNotFound: There is no trace of that case.
        StoreBusy, StoreUnavailable: Nothing can be said, as the store is held by others or gone.
    """
    if case_id is not None and not is_storable(case_id):
        raise CaseNotFound(case_id)
    with store.session() as session:
        raw = Raw(session.connection)
        found = list(_whatever_it_is(None, lambda: _missing_tables(raw)))
        if found:
            return tuple(found)
        known: list[str] = [] if case_id is None else [case_id]
        if case_id is None:
            found += _whatever_it_is(None, lambda: _store_findings(raw))
            found += _whatever_it_is(None, lambda: _protocol_findings(raw))
            found += _whatever_it_is(None, lambda: _known_cases(raw, known))
    for each in known:
        # A transaction for each case: writers are not kept waiting until all have been looked at.
        with store.session() as session:
            found += _case_findings(session, each, engine_of, must_be_there=case_id is not None)
    return tuple(found)


def _case_findings(
    session: SqlSession,
    case_id: str,
    engine_of: Callable[[ProtocolRef, SqlSession], Engine],
    *,
    must_be_there: bool,
) -> list[Finding]:
    raw = Raw(session.connection)
    kept = _kept(raw, case_id, session.store_id)
    if must_be_there and not kept.unreadable and not any((kept.beside or {}).values()):
        raise CaseNotFound(case_id)
    check = CaseCheck(kept, lambda ref: engine_of(ref, session))
    return list(_whatever_it_is(case_id, check.findings))


def _kept(raw: Raw, case_id: str, store_id: str) -> Kept:
    beside: dict[str, list[Row]] = {}
    unreadable = []
    for table in _OF_CASES:
        try:
            beside[table.name] = raw.rows(table, case_id)
        except CannotBeRead:
            beside[table.name] = []
            unreadable.append(table.name)
    entries = tuple(_entry_of(row.values()) for row in beside[tables.event.name])
    return Kept(case_id, store_id, entries, beside, tuple(unreadable))


_ENTRY: tuple[Any, ...] = (str, int, str, str, int, str, bytes, bytes, bytes)


def _entry_of(row: Any) -> Entry:
    """An entry of whatever there is: what is of the wrong type becomes nothing, so that no chain agrees."""
    given = (getattr(row, name, None) for name in Entry.__slots__) if isinstance(row, Entry) else row
    values: list[Any] = [
        value if type(value) is kind else kind() for value, kind in zip(given, _ENTRY, strict=True)
    ]
    return Entry(*values)


def _missing_tables(raw: Raw) -> Iterator[Finding]:
    for name in raw.missing(tables.metadata.tables.values()):
        yield Finding(None, None, f"there is no table `{name}`")


def _known_cases(raw: Raw, known: list[str]) -> Iterator[Finding]:
    """Adds the ids of all cases, in order."""
    found = set()
    for case_id in raw.cases(_OF_CASES):
        if isinstance(case_id, str):
            found.add(case_id)
        else:
            yield Finding(None, None, "there is an id of a case that is no text")
    known += sorted(found)


def _store_findings(raw: Raw) -> Iterator[Finding]:
    if raw.damaged():
        yield Finding(None, None, "the database itself is damaged")
    last = raw.highest(tables.outbox.c.position)
    for row in raw.rows(tables.subscriber):
        if not isinstance(row["position"], int) or not 0 <= row["position"] <= last:
            yield Finding(None, None, "a subscriber stands where no event has been")


def _protocol_findings(raw: Raw) -> Iterator[Finding]:
    files: dict[Any, list[Text]] = {}
    for row in raw.rows(tables.protocol_file):
        text = Text(row["name"], row["data"], row["number"], row["folder"])
        files.setdefault(row["digest"], []).append(text)
    for row in raw.rows(tables.protocol):
        digest = row["digest"]
        protocol = read_again(files.pop(digest, []), digest)
        if protocol is None:
            yield Finding(None, None, f"the files that were kept do not make {_named(row)}")
        elif (protocol.id, protocol.version) != (row["id"], row["version"]):
            yield Finding(None, None, f"the files that were kept make another protocol than {_named(row)}")
    if files:
        yield Finding(None, None, "files were kept of a protocol that is not")


def _named(row: Row) -> str:
    said = [shorten(each) if isinstance(each, str) else "?" for each in (row["id"], row["version"])]
    return f"the protocol `{said[0]}` {said[1]}"


def _whatever_it_is(case_id: str | None, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a check; that it cannot be carried out is one, too."""
    try:
        yield from check()
    except StoreError:
        raise
    except CannotBeRead:
        yield Finding(case_id, None, "a part of the database cannot be read")
    except Exception:  # INVARIANT: whatever bytes are kept, they are a finding
        yield Finding(case_id, None, "what is kept is nothing that can be verified")


def is_canonical(data: bytes) -> bool:
    """Whether bytes are canonical JSON of a mapping, without floats and with whole numbers below 2^53."""
    try:
        read = from_bytes(data)
        return to_bytes(read) == data and _small(read)
    except (TypeError, ValueError, RecursionError):
        return False


def _small(data: Any) -> bool:
    """Whether every whole number in it is one that every reader of JSON reads alike."""
    match data:
        case dict():
            return all(map(_small, data.values()))
        case list():
            return all(map(_small, data))
        case int():
            return abs(data) <= LARGEST
        case _:
            return True


def _times(count: int) -> str:
    return "not at all" if count == 0 else f"{count} times"


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {each: value for each, value in row.items() if each != name}
