"""Checks a case that was exported with its proof, without the store it came from or anything of its library.

    python verify_case.py case-17.json
    python verify_case.py case-17.json --key 149698f0e6e6c71384c6cb319841a34af64d9c95ea0cd758580db01b19328e0e
    python verify_case.py case-17.json --key … --checkpoint checkpoint-000007.json

This one file, Python 3.11 and the package `cryptography` are all it takes. It exits 0 where everything holds,
1 where something does not, 2 where the file cannot be checked.

What is checked, and how to do it by hand. Hashes are SHA-256, 00 and 01 are bytes, a length is eight bytes,
most significant first, and `proof.entries` are the events in order.

1. chain       The first hash stands on SHA-256("rupture-case/1" 00, store, 00, case). Each hash is
               SHA-256("rupture-event/1" 00, the hash before, length of header, header, length of payload,
               payload), with the text of `header` in UTF-8 and `payload` from base64. So no event before the
               last was changed, left out, added or moved, unless all hashes from there on were made anew.
               Each header also says its place (store, case, number), and time does not go back.
2. contents    `payload` is encrypted. What was encrypted is in `content`, and the header holds
               SHA-256("rupture-content/1" 00, content): nobody needs the key to see that it was written.
3. history     What the file says for reading (`history`, `state`, `version`, `protocol`) is what headers and
               contents say, and no more.
4. signatures  Each `signature` is of "rupture-signature/1" 00, hash, by Ed25519 with the public key `signer`.
               The id of a key is the first 16 hex digits of the SHA-256 of its 32 bytes. Without the secret
               key, nobody makes the hashes anew.
5. keys        Whoever makes up a whole file makes up its keys, too. So get the public key from the clinic by
               another way, and name it with `--key`.
6. checkpoint  A checkpoint, in the file or given beside it, shows that the clinic had signed for the case up
               to some event by some time. The leaves SHA-256(00, ["case",version,"hash"]) and the nodes
               SHA-256(01, left, right) make the tree of RFC 6962, whose root is signed: the signature is of
               "rupture-checkpoint/1" 00 and the canonical JSON of schema, store, number, at, size and root.
               From its leaf, the case is led to the root by `path`, or all leaves are there, as `heads`.

What no file can show: that nothing happened after its last event (ask for a later checkpoint); what somebody
who had the secret key added or wrote anew; whether what was recorded is true; when a key was made or retired.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

OK, WRONG, CANNOT_CHECK = 0, 1, 2
IN_THE_OPEN = ("seq", "kind", "at", "by")
BESIDE = ("request", "salt")
"""In a content, and not in a history: which request it was, and what keeps its hash from being guessed."""
MOVES = ("opened", "taken", "precaution", "override")
"""The kinds of event whose content says where the case stands from then on."""

STATED = ("schema", "store", "number", "at", "size", "root")
"""What the signature of a checkpoint is of."""


class CannotCheck(Exception):
    """The file is no case with a proof, or cannot be read."""


@dataclass
class Level:
    """One kind of check: what it means where it holds, and what is wrong."""

    name: str
    means: str
    findings: list[str] = field(default_factory=list)
    checked: bool = True


@dataclass(frozen=True)
class Entry:
    """One event of the proof, as it was kept."""

    number: int
    header: bytes
    said: dict[str, Any]
    """The header, read."""
    payload: bytes
    content: str | None
    hash: str
    signer: str
    signature: str


@dataclass(frozen=True)
class Proof:
    """What the file holds."""

    case: dict[str, Any]
    store: str
    entries: list[Entry]
    keys: dict[str, str]
    """Public keys in hex, by their ids."""
    checkpoint: dict[str, Any] | None
    """The one in the file, or the one that was given beside it."""


# Reading -----------------------------------------------------------------------------------------------


def read_json(text: str | bytes) -> Any:
    """JSON in which nothing is there twice, as readers would not agree on what it says."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name is there twice")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise CannotCheck("it is not JSON, or says the same thing twice") from None


