"""A running case under another version of its protocol: the names of now for the names of then.

What has no counterpart is refused. Alone here: how an old history reads under a new version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import Case, Event, Record, Standing, Visit
from rupture_protocol.engine.remarks import MigrationRefused, Remark
from rupture_protocol.errors import ValueRefused
from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.facts import UNKNOWN, Fact, Unknown, Value, to_json
from rupture_protocol.language.protocol import Migration, Protocol
from rupture_protocol.language.ranges import parse_range


@dataclass(frozen=True, slots=True)
class Carry:
    """Carries cases of one version of a protocol over to another."""

    old: Protocol
    new: Protocol
    calendar: Calendar

    def over(self, case: Case, event: Event) -> Case:
        """The case after the event that migrates it.

        Raises:
            MigrationRefused: It has ended, the new version does not say how, or something has no counterpart.
        """
        reasons = tuple(self.obstacles(case))
        migration = self.migration()
        if reasons or migration is None:
            raise MigrationRefused(reasons)
        visits: dict[str, Visit] = {}
        for name, visit in case.visits.items():
            now = _state(name, migration)
            visits[now] = _both(visits.get(now), visit)
        facts = {each.fact: each for each in self._records(case, migration)}
        read = (*(self._as_read(each, migration) for each in case.read or case.history), event)
        state, history = _state(case.state, migration), (*case.history, event)
        return Case(case.id, event.protocol, state, Frozen(facts), Frozen(visits), history, read)

    def migration(self) -> Migration | None:
        """What the new version says of cases of the old one: the first entry with the version counts."""
        for each in self.new.migrates:
            versions = parse_range(each.versions)
            if versions is not None and self.old.version in versions:
                return each
        return None

    def obstacles(self, case: Case) -> Iterator[Remark]:
        """Why the case cannot be carried over: all there is, none where it can be."""
        migration, version = self.migration(), self.new.version
        if self.old.digest == self.new.digest:
            yield Remark("already-there", self.new.id, f"the case is under {version} already")
        elif self.old.id != self.new.id:
            text = f"`{self.new.id}` is another protocol than `{self.old.id}`"
            yield Remark("another-protocol", self.new.id, text)
        elif migration is None:
            text = f"`{self.new.id}` {version} does not say how a case of {self.old.version} goes on"
            advice = "an entry of `migrates:` with a range that holds the version"
            yield Remark("not-described", self.new.id, text, advice)
        elif self.old.states[case.state].final:
            yield Remark("has-ended", case.state, "a case that has ended is not migrated")
        else:
            yield from self._states_gone(case, migration)
            yield from self._facts_lost(case, migration)

    def _states_gone(self, case: Case, migration: Migration) -> Iterator[Remark]:
        version = self.new.version
        for name in case.visits:
            if _state(name, migration) not in self.new.states:
                text = f"the case has been in `{name}`, which has no counterpart in {version}"
                yield Remark("state-gone", name, text, "name one under `states:` of `migrates:`")
        now = self.new.states.get(_state(case.state, migration))
        if now is not None and now.final:
            text = f"`{case.state}` is an ending in {version}, so the case would end by this"
            yield Remark("would-end", case.state, text, "name another state under `states:` of `migrates:`")

    def _facts_lost(self, case: Case, migration: Migration) -> Iterator[Remark]:
        found: set[str] = set()
        for name, record in case.facts.items():
            fact = self.counterpart(name, migration)
            if fact is None:
                continue  # no condition of the new version reads it; the history keeps it
            if fact.name in found:
                text = f"`{fact.name}` is on record twice: under its old and its new name"
                yield Remark("recorded-twice", fact.name, text)
            found.add(fact.name)
            if record.value is not None and _value(record.value, fact) is None:
                impossible = f"nothing that `{fact.name}` can be in {self.new.version}"
                text = f"what is on record of `{name}` is {impossible}"
                yield Remark("value-lost", name, text, f"`{fact.name}` takes {fact.expects()}")

    def counterpart(self, name: str, migration: Migration) -> Fact | None:
        """What a fact of the old version is in the new one; None where it is there no more."""
        return self.new.facts.get(migration.facts.get(name, name))

    def _records(self, case: Case, migration: Migration) -> Iterator[Record]:
        for name, record in case.facts.items():
            fact = self.counterpart(name, migration)
            if fact is not None:
                yield self._record(record, fact)

    def _record(self, record: Record, fact: Fact) -> Record:
        value = None if record.value is None else _value(record.value, fact)
        if value is None:
            return replace(record, fact=fact.name)
        if not may_stand(record, fact):
            return replace(record, fact=fact.name, value=None, standing=Standing.FORGOTTEN, expires=None)
        lasts, began = fact.lasts, record.occurred
        expires = None if lasts is None or began is None else after(began, lasts, self.calendar)
        return replace(record, fact=fact.name, value=value, expires=expires)

    def _as_read(self, event: Event, migration: Migration) -> Event:
        """An earlier event in the names of now: what deadlines read. The history keeps it as it was."""
        facts: dict[str, Value | Unknown] = {}
        for name, value in event.facts.items():
            fact = self.counterpart(name, migration)
            if fact is not None:
                facts[fact.name] = value if isinstance(value, Unknown) else _known(value, fact)
        kept: Mapping[str, Value | Unknown] = Frozen(facts) if facts else NOTHING
        source, to = (None if each is None else _state(each, migration) for each in (event.source, event.to))
        return replace(event, facts=kept, source=source, to=to)


def may_stand(record: Record, fact: Fact) -> bool:
    """Whether who made a record may still make it; else the fact is asked afresh, and never presumed."""
    return not fact.by or record.by is None or record.by.role in fact.by


def _state(name: str, migration: Migration) -> str:
    return migration.states.get(name, name)


def _both(one: Visit | None, other: Visit) -> Visit:
    if one is None:
        return other
    last = max((each for each in (one.last, other.last) if each is not None), default=None)
    return Visit(one.count + other.count, last)


def _value(value: Value, fact: Fact) -> Value | None:
    try:
        return fact.parse(to_json(value))
    except ValueRefused:
        return None


def _known(value: Value, fact: Fact) -> Value | Unknown:
    """An earlier value in the new version. One that it cannot have is not known: what stood before it does
    not come back for that."""
    found = _value(value, fact)
    return UNKNOWN if found is None else found
