"""An entry: one event as it is kept, in bytes. Alone here: which part of an event lies in the open.

The header (case, order, kind, time of recording, person, protocol) can be read by whoever keeps the store;
all else, what a client's case is about, is the content, and the payload is the content sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from rupture_protocol.engine import wire
from rupture_protocol.engine.case import Event, ProtocolRef
from rupture_protocol.language.digest import canonical_json
from rupture_protocol.language.protocol import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DECODER = json.JSONDecoder()
_IN_THE_OPEN = ("seq", "kind", "at", "by")
_BESIDE = ("request", "salt")
ERASED = "erased"
"""The kind of the entry that ends a case whose content is gone; all others are kinds of events."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One event of a case, as a store keeps it.

    `header` is canonical JSON (RFC 8785), `payload` the sealed content. `at` is in microseconds since 1970,
    `actor` the id of who wrote it, `hash` SHA-256 over the hash before and these bytes, `signature` the id of
    a key and its Ed25519 signature over the hash; empty, where nothing is signed. A store need not look
    inside.
    """

    case: str
    seq: int
    event: str
    kind: str
    at: int
    actor: str
    header: bytes
    payload: bytes
    hash: bytes
    signature: bytes = b""

    def __repr__(self) -> str:
        return f"<Entry {self.case} #{self.seq} {self.kind}>"


def header_of(case_id: str, event: Event, *, event_id: str, store_id: str, key: str | None) -> dict[str, Any]:
    """What of an event lies in the open."""
    written = wire.event_to_json(event)
    header = {name: written[name] for name in _IN_THE_OPEN}
    header |= {
        "case": case_id,
        "event": event_id,
        "protocol": wire.ref_to_json(event.protocol),
        "store": store_id,
    }
    return header if key is None else {**header, "key": key}


def content_of(event: Event, *, request: str, salt: str) -> dict[str, Any]:
    """What of an event is a client's.

    `request` is the digest of what was asked for; `salt` is random, so that nobody finds a content by trying
    which one has the digest that the header gives.
    """
    written = wire.event_to_json(event)
    beside = {"request": request, "salt": salt}
    return {**beside, **{name: each for name, each in written.items() if name not in _IN_THE_OPEN}}


def digest_of_content(content: bytes) -> str:
    """What a header says of the content: an export proves it with this, and keeps its key."""
    return hashlib.sha256(b"rupture-content/1\0" + content).hexdigest()


def to_bytes(data: Mapping[str, Any]) -> bytes:
    """Canonical JSON in UTF-8."""
    return canonical_json(dict(data)).encode("utf-8")


def from_bytes(data: bytes) -> dict[str, Any]:
    """The mapping that bytes hold.

    Raises:
        ValueError: They are no canonical JSON of a mapping.
    """
    try:
        text = data.decode("utf-8")
        read, end = _DECODER.raw_decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(read, dict) or end != len(text):
        raise ValueError("no mapping")  # what is read is data, not an argument
    return read


def event_of(header: Mapping[str, Any], content: Mapping[str, Any], protocol: Protocol) -> Event:
    """The event that was kept, under the protocol of its time.

    Raises:
        InvalidCase, LookupError, TypeError, ValueError: It is none.
    """
    written = {
        **content,
        "seq": header["seq"],
        "kind": header["kind"],
        "at": header["at"],
        "by": header["by"],
    }
    for name in _BESIDE:
        written.pop(name, None)
    return wire.event_from_json(written, ref_of(header), protocol)


def ref_of(header: Mapping[str, Any]) -> ProtocolRef:
    """Under which protocol an event stands."""
    written = header["protocol"]
    return _ref(written["id"], written["version"], written["digest"])


_ref = lru_cache(maxsize=64)(ProtocolRef)  # the events of a case have one and the same, mostly


def microseconds(moment: datetime) -> int:
    """An aware instant as whole microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """The instant, in UTC, of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=at)


def digest_of_key(key: str) -> str:
    """An idempotency key as it is kept: who reads the store does not read what a host put into it."""
    return hashlib.sha256(b"rupture-key/1\0" + key.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_request(request: Mapping[str, Any]) -> str:
    """What was asked for, to tell a repeated request from another one. It is kept within the payload only."""
    # What cannot be stored is refused later, by the engine, in words that do not repeat it.
    written = canonical_json(dict(request)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"rupture-request/1\0" + written).hexdigest()
