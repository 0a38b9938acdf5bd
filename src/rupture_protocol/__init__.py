"""Decision support for repairing unintended harm in therapy.

A protocol file says what each step requires; the engine says, at any moment of a case, what may be done,
what may not and exactly why, and what is not known yet that would decide it. It decides nothing by itself.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would cost more than all the rest

if TYPE_CHECKING:
    from typing import Any

    from rupture_protocol.engine.calendar import Calendar
    from rupture_protocol.engine.case import Actor, Case, Event
    from rupture_protocol.engine.decision import Decision, Option
    from rupture_protocol.engine.engine import Engine
    from rupture_protocol.engine.options import Verdict
    from rupture_protocol.engine.refusal import TransitionRefused
    from rupture_protocol.engine.remarks import MigrationRefused
    from rupture_protocol.engine.wire import decision_to_json, event_to_json
    from rupture_protocol.errors import (
        InvalidCase,
        InvalidProtocol,
        Issue,
        ProtocolNotFound,
        RecordRefused,
        Refused,
        RuptureError,
        TimeRefused,
        UnknownName,
        ValueRefused,
    )
    from rupture_protocol.language.facts import UNKNOWN
    from rupture_protocol.language.protocol import Protocol
    from rupture_protocol.loading import check, load, loads
    from rupture_protocol.store.aio import AsyncCasebook
    from rupture_protocol.store.casebook import Casebook
    from rupture_protocol.store.errors import (
        CaseErased,
        CaseNotFound,
        Conflict,
        IdempotencyMismatch,
        IntegrityViolation,
        KeysDamaged,
        KeysMissing,
        LegalHold,
        OutcomeUnknown,
        StoreBusy,
        StoreCorrupt,
        StoreError,
        StoreFull,
        StoreOutdated,
        StoreReadOnly,
        StoreUnavailable,
    )

_HOMES = {
    "engine.calendar": ("Calendar",),
    "engine.case": ("Actor", "Case", "Event"),
    "engine.decision": ("Decision", "Option"),
    "engine.engine": ("Engine",),
    "engine.options": ("Verdict",),
    "engine.refusal": ("TransitionRefused",),
    "engine.remarks": ("MigrationRefused",),
    "engine.wire": ("decision_to_json", "event_to_json"),
    "errors": (
        "InvalidCase",
        "InvalidProtocol",
        "Issue",
        "ProtocolNotFound",
        "RecordRefused",
        "Refused",
        "RuptureError",
        "TimeRefused",
        "UnknownName",
        "ValueRefused",
    ),
    "language.facts": ("UNKNOWN",),
    "language.protocol": ("Protocol",),
    "loading": ("check", "load", "loads"),
    "store.casebook": ("Casebook",),
    "store.aio": ("AsyncCasebook",),
    "store.errors": (
        "StoreError",
        "CaseNotFound",
        "CaseErased",
        "LegalHold",
        "Conflict",
        "IdempotencyMismatch",
        "StoreBusy",
        "StoreReadOnly",
        "StoreFull",
        "StoreUnavailable",
        "StoreOutdated",
        "StoreCorrupt",
        "KeysMissing",
        "KeysDamaged",
        "OutcomeUnknown",
        "IntegrityViolation",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022  # in the order of their homes
    "Calendar",
    "Actor",
    "Case",
    "Event",
    "Decision",
    "Option",
    "Engine",
    "Verdict",
    "TransitionRefused",
    "MigrationRefused",
    "decision_to_json",
    "event_to_json",
    "InvalidCase",
    "InvalidProtocol",
    "Issue",
    "ProtocolNotFound",
    "RecordRefused",
    "Refused",
    "RuptureError",
    "TimeRefused",
    "UnknownName",
    "ValueRefused",
    "UNKNOWN",
    "Protocol",
    "check",
    "load",
    "loads",
    "Casebook",
    "AsyncCasebook",
    "StoreError",
    "CaseNotFound",
    "CaseErased",
    "LegalHold",
    "Conflict",
    "IdempotencyMismatch",
    "StoreBusy",
    "StoreReadOnly",
    "StoreFull",
    "StoreUnavailable",
    "StoreOutdated",
    "StoreCorrupt",
    "KeysMissing",
    "KeysDamaged",
    "OutcomeUnknown",
    "IntegrityViolation",
]


def __getattr__(name: str) -> Any:
    # Nothing is imported before it is used: a host that only mentions the package pays a few milliseconds.
    if name == "__version__":
        from importlib.metadata import version

        return version("rupture-protocol")
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
