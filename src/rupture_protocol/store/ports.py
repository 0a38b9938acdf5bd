"""What the casebook asks of whoever keeps its entries: two methods of a host's own store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from rupture_protocol.language.library import Text
from rupture_protocol.language.protocol import Protocol as CareProtocol
from rupture_protocol.store.entry import Entry, from_bytes
from rupture_protocol.store.summary import Agenda, Summary
from rupture_protocol.store.vault import Vault


@runtime_checkable
class Store(Protocol):
    """A host's own store: entries of a case, in their order, appended one at a time.

    `rupture_protocol.testing.StoreContract` tests one.
    """

    def load(self, case_id: str) -> Sequence[Entry]:
        """All entries of a case, oldest first; none, where there is no such case."""

    def append(self, entry: Entry, *, expected_version: int) -> None:
        """Keeps one more entry, durably, and only if the case has exactly `expected_version` entries.

        Raises:
            Conflict: It has another number of them; nothing is kept then.
        """


class Session(Store, Protocol):
    """A store within one transaction, with what makes a casebook more than its entries."""

    @property
    def vault(self) -> Vault:
        """What seals and signs here."""

    def kept_under(self, key: str, case_id: str) -> tuple[str, int] | None:
        """The case and the number of the entry that was made under an idempotency key."""

    def keep_protocol(self, protocol: CareProtocol) -> None:
        """Keeps the files of a protocol, unless they are kept."""

    def protocol_files(self, digest: str) -> tuple[Text, ...]:
        """The files of a protocol that was kept; none, where it was not."""

    def describe(self, summary: Summary, agenda: Agenda) -> None:
        """Notes how a case stands and what is due in it, for lists."""


class Plain:
    """A host's own store as a session: without a transaction, `append` alone decides whose event is next."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self.vault = vault

    def load(self, case_id: str) -> Sequence[Entry]:
        return self._store.load(case_id)

    def append(self, entry: Entry, *, expected_version: int) -> None:
        self._store.append(entry, expected_version=expected_version)

    def kept_under(self, key: str, case_id: str) -> tuple[str, int] | None:
        for entry in self._store.load(case_id):
            if from_bytes(entry.header).get("key") == key:
                return case_id, entry.seq
        return None

    def keep_protocol(self, protocol: CareProtocol) -> None:
        """Nothing: the host keeps its protocols."""

    def protocol_files(self, digest: str) -> tuple[Text, ...]:  # noqa: ARG002  # as every session answers
        return ()

    def describe(self, summary: Summary, agenda: Agenda) -> None:
        """Nothing: the host lists its cases."""
