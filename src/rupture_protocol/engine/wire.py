"""Decisions, events and cases as JSON, with the names that other programs rely on; and cases back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rupture_protocol.engine.case import Actor, Case, Event, EventKind, ProtocolRef, Record
from rupture_protocol.engine.deadlines import Due
from rupture_protocol.engine.decision import Decision, Option
from rupture_protocol.engine.questions import Change
from rupture_protocol.engine.reasons import Reason
from rupture_protocol.errors import InvalidCase, RuptureError, shorten
from rupture_protocol.frozen import NOTHING, Frozen
from rupture_protocol.language.facts import UNKNOWN, Unknown, Value, to_json
from rupture_protocol.language.protocol import Argument, Base, Protocol
from rupture_protocol.language.quantities import parse_datetime

Json = dict[str, Any]
DECISION = "rupture-decision/1"
CASE = "rupture-case/1"


def dumps(data: Json) -> str:
    """JSON text on one line, in the order of its keys as they were made."""
    return json.dumps(data, ensure_ascii=False, separators=(", ", ": "))


# Decisions ------------------------------------------------------------------------------------------


def decision_to_json(decision: Decision) -> Json:
    """A decision as `rupture-decision/1`: everything worked out, the values of facts left out."""
    return {
        "schema": DECISION,
        "protocol": ref_to_json(decision.protocol_ref),
        "state": decision.state,
        "at": decision.at.isoformat(),
        "options": [option_to_json(option) for option in decision.options],
        "also": list(decision.also),
        "ask": [{"fact": each.fact, "question": each.question, "by": list(each.by)} for each in decision.ask],
        "deadlines": [due_to_json(each) for each in decision.deadlines],
        "notices": [{"code": each.code, "text": each.text} for each in decision.notices],
    }


def option_to_json(option: Option) -> Json:
    """One option of a decision; `may` only where somebody in particular asks."""
    written: Json = {
        "trigger": option.trigger,
        "to": option.to,
        "title": option.title,
        "verdict": option.verdict.value,
        "interrupt": option.interrupt,
        "precaution": option.precaution,
        "by": list(option.by),
        "missing": [list(group) for group in option.missing],
        "opens_with": [
            {name: change_to_json(change) for name, change in each.items()} for each in option.opens_with
        ],
        "presumed": list(option.presumed),
        "because": option.because,
        "reasons": reason_to_json(option.reasons),
        "for": [argument_to_json(each, option) for each in option.arguments_for],
        "against": [argument_to_json(each, option) for each in option.arguments_against],
        "source": list(option.source),
    }
    if option.may is not None:
        written["may"] = option.may
    return written


def change_to_json(change: Change) -> Json:
    """What a fact would have to be instead, and who may record it."""
    return {"to": [to_json(value) for value in change.to], "by": list(change.by)}


def argument_to_json(argument: Argument, option: Option) -> Json:
    """An argument, with its sources and what kind each is."""
    sources = option.decided_under.sources
    return {
        "because": argument.because,
        "strength": "strong" if argument.strong else "plain",
        "source": [
            {"id": each, "title": sources[each].title, "kind": sources[each].kind.value}
            for each in argument.source
        ],
    }


def reason_to_json(reason: Reason) -> Json:
    """A reason and all below it: sentence, truth, place in the YAML, record (without its value), parts.

    A named condition that is read twice has its parts where it is read first, and then is `repeated`.
    """
    return _reason(reason, set())


def _reason(reason: Reason, written_out: set[int]) -> Json:
    written: Json = {"text": reason.text, "truth": reason.truth.value}
    if reason.where is not None:
        written["where"] = str(reason.where)
    if reason.fact is not None:
        written["fact"] = reason.fact
    if reason.record is not None and reason.record.by is not None:
        written["record"] = record_to_json(reason.record)
    if reason.presumed:
        written["presumed"] = True
    if reason.parts and id(reason) in written_out:
        written["repeated"] = True
    elif reason.parts:
        written_out.add(id(reason))
        written["parts"] = [_reason(part, written_out) for part in reason.parts]
    return written


def record_to_json(record: Record) -> Json:
    """Who recorded a fact, and when; never what."""
    return {
        "seq": record.seq,
        "by": None if record.by is None else {"id": record.by.id, "role": record.by.role},
        "at": None if record.at is None else record.at.isoformat(),
        "occurred": None if record.occurred is None else record.occurred.isoformat(),
        "standing": record.standing.value,
    }


def due_to_json(due: Due) -> Json:
    """How a deadline stands."""
    deadline = due.deadline
    return {
        "deadline": deadline.name,
        "title": deadline.title,
        "state": due.state.value,
        "started": _instant(due.started),
        "due": _instant(due.due),
        "met": _instant(due.met),
        "within": None if deadline.within is None else str(deadline.within),
        "kind": deadline.kind.value,
        "source": list(deadline.source),
    }


def ref_to_json(ref: ProtocolRef) -> Json:
    """Which protocol, exactly."""
    return {"id": ref.id, "version": ref.version, "digest": ref.digest}


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


# Cases ----------------------------------------------------------------------------------------------


def event_to_json(event: Event) -> Json:
    """An event; keys that do not apply to its kind are left out."""
    written: Json = {
        "seq": event.seq,
        "kind": event.kind.value,
        "at": event.at.isoformat(),
        "occurred": event.occurred.isoformat(),
        "by": {"id": event.by.id, "role": event.by.role},
    }
    for key in ("note", "trigger", "to", "verdict", "reason", "corrects"):
        if getattr(event, key) is not None:
            written[key] = getattr(event, key)
    if event.source is not None:
        written["from"] = event.source
    if event.facts:
        written["facts"] = {name: to_json(value) for name, value in event.facts.items()}
    if event.withdrawn:
        written["withdrawn"] = True
    if event.trigger is not None:
        written["rests_on"] = list(event.rests_on)
    return written


def case_to_json(case: Case) -> Json:
    """A case with its whole history, values included."""
    return {
        **case_head_to_json(case),
        "history": [_kept(case.history, at) for at in range(len(case.history))],
    }


def case_head_to_json(case: Case) -> Json:
    """Where a case stands, without its history."""
    return {
        "schema": CASE,
        "case": case.id,
        "version": case.version,
        "state": case.state,
        "protocol": ref_to_json(case.protocol),
    }


def _kept(history: tuple[Event, ...], at: int) -> Json:
    """An event; one that migrates says under which protocol the case was until then."""
    written = event_to_json(history[at])
    if history[at].kind is EventKind.MIGRATED:
        written["under"] = ref_to_json(history[at - 1].protocol)
    return written


def case_from_json(
    data: str | bytes | Mapping[str, Any], protocol: Protocol, before: Iterable[Protocol] = ()
) -> tuple[str, list[Event], tuple[str, int]]:
    """The id, the events, and the claimed state and version of a `rupture-case/1`.

    Raises:
        InvalidCase: It is none, or not of this protocol. The message never repeats a value.
    """
    written = read_case(data)
    try:
        _check_keys(written, _CASE_KEYS)
        ref = _ref_from_json(written["protocol"], protocol)
        events = _events_from_json(written["history"], ref, {protocol.digest: protocol, **_by_digest(before)})
        return _text(written, "case"), events, (_text(written, "state"), _number(written, "version"))
    except InvalidCase:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RuptureError) as error:
        raise _not_in_shape(error) from None


def read_case(data: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping that a `rupture-case/1` is; what is in it is not looked at.

    Raises:
        InvalidCase: It is none.
    """
    try:
        written = data if isinstance(data, Mapping) else json.loads(data, parse_float=Decimal)
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        raise InvalidCase("the case is not JSON") from None
    if not isinstance(written, Mapping) or written.get("schema") != CASE:
        raise InvalidCase(f"the case is not a `{CASE}`")
    return written


