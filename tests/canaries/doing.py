"""Doing everything: each verb of a casebook, each way in which one fails, with canaries in all of it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.canaries.planted import (
    NEXT,
    OCCURRED,
    OPEN,
    REFUSED,
    VALUES,
    WORDS,
    engine,
    text,
)
from tests.canaries.watching import Watch
from tests.store.books import HOUR, NOON, address

from rupture_protocol import UNKNOWN, Actor, Casebook, RuptureError
from rupture_protocol.exports import document
from rupture_protocol.exports.profiles import Profile
from rupture_protocol.store import errors

LEE = Actor(OPEN["actor"], "therapist")
SUE = Actor("sue", "supervisor")
KIM = Actor("kim", "client")
CASE = OPEN["case id"]
DAY = timedelta(days=1)
Act = tuple[str, Callable[[], object], type[BaseException] | None]
"""What is done, and what it raises; None: nothing."""


RECORD: dict[str, Any] = {"by": SUE, "at": NOON, "note": text("note of record")}


def _given(name: str, by: Actor = SUE, **more: Any) -> dict[str, Any]:
    return {"by": by, "at": NOON, "note": text(f"note of {name}"), **more}


def verbs(book: Casebook) -> Iterator[Act]:
    """What goes well: every verb, on one case and what is made of it."""
    key: dict[str, Any] = {"idempotency_key": text("idempotency key")}
    yield "open", partial(book.open, CASE, **_given("open", LEE, occurred=OCCURRED)), None
    record = partial(book.record, CASE, VALUES, **_given("record", occurred=OCCURRED), **key)
    yield "record", record, None
    yield "record again", record, None
    yield "record unknown", partial(book.record, CASE, {"count": UNKNOWN}, **_given("record")), None
    speak = partial(book.record, CASE, {"plan": text("client's text")}, **_given("record", KIM))
    yield "record as the client", speak, None
    mend: dict[str, Any] = {"to": text("corrected text"), "reason": text("reason of correct")}
    yield "correct", partial(book.correct, CASE, "plan", **mend, **_given("correct")), None
    withdrawn = partial(book.correct, CASE, "plan", reason=text("reason of correct"), **_given("correct"))
    yield "withdraw", withdrawn, None
    yield (
        "record ready",
        partial(book.record, CASE, {"ready": True, "danger": False}, **_given("record")),
        None,
    )
    yield "take", partial(book.take, CASE, "stay", **_given("take")), None
    yield "override", partial(book.override, CASE, "go", reason="preference", **_given("override")), None
    yield "take back", partial(book.take, CASE, "back", **_given("take")), None
    yield "hold", partial(book.hold, CASE, reason=text("reason of hold"), **_given("hold")), None
    yield "erase held", partial(book.erase, CASE, by=SUE, at=NOON, basis="x"), errors.LegalHold
    yield "release", partial(book.release, CASE, reason=text("reason of release"), **_given("release")), None
    yield "migrate", partial(book.migrate, CASE, to=engine(NEXT), **_given("migrate")), None
    yield from reading(book)


def reading(book: Casebook) -> Iterator[Act]:
    """What only asks."""
    asked = {"plan": text("supposed text"), "count": VALUES["count"]}
    yield "get", partial(book.get, CASE), None
    yield "history", partial(book.history, CASE), None
    yield "decide", partial(book.decide, CASE, at=NOON, actor=LEE, suppose=asked), None
    yield "reasons", lambda: [each.reasons for each in book.decide(CASE, at=NOON).options], None
    yield "proof", partial(book.proof, CASE), None
    yield "refusals", partial(book.refusals, CASE), None
    yield "verify", partial(book.verify, CASE), None
    yield "verify all", book.verify, None
    yield "find", partial(book.find, overdue=NOON + 99 * DAY), None
    yield "due", partial(book.due, NOON + 99 * DAY), None
    yield "subscribe", partial(book.subscribe, "somebody"), None
    yield "pending", partial(book.pending, "somebody"), None
    yield "deliver", partial(book.deliver, "somebody", lambda _: None), None
    yield "audit", lambda: len(document.exported(book, CASE, Profile.AUDIT, at=NOON)), None


def refusals(book: Casebook) -> Iterator[Act]:
    """What the engine and the casebook refuse."""
    for name, value in REFUSED.items():
        by = SUE
        yield (
            f"record {name}",
            partial(book.record, CASE, {name: value}, **_given("record", by)),
            RuptureError,
        )
        mend: dict[str, Any] = {"to": value, "reason": text("reason of correct")}
        yield (
            f"correct {name}",
            partial(book.correct, CASE, name, **mend, **_given("correct", by)),
            RuptureError,
        )
        yield f"suppose {name}", partial(book.decide, CASE, at=NOON, suppose={name: value}), RuptureError
        parse = partial(engine().protocol.fact(name).parse, value)
        yield f"parse {name}", parse, RuptureError
        as_text = partial(
            engine().protocol.fact(name).parse_text, f"{value}{WORDS['wrong value']} "[:64] * 200
        )
        yield f"parse text {name}", as_text, RuptureError
        imagine = partial(engine().imagine, facts={name: value})
        yield f"imagine {name}", imagine, RuptureError
    odd = {"plan": _Odd(), "count": VALUES["count"]}
    yield "an object", partial(book.record, CASE, odd, **_given("record")), RuptureError
    yield (
        "unknown fact",
        partial(book.record, CASE, {"plam": VALUES["plan"]}, **_given("record")),
        RuptureError,
    )
    yield "recorder", partial(book.record, CASE, VALUES, **_given("record", LEE)), RuptureError
    yield "nothing", partial(book.record, CASE, {}, **_given("record")), RuptureError
    yield "trigger", partial(book.take, CASE, "gone", **_given("take")), RuptureError
    yield "not open", partial(book.take, CASE, "go", **_given("take")), RuptureError
    yield "not by her", partial(book.take, CASE, "speak", **_given("take")), RuptureError
    free: dict[str, Any] = {"reason": text("refused reason")}
    yield "free reason", partial(book.override, CASE, "go", **free, **_given("override")), RuptureError
    yield "no reason", partial(book.correct, CASE, "plan", reason="", **_given("correct")), RuptureError
    early = _given("record", at=NOON - 900 * DAY)
    yield "late", partial(book.record, CASE, VALUES, **_given("record", occurred=NOON + DAY)), RuptureError
    yield (
        "naive",
        partial(book.record, CASE, VALUES, **{**early, "at": NOON.replace(tzinfo=None)}),
        RuptureError,
    )
    yield (
        "held not",
        partial(book.release, CASE, reason=text("reason of release"), **_given("release")),
        RuptureError,
    )
    yield "migrated", partial(book.migrate, CASE, to=engine(NEXT), **_given("migrate")), RuptureError
    conflict = partial(book.record, CASE, VALUES, **_given("record"), expected_version=1)
    yield "conflict", conflict, errors.Conflict
    again = partial(book.record, CASE, {"plan": text("client's text")}, **_given("record"))
    key: dict[str, Any] = {"idempotency_key": text("idempotency key")}
    yield "mismatch", partial(again, **key), errors.IdempotencyMismatch
    yield "open twice", partial(book.open, CASE, **_given("open")), errors.Conflict
    yield "nobody", partial(book.record, "nobody", VALUES, **_given("record")), errors.CaseNotFound
    half = {"plan": f"{text('garbage')}\ud800"}
    yield "half a character", partial(book.record, CASE, half, **_given("record")), RuptureError
    yield (
        "half a note",
        partial(book.record, CASE, {"ready": True}, **_given("record") | {"note": half["plan"]}),
        RuptureError,
    )
    yield "no basis", partial(book.erase, CASE, by=SUE, at=NOON, basis=" "), RuptureError


class _Odd:
    """What a host may give by mistake: something whose `repr` tells it all."""

    def __repr__(self) -> str:
        return text("garbage")


def garbage(book: Casebook) -> Iterator[Act]:
    """Files that are no case, made of one that is."""
    with_history = engine().dump_case(_full())
    for cut in range(1, len(with_history) - 1, 211):
        yield f"cut at {cut}", partial(book.add, with_history[:cut]), RuptureError
    data = json.loads(with_history)
    for at, each in enumerate(data["history"]):
        for key in (*each, "corrects", text("garbage")):
            for wrong in (text("garbage"), [text("garbage")], {text("garbage"): 1}):
                if key in ("note", "reason") and isinstance(wrong, str):
                    continue
                changed = copy.deepcopy(data)
                changed["case"] = "elsewhere"
                changed["history"][at][key] = wrong
                yield f"garbage {at} {key[:8]}", partial(book.add, changed), RuptureError
    for no_case in (
        text("garbage"),
        text("garbage").encode(),
        b"\xff" + text("garbage").encode(),
        [text("garbage")],
    ):
        yield "no case", partial(book.add, no_case), RuptureError  # type: ignore[arg-type]


def _full() -> Any:
    made = engine().open("made", by=LEE, at=NOON, note=text("note of open"))
    made = engine().record(made, VALUES, by=SUE, at=NOON, note=text("note of record"))
    return engine().correct(made, "plan", reason=text("reason of correct"), by=SUE, at=NOON + HOUR)


def erasing(book: Casebook) -> Iterator[Act]:
    """The end: erased, and whatever is asked for after that."""
    done = partial(book.erase, CASE, by=SUE, at=NOON, basis=f"asked for, {OPEN['basis']}")
    yield "erase", done, None
    yield "erase again", done, None
    for name, call, expected in reading(book):
        gone = name not in ("verify", "verify all", "find", "due", "subscribe", "pending", "deliver")
        yield f"{name}, erased", call, errors.CaseErased if gone else expected
    again = partial(book.record, CASE, VALUES, **_given("record"))
    yield "record, erased", again, errors.CaseErased
    yield "open, erased", partial(book.open, CASE, **_given("open")), errors.StoreError


def book_in(folder: Path) -> Casebook:
    return Casebook(address(folder / "store"), [engine()], timeout=0.1)


def do(watch: Watch, acts: Iterable[Act]) -> int:
    """Does all of it, and makes sure that what is to fail fails."""
    count = 0
    for what, call, expected in acts:
        error = watch.attempt(what, call)
        assert (error is None) if expected is None else isinstance(error, expected), (what, repr(error))
        count += 1
    return count


def everything(watch: Watch, book: Casebook) -> int:
    count = do(watch, verbs(book)) + do(watch, refusals(book)) + do(watch, garbage(book))
    return count + do(watch, reading(book)) + do(watch, erasing(book))
