"""A running case under another version of its protocol: the names of now for the names of then.

What cannot be carried over safely is refused. Alone here: how an old history reads under a new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rupture_protocol.engine.calendar import Calendar, after
from rupture_protocol.engine.case import Case, Event, Record, Standing, Visit
from rupture_protocol.errors import Refused, ValueRefused
from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.facts import Fact, Unknown, Value, to_json
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
            Refused: It has ended, the new version does not say how, or something has no safe counterpart.
        """
        migration = self._migration()
        if self.old.states[case.state].final:
            raise Refused("a case that has ended is not migrated")
        visits: dict[str, Visit] = {}
        for name, visit in case.visits.items():
            now = self._state(name, migration)
            visits[now] = _both(visits.get(now), visit)
        state = self._state(case.state, migration)
        if self.new.states[state].final:
            raise Refused(f"`{case.state}` is an ending in {self.new.version}, so the case would end by this")
        facts = {record.fact: record for record in self._records(case, migration)}
        read = (*(self._as_read(each, migration) for each in case.read or case.history), event)
        history = (*case.history, event)
        return Case(case.id, event.protocol, state, Frozen(facts), Frozen(visits), history, read)

    def _migration(self) -> Migration:
        if self.old.id != self.new.id:
            raise Refused(f"`{self.new.id}` is another protocol than `{self.old.id}`")
        for each in self.new.migrates:
            versions = parse_range(each.versions)
            if versions is not None and self.old.version in versions:
                return each
        raise Refused(
            f"`{self.new.id}` {self.new.version} does not say how a case of {self.old.version} goes on",
            help="an entry of `migrates:` with a range that holds the version",
        )

    def _state(self, name: str, migration: Migration) -> str:
        now = migration.states.get(name, name)
        if now not in self.new.states:
            raise Refused(
                f"the case has been in `{name}`, which has no counterpart in {self.new.version}",
                help="name one under `states:` of `migrates:`",
            )
        return now

    def _records(self, case: Case, migration: Migration) -> list[Record]:
        found: dict[str, Record] = {}
        for name, record in case.facts.items():
            fact = self.new.facts.get(migration.facts.get(name, name))
            if fact is None:
                continue  # no condition of the new version reads it; the history keeps it
            if fact.name in found:
                raise Refused(f"`{found[fact.name].fact}` is on record twice: under its old and its new name")
            found[fact.name] = self._record(record, name, fact)
        return list(found.values())

    def _record(self, record: Record, name: str, fact: Fact) -> Record:
        if record.value is None:
            return replace(record, fact=fact.name)
        value = _value(record.value, fact)
        if value is None:
            raise Refused(
                f"what is on record of `{name}` is nothing that `{fact.name}` can be in {self.new.version}",
                help=f"`{fact.name}` takes {fact.expects()}",
            )
        if fact.by and record.by is not None and record.by.role not in fact.by:
            # Somebody who may no longer record it: asked afresh, and never presumed.
            return replace(record, fact=fact.name, value=None, standing=Standing.FORGOTTEN, expires=None)
        lasts, began = fact.lasts, record.occurred
        expires = None if lasts is None or began is None else after(began, lasts, self.calendar)
        return replace(record, fact=fact.name, value=value, expires=expires)

    def _as_read(self, event: Event, migration: Migration) -> Event:
        """An earlier event in the names of now: what deadlines read. The history keeps it as it was."""

        def state(name: str | None) -> str | None:
            return None if name is None else migration.states.get(name, name)

        facts: dict[str, Value | Unknown] = {}
        for name, value in event.facts.items():
            fact = self.new.facts.get(migration.facts.get(name, name))
            now = None if fact is None else value if isinstance(value, Unknown) else _value(value, fact)
            if fact is not None and now is not None:
                facts[fact.name] = now
        kept: Mapping[str, Value | Unknown] = Frozen(facts) if facts else NOTHING
        return replace(event, facts=kept, source=state(event.source), to=state(event.to))


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
