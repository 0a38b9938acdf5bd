"""What can go wrong where cases are kept, as data. No message, attribute or cause holds a value of a fact.

    StoreError
    ├── CaseNotFound           no case of that id (also a LookupError)
    ├── CaseErased             it was erased: `.erasure` says when, by whom and why
    ├── LegalHold              it may not be erased
    ├── Conflict               the case is at another version: `.actual`
    ├── IdempotencyMismatch    the key was used for another request
    ├── StoreBusy              somebody else held the store for too long; nothing was written, try again
    ├── StoreReadOnly          it can be read, and not written
    ├── StoreFull              no room; nothing was written
    ├── StoreUnavailable       it cannot be reached or read; nothing was written
    ├── StoreOutdated          its layout is older or newer than this library can write or read
    ├── StoreCorrupt           the database itself is damaged
    ├── KeysMissing            the keys of this store are not here
    ├── KeysDamaged            they are here, and are not what was written
    ├── OutcomeUnknown         it may have been written: try again with the same idempotency key only
    └── IntegrityViolation     what is kept is not what was written: `.case`, `.seq`, `.what`

Errors of drivers stop at the store: they hold statements and parameters.
"""

from __future__ import annotations

from rupture_protocol.errors import RuptureError, shorten
from rupture_protocol.store.erasure import Erasure


class StoreError(RuptureError):
    """Anything that goes wrong where cases are kept."""


class CaseNotFound(StoreError, LookupError):
    """No case of that id is kept here."""

    def __init__(self, case: str) -> None:
        super().__init__(f"no case is called `{shorten(case)}`", help="`rupture case list` lists those kept")
        self.case = case


class CaseErased(StoreError):
    """The case was erased: nobody can read it any more. When, by whom and on what basis, it says."""

    def __init__(self, erasure: Erasure) -> None:
        super().__init__(
            f"`{shorten(erasure.case)}` was erased on {erasure.at.date()} by {shorten(str(erasure.by))}",
            help=f"on this basis: {shorten(erasure.basis)}",
        )
        self.erasure = erasure


class LegalHold(StoreError):
    """The case is under a legal hold, so it may not be erased."""

    def __init__(self, case: str) -> None:
        super().__init__(
            f"`{shorten(case)}` is under a legal hold, and may not be erased",
            help="whoever may end the hold, releases it first",
        )
        self.case = case


class Conflict(StoreError):
    """The case is not at the version that was expected; `actual` is the one it is at."""

    def __init__(self, case: str, *, actual: int, expected: int) -> None:
        if expected == 0:
            message, help_ = f"a case called `{shorten(case)}` is kept already", "give another id"
        else:
            message = f"`{shorten(case)}` is at version {actual}, not {expected}"
            help_ = "look at what was added, then try again"
        super().__init__(message, help=help_)
        self.case = case
        self.actual = actual
        self.expected = expected


class IdempotencyMismatch(StoreError):
    """The idempotency key was used before, for another request."""

    def __init__(self) -> None:
        super().__init__(
            "the idempotency key was used before, for another request", help="a new request has a new key"
        )


class StoreBusy(StoreError):
    """Somebody else held the store for too long. Nothing was written: try again."""


class StoreReadOnly(StoreError):
    """The store can be read, and not written."""


class StoreFull(StoreError):
    """There is no room left. Nothing was written."""


class StoreUnavailable(StoreError):
    """The store cannot be reached or read. Nothing was written."""


class StoreOutdated(StoreError):
    """The store's layout is newer than this library can read, or older than it can write."""


class StoreCorrupt(StoreError):
    """The database itself is damaged: `rupture db doctor` says more, a backup has what was there."""


class KeysMissing(StoreError):
    """The keys of this store are not here: without them it can be neither read nor written."""


class KeysDamaged(StoreError):
    """A key, or the list of keys, is not what was written; a backup of the keys has what was there."""


class OutcomeUnknown(StoreError):
    """The commit was cut off: the event may be kept, or not. Try again with the same idempotency key only."""


class IntegrityViolation(StoreError):
    """What is kept is not what was written."""

    def __init__(self, case: str, seq: int, what: str) -> None:
        super().__init__(
            f"`{shorten(case)}`, event {seq}: {what}", help="`rupture case verify` says all that is wrong"
        )
        self.case = case
        self.seq = seq
        self.what = what