def canonical(data: Any) -> bytes:
    """Canonical JSON (RFC 8785) of what our headers, contents and checkpoints are made of."""
    return encoded(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def encoded(text: str) -> bytes:
    """A text in UTF-8."""
    return text.encode("utf-8", "surrogatepass")  # whatever the file holds: it is then not what was hashed


def has(data: Any, name: str, kind: type) -> Any:
    """What a mapping holds under a name, if it is of that kind."""
    if not isinstance(data, dict) or type(data.get(name)) is not kind:
        raise CannotCheck(f"there is no `{name}` where one is expected")
    return data[name]


def read_entry(number: int, data: Any) -> Entry:
    """One event of a proof."""
    header = has(data, "header", str)
    content = has(data, "content", str) if "content" in data else None
    payload = has(data, "payload", str)
    try:
        decoded = base64.b64decode(payload, validate=True)
    except ValueError:
        raise CannotCheck(f"the payload of event {number} is not base64") from None
    if base64.b64encode(decoded).decode() != payload:
        raise CannotCheck(f"the payload of event {number} is not base64")
    said = read_json(header)
    for name, kind in {"case": str, "store": str, "seq": int, "kind": str, "at": str, "by": dict}.items():
        has(said, name, kind)
    texts = (has(data, name, str) for name in ("hash", "signer", "signature"))
    return Entry(number, encoded(header), said, decoded, content, *texts)


def read_proof(text: str | bytes) -> Proof:
    """A case with its proof.

    Raises:
        CannotCheck: It is none.
    """
    case = read_json(text)
    proof = has(case, "proof", dict)
    for data, schema in ((case, "rupture-case/1"), (proof, "rupture-proof/1")):
        if has(data, "schema", str) != schema:
            raise CannotCheck(f"it is not a `{schema}`")
    entries = [read_entry(number, each) for number, each in enumerate(has(proof, "entries", list), start=1)]
    if not entries:
        raise CannotCheck("it proves no event")
    keys = has(proof, "keys", list)
    by_id = {has(each, "id", str): has(each, "public", str) for each in keys}
    if len(by_id) < len(keys):
        raise CannotCheck("a key is there twice")
    checkpoint = has(proof, "checkpoint", dict) if "checkpoint" in proof else None
    return Proof(case, has(proof, "store", str), entries, by_id, checkpoint)


# 1. The chain ------------------------------------------------------------------------------------------


def genesis(store: str, case: str) -> bytes:
    """What the first hash stands on."""
    return hashlib.sha256(b"rupture-case/1\0" + encoded(store) + b"\0" + encoded(case)).digest()


def link(previous: bytes, header: bytes, payload: bytes) -> bytes:
    """The hash of an event that follows another."""
    parts = (b"rupture-event/1\0", previous, length(header), header, length(payload), payload)
    return hashlib.sha256(b"".join(parts)).digest()


def length(data: bytes) -> bytes:
    """How long it is, in eight bytes."""
    return len(data).to_bytes(8, "big")


def check_chain(proof: Proof) -> Iterator[str]:
    """What is wrong with the order of the events, or with a hash."""
    case = has(proof.case, "case", str)
    previous, before = genesis(proof.store, case), None
    for entry in proof.entries:
        said = entry.said
        if entry.hash != link(previous, entry.header, entry.payload).hex():
            yield f"event {entry.number}: its bytes are not what was hashed, or follow something else"
        if canonical(said) != entry.header:
            yield f"event {entry.number}: its header is not written as headers are"
        if (said["store"], said["case"], said["seq"]) != (proof.store, case, entry.number):
            yield f"event {entry.number}: it belongs elsewhere: another store, case or number"
        at = instant(said["at"])
        if at is None or (before is not None and at < before):
            yield f"event {entry.number}: it is older than the one before it"
        # Each goes on from what the file says, so that one change is one finding.
        previous, before = unhex(entry.hash), at or before


def instant(text: str) -> datetime | None:
    """The moment that a text says, if it says one with an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if at.tzinfo is None else at


def unhex(text: str) -> bytes:
    """The bytes of a text in hex, in small letters; none, where it is not that."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return b""
    return data if data.hex() == text else b""


# 2. The contents ---------------------------------------------------------------------------------------


def check_contents(proof: Proof) -> Iterator[str]:
    """What is wrong with what is shown of the contents."""
    for entry in proof.entries:
        if entry.content is None:
            continue
        digest = hashlib.sha256(b"rupture-content/1\0" + encoded(entry.content))
        if digest.hexdigest() != entry.said.get("content"):
            yield f"event {entry.number}: its content is not the one that was written"
        elif not isinstance(read_json(entry.content), dict):
            yield f"event {entry.number}: its content is nothing that we know"


# 3. What the file says for reading ---------------------------------------------------------------------


def check_history(proof: Proof) -> Iterator[str]:
    """What the file says, and the proof does not."""
    case, last = proof.case, proof.entries[-1]
    history = has(case, "history", list)
    for name in sorted(set(case) - {"schema", "case", "version", "state", "protocol", "history", "proof"}):
        yield f"nothing proves `{shown(name)}`"
    if case.get("version") != len(proof.entries) or type(case.get("version")) is not int:
        yield "the version is not the number of the events"
    if case.get("protocol") != last.said.get("protocol"):
        yield "the protocol is not that of the last event"
    if len(history) != len(proof.entries):
        yield f"the history has {len(history)} events, and the proof {len(proof.entries)}"
    for entry, event in zip(proof.entries, history, strict=False):
        if not same(event, expected(proof, entry)):
            yield f"event {entry.number}: the history does not say what was written, or more than is shown"
    if not is_migrated(proof) and case.get("state") != led_to(proof):
        yield "the state is not the one that the last step led to, or that step is not shown"


def led_to(proof: Proof) -> Any:
    """The state that the last step led to; None, where it is not shown."""
    moved = [entry for entry in proof.entries if entry.said["kind"] in MOVES]
    return content_of(moved[-1]).get("to") if moved else None


def is_migrated(proof: Proof) -> bool:
    """Whether the protocol was changed after the last step: a state may have another name in the new one."""
    return (
        "migrated"
        in [entry.said["kind"] for entry in proof.entries if entry.said["kind"] in (*MOVES, "migrated")][-1:]
    )


def expected(proof: Proof, entry: Entry) -> dict[str, Any]:
    """An event as the history must say it; what is not shown of it must not be said either."""
    event = {name: entry.said[name] for name in IN_THE_OPEN}
    event |= {name: each for name, each in content_of(entry).items() if name not in BESIDE}
    if entry.said["kind"] == "migrated" and entry.number > 1:
        event["under"] = proof.entries[entry.number - 2].said.get("protocol")
    return event


def content_of(entry: Entry) -> dict[str, Any]:
    """The content of an event; nothing, where it is not shown."""
    content = {} if entry.content is None else read_json(entry.content)
    return content if isinstance(content, dict) else {}


def same(one: Any, other: Any) -> bool:
    """Whether two pieces of JSON are the same: in Python alone, `True == 1`."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# 4., 5. Signatures and keys ----------------------------------------------------------------------------


def key_id(public: str) -> str:
    """The id of a public key in hex."""
    return hashlib.sha256(unhex(public)).hexdigest()[:16]


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Whether a public key (in hex) verifies a signature (in hex)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(unhex(public)).verify(unhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_signatures(proof: Proof, keys: dict[str, str]) -> Iterator[str]:
    """What is wrong with the keys in the file, or with a signature by one of them."""
    for name, public in proof.keys.items():
        if key_id(public) != name or len(unhex(public)) != 32:
            yield f"key {shown(name)}: it is not the id of that public key"
    for entry in proof.entries:
        public = keys.get(entry.signer, "")
        if not is_signed(public, b"rupture-signature/1\0" + unhex(entry.hash), entry.signature):
            yield f"event {entry.number}: the key {shown(entry.signer)} did not sign it, or is not here"


def check_keys(proof: Proof, named: Sequence[str]) -> Iterator[str]:
    """Which keys signed that you did not name."""
    wanted = {each if len(each) == 16 else key_id(each) for each in named}
    signers = [entry.signer for entry in proof.entries]
    signers += [str(proof.checkpoint.get("signer"))] if proof.checkpoint else []
    for name in dict.fromkeys(signers):
        if name not in wanted:
            yield f"{signers.count(name)} signatures are by the key {shown(name)}, which you did not name"


# 6. The checkpoint -------------------------------------------------------------------------------------


def leads_to(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf (RFC 9162, 2.1.3.2); None where it leads nowhere."""
    here, last, found = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    if not 0 <= index < size:
        return None
    for each in path:
        if last == 0:
            return None
        if here & 1 or here == last:
            found = hashlib.sha256(b"\1" + each + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + each).digest()
        here, last = here >> 1, last >> 1
    return found if last == 0 else None


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over hashes of leaves (RFC 6962, 2.1)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(hashes[:middle]) + root_of(hashes[middle:])).digest()


