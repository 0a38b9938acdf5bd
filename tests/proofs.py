"""Proofs made by hand, with nothing of the library: to be accepted, and for an attacker to start from."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

STORE, CASE = "28416e666f2344039bf716a529eda3d0", "case-17"
CLINIC = Ed25519PrivateKey.from_private_bytes(b"c" * 32)
BEFORE = Ed25519PrivateKey.from_private_bytes(b"b" * 32)
FORGER = Ed25519PrivateKey.from_private_bytes(b"f" * 32)
STANDARD = {"id": "standard", "version": "1.0.0", "digest": "ad" * 32}
LEE = {"id": "lee", "role": "therapist"}
AT = "2026-11-24T12:0{}:00+00:00"

Json = dict[str, Any]


def canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def id_of(key: Ed25519PrivateKey) -> str:
    return sha(bytes.fromhex(public(key))).hex()[:16]


def events() -> list[Json]:
    """What happened, as contents say it, with their kinds."""
    return [
        {"kind": "opened", "to": "aware"},
        {"kind": "recorded", "facts": {"level": "none"}, "note": 'ünï "q"\n\u2028'},
        {"kind": "taken", "trigger": "consult", "from": "aware", "to": "consulted", "rests_on": [2]},
        {"kind": "held", "reason": "a complaint"},
    ]


def made(
    happened: list[Json] | None = None,
    *,
    signers: tuple[Ed25519PrivateKey, ...] = (BEFORE, CLINIC),
    case: str = CASE,
    store: str = STORE,
    hide: tuple[int, ...] = (),
    headers: dict[int, Json] | None = None,
    write: Callable[[Any], str] = canonical,
) -> Json:
    """A whole file: the first event is signed by the first signer, all others by the last.

    Args:
        happened: The events.
        signers: Who signs.
        case: The id of the case.
        store: The id of the store.
        hide: The numbers of events whose content is left out.
        headers: What headers say instead, by the numbers of their events.
        write: How headers are written.
    """
    previous = sha(b"rupture-case/1\0", store.encode(), b"\0", case.encode())
    entries, history, state = [], [], None
    for number, event in enumerate(events() if happened is None else happened, start=1):
        written = dict(event)
        at = written.pop("at", AT.format(number))
        content = {**written, "occurred": at, "salt": f"{number:032x}", "request": "ab" * 32}
        kind = content.pop("kind")
        text = canonical(content)
        protocol = content.pop("protocol", STANDARD)
        opened = {"seq": number, "kind": kind, "at": at, "by": LEE}
        header = {
            **opened, "case": case, "store": store, "event": f"{number:032x}", "protocol": protocol,
            "content": sha(b"rupture-content/1\0", text.encode()).hex(),
        }  # fmt: skip
        payload = b"\1" + sha(b"as if it were encrypted", text.encode()) + b"x"
        raw = write(header | (headers or {}).get(number, {})).encode()
        previous = sha(
            b"rupture-event/1\0",
            previous,
            len(raw).to_bytes(8, "big"),
            raw,
            len(payload).to_bytes(8, "big"),
            payload,
        )
        signer = signers[0] if number == 1 else signers[-1]
        entry = {
            "header": raw.decode(), "payload": base64.b64encode(payload).decode(), "content": text,
            "hash": previous.hex(), "signer": id_of(signer),
            "signature": signer.sign(b"rupture-signature/1\0" + previous).hex(),
        }  # fmt: skip
        said = {**opened, **{name: each for name, each in content.items() if name not in ("salt", "request")}}
        if number in hide:
            del entry["content"]
            said = opened
        elif "to" in content:
            state = content["to"]
        entries.append(entry)
        history.append(said)
    keys = [
        {"id": id_of(key), "public": public(key), "made": AT.format(0), "retired": None}
        for key in dict.fromkeys(signers)
    ]
    return {
        "schema": "rupture-case/1", "case": case, "version": len(entries), "state": state,
        "protocol": STANDARD, "history": history,
        "proof": {"schema": "rupture-proof/1", "store": store, "entries": entries, "keys": keys},
    }  # fmt: skip


def with_checkpoint(file: Json, *, version: int = 3, cases: int = 5, index: int = 2) -> Json:
    """The file, with a checkpoint made when the case was at that version, among others."""
    head = canonical([file["case"], version, file["proof"]["entries"][version - 1]["hash"]])
    leaves = [f"other {number}" for number in range(cases)]
    leaves[index] = head
    hashes = [sha(b"\0", each.encode()) for each in leaves]
    stated = {
        "schema": "rupture-checkpoint/1", "store": file["proof"]["store"], "number": 7, "at": AT.format(9),
        "size": cases, "root": root(hashes).hex(),
    }  # fmt: skip
    signature = CLINIC.sign(b"rupture-checkpoint/1\0" + canonical(stated).encode()).hex()
    path = [each.hex() for each in path_to(index, hashes)]
    signed = {**stated, "signer": id_of(CLINIC), "signature": signature}
    file["proof"]["checkpoint"] = {**signed, "index": index, "path": path}
    return file


def root(hashes: list[bytes]) -> bytes:
    """The root of RFC 6962, as its section 2.1 says it."""
    if len(hashes) == 1:
        return hashes[0]
    middle = split(len(hashes))
    return sha(b"\1", root(hashes[:middle]), root(hashes[middle:]))


def path_to(index: int, hashes: list[bytes]) -> list[bytes]:
    """The audit path of RFC 6962, as its section 2.1.1 says it."""
    if len(hashes) == 1:
        return []
    middle = split(len(hashes))
    if index < middle:
        return [*path_to(index, hashes[:middle]), root(hashes[middle:])]
    return [*path_to(index - middle, hashes[middle:]), root(hashes[:middle])]


def split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1