def protocols_of(data: str | bytes | Mapping[str, Any]) -> tuple[ProtocolRef, ...]:
    """The protocols that a `rupture-case/1` says it is and was under, each once, the present one first.

    Raises:
        InvalidCase: It does not say so.
    """
    written = read_case(data)
    try:
        migrated = (each for each in reversed(written["history"]) if each.get("kind") == EventKind.MIGRATED)
        return tuple(dict.fromkeys((_ref(written["protocol"]), *(_ref(each["under"]) for each in migrated))))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _not_in_shape(error) from None


def _not_in_shape(error: Exception) -> InvalidCase:
    return InvalidCase(f"the case is not in the shape of a `{CASE}` ({type(error).__name__})")


def _named(protocol: Protocol | Base) -> str:
    return f"`{protocol.id}` {protocol.version}, digest {protocol.digest[:12]}"


def _on(protocol: Protocol) -> str:
    """What a protocol extends: where that has changed, so has the digest of what extends it."""
    bases = ", ".join(map(_named, protocol.bases))
    return f"; it extends {bases}" if bases else ""


def _by_digest(protocols: Iterable[Protocol]) -> dict[str, Protocol]:
    return {each.digest: each for each in protocols}


def _events_from_json(
    history: list[Mapping[str, Any]], ref: ProtocolRef, protocols: Mapping[str, Protocol]
) -> list[Event]:
    """The events, each under the protocol of its time: from the last back to the first."""
    events = []
    for each in reversed(history):
        events.append(event_from_json(each, ref, protocols[ref.digest]))
        if each.get("kind") == EventKind.MIGRATED:
            ref = _ref(each["under"])
            if ref.digest not in protocols:
                raise InvalidCase(
                    f"the case was migrated from digest {shorten(ref.digest[:12])} of `{shorten(ref.id)}`",
                    help="give the engine of that version in `before`",
                )
    return events[::-1]


