"""Verifying one case: every check that it must pass, and what is found.

What a case is said to be is made again from its history, and its history is decided again under the protocol
that was kept. Nothing is taken at its word: whatever cannot be read is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from rupture_protocol.engine.case import Case, Event, ProtocolRef
from rupture_protocol.engine.engine import Engine
from rupture_protocol.engine.replay import disagreements
from rupture_protocol.store import refusing, tables
from rupture_protocol.store.chain import verified
from rupture_protocol.store.entry import ERASED, Entry, event_of, from_bytes, ref_of, to_bytes
from rupture_protocol.store.erasing import is_held
from rupture_protocol.store.errors import IntegrityViolation, KeysDamaged, KeysMissing
from rupture_protocol.store.lists import ListKey
from rupture_protocol.store.raw import Row
from rupture_protocol.store.reading import contents, erasure_of
from rupture_protocol.store.sql import head_disagrees
from rupture_protocol.store.summary import agenda_of, summary_of, summary_row
from rupture_protocol.store.vault import NoVault, Vault

CALENDAR = "; or it was right when another calendar of working days was given"
LARGEST = 2**53 - 1

EngineOf = Callable[[ProtocolRef], Engine]


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
    entries: tuple[Entry, ...]
    beside: Mapping[str, list[Row]] | None = None
    """The rows of the other tables by their names; None where a host's own store keeps the entries alone."""
    unreadable: tuple[str, ...] = ()
    lists: ListKey | None = None
    """What seals the rows of lists; None where nobody has it."""


@dataclass(slots=True, repr=False)
class CaseCheck:
    """The checks of one case, one after another."""

    kept: Kept
    vault: Vault
    engine_of: EngineOf
    headers: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    engines: dict[ProtocolRef, Engine] = field(default_factory=dict)
    newest: int = 0
    """The newest key that signed an event so far, by its place among those of the store."""
    broken: set[int] = field(default_factory=set)
    """The numbers of the events whose chain does not hold."""

    def findings(self) -> Iterator[Finding]:
        """All that is wrong with it."""
        for name in self.kept.unreadable:
            yield self._finding(None, f"its rows in the table `{name}` cannot be read")
        yield from self._chain()
        case = None
        if any(entry.kind == ERASED for entry in self.kept.entries):
            yield from self._erasure()
        elif self.kept.entries and not isinstance(self.vault, NoVault):
            yield from self._events()
            if len(self.events) == len(self.kept.entries):
                yield from self._history()
                case = self._restored()
        if self.kept.beside is not None:
            yield from self._head(self.kept.beside)
            yield from self._keys(self.kept.beside)
            yield from self._outbox(self.kept.beside)
            yield from self._lists(self.kept.beside, case)
            yield from self._refusals(self.kept.beside[tables.refusal.name])

    def _finding(self, seq: int | None, what: str) -> Finding:
        return Finding(self.kept.case, seq, what)

    def _chain(self) -> Iterator[Finding]:
        kept = self.kept
        links = verified(kept.entries, store_id=self.vault.store_id, case_id=kept.case)
        for number, (entry, (header, wrong)) in enumerate(zip(kept.entries, links, strict=True), start=1):
            self.headers.append(header)
            found = wrong or self.vault.signature_is_wrong(entry) or self._retired_before(entry)
            if found:
                self.broken.add(number)
                yield self._finding(number, found)

    def _retired_before(self, entry: Entry) -> str:
        """Whether an event is signed by an older key than one before it. No clock counts: it can be set."""
        age = self.vault.age_of_signer(entry)
        self.newest, before = max(self.newest, age), self.newest
        return "it is signed with a key that was retired before" if age < before else ""

    def _erasure(self) -> Iterator[Finding]:
        """An erased case ends with its erasure, and nothing opens it any more."""
        last = len(self.kept.entries)
        for number, entry in enumerate(self.kept.entries, start=1):
            if entry.kind == ERASED and number != last:
                yield from self._unless_found(number, "it was erased, and went on")
        try:
            if erasure_of(self.kept.entries) and self.kept.entries[-1].payload:
                yield from self._unless_found(last, "it was erased, and has a content")
        except IntegrityViolation as error:
            yield from self._unless_found(last, error.what)
        if is_held(self.kept.entries):
            yield self._finding(last, "it was erased under a legal hold")
        if self.vault.has_key_of(self.kept.case):
            yield self._finding(last, "it was erased, and its key is still there: erase it again")

    def _unless_found(self, number: int, what: str) -> Iterator[Finding]:
        """A finding, unless the chain has found that event already: what follows from one change is one."""
        if number not in self.broken:
            yield self._finding(number, what)

    def _events(self) -> Iterator[Finding]:
        try:
            opened = list(contents(self.kept.case, self.kept.entries, self.headers, self.vault))
        except (KeysMissing, KeysDamaged) as error:
            yield self._finding(None, f"it cannot be read: {error}")
            return
        for number, (entry, header, (content, closed)) in enumerate(
            zip(self.kept.entries, self.headers, opened, strict=True), start=1
        ):
            if closed:
                yield from self._unless_found(number, closed)
            for what, data in (("header", entry.header), ("content", content)):
                if not closed and not is_canonical(data):
                    yield from self._unless_found(number, f"its {what} is not in canonical form")
            try:
                ref = ref_of(header)
                engine = self.engines.get(ref) or self.engine_of(ref)
            except Exception:  # whatever the bytes are, they are a finding
                yield from self._unless_found(number, "the protocol that it stands under is not to be had")
                continue
            self.engines[ref] = engine
            try:
                self.events.append(event_of(header, from_bytes(content), engine.protocol))
            except Exception:  # whatever the bytes are, they are a finding
                if not closed:
                    yield from self._unless_found(number, "its content cannot be read")

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
        summaries = beside[tables.case_summary.name]
        if case is None:
            if not self.kept.entries and summaries:
                yield self._finding(None, "the lists have it, and it has no events")
            elif self.kept.entries and self.kept.entries[-1].kind == ERASED and summaries:
                yield self._finding(None, "it was erased, and the lists have it")
            return
        if self.kept.lists is None:
            return  # that they cannot be read is found for the whole store
        engine = self.engines[case.protocol]
        summary = summary_row(summary_of(engine, case), agenda_of(engine, case), self.kept.lists)
        agenda = "agenda"
        if [_without(row, agenda) for row in summaries] != [_without(summary, agenda)]:
            yield self._finding(None, "what lists say of it is not how it stands")
        elif summaries[0][agenda] != summary[agenda]:
            yield self._finding(None, f"what lists say is due in it is not what is due{CALENDAR}")

    def _refusals(self, rows: list[Row]) -> Iterator[Finding]:
        if not rows or isinstance(self.vault, NoVault):
            return
        kinds = [entry.kind for entry in self.kept.entries]
        if not kinds or ERASED in kinds:
            without = "was erased" if kinds else "has no events"
            yield self._finding(None, f"it {without}, and what was refused in it is left")
            return
        with suppress(KeysMissing, KeysDamaged):  # that it cannot be read has been found
            for wrong in refusing.disagreements(rows, self.vault.case_key(self.kept.case)):
                yield self._finding(None, wrong)


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
