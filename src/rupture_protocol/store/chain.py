"""The chain: each entry's hash is over its bytes and the hash before, so that no change goes unseen.

    genesis  = SHA-256("rupture-case/1" 00, store id 00, case id)
    hash n   = SHA-256("rupture-event/1" 00, hash n-1, length of header, header, length of payload, payload)

Lengths are eight bytes, most significant first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from rupture_protocol.store.entry import Entry, from_bytes, microseconds


def genesis(store_id: str, case_id: str) -> bytes:
    """What the first hash of a case stands on."""
    return hashlib.sha256(b"rupture-case/1\0" + store_id.encode() + b"\0" + case_id.encode()).digest()


def link(previous: bytes, header: bytes, payload: bytes) -> bytes:
    """The hash of an entry that follows another."""
    return hashlib.sha256(
        b"".join(
            (
                b"rupture-event/1\0",
                previous,
                len(header).to_bytes(8, "big"),
                header,
                len(payload).to_bytes(8, "big"),
                payload,
            )
        )
    ).digest()


def verified(
    entries: Sequence[Entry], *, store_id: str, case_id: str
) -> Iterator[tuple[dict[str, Any], str]]:
    """The header of each entry, and what is wrong with it: empty, where nothing is."""
    previous = genesis(store_id, case_id)
    before = 0
    for number, entry in enumerate(entries, start=1):
        header, wrong = _header(entry)
        if entry.hash != link(previous, entry.header, entry.payload):
            wrong = "its bytes are not what was written, or follow something else"
        elif not wrong and (entry.seq != number or entry.case != case_id):
            wrong = "it is not in its place"
        elif not wrong and header.get("store") != store_id:
            wrong = "it was written in another store"
        elif not wrong and entry.at < before:
            wrong = "it is older than what was before it"
        yield header, wrong
        # Each link stands on what is kept, so that one change is one finding.
        previous, before = entry.hash, entry.at


def _header(entry: Entry) -> tuple[dict[str, Any], str]:
    """An entry's header, and whether the columns beside it say the same."""
    try:
        header = from_bytes(entry.header)
        at = microseconds(datetime.fromisoformat(header["at"]))
        said = header["case"], header["seq"], header["event"], header["kind"], header["by"]["id"], at
        columns = entry.case, entry.seq, entry.event, entry.kind, entry.actor, entry.at
    except (LookupError, TypeError, ValueError, OverflowError):
        return {}, "it cannot be read"
    return header, "" if said == columns else "its columns are not what its header says"
