"""Canaries: values that nothing else says, one for every field with a client's words, and how to find them.

A choice's value stands in its protocol, which a store keeps; there it is written in escapes, so that the
value itself comes from nowhere but a record.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

from rupture_protocol import Engine, loads

WORDS: Final[dict[str, str]] = dict(
    zip(
        (
            "choice", "scale", "set", "text", "corrected text", "supposed text", "client's text",
            "note of open", "note of record", "note of correct", "note of take", "note of override",
            "note of hold", "note of release", "note of migrate", "reason of correct", "reason of hold",
            "reason of release", "refused reason", "wrong value", "idempotency key", "garbage",
        ),
        (
            "Vq7RtZmK2x", "Hw4PnYcJ9s", "Gd8LfXbQ3v", "Jk2MzTrW6y", "Nc9SvHqD4p", "Bx5KgFwL7t", "Ry3CjPnM8h",
            "Tz6DhVkS2q", "Wm9QxGbF5j", "Lp4NtRcZ7d", "Kf8YwJsH3m", "Xs2BvMqT6n", "Dg7ZkLpR9c", "Qh5FxWnC4b",
            "Mt3JrDyV8k", "Zb6SgKhP2w", "Fy9TcNxQ5l", "Cj4HmBwG7r", "Sn8VdXzL3f", "Pk2RqYtJ6g", "Yw7WfMcD9z",
            "Hv5GpSbK4x",
        ),
        strict=True,
    )
)  # fmt: skip
INTEGER: Final = 7361940258173
NUMBER: Final = Decimal("40719.2658317")
DAY: Final = date(1907, 8, 23)
INSTANT: Final = datetime(1911, 3, 7, 4, 51, 37, tzinfo=UTC)
OCCURRED: Final = datetime(1913, 9, 14, 5, 52, 38, tzinfo=UTC)
OPEN: Final = {"basis": "Ub4QzHmW8e", "case id": "Eo6NkTyR3a", "actor": "Ai2XvJsP9u"}
"""What lies in the open, and is documented so: found where it is kept, or the search would find nothing."""


def text(name: str) -> str:
    """A text with a canary in it, as somebody would write one."""
    return f"She said “{WORDS[name]}”, and wept / at length"


def escaped(name: str) -> str:
    """A canary as YAML, in escapes."""
    return '"' + "".join(f"\\u{ord(each):04x}" for each in WORDS[name]) + '"'


FILLER = "b, c, d, e, f, g, h, i, j, k, l, m"  # help names the first twelve values of a fact
PROTOCOL = f"""\
format: 1
protocol: planted
version: 1.0.0
title: A planted practice
roles: {{therapist: A therapist, supervisor: A supervisor, client: The client}}
facts:
  pick: {{type: choice, values: [a, {FILLER}, {escaped("choice")}], by: [client, supervisor]}}
  level: {{type: scale, values: [low, {FILLER}, {escaped("scale")}], lasts: 36 hours}}
  many: {{type: set, values: [a, {FILLER}, {escaped("set")}]}}
  count: integer
  ratio: number
  day: date
  moment: datetime
  plan: {{type: text, sensitive: true}}
  danger: boolean
  ready: boolean
states:
  start:
    initial: true
    transitions:
      go:
        to: middle
        when: {{ready: true, pick: a, level: low, many: {{is: [a]}}, count: {{below: 3}},
          ratio: {{above: 90000}}, day: {{within: 1 day}}, moment: {{within: 1 hour}}}}
        needs: [plan]
        override: {{by: [supervisor], reasons: [preference]}}
      stay: {{to: start, when: {{ready: true}}}}
      speak: {{to: start, by: [client], despite: all}}
  middle: {{transitions: {{back: {{to: start}}, end: {{to: done}}}}}}
  done: {{final: true}}
interrupts: {{hold: {{to: middle, when: {{danger: true}}}}}}
deadlines:
  from_day: {{starts: {{fact: day}}, within: 3 days, met_by: {{fact: ready}}}}
  from_moment: {{starts: {{fact: moment}}, within: 3 days, met_by: {{fact: ready}}}}
"""
NEXT = f"{PROTOCOL.replace('1.0.0', '2.0.0')}migrates: [{{from: '>=1,<2'}}]\n"


@cache
def engine(source: str = PROTOCOL) -> Engine:
    """An engine of the protocol in which they are planted."""
    return Engine(loads(source))


VALUES: Final[dict[str, Any]] = {
    "pick": WORDS["choice"],
    "level": WORDS["scale"],
    "many": ["a", WORDS["set"]],
    "count": INTEGER,
    "ratio": NUMBER,
    "day": DAY.isoformat(),
    "moment": INSTANT.isoformat(),
    "plan": text("text"),
    "danger": False,
}
REFUSED: Final[dict[str, Any]] = {
    "pick": WORDS["wrong value"],
    "level": [WORDS["wrong value"]],
    "many": ["a", WORDS["wrong value"]],
    "count": NUMBER,
    "ratio": float(NUMBER),
    "day": f"{DAY}{WORDS['wrong value']}",
    "moment": INSTANT.replace(tzinfo=None),
    "plan": text("wrong value") * 1_000,
    "danger": WORDS["wrong value"],
}


# Finding them -----------------------------------------------------------------------------------------


def _in_base64(token: bytes) -> Iterator[bytes]:
    """What a token looks like within a longer text in base64, wherever it begins."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + token)
        inner = encoded[(before * 8 + 5) // 6 : (before + len(token)) * 8 // 6]
        yield from {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}


def forms(token: str) -> set[bytes]:
    """The bytes that give a token away: plain, in UTF-16, hex, base64, or percent signs; in either case."""
    plain = token.encode()
    return {
        plain,
        plain.lower(),
        plain.upper(),
        token.encode("utf-16-le"),
        token.encode("utf-16-be"),
        plain.hex().encode(),
        plain.hex().upper().encode(),
        "".join(f"%{byte:02X}" for byte in plain).encode(),
        *_in_base64(plain),
    }


def _number_forms(number: int) -> set[bytes]:
    return forms(str(number)) | {number.to_bytes(8, order) for order in ("big", "little")}


def _moment_forms(moment: datetime) -> set[bytes]:
    written = f"{moment.year}, {moment.month}, {moment.day}"
    micro = int(moment.timestamp()) * 1_000_000
    as_bytes = {micro.to_bytes(8, order, signed=True) for order in ("big", "little")}
    return forms(f"{moment:%Y-%m-%d}") | forms(written) | forms(str(micro)) | as_bytes


@cache
def needles() -> dict[bytes, str]:
    """Every form of every canary, and which it is of."""
    found = {form: name for name, token in WORDS.items() for form in forms(token)}
    found |= dict.fromkeys(_number_forms(INTEGER), "integer")
    found |= dict.fromkeys(forms(str(NUMBER)) | forms(str(NUMBER).replace(".", "")), "number")
    found |= dict.fromkeys(forms(DAY.isoformat()) | forms("1907, 8, 23"), "date")
    found |= dict.fromkeys(_moment_forms(INSTANT), "instant")
    found |= dict.fromkeys(_moment_forms(OCCURRED), "occurred")
    return found


def found_in(data: bytes | str, only: Iterable[str] | None = None) -> list[str]:
    """The canaries that are in some data, in whatever form."""
    looked_at = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    wanted = None if only is None else set(only)
    return sorted(
        {name for form, name in needles().items() if (wanted is None or name in wanted) and form in looked_at}
    )
