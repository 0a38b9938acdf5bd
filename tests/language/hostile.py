"""Run by `test_safety.py` in a process of its own: hostile texts everywhere, and what they set off.

Prints nothing unless something happened that must not: a module imported, a file opened, a process started,
code compiled that holds a text of the protocol, or an exception that is not the library's own refusal.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from rupture_protocol import Actor, Engine, RuptureError
from rupture_protocol.engine.wire import decision_to_json
from rupture_protocol.loading import checks

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

PAYLOADS = [
    "os.system",
    "antigravity",
    "this",
    "rupture_protocol.cli",
    "builtins.exec",
    "canary_module.boom",
    "__import__('canary_module')",
    "{0.__class__.__init__.__globals__}",
    "{}{model}{event_data}",
    "%s%n%(name)s%",
    "${x} $(touch canary_file) `touch canary_file`",
    "{{ 7*7 }}{% import os %}",
    "!!python/object/apply:os.system [true]",
    "'); raise SystemExit #",
    '"""\nimport canary_module\n"""',
    "<script>alert(1)</script>",
    "[link](javascript:alert(1))",
    "x" * 8_192,
    "a.b." * 2_000,
    "\u0000\u202e\ud800",
    "א" * 4_000,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢\u0301\u0301",
    "\n\n---\n...\n",
    "true",
    "1e999999999",
    "9" * 5_000,
    "null",
    "unknown",
    " ",
    "..",
    "../../../etc/passwd",
]

PROTOCOL: dict[str, Any] = {
    "format": 1,
    "protocol": "example",
    "version": "1.0.0",
    "title": "Repairing harm",
    "language": "en",
    "derived_from": "standard",
    "about": {
        "purpose": "To repair harm",
        "intended_users": ["therapists"],
        "not_for": "emergencies",
        "authors": ["A. Author"],
        "reviewed": "2026-11-01",
        "review_by": "2027-11-01",
    },
    "sources": {"own": {"title": "Our rule", "kind": "clinic", "url": "https://example.org"}},
    "roles": {"therapist": {"title": "Therapist", "about": "The clinician"}, "supervisor": "The supervisor"},
    "facts": {
        "agrees": {
            "type": "boolean",
            "title": "Agrees",
            "ask": "Agreed?",
            "by": ["therapist"],
            "lasts": "24 hours",
            "labels": {"true": "Yes", "false": "No"},
        },
        "danger": {
            "type": "scale",
            "values": ["low", "high"],
            "also": ["not_assessable"],
            "labels": {"low": "Low"},
            "presume": "low",
            "source": "own",
        },
        "symptoms": {"type": "set", "values": ["sleepless", "anxious"]},
        "dose": {"type": "number", "unit": "mg", "minimum": 0},
        "aware_on": "date",
        "plan": "text",
    },
    "conditions": {"unsafe": {"title": "Unsafe", "danger": "high"}},
    "states": {
        "aware": {
            "title": "Aware",
            "initial": True,
            "ask": ["danger"],
            "forget": ["plan"],
            "wait": {"reason": "it takes time", "until": {"agrees": True}},
            "transitions": {
                "close": {
                    "to": "closed",
                    "title": "Close",
                    "by": ["therapist"],
                    "when": {"agrees": True, "symptoms": {"includes": "anxious"}, "unsafe": False},
                    "needs": ["plan"],
                    "not_same_person": ["stop"],
                    "override": {"by": ["supervisor"], "reasons": ["client_preference"]},
                    "guidance": {
                        "text": "Slowly",
                        "say": ["Thank you"],
                        "avoid": ["Hurry"],
                        "steps": ["Sum up"],
                    },
                    "source": "own",
                    "for": [{"because": "it is time", "strength": "strong", "source": ["own"]}],
                    "against": [{"because": "it is early", "when": {"danger": {"at_least": "low"}}}],
                },
                "stop": {"to": "aware", "guidance": "Stop", "despite": "all", "when": {"visited": "aware"}},
            },
        },
        "closed": {"final": True, "outcome": "closed"},
    },
    "anywhere": {"leave": {"to": "closed", "despite": ["hold"], "except": ["closed"]}},
    "interrupts": {"hold": {"to": "aware", "when": {"unsafe": True}, "title": "Hold"}},
    "deadlines": {
        "notice": {
            "starts": {"fact": "aware_on"},
            "met_by": {"state": "closed"},
            "within": "10 working days",
            "title": "Notice",
            "kind": "clinic",
        }
    },
    "promises": {
        "way_out": {"always_reachable": ["closed"], "says": "There is a way out", "title": "Way out"}
    },
    "assume": [{"visited": "aware"}],
}

Path = tuple[Any, ...]


def texts(data: Any, path: Path = ()) -> Iterator[tuple[Path, bool]]:
    """Where there is a text: in a value, or (true) as a key."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*path, key), True
            yield from texts(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from texts(value, (*path, at))
    elif isinstance(data, str):
        yield path, False


def put(data: Any, path: Path, payload: str, *, key: bool) -> None:
    for step in path[:-1]:
        data = data[step]
    if key:
        data[payload] = data.pop(path[-1])
    else:
        data[path[-1]] = payload


def with_payload(places: list[tuple[Path, bool]], payload: str) -> Any:
    data = copy.deepcopy(PROTOCOL)
    for path, key in places:
        put(data, path, payload, key=key)
    return data


def loads_with(place: tuple[Path, bool]) -> bool:
    return checks(json.dumps(with_payload([place], "os.system"))).protocol is not None


def walked(data: Any) -> bool:
    """Whether the protocol loads; if it does, it is put through everything an engine does."""
    written = json.dumps(data)
    checked = checks(written)
    for issue in checked.issues:
        issue.render()
    if checked.protocol is None:
        return False
    engine = Engine(checked.protocol)
    repr((engine, checked.protocol, engine.machine, engine.machine.events))
    role = next(iter(checked.protocol.roles), "somebody")
    actor = Actor("lee", role)
    case = engine.open("case-1", by=actor, at=NOON)
    for name, value in (
        ("agrees", True),
        ("plan", "a plan"),
        ("symptoms", ["anxious"]),
        ("aware_on", "2026-11-24"),
    ):
        try:
            case = engine.record(case, {name: value}, by=actor, at=NOON)
        except RuptureError:
            continue
    later = NOON + timedelta(minutes=1)
    tell(engine.decide(case, at=later, actor=actor))
    for trigger in engine.machine.events:
        try:
            stepped = engine.take(case, trigger, by=actor, at=later)
        except RuptureError as refused:
            str(refused)
        else:
            engine.dump_case(stepped)
            tell(engine.decide(stepped, at=later, actor=actor))
    return True


def tell(decision: Any) -> None:
    """Reads all that a decision can say."""
    json.dumps(decision_to_json(decision))


def watch() -> list[str]:
    """What happens from now on that must not."""
    seen: list[str] = []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event.split(".")[0] in (
            "os",
            "subprocess",
            "socket",
            "shutil",
            "ctypes",
            "webbrowser",
            "open",
            "import",
        ):
            seen.append(f"{event} {args[0] if args else ''}")
        elif event == "compile" and any(payload in str(args[0]) for payload in PAYLOADS if len(payload) > 6):
            seen.append("compile of a text of the protocol")

    sys.addaudithook(hook)
    return seen


def main() -> None:
    logging.basicConfig(level=logging.DEBUG, handlers=[logging.NullHandler()])
    if not walked(PROTOCOL):
        sys.exit("the protocol itself does not load")
    before = set(sys.modules)
    seen = watch()
    taken = 0
    for number, (path, key) in enumerate(texts(PROTOCOL)):
        for payload in PAYLOADS[number % 11 :: 11]:
            taken += walked(with_payload([(path, key)], payload))
    free = [place for place in texts(PROTOCOL) if not place[1] and loads_with(place)]
    taken_everywhere = [payload for payload in PAYLOADS if walked(with_payload(free, payload))]
    for name in sorted(set(sys.modules) - before):
        seen.append(f"module {name}")
    if taken < 40 or len(free) < 30 or len(taken_everywhere) < 20:
        seen.append(f"too little was taken to show anything: {taken}, {len(free)}, {taken_everywhere}")
    print("\n".join(dict.fromkeys(seen)), end="")


if __name__ == "__main__":
    main()
