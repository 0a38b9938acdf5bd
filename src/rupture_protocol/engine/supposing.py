"""Records and cases that are only supposed: for questions, never for writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rupture_protocol.engine.case import Case, ProtocolRef, Record, Standing, Visit
from rupture_protocol.frozen import Frozen
from rupture_protocol.language.facts import UNKNOWN, Unknown, Value
from rupture_protocol.language.protocol import Protocol


def value_of(protocol: Protocol, name: str, given: object) -> Value | Unknown:
    """A value as a host gives it, in the fact's own type.

    Raises:
        UnknownName, ValueRefused: There is no such fact, or it cannot have that value.
    """
    fact = protocol.fact(name)
    return UNKNOWN if isinstance(given, Unknown) else fact.parse(given)


def supposed_records(protocol: Protocol, facts: Mapping[str, object]) -> dict[str, Record]:
    """Records as if these facts were on record now; `UNKNOWN`: as if they were not."""
    supposed: dict[str, Record] = {}
    for name, given in facts.items():
        value = value_of(protocol, name, given)
        if isinstance(value, Unknown):
            supposed[name] = Record(name, None, Standing.NOT_KNOWN, 0, None, None, None, None)
        else:
            supposed[name] = Record(name, value, Standing.RECORDED, 0, None, None, None, None)
    return supposed


def imagined_case(
    protocol: Protocol, ref: ProtocolRef, state: str, visited: Iterable[str], facts: Mapping[str, object]
) -> Case:
    """A case without a history. It has been in `state`, and in `visited` once for each mention.

    Raises:
        UnknownName, ValueRefused: A state or fact that is not there, a value that the fact cannot have.
    """
    here = protocol.state(state).name
    counts: dict[str, int] = {}
    for name in visited:
        counts[protocol.state(name).name] = counts.get(name, 0) + 1
    counts.setdefault(here, 1)
    visits = Frozen({name: Visit(count, None) for name, count in counts.items()})
    return Case("imagined", ref, here, Frozen(supposed_records(protocol, facts)), visits)