def check_checkpoint(proof: Proof, keys: dict[str, str]) -> Iterator[str]:
    """What is wrong with the checkpoint, or with the case as it is held against it."""
    given = proof.checkpoint or {}
    message = b"rupture-checkpoint/1\0" + canonical({name: given.get(name) for name in STATED})
    if not is_signed(keys.get(has(given, "signer", str), ""), message, has(given, "signature", str)):
        yield "its key did not sign it, or is not here"
    if (given.get("schema"), given.get("store")) != ("rupture-checkpoint/1", proof.store):
        yield "it is another store's"
    if "heads" in given and not all_heads_are_there(given):
        yield "its root is not that of its heads"
    if seen_until(proof) is None:
        yield "this case, as it is here, is not in it: it has other events, or more of them"


def all_heads_are_there(given: dict[str, Any]) -> bool:
    """Whether root and size are those of the heads."""
    heads = has(given, "heads", list)
    root = root_of([hashlib.sha256(b"\0" + canonical(head)).digest() for head in heads])
    return bool(root.hex() == given.get("root") and same(len(heads), given.get("size")))


def seen_until(proof: Proof) -> int | None:
    """Up to which event the checkpoint has the case; None where it does not know it as it is here."""
    given = proof.checkpoint or {}
    leaves = {
        entry.number: canonical([proof.case["case"], entry.number, entry.hash]) for entry in proof.entries
    }
    if "heads" in given:
        heads = set(map(canonical, has(given, "heads", list)))
        return next((number for number, leaf in leaves.items() if leaf in heads), None)
    path = [unhex(each) if isinstance(each, str) else b"" for each in has(given, "path", list)]
    for number, leaf in leaves.items():
        root = leads_to(leaf, has(given, "index", int), has(given, "size", int), path)
        if root is not None and root.hex() == given.get("root"):
            return number
    return None


