"""An event → the entry that follows what is kept: sealed, chained, signed."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rupture_protocol.engine.case import Event
from rupture_protocol.store.chain import genesis, link
from rupture_protocol.store.entry import (
    Entry,
    content_of,
    digest_of_content,
    header_of,
    microseconds,
    to_bytes,
)
from rupture_protocol.store.vault import Vault

SALT_SIZE = 16


def sealed(
    case_id: str, event: Event, before: Sequence[Entry], vault: Vault, *, request: str, key: str | None
) -> Entry:
    """An event as the entry that follows others.

    Args:
        before: All entries of the case so far.
        request: The digest of what was asked for.
        key: The digest of its idempotency key.

    Raises:
        KeysMissing: There are entries, and the key of their case is not here.
    """
    content = to_bytes(content_of(event, request=request, salt=secrets.token_hex(SALT_SIZE)))
    case_key = vault.case_key(case_id, make=not before)
    kind = event.kind.value
    header = header_of(case_id, event, event_id=uuid.uuid4().hex, store_id=vault.store_id, key=key)
    header["content"] = digest_of_content(content)
    if not before and case_key.commitment:
        header["case_key"] = case_key.commitment
    return signed(header, case_key.seal(event.seq, kind, content), before, vault)


def signed(header: Mapping[str, Any], payload: bytes, before: Sequence[Entry], vault: Vault) -> Entry:
    """The entry with that header and payload that follows others."""
    case_id, written = header["case"], to_bytes(header)
    previous = before[-1].hash if before else genesis(vault.store_id, case_id)
    hash_ = link(previous, written, payload)
    return Entry(
        case=case_id,
        seq=header["seq"],
        event=header["event"],
        kind=header["kind"],
        at=microseconds(datetime.fromisoformat(header["at"])),
        actor=header["by"]["id"],
        header=written,
        payload=payload,
        hash=hash_,
        signature=vault.sign(hash_),
    )