def _ref(written: Mapping[str, Any]) -> ProtocolRef:
    return ProtocolRef(*(_text(written, key) for key in ("id", "version", "digest")))


def _ref_from_json(written: Mapping[str, Any], protocol: Protocol) -> ProtocolRef:
    ref = _ref(written)
    if ref.digest != protocol.digest:
        raise InvalidCase(
            f"the case was opened under digest {shorten(ref.digest[:12])} of `{shorten(ref.id)}`",
            help=f"this protocol is {_named(protocol)}{_on(protocol)}",
        )
    return ref


def event_from_json(written: Mapping[str, Any], ref: ProtocolRef, protocol: Protocol) -> Event:
    """An event as `event_to_json` writes it, under the protocol of its time.

    Raises:
        InvalidCase, KeyError, TypeError, ValueError: It is none; no message repeats a value.
    """
    _check_keys(written, _EVENT_KEYS)
    known = protocol.facts
    facts: dict[str, Value | Unknown] = {
        name: UNKNOWN if value is None else known[name].parse(value)
        for name, value in written.get("facts", NOTHING).items()
    }
    by, at = written["by"], _moment(written["at"])
    return Event(
        seq=_number(written, "seq"),
        kind=_KINDS[written["kind"]],
        at=at,
        occurred=at if written["occurred"] == written["at"] else _moment(written["occurred"]),
        by=Actor(_text(by, "id"), _text(by, "role")),
        protocol=ref,
        facts=Frozen(facts) if facts else NOTHING,
        withdrawn=_flag(written.get("withdrawn", False)),
        rests_on=tuple(written.get("rests_on", ())),
        **_further(written),
    )


def _further(written: Mapping[str, Any]) -> dict[str, Any]:
    """What only some kinds of event have; most have nothing of it."""
    if _OPTIONAL_KEYS.isdisjoint(written):
        return {}
    return {name: read(written, key) for key, name, read in _OPTIONAL if written.get(key) is not None}


_KINDS = {kind.value: kind for kind in EventKind}
# A `proof` is for whoever does not decide the case again, so it is not looked at here.
_CASE_KEYS = frozenset({"schema", "case", "version", "state", "protocol", "history", "proof"})
_EVENT_KEYS = frozenset(
    [
        "seq",
        "kind",
        "at",
        "occurred",
        "by",
        "note",
        "facts",
        "withdrawn",
        "trigger",
        "from",
        "to",
        "verdict",
        "rests_on",
        "reason",
        "corrects",
        "under",
    ]
)


# What is read is kept in events, so nothing is bent into shape: text is text, a number a number.


def _check_keys(written: Mapping[str, Any], known: frozenset[str]) -> None:
    if not written.keys() <= known:
        raise InvalidCase("the case has a key that it cannot have")


def _text(written: Mapping[str, Any], key: str) -> str:
    value = written[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _number(written: Mapping[str, Any], key: str) -> int:
    value = written[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(key)
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError("not an instant")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


_OPTIONAL: tuple[tuple[str, str, Callable[[Mapping[str, Any], str], Any]], ...] = (
    ("note", "note", _text),
    ("trigger", "trigger", _text),
    ("from", "source", _text),
    ("to", "to", _text),
    ("verdict", "verdict", _text),
    ("reason", "reason", _text),
    ("corrects", "corrects", _number),
)
_OPTIONAL_KEYS = frozenset(key for key, _, _ in _OPTIONAL)