# All of it ---------------------------------------------------------------------------------------------


def verify(proof: Proof, named: Sequence[str] = ()) -> list[Level]:
    """Every level of checks, with what it found.

    Args:
        proof: The case.
        named: Public keys (64 hex digits) or ids of keys (16) that you know to be the clinic's.
    """
    keys = proof.keys | {key_id(each): each for each in named if len(each) == 64}
    hidden = [str(entry.number) for entry in proof.entries if entry.content is None]
    levels = [
        Level(
            "chain", "no event before the last was changed, left out, added or moved", [*check_chain(proof)]
        ),
        Level("contents", "each content that is shown is the one that was written", [*check_contents(proof)]),
        Level("history", "the history for reading says what was written", [*check_history(proof)]),
        Level("signatures", "each event is signed by its key", [*check_signatures(proof, keys)]),
        Level("keys", "all of it is signed by keys that you named", [*check_keys(proof, named)]),
    ]
    if hidden:
        levels[1].means += f"; not shown: those of {', '.join(hidden)}"
    if is_migrated(proof):
        levels[2].means += "; not proved: what its state is called since the protocol was changed"
    if not named:
        signers = ", ".join(dict.fromkeys(shown(entry.signer) for entry in proof.entries))
        levels[4] = Level("keys", f"NAME THE CLINIC'S KEY WITH --key; the file says {signers}", checked=False)
    if proof.checkpoint is None:
        return [*levels, Level("checkpoint", "none is in the file or given with --checkpoint", checked=False)]
    seen = f"the clinic had signed for events 1 to {seen_until(proof)} by {shown(proof.checkpoint.get('at'))}"
    return [*levels, Level("checkpoint", seen, [*check_checkpoint(proof, keys)])]


def shown(text: object) -> str:
    """A text of the file as a terminal may show it."""
    return "".join(each if each.isprintable() else "?" for each in str(text))[:80]


def report(proof: Proof, levels: Sequence[Level]) -> Iterator[str]:
    """What is printed, line by line."""
    first, last = proof.entries[0].said["at"], proof.entries[-1].said["at"]
    yield f"case {shown(proof.case['case'])} of store {shown(proof.store)}"
    yield f"{len(proof.entries)} events, recorded from {shown(first)} to {shown(last)}"
    for level in levels:
        sign = "WRONG" if level.findings else "ok" if level.checked else "-"
        yield f"{level.name:<11} {sign:<5}  {'' if level.findings else level.means}".rstrip()
        yield from (f"{'':<19}{each}" for each in level.findings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks the file of a command line, and says what came of it; the exit code."""
    parser = argparse.ArgumentParser(description="Check a case that was exported with its proof.")
    parser.add_argument("file", metavar="FILE", help="what `rupture case export` printed")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        help="a public key of the clinic (64 hex digits), or its id (16); repeatable",
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE", help="a checkpoint of the clinic to hold the case against"
    )
    given = parser.parse_args(arguments)
    named = [each.lower() for each in given.key]
    if any(len(each) not in (16, 64) or not unhex(each) for each in named):
        parser.error("a key is 64 hex digits, or 16 where only its id is known")
    try:
        import cryptography  # noqa: F401  # said now, before anything is

        proof = read_proof(Path(given.file).read_bytes())
        if given.checkpoint is not None:
            beside = read_json(Path(given.checkpoint).read_bytes())
            proof = replace(proof, checkpoint=has({"checkpoint": beside}, "checkpoint", dict))
        levels = verify(proof, named)
    except ModuleNotFoundError:
        return cannot_check("the package `cryptography` is needed: pip install cryptography")
    except OSError as error:
        return cannot_check((error.strerror or "it cannot be read").lower())
    except CannotCheck as error:
        return cannot_check(str(error))
    except RecursionError:
        return cannot_check("it is nested too deep")
    tell("\n".join(report(proof, levels)))
    return WRONG if any(level.findings for level in levels) else OK


def tell(text: str) -> None:
    """Prints it, as far as the terminal has its characters, and as long as anybody reads."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "replace").decode(encoding), flush=True)  # noqa: T201
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def cannot_check(why: str) -> int:
    """Says why the file cannot be checked; the exit code."""
    sys.stderr.write(f"cannot check this file: {why}\n")
    return CANNOT_CHECK


if __name__ == "__main__":
    sys.exit(main())
